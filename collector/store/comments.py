"""Comments: found by their words, shown to those who may, tended (state, hidden), erased.

The words themselves stay in the event; the index has them folded. What an event counts as
may change later, so it is read from the event each time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from sqlite3 import Connection
from typing import Any, Literal

from broker_config.messages import utc_text
from collector.access import Viewer
from collector.events import Answer, Standing
from collector.localtime import NO_DAY, UNDATED, local
from collector.scoring.score import FEWEST
from collector.search import Term, indexed, terms
from collector.store import audit
from collector.tallies import VALUES, is_good

State = Literal["new", "noted", "done"]
PAGE = 25
COUNTED_UP_TO = 1000
RIPE_AFTER = timedelta(hours=1)
RIPE_RATINGS = 5

_EPOCH = date(1970, 1, 1).toordinal()
_COUNTS = "+".join(f"c{value}" for value in range(VALUES))
_RATED_THAT_DAY = (
    f"(SELECT coalesce(sum({_COUNTS}), 0) FROM tally_office_day t "  # noqa: S608 - our own names
    "WHERE t.day = {day} AND t.office = {office} AND t.main = 1 AND t.standing = 0)"
)


@dataclass(frozen=True)
class CommentQuery:
    """Which comments of an office. Days are its own, both ends included; what is empty does not narrow.

    `raw`: those marked as misuse too. `hidden`: the hidden ones, and no others.
    """

    office: str
    words: str = ""
    service: str = ""
    side: str = ""
    state: str = ""
    language: str = ""
    first: date | None = None
    last: date | None = None
    raw: bool = False
    hidden: bool = False


@dataclass(frozen=True)
class Comment:
    """One comment as it may be shown: with date and half-day, never the minute. `day` is None where it could be two days."""

    id: int
    day: date | None
    morning: bool
    service: str
    scale: str
    value: int
    language: str
    text: str
    state: State
    flagged: bool
    hidden: str | None
    hidden_by: str | None
    hidden_at: str | None


@dataclass(frozen=True)
class CommentPage:
    """`total`: how many there are, `more` where there are more than are counted. `suppressed`: too few ratings to show any."""

    rows: list[Comment] = field(default_factory=list)
    total: int = 0
    more: bool = False
    suppressed: bool = False


def find(conn: Connection, viewer: Viewer, query: CommentQuery, now: datetime, page: int = 1) -> CommentPage:
    """A page of comments, newest first. Hidden ones only for those who may show them again."""
    if not viewer.may_see(query.office) or (query.hidden and not viewer.may_write(query.office)):
        return CommentPage()
    if not _enough(conn, viewer, query):
        return CommentPage(suppressed=True)
    return CommentPage(_rows(conn, viewer, query, now, PAGE, PAGE * (page - 1)), *_count(conn, viewer, query, now))


def newest(conn: Connection, viewer: Viewer, query: CommentQuery, now: datetime, limit: int) -> list[Comment]:
    """The newest comments, by the same rules as `find`."""
    if not viewer.may_see(query.office) or query.hidden or not _enough(conn, viewer, query):
        return []
    return _rows(conn, viewer, query, now, limit, 0)


def set_state(conn: Connection, viewer: Viewer, office: str, ident: int, state: State, now: datetime) -> bool:
    """False, and nothing changed, where this viewer may tend no such comment."""
    found = _tended(conn, viewer, office, ident, now)
    if found and found["state"] != state:
        conn.execute("UPDATE comment SET state=? WHERE id=?", (state, ident))
        _log(conn, viewer, "comment.state", office, ident, {"state": found["state"]}, {"state": state}, now)
    return found is not None


def hide(conn: Connection, viewer: Viewer, office: str, ident: int, reason: str, now: datetime) -> bool:
    """Take a comment from everybody's sight, for a reason. False where this viewer may tend no such comment."""
    found = _tended(conn, viewer, office, ident, now)
    if found and found["hidden"] != reason:
        row = (reason, viewer.login, utc_text(now), ident)
        conn.execute("UPDATE comment SET hidden=?, hidden_by=?, hidden_at=? WHERE id=?", row)
        _log(conn, viewer, "comment.hide", office, ident, _reason(found["hidden"]), _reason(reason), now)
    return found is not None


def show(conn: Connection, viewer: Viewer, office: str, ident: int, now: datetime) -> bool:
    """Undo `hide`. False where this viewer may tend no such comment."""
    found = _tended(conn, viewer, office, ident, now)
    if found and found["hidden"] is not None:
        conn.execute("UPDATE comment SET hidden=NULL, hidden_by=NULL, hidden_at=NULL WHERE id=?", (ident,))
        _log(conn, viewer, "comment.show", office, ident, _reason(found["hidden"]), None, now)
    return found is not None


def add(conn: Connection, new: Iterable[tuple[int, Answer]]) -> None:
    """Keep new comments, as (stream, answer), once the ratings that came with them are tallied."""
    rated = _RATED_THAT_DAY.format(office=":office", day=":day")
    sql = (
        "INSERT INTO comment (stream, seq, office, service, question, scale, value, side, language, day, morning, minute, rated) "  # noqa: S608 - our own names
        "VALUES (:stream, :seq, :office, :service, :question, :scale, :value, :side, :language, :day, :morning, :minute, "
        f"{rated}) ON CONFLICT DO NOTHING RETURNING place"
    )
    for stream, answer in new:
        for (place,) in conn.execute(sql, _columns(stream, answer)).fetchall():
            row = (place, answer.context.office, indexed(answer.detail))
            conn.execute("INSERT INTO comment_text (rowid, office, words) VALUES (?, ?, ?)", row)


def delete(conn: Connection, ids: Iterable[int]) -> None:
    """Erase comments: row, index entry and the words in their events, which stay and stay counted.

    The index only marks them as gone; `erasing.tidy_index` afterwards takes their words from the file.
    """
    for ident in ids:
        conn.execute("DELETE FROM comment_text WHERE rowid = (SELECT place FROM comment WHERE id=?)", (ident,))
        event = conn.execute("DELETE FROM comment WHERE id=? RETURNING stream, seq", (ident,)).fetchone()
        if event:
            conn.execute("UPDATE event SET detail=NULL WHERE stream=? AND seq=?", event)


def expression(office: str, wanted: list[Term]) -> str:
    """What the index is asked. Words are letters and digits only, so nothing in it is an operator."""
    parts = [f'"{" ".join(term.words)}"{" *" if term.prefix else ""}' for term in wanted]
    return f'office : "{office}" AND words : ({" AND ".join(parts)})'


# ── reading ─────────────────────────────────────────────────────────────────────────────


def _rows(conn: Connection, viewer: Viewer, query: CommentQuery, now: datetime, limit: int, offset: int) -> list[Comment]:
    source, values = _source(viewer, query, now)
    sql = (
        "SELECT k.id, k.day, k.morning, k.service, k.scale, k.value, k.language, e.detail, k.state, e.standing, "
        f"k.hidden, k.hidden_by, k.hidden_at {source} LIMIT ? OFFSET ?"
    )
    return [_comment(*row) for row in conn.execute(sql, (*values, limit, offset))]


def _count(conn: Connection, viewer: Viewer, query: CommentQuery, now: datetime) -> tuple[int, bool]:
    source, values = _source(viewer, query, now)
    sql = f"SELECT count(*) FROM (SELECT 1 {source} LIMIT {COUNTED_UP_TO + 1})"  # noqa: S608 - our own names
    total: int = conn.execute(sql, values).fetchone()[0]
    return min(total, COUNTED_UP_TO), total > COUNTED_UP_TO


def _source(viewer: Viewer, query: CommentQuery, now: datetime) -> tuple[str, list[object]]:
    """FROM … WHERE … ORDER BY … with its values. The index gives its rows newest first, so a page reads few of them."""
    joins, order, conditions, values = "comment k", "k.place", ["k.office = ?"], list[object]()
    if query.words.strip():
        wanted = terms(query.words)
        order = "f.rowid"
        joins = "comment_text f CROSS JOIN comment k ON k.place = +f.rowid"  # the plus: look each up, whatever bounds there are
        conditions.insert(0, "comment_text MATCH ?" if wanted else "0")
        values += [expression(query.office, wanted)] if wanted else []
    values.append(query.office)
    for column in ("service", "side", "state", "language"):
        if value := getattr(query, column):
            conditions.append(f"k.{column} = ?")
            values.append(value)
    if query.first or query.last:
        conditions.append("k.day BETWEEN ? AND ?")  # 'undated' comes after every date
        values += [str(query.first or date.min), str(query.last or date.max)]
        conditions.append(f"{order} BETWEEN ? AND ?")  # so that newer ones need not be passed over one by one
        values += _places(query.first, query.last)
    conditions += ["k.hidden IS NOT NULL" if query.hidden and viewer.may_write(query.office) else "k.hidden IS NULL", _ripe()]
    values.append(_ripe_place(now))
    conditions.append("e.standing IN (0, 1)" if query.raw else "e.standing = 0")
    joins += " CROSS JOIN event e ON e.stream = k.stream AND e.seq = k.seq"
    return f"FROM {joins} WHERE {' AND '.join(conditions)} ORDER BY {order} DESC", values


def _places(first: date | None, last: date | None) -> tuple[int, int]:
    """Bounds of all places that these local days can have, in whatever time zone."""
    low, high = ((day.toordinal() - _EPOCH) * 1440 for day in (first or date.min, last or date.max))
    return low - 1440 << 20, high + 2 * 1440 << 20


def _enough(conn: Connection, viewer: Viewer, query: CommentQuery) -> bool:
    """The office's own head sees all; others nothing where the period has fewer than 10 ratings of the main question.

    A lively office has them in the period's last month: the other years are read where it has not.
    """
    if viewer.is_inside(query.office):
        return True
    sql = "SELECT (SELECT min(day) FROM tally_office_day), (SELECT max(day) FROM tally_office_day WHERE day < ?)"
    low, high = conn.execute(sql, (UNDATED,)).fetchone()
    if high is None:
        return False
    first, last = max(date.fromisoformat(low), query.first or date.min), min(date.fromisoformat(high), query.last or date.max)
    month_before = max(first, last - timedelta(days=30))
    return any(_rated(conn, viewer, query.office, begin, last) >= FEWEST for begin in dict.fromkeys((month_before, first)))


def _rated(conn: Connection, viewer: Viewer, office: str, first: date, last: date) -> int:
    """Counted ratings of an office's main question in a span of days, a look a day: the tally is ordered by day first."""
    if first > last or not viewer.may_see(office):
        return 0
    sql = (
        "WITH RECURSIVE days (day) AS (SELECT ? UNION ALL SELECT date(day, '+1 day') FROM days WHERE day < ?) "  # noqa: S608 - our own names
        f"SELECT sum({_COUNTS}) AS n FROM days CROSS JOIN tally_office_day t ON t.day = days.day AND t.office = ? "
        "WHERE t.main = 1 AND t.standing = 0 GROUP BY t.question ORDER BY n DESC LIMIT 1"
    )
    row = conn.execute(sql, (first.isoformat(), last.isoformat(), office)).fetchone()
    return row[0] if row else 0


def _tended(conn: Connection, viewer: Viewer, office: str, ident: int, now: datetime) -> dict[str, Any] | None:
    """State and hiding of a comment that this viewer may change, or None."""
    if not viewer.may_write(office):
        return None
    sql = (
        "SELECT k.state, k.hidden FROM comment k JOIN event e ON e.stream = k.stream AND e.seq = k.seq "  # noqa: S608
        f"WHERE k.id = ? AND k.office = ? AND {_ripe()} AND e.standing IN (?, ?)"
    )
    shown = (int(Standing.COUNTED), int(Standing.FLAGGED))
    row = conn.execute(sql, (ident, office, _ripe_place(now), *shown)).fetchone()
    return {"state": row[0], "hidden": row[1]} if row else None


def _ripe() -> str:
    """Nobody shall see a citizen go and then the words appear: an hour must have passed, or five more ratings have come."""
    return f"(k.place < ? OR k.rated + {RIPE_RATINGS} <= {_RATED_THAT_DAY.format(office='k.office', day='k.day')})"


def _ripe_place(now: datetime) -> int:
    return _place(now - RIPE_AFTER + timedelta(minutes=1))


def _place(moment: datetime) -> int:
    """Where the comments of a minute begin in the order of all."""
    return int(moment.timestamp()) // 60 << 20


def _comment(ident: int, day: str, morning: int, *rest: Any) -> Comment:
    service, scale, value, language, text, state, standing, *hiding = rest
    when = None if day == UNDATED else date.fromisoformat(day)
    flagged = standing == Standing.FLAGGED
    return Comment(ident, when, bool(morning), service, scale, value, language, text or "", state, flagged, *hiding)


# ── writing ─────────────────────────────────────────────────────────────────────────────


def _columns(stream: int, answer: Answer) -> dict[str, object]:
    c = answer.context
    when = NO_DAY if c.undated else local(answer.minute, c.timezone)
    shared = {"office": c.office, "service": c.service, "question": c.question, "scale": c.scale, "language": c.language}
    side = "good" if is_good(c.scale, answer.value) else "bad"
    place = {"stream": stream, "seq": answer.seq, "value": answer.value, "side": side, "minute": answer.minute}
    return shared | place | {"day": when.day, "morning": int(when.hour < 12)}


def _log(conn: Connection, viewer: Viewer, action: str, office: str, ident: int, before: Any, after: Any, now: datetime) -> None:
    """Never with the citizen's words: the log outlives them."""
    audit.write(conn, viewer.login, action, f"{office}/comments/{ident}", before, after, now)


def _reason(hidden: str | None) -> dict[str, str] | None:
    return None if hidden is None else {"reason": hidden}
