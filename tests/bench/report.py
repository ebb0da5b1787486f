"""What was measured: a table for people, `build/bench.json` for programs."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


@dataclass(frozen=True)
class Figure:
    """`target` is a bound: at least (`holds` when value ≥ target) or at most. `limit`: what bounds the value here."""

    value: float
    unit: str
    target: float
    holds: bool
    limit: str


def at_least(value: float, unit: str, target: float, limit: str) -> Figure:
    return Figure(round(value, 4), unit, target, value >= target, limit)


def at_most(value: float, unit: str, target: float, limit: str) -> Figure:
    return Figure(round(value, 4), unit, target, value <= target, limit)


def quantile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def write(figures: dict[str, Figure], file: Path) -> None:
    """Add to the file what was measured now; earlier figures of other names stay."""
    file.parent.mkdir(exist_ok=True)
    known = json.loads(file.read_text()) if file.exists() else {}
    known |= {name: asdict(figure) for name, figure in figures.items()}
    file.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n")


def show(figures: dict[str, Figure]) -> None:
    table = Table("figure", "value", "unit", "target", "holds", "bounded by")
    for name, f in figures.items():
        table.add_row(name, f"{f.value:g}", f.unit, f"{f.target:g}", "yes" if f.holds else "[bold]missed[/bold]", f.limit)
    console = Console(width=160)
    console.print(table)
    console.print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}")


def table(figures: dict[str, dict[str, object]]) -> str:
    """Figures as a Markdown table."""
    lines = ["| figure | measured | target | | bounded by |", "|---|---|---|---|---|"]
    for name, f in figures.items():
        held = "held" if f["holds"] else "**missed**"
        lines.append(f"| {name.replace('_', ' ')} | {f['value']:g} {f['unit']} | {f['target']:g} | {held} | {f['limit']} |")
    return "\n".join(lines)


def tell(docs: Path) -> None:
    """Put the table of docs/benchmarks.json between the marks in docs/benchmarks.md."""
    page = docs / "benchmarks.md"
    text = page.read_text()
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    measured = table(json.loads((docs / "benchmarks.json").read_text()))
    page.write_text(f"{before}{BEGIN}\n{measured}\n{END}{after}")
