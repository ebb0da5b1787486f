"""Reading tallies: sums of cells, by the dimensions asked for, from the coarsest grain that has them.

Tallies are keyed by period first, then office. A span is therefore named as a list of
whole months and single days: the cells of one office are found by seeking, and a page
costs the same however many offices and years are beside it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from operator import add
from sqlite3 import Connection
from typing import Any, NamedTuple

from collector.access import Viewer
from collector.events import Standing
from collector.localtime import UNDATED
from collector.periods import LONGEST, listed, parts
from collector.store.base import Histogram, ScoreQuery
from collector.tallies import VALUES

DIMENSIONS = (
    "office",
    "service",
    "question",
    "day",
    "week",
    "month",
    "hour",
    "weekday",
    "counter",
    "kiosk",
    "trigger",
    "language",
)
_FACETS = frozenset({"counter", "kiosk", "trigger", "language"})
_HOURS = frozenset({"hour", "weekday"})
_NONE = (0,) * VALUES
# Named one by one, what stands in a key between the period and the office is sought too.
_DAY_HOURS = f"t.hour IN ({', '.join(map(str, range(24)))})"
_WEEKDAYS = "t.weekday IN (0, 1, 2, 3, 4, 5, 6)"

Place = tuple[str | int, ...]


class _Part(NamedTuple):
    """One tally and the periods to read of it: a list, or bounds that may be open."""

    grain: str
    periods: list[str] | None = None
    first: str | None = None
    last: str | None = None

    @property
    def period(self) -> str:
        return "month" if self.grain in ("month", "office_month", "facet_month", "rhythm") else "day"


def histograms(conn: Connection, viewer: Viewer, query: ScoreQuery) -> list[Histogram]:
    """Counts by value for every combination of `query.by` and question that has any.

    Without a question named, those of main questions only: different questions are never
    added together, and so n counts visits.
    """
    offices = _offices(conn, viewer, query)
    if offices == []:
        return []
    by = tuple(name for name in query.by if name != "question")
    sums: dict[tuple[Place, str], list[tuple[int, ...]]] = {}
    for part in _parts(query):
        for row in _cells(conn, viewer, part, query, by, offices or []):
            place, question, standing, counts = row[: len(by)], row[len(by)], row[len(by) + 1], row[len(by) + 2 :]
            found = sums.setdefault((place, question), [_NONE, _NONE])
            found[standing] = tuple(map(add, found[standing], counts))
    scales = dict(conn.execute("SELECT id, scale FROM question").fetchall())
    rows = [
        Histogram(_place(by, place, question, query), question, scales[question], counted, flagged)
        for (place, question), (counted, flagged) in sorted(sums.items())
        if any(counted) or any(flagged)
    ]
    return _by_week(rows) if "week" in by else rows


def _place(by: tuple[str, ...], place: Place, question: str, query: ScoreQuery) -> dict[str, str | int]:
    return dict(zip(by, place, strict=True)) | ({"question": question} if "question" in query.by else {})


def _offices(conn: Connection, viewer: Viewer, query: ScoreQuery) -> list[str] | None:
    """The offices to read, None for all of them. With a service named they are listed, so that it is found by seeking."""
    wanted = list(query.offices)
    if viewer.offices is not None:
        return [office for office in wanted if viewer.may_see(office)] if wanted else sorted(viewer.offices)
    if not wanted and query.services:
        return [row[0] for row in conn.execute("SELECT id FROM office ORDER BY id")]
    return wanted or None


def _parts(query: ScoreQuery) -> Iterator[_Part]:
    days, months = _grains(query)
    if query.days:
        yield _Part(days, list(query.days))
    elif query.first is None and query.last is None:
        yield _Part(months or days)
    elif (span := _span(query)) is None:
        yield _Part(days, None, query.first, query.last or "9999")  # 'undated' sorts after every date
    elif months is None:
        yield _Part(days, listed(*span))
    else:
        whole = parts(*span)
        yield from (_Part(grain, periods) for grain, periods in ((months, whole.months), (days, whole.days)) if periods)


def _grains(query: ScoreQuery) -> tuple[str, str | None]:
    """The coarsest tally of days that has the dimensions, and that of months, where there is one."""
    by = set(query.by)
    serviced = "service" in by or bool(query.services)
    in_days = bool(by & {"day", "week"})
    if by & _HOURS:
        return "hour", None if serviced or in_days or by & _FACETS else "rhythm"
    if by & _FACETS:
        return "hour", None if serviced or in_days or "kiosk" in by else "facet_month"
    if serviced:
        return "day", None if in_days else "month"
    return "office_day", None if in_days else "office_month"


def _span(query: ScoreQuery) -> tuple[date, date] | None:
    """The bounds as dates, where both are dates and not ages apart."""
    try:
        first, last = date.fromisoformat(query.first or ""), date.fromisoformat(query.last or "")
    except ValueError:
        return None
    return (first, last) if (last - first).days <= LONGEST else None


def _cells(
    conn: Connection, viewer: Viewer, part: _Part, query: ScoreQuery, by: tuple[str, ...], offices: list[str]
) -> list[tuple[Any, ...]]:
    """(place …, question, standing, c0 … c10) of one tally; `offices` are those that the viewer may see, none for all."""
    assert viewer.offices is None or all(map(viewer.may_see, offices))  # noqa: S101 - the caller's promise
    conditions, values = _conditions(part, query, offices)
    places = [f"{_expression(name, part)} AS p{i}" for i, name in enumerate(by)]
    groups = ", ".join([*(f"p{i}" for i in range(len(by))), "t.question", "t.standing"])
    sums = ", ".join(f"sum(t.c{value})" for value in range(VALUES))
    sql = (
        f"SELECT {', '.join([*places, 't.question', 't.standing'])}, {sums} "  # noqa: S608 - names from our own tables
        f"FROM tally_{part.grain} t WHERE {conditions} GROUP BY {groups}"
    )
    return conn.execute(sql, values).fetchall()


def _expression(name: str, part: _Part) -> str:
    if name == "week":
        return "t.day"
    if name == "month" and part.period == "day":
        return "CASE t.day WHEN 'undated' THEN t.day ELSE substr(t.day, 1, 7) END"
    if name == "weekday" and part.period == "day":
        return "(strftime('%w', t.day) + 6) % 7"
    return f"t.{name}"


def _conditions(part: _Part, query: ScoreQuery, offices: list[str]) -> tuple[str, list[str]]:
    conditions, values = list[str](), list[str]()
    for column, wanted in (
        (part.period, part.periods or []),
        ("office", offices),
        ("service", query.services),
        ("question", query.questions),
    ):
        if wanted:
            conditions.append(f"t.{column} IN ({', '.join('?' * len(wanted))})")
            values += wanted
    for sign, bound in ((">=", part.first), ("<=", part.last)):
        if bound is not None:
            conditions.append(f"t.{part.period} {sign} ?")
            values.append(bound)
    if part.grain == "rhythm" and offices:
        conditions.append(_WEEKDAYS)
    if part.grain in ("hour", "rhythm") and offices and part.periods and UNDATED not in part.periods:
        conditions.append(_DAY_HOURS)
    elif set(query.by) & _HOURS:
        conditions.append("t.hour >= 0")  # an undated answer has none
    if not query.questions and "question" not in query.by:
        conditions.append("t.main = 1")
    conditions.append(f"t.standing IN ({Standing.COUNTED:d}, {Standing.FLAGGED:d})")
    return " AND ".join(conditions), values


def _by_week(rows: list[Histogram]) -> list[Histogram]:
    """Days folded into ISO weeks (SQLite learned to name them only in 3.46)."""
    weeks: dict[tuple[object, ...], Histogram] = {}
    for row in rows:
        day = str(row.place["week"])
        place = row.place | {"week": day if day == UNDATED else date.fromisoformat(day).strftime("%G-W%V")}
        key = (*place.values(), row.question)
        before = weeks.get(key, replace(row, counted=_NONE, flagged=_NONE))
        counted = tuple(map(add, row.counted, before.counted))
        weeks[key] = replace(row, place=place, counted=counted, flagged=tuple(map(add, row.flagged, before.flagged)))
    return list(weeks.values())


def reasons(conn: Connection, viewer: Viewer, query: ScoreQuery) -> list[tuple[str, str, int]]:
    """(reason, good|bad, n) of the offices, services and span of a query, most named first. The span must have two dates."""
    offices = _offices(conn, viewer, query)
    span = _span(query)
    if offices == [] or span is None:
        return []
    sums: dict[tuple[str, str], int] = {}
    whole = parts(*span)
    for part in (_Part("reason_month", whole.months), _Part("reason_day", whole.days)):
        for reason, side, n in _reason_cells(conn, viewer, part, query, offices or []) if part.periods else ():
            sums[reason, side] = sums.get((reason, side), 0) + n
    return sorted(((reason, side, n) for (reason, side), n in sums.items() if n > 0), key=lambda row: (-row[2], row))


def _reason_cells(
    conn: Connection, viewer: Viewer, part: _Part, query: ScoreQuery, offices: list[str]
) -> list[tuple[str, str, int]]:
    assert viewer.offices is None or all(map(viewer.may_see, offices))  # noqa: S101 - the caller's promise
    period = "month" if part.grain == "reason_month" else "day"
    conditions, values = ["t.standing=0"], list[str]()
    for column, wanted in (
        (period, part.periods or []),
        ("office", offices),
        ("service", query.services),
        ("question", query.questions),
    ):
        if wanted:
            conditions.append(f"t.{column} IN ({', '.join('?' * len(wanted))})")
            values += wanted
    sql = (
        f"SELECT t.reason, t.side, sum(t.n) FROM tally_{part.grain} t "  # noqa: S608 - names from our own tables
        f"WHERE {' AND '.join(conditions)} GROUP BY t.reason, t.side"
    )
    return conn.execute(sql, values).fetchall()
