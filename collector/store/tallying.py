"""Adding to the tallies' rows: cells of counts by value, and sums."""

from collections.abc import Iterable
from sqlite3 import Connection

from collector.tallies import GRAINS, SUM_GRAINS, VALUES, Changes, spread


def add_changes(conn: Connection, changes: Changes) -> None:
    """Add what a transaction changes to every tally."""
    for grain, cells in changes.ratings().items():
        add_cells(conn, grain, ((*key, *spread(counts)) for key, counts in cells.items()))
    for grain, sums in changes.sums.items():
        add_sums(conn, grain, ((*key, n) for key, n in sums.items() if n))


def add_cells(conn: Connection, grain: str, rows: Iterable[tuple[str | int, ...]]) -> None:
    """Add histogram cells to a tally: the key, then a count a value."""
    counts = [f"c{value}" for value in range(VALUES)]
    _upsert(conn, grain, GRAINS[grain], counts, rows)


def add_sums(conn: Connection, grain: str, rows: Iterable[tuple[str | int, ...]]) -> None:
    """Add to counts of reasons or marks: the key, then n."""
    _upsert(conn, grain, SUM_GRAINS[grain], ["n"], rows)


def _upsert(conn: Connection, grain: str, key: tuple[str, ...], counts: list[str], rows: Iterable[tuple[str | int, ...]]) -> None:
    names = [*key, *counts]
    sums = ", ".join(f"{name}={name}+excluded.{name}" for name in counts)
    marks = ", ".join("?" * len(names))
    conn.executemany(f"INSERT INTO tally_{grain} ({', '.join(names)}) VALUES ({marks}) ON CONFLICT DO UPDATE SET {sums}", rows)  # noqa: S608
