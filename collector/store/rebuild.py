"""Derive the tallies from the events again, and mend what differs.

Events and tallies are read in one snapshot; the differences are then added in short
transactions. Tallies are additive, so live ingest goes on beside it. Tallies of sealed
days and months are left alone: their events are gone. Where a tally holds both, what the
sealed events were in it is remembered.
"""

import json
from collections.abc import Iterator
from sqlite3 import Connection

from collector.events import Context, Kind, Standing
from collector.retention import Cut
from collector.store import sealed
from collector.store.contexts import Contexts
from collector.store.tallying import add_cells, add_sums
from collector.tallies import GRAINS, SUM_GRAINS, VALUES, Changes, Key, Tallied, spread

_CHUNK = 500

Cells = dict[str, dict[Key, tuple[int, ...]]]


def differences(conn: Connection) -> Cells:
    """What must be added to every cell to come to what the events say; empty when all is right."""
    conn.execute("BEGIN")
    try:
        expected, present, cuts = _expected(conn), _present(conn), sealed.cuts(conn)
    finally:
        conn.execute("COMMIT")
    wrong: Cells = {}
    for grain in present:
        width = VALUES if grain in GRAINS else 1
        zero = (0,) * width
        for key in expected[grain].keys() | present[grain].keys():
            want, have = expected[grain].get(key, zero), present[grain].get(key, zero)
            if want != have and not _is_sealed((GRAINS | SUM_GRAINS)[grain], key, cuts):
                wrong.setdefault(grain, {})[key] = tuple(a - b for a, b in zip(want, have, strict=True))
    return wrong


def batches(wrong: Cells) -> Iterator[tuple[str, list[tuple[str | int, ...]]]]:
    """The differences cut into short transactions' worth of (grain, rows)."""
    for grain, cells in wrong.items():
        rows = [(*key, *delta) for key, delta in cells.items()]
        for start in range(0, len(rows), _CHUNK):
            yield grain, rows[start : start + _CHUNK]


def apply(conn: Connection, grain: str, rows: list[tuple[str | int, ...]]) -> None:
    """Add one batch of differences; cells that come to nothing are removed."""
    (add_cells if grain in GRAINS else add_sums)(conn, grain, rows)
    counts = [f"c{value}" for value in range(VALUES)] if grain in GRAINS else ["n"]
    conn.execute(f"DELETE FROM tally_{grain} WHERE {' AND '.join(f'{c}=0' for c in counts)}")  # noqa: S608 - our own names


def _expected(conn: Connection) -> Cells:
    changes = Changes()
    contexts = Contexts(conn)
    sql = "SELECT kind, minute, context, value, detail, standing, mark FROM event WHERE kind IN (?, ?)"
    for kind, minute, context, value, detail, standing, mark in conn.execute(sql, (Kind.RATING, Kind.REASONS)):
        shared: Context = contexts.get(context)
        changes.add(Tallied(Kind(kind), minute, shared, value, detail or "", Standing(standing), mark or ""))
    cells: Cells = {grain: {key: spread(counts) for key, counts in found.items()} for grain, found in changes.ratings().items()}
    cells |= {grain: {key: (n,) for key, n in found.items()} for grain, found in changes.sums.items()}
    for grain, text, counts in conn.execute("SELECT grain, key, counts FROM sealed_cell"):
        key, gone = tuple(json.loads(text)), json.loads(counts)
        cells[grain][key] = tuple(a + b for a, b in zip(cells[grain].get(key, (0,) * len(gone)), gone, strict=True))
    return cells


def _is_sealed(names: tuple[str, ...], key: Key, cuts: dict[str, Cut]) -> bool:
    """Whether a cell is of a day, or of a month as a whole, of which nothing is left to derive it from."""
    if "office" not in names:
        return False  # kept only as long as the events
    cut = cuts.get(str(key[names.index("office")]), Cut()).events
    return str(key[names.index("day")]) < cut if "day" in names else str(key[names.index("month")]) < cut[:7]


def _present(conn: Connection) -> Cells:
    cells: Cells = {}
    for grain, key in (GRAINS | SUM_GRAINS).items():
        rows = conn.execute(f"SELECT * FROM tally_{grain}").fetchall()  # noqa: S608 - our own names
        cells[grain] = {row[: len(key)]: row[len(key) :] for row in rows}
    return cells
