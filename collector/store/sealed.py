"""Sealed days: their events are gone and their tallies stand for good; their seqs live on as ranges.

An event that is sent again is known by its seq. One that comes for the first time after its day was sealed is
acknowledged and not stored: the tallies of that day are no longer derived from events, and its visit is gone.
"""

from collections.abc import Iterable
from datetime import date
from sqlite3 import Connection
from typing import NamedTuple

from collector.events import Answer, Context, Kind
from collector.localtime import local
from collector.retention import Cut

_EPOCH = date(1970, 1, 1).toordinal()
_LATEST_START = 12 * 60  # a local day begins at most so many minutes after the same day in UTC


class Span(NamedTuple):
    """Seqs `first` to `last` of a stream, all sealed, and what they were."""

    first: int
    last: int
    stored: int = 0
    quarantined: int = 0
    late: int = 0


class Cuts:
    """How far each office is erased, as of the present transaction. Most answers are too new to be asked about."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        newest = conn.execute("SELECT max(max(comments, events)) FROM erasure").fetchone()[0]
        self._before = (date.fromisoformat(newest).toordinal() - _EPOCH) * 1440 + _LATEST_START if newest else None
        self._offices: dict[str, Cut] = {}

    def is_sealed(self, context: Context, minute: int) -> bool:
        """Whether the local day of an answer of this minute is sealed. An undated one is where its minute is."""
        return self.seals(context.office, context.timezone, minute)

    def seals(self, office: str, timezone: str, minute: int) -> bool:
        return self._may_be(minute) and local(minute, timezone).day < self._of(office).events

    def without_words(self, answer: Answer) -> Answer:
        """A comment of a day whose comments are erased comes without its text; all else as it is."""
        gone = answer.kind == Kind.COMMENT and self._may_be(answer.minute)
        if gone and local(answer.minute, answer.context.timezone).day < self._of(answer.context.office).comments:
            return answer._replace(detail="")
        return answer

    def _may_be(self, minute: int) -> bool:
        return self._before is not None and minute < self._before

    def _of(self, office: str) -> Cut:
        if not self._offices:
            self._offices = cuts(self._conn)
        return self._offices.get(office, Cut())


def cuts(conn: Connection) -> dict[str, Cut]:
    """How far every office is erased."""
    return {office: Cut(*days) for office, *days in conn.execute("SELECT office, comments, events FROM erasure")}


def earliest(conn: Connection) -> str:
    """The first local day of which some office may have events; '' where one was never erased."""
    sql = "SELECT coalesce(min(coalesce(e.events, '')), '') FROM office o LEFT JOIN erasure e ON e.office = o.id"
    return str(conn.execute(sql).fetchone()[0])


def spans(conn: Connection, stream: int, low: int, high: int) -> list[tuple[int, int]]:
    """The sealed ranges of a stream that reach into `low` … `high`."""
    sql = "SELECT first, last FROM sealed WHERE stream=? AND first<=? AND last>=? ORDER BY first"
    return conn.execute(sql, (stream, high, low)).fetchall()


def add(conn: Connection, stream: int, seqs: Iterable[tuple[int, str]]) -> None:
    """Seal seqs of a stream, each with what it was: `stored`, `quarantined` or `late`. Neighbours become one range."""
    run: Span | None = None
    for seq, was in sorted(seqs):
        one = Span(seq, seq, int(was == "stored"), int(was == "quarantined"), int(was == "late"))
        if run and run.last + 1 == seq:
            run = _joined(run, one)
        else:
            _keep(conn, stream, run)
            run = one
    _keep(conn, stream, run)


def _keep(conn: Connection, stream: int, span: Span | None) -> None:
    if span is None:
        return
    sql = "DELETE FROM sealed WHERE stream=? AND (last=? OR first=?) RETURNING first, last, stored, quarantined, late"
    for row in conn.execute(sql, (stream, span.first - 1, span.last + 1)).fetchall():
        span = _joined(span, Span(*row))
    conn.execute("INSERT INTO sealed VALUES (?, ?, ?, ?, ?, ?)", (stream, *span))


def _joined(one: Span, other: Span) -> Span:
    counts = (a + b for a, b in zip(one[2:], other[2:], strict=True))
    return Span(min(one.first, other.first), max(one.last, other.last), *counts)
