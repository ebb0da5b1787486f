"""The misuse ledger, and the present rules applied to what was stored before them."""

from collections.abc import Callable
from sqlite3 import Connection
from typing import NamedTuple

from collector.access import Viewer
from collector.events import Context, Placed
from collector.misuse import CLOSED, is_closed, with_rule
from collector.store import bursts
from collector.store.contexts import Contexts
from collector.store.sealed import Cuts
from collector.store.tallying import add_changes
from collector.store.visits import Visits
from collector.tallies import Changes

Place = Callable[[str, str], Placed | None]
At = tuple[int, int]  # a stream's number in the store, and a seq

BEGINNING: At = (0, 0)
_PORTION = 500


class LedgerRow(NamedTuple):
    """How many visits of one kiosk and local hour a rule marked. Of an undated answer `day` is `undated`, `hour` −1."""

    day: str
    hour: int
    kiosk: str
    rule: str
    n: int


def ledger(conn: Connection, viewer: Viewer, office: str, first: str, last: str) -> list[LedgerRow]:
    """The marks behind an office's flagged figures, of the local days from `first` to `last`, in order of time.

    Counted are ratings of the main question that are flagged, so n counts visits; one that
    two rules marked is in a row of each. The undated ones come only where both days are `undated`.
    """
    if not viewer.may_see(office):
        return []
    sql = (
        "SELECT day, hour, kiosk, rule, n FROM tally_misuse WHERE office=? AND day BETWEEN ? AND ? AND n > 0 "
        "ORDER BY day, hour, kiosk, rule"
    )
    return [LedgerRow._make(row) for row in conn.execute(sql, (office, first, last))]


def remark(conn: Connection, contexts: Contexts, place: Place, after: At) -> tuple[At | None, int]:
    """Apply `closed-v1` and `burst-v1` to the next ratings after `after`, inside a transaction of the caller's.

    Marks of `interval-v1` stay as they are: the gap that it looks at is not kept. Returns
    where to go on, None at the end, and how many ratings are marked otherwise now.
    """

    def closed(mark: str, minute: int, context: Context) -> str:
        placed = None if context.undated else place(context.kiosk, context.config)
        return with_rule(mark, CLOSED, placed is not None and is_closed(placed.opening, minute, placed.timezone))

    sql = (
        "SELECT stream, seq, visit, minute, context, coalesce(mark, '') FROM event "
        "WHERE kind=1 AND (stream, seq) > (?, ?) ORDER BY stream, seq LIMIT ?"
    )
    wrong: set[int] = set()
    minutes: set[tuple[str, int]] = set()
    cuts = Cuts(conn)
    rows = conn.execute(sql, (*after, _PORTION)).fetchall()
    for _, _, visit, minute, ident, mark in rows:
        context = contexts.get(ident)
        if cuts.is_sealed(context, minute):  # about to be erased; its figures stand
            continue
        minutes.add((context.kiosk, minute))
        if closed(mark, minute, context) != mark:
            wrong.add(visit)
    changes = Changes()
    visits = Visits(conn, contexts, changes)
    visits.remark(wrong, lambda row: closed(row.mark, row.answer.minute, row.answer.context))
    bursts.settle(conn, visits, minutes)
    add_changes(conn, changes)
    return (rows[-1][0], rows[-1][1]) if rows else None, visits.remarked
