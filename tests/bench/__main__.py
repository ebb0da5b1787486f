"""`make bench`: measure, print a table, add to build/bench.json; `--docs` writes docs/benchmarks.md's table too."""

import argparse
from collections.abc import Callable
from pathlib import Path

from tests.bench import configurations, intake, kiosk, latency, live, office_pages, pages, report
from tests.bench.report import Figure

ROOT = Path(__file__).parents[2]
PARTS: dict[str, Callable[[int], dict[str, Figure]]] = {
    "latency": lambda _: latency.run(),
    "kiosk": lambda _: kiosk.run(),
    "pages": lambda _: pages.run(),
    "intake": intake.run,
    "live": lambda _: live.run(),
    "office-pages": lambda _: office_pages.run(),
    "configurations": lambda _: configurations.run(),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of each throughput figure; the median counts")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="these parts, not all")
    parser.add_argument("--docs", action="store_true", help="write what was measured into docs/")
    options = parser.parse_args()
    print("Measuring; nothing else should run on this machine.")
    figures: dict[str, Figure] = {}
    for part in options.only:
        figures |= PARTS[part](options.rounds)
    report.write(figures, ROOT / "build" / "bench.json")
    report.show(figures)
    if options.docs:
        report.write(figures, ROOT / "docs" / "benchmarks.json")
        report.tell(ROOT / "docs")


if __name__ == "__main__":
    main()
