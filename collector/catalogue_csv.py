"""Pure: one list of the catalogue as a table, and a file of such a table read as a plan of what it would change."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from collector.catalogue import Catalogue
from collector.catalogue_cells import COLUMNS, cells_of, columns_of, guarded, take, unguarded
from collector.inventory import Fault, Thing, fault, kiosk_faults, of, place_faults, read_thing, replaced

LARGEST_FILE = 5 * 1024 * 1024
MOST_ROWS = 10_000
_LANGUAGE = re.compile("[a-z]{2,3}")


class Change(NamedTuple):
    """What one line would do. `before` is None for a new thing; `cells`: column, old and new, of those that differ."""

    line: int
    before: Thing | None
    after: Thing
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Plan:
    """What a file would do. `left_alone`: how many things of the kind are not in the file."""

    kind: str
    changes: tuple[Change, ...]
    untouched: int
    left_alone: int

    @property
    def version(self) -> str:
        """Names exactly this plan: 32 hex digits."""
        rows = [[c.before and c.before.model_dump(mode="json"), c.after.model_dump(mode="json")] for c in self.changes]
        return hashlib.sha256(json.dumps([self.kind, rows], sort_keys=True).encode()).hexdigest()[:32]


class FileFaults(ValueError):
    """Every fault of a file, each with the number of its line; 0 is the file as a whole."""

    def __init__(self, faults: Sequence[tuple[int, Fault]]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = list(faults)


def table(kind: str, things: Iterable[Thing]) -> tuple[list[str], list[list[str]]]:
    """The columns of a file and its rows, for `csv_response`, which guards what a spreadsheet would run."""
    rows = list(things)
    columns = list(columns_of(kind, rows))
    return columns, [[guarded(cells.get(column, "")) for column in columns] for cells in (cells_of(kind, row) for row in rows)]


def plan(kind: str, content: bytes, catalogue: Catalogue, retired: Iterable[str] = ()) -> Plan:
    """What a file would change in the catalogue. `retired`: the ids of this kind that are no longer in use.

    Raises FileFaults: then nothing of it can be taken.
    """
    header, rows = _read(kind, content)
    known, gone = of(catalogue, kind), set(retired)
    changes: list[Change] = []
    faults: list[tuple[int, Fault]] = []
    lines: dict[str, int] = {}
    for line, cells in rows:
        change, wrong = _change(kind, line, dict(zip(header, cells, strict=True)), known)
        ident = cells[header.index("id")].strip()
        if ident in lines:
            wrong = [fault("id-twice", "id", id=ident, line=lines[ident])]
        elif ident in gone:
            wrong = [fault("id-retired", "id", id=ident)]
        lines.setdefault(ident, line)
        faults += [(line, one) for one in wrong]
        if change and not wrong:
            changes.append(change)
    faults = faults or list(_consequences(kind, changes, catalogue, lines))
    if faults:
        raise FileFaults(faults)
    return Plan(kind, tuple(changes), len(lines) - len(changes), len(known.keys() - lines.keys()))


def _change(kind: str, line: int, cells: dict[str, str], known: dict[str, Thing]) -> tuple[Change | None, list[Fault]]:
    """None where the line says what the catalogue says already."""
    before = known.get(cells["id"].strip())
    old = cells_of(kind, before) if before else {}
    if before and all(old.get(column, "") == cell for column, cell in cells.items()):
        return None, []
    values = before.model_dump(mode="json") if before else {}
    faults = list(take(kind, cells, values))
    after, wrong = read_thing(kind, values)
    faults += [one for one in wrong if one.field.split(":")[0] not in {known.field for known in faults}]
    if after is None or faults or after == before:
        return None, faults
    new = cells_of(kind, after)
    differ = [column for column in (old | new) if old.get(column, "") != new.get(column, "")]
    return Change(line, before, after, tuple((column, old.get(column, ""), new.get(column, "")) for column in differ)), []


def _consequences(
    kind: str, changes: Sequence[Change], catalogue: Catalogue, lines: dict[str, int]
) -> Iterator[tuple[int, Fault]]:
    """What is wrong with the lines among the rest of the catalogue."""
    after = replaced(catalogue, kind, [change.after for change in changes])
    dangling = [(change.line, one) for change in changes for one in place_faults(after, kind, change.after)]
    yield from dangling
    for one in [] if dangling else kiosk_faults(catalogue, after):
        yield lines.get(dict(one.values)["kiosk"], 0) if kind == "kiosk" else 0, one


# ── the file ────────────────────────────────────────────────────────────────────────────


def _read(kind: str, content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header and, with its line, each row. Raises FileFaults."""
    text = _text(content)
    rows = list(_rows(text, _separator(text)))
    if not rows:
        raise FileFaults([(0, fault("empty"))])
    header = [cell.strip().lower() for cell in rows[0][1]]
    faults = [(rows[0][0], one) for one in _header_faults(kind, header)]
    width = len(header)
    faults += [(line, fault("cells", n=len(row), width=width)) for line, row in rows[1:] if len(row) != width]
    if len(rows) - 1 > MOST_ROWS:
        faults = [(0, fault("rows-many", most=MOST_ROWS))]
    if faults:
        raise FileFaults(faults)
    return header, [(line, [unguarded(cell) for cell in row]) for line, row in rows[1:]]


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileFaults([(0, fault("encoding"))])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFaults([(content[: error.start].count(b"\n") + 1, fault("encoding"))]) from None
    if "\0" in text:
        raise FileFaults([(text[: text.index("\0")].count("\n") + 1, fault("control"))])
    return text


def _separator(text: str) -> str:
    """Comma or semicolon: that of which the first line has more."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return ";" if first.count(";") > first.count(",") else ","


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of its first line; empty ones are left out. Raises FileFaults."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for row in reader:
            if any(row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error:
        raise FileFaults([(line, fault("quotes"))]) from None


def _header_faults(kind: str, header: list[str]) -> Iterator[Fault]:
    forms = {column.name: column.form for column in COLUMNS[kind]}
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            yield fault("column-twice", column=name)
        field, _, language = name.partition(":")
        is_language = bool(_LANGUAGE.fullmatch(language)) if forms.get(field) == "languages" else field == name
        if field not in forms or not is_language:
            yield fault("column-unknown", column=name, known=", ".join(columns_of(kind, [])))
    for column in COLUMNS[kind]:
        name = f"{column.name}:lt" if column.form == "languages" else column.name
        if column.needed and name not in header:
            yield fault("column-missing", column=name)
