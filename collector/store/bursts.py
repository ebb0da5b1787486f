"""Marks the visits of a minute that brought more of them than a kiosk may have.

What counts is the set of visits, each in the minute of the rating of its main question that
counts: a correction makes no second visit, and tests make none. The minutes that a
transaction touched are looked at when its events are in the store, and decided anew.
"""

import json
from collections.abc import Collection
from sqlite3 import Connection

from collector.events import Kind, Standing
from collector.localtime import local
from collector.misuse import BURST, LEAST_LIMIT, with_rule
from collector.store import burst_limits
from collector.store.sealed import Cuts
from collector.store.visits import Row, Visits

_CROWDED = (
    "WITH touched AS (SELECT json_extract(value, '$[0]') AS kiosk, json_extract(value, '$[1]') AS minute FROM json_each(?)) "
    "SELECT kiosk, minute FROM touched t WHERE ?<=(SELECT count(*) FROM stream s CROSS JOIN event e INDEXED BY event_minute "
    "ON e.stream=s.id AND e.minute=t.minute WHERE s.kiosk=t.kiosk AND e.kind=1)"
)
_RATINGS = (
    "SELECT e.visit, c.office, c.timezone, e.standing < 2 AND c.main AND NOT c.undated, instr(coalesce(e.mark, ''), ?) > 0 "
    "FROM event e INDEXED BY event_minute JOIN context c ON c.id = e.context "
    "WHERE e.kind=1 AND e.stream IN (SELECT id FROM stream WHERE kiosk=?) AND e.minute=?"
)


def settle(conn: Connection, visits: Visits, minutes: Collection[tuple[str, int]]) -> None:
    """Mark, and unmark, in these minutes of these kiosks. Everything that belongs there is in the store."""
    for kiosk, minute in conn.execute(_CROWDED, (json.dumps(list(minutes)), LEAST_LIMIT)).fetchall():
        _settle(conn, visits, kiosk, minute)


def _settle(conn: Connection, visits: Visits, kiosk: str, minute: int) -> None:
    ratings = conn.execute(_RATINGS, (BURST, kiosk, minute)).fetchall()
    cuts = Cuts(conn)
    if any(cuts.seals(office, timezone, minute) for _, office, timezone, _, _ in ratings):
        return  # some of its visits may be erased already
    counting = {visit: timezone for visit, _, timezone, counts, _ in ratings if counts}
    burst = bool(counting) and len(counting) >= _limit(conn, kiosk, minute, min(counting.values()))
    wrong = {visit for visit, _, _, counts, marked in ratings if marked != (burst and counts)}

    def mark(row: Row) -> str:
        return with_rule(row.mark, BURST, burst and _counts(row)) if row.answer.minute == minute else row.mark

    visits.remark(wrong, mark, kiosk)


def _counts(row: Row) -> bool:
    c = row.answer.context
    return row.answer.kind == Kind.RATING and row.standing < Standing.SUPERSEDED and c.main and not c.undated


def _limit(conn: Connection, kiosk: str, minute: int, timezone: str) -> int:
    when = local(minute, timezone)
    return burst_limits.of(conn, kiosk, when.day)[when.hour]
