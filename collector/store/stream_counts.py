"""Proof that what is counted of every stream is what its rows say; and the mending of a count that is not."""

from collections.abc import Iterable
from sqlite3 import Connection

from collector.events import Kind

Difference = tuple[int, int, int]


def differences(conn: Connection) -> list[Difference]:
    """(stream's row, stored, quarantined): what must be added to its counts to come to its rows. One statement, one snapshot."""
    sql = (
        "SELECT s.id, coalesce(e.stored, 0) - s.stored AS a, coalesce(e.quarantined, 0) - s.quarantined AS b FROM stream s "
        "LEFT JOIN (SELECT stream, sum(kind <> :bad) AS stored, sum(kind = :bad) AS quarantined FROM event GROUP BY stream) e "
        "ON e.stream = s.id WHERE a <> 0 OR b <> 0"
    )
    return conn.execute(sql, {"bad": int(Kind.QUARANTINED)}).fetchall()


def mend(conn: Connection, wrong: Iterable[Difference]) -> None:
    """Counts are additive, so what was recorded since `differences` looked stays counted."""
    sql = "UPDATE stream SET stored=stored+?, quarantined=quarantined+? WHERE id=?"
    conn.executemany(sql, ((stored, quarantined, stream) for stream, stored, quarantined in wrong))
