"""Reading tallies: sums of cells, by the dimensions asked for. A page reads nothing else."""

from dataclasses import replace
from datetime import date
from operator import add
from sqlite3 import Connection
from typing import Any

from collector.access import Viewer
from collector.events import Standing
from collector.localtime import UNDATED
from collector.store.base import Histogram, ScoreQuery
from collector.tallies import VALUES

_EXPRESSIONS = {
    "office": "t.office",
    "service": "t.service",
    "question": "t.question",
    "day": "t.day",
    "week": "t.day",
    "month": "substr(t.day, 1, 7)",
    "hour": "t.hour",
}
DIMENSIONS = tuple(_EXPRESSIONS)
_READ_STANDINGS = (int(Standing.COUNTED), int(Standing.FLAGGED))


def histograms(conn: Connection, viewer: Viewer, query: ScoreQuery) -> list[Histogram]:
    """Counts by value for every combination of `query.by` and question that has any.

    Without a question named, those of main questions only: different questions are never
    added together, and so n counts visits.
    """
    where, values = _conditions(viewer, query)
    by = [name for name in query.by if name != "question"]
    places = [f"{_EXPRESSIONS[name]} AS p{i}" for i, name in enumerate(by)]
    sums = [f"total(iif(t.standing={standing}, t.c{value}, 0))" for standing in _READ_STANDINGS for value in range(VALUES)]
    groups = ", ".join([*(f"p{i}" for i in range(len(by))), "t.question", "q.scale"])
    sql = (
        f"SELECT {', '.join([*places, 't.question', 'q.scale', *sums])} "  # noqa: S608 - names from our own table above
        f"FROM tally_{'hour' if 'hour' in by else 'day'} t JOIN question q ON q.id = t.question "
        f"WHERE {where} GROUP BY {groups} ORDER BY {groups}"
    )
    rows = [_histogram(row, by, query) for row in conn.execute(sql, values)]
    rows = [row for row in rows if any(row.counted) or any(row.flagged)]
    return _by_week(rows) if "week" in by else rows


def _histogram(row: tuple[Any, ...], by: list[str], query: ScoreQuery) -> Histogram:
    n = len(by)
    counts = tuple(int(c) for c in row[n + 2 :])
    place = dict(zip(by, row[:n], strict=True))
    if "question" in query.by:
        place["question"] = row[n]
    return Histogram(place, row[n], row[n + 1], counts[:VALUES], counts[VALUES:])


def _by_week(rows: list[Histogram]) -> list[Histogram]:
    """Days folded into ISO weeks (SQLite learned to name them only in 3.46)."""
    weeks: dict[tuple[object, ...], Histogram] = {}
    for row in rows:
        day = str(row.place["week"])
        place = row.place | {"week": day if day == UNDATED else date.fromisoformat(day).strftime("%G-W%V")}
        key = (*place.values(), row.question)
        before = weeks.get(key, replace(row, counted=(0,) * VALUES, flagged=(0,) * VALUES))
        counted = tuple(map(add, row.counted, before.counted))
        weeks[key] = replace(row, place=place, counted=counted, flagged=tuple(map(add, row.flagged, before.flagged)))
    return list(weeks.values())


def _conditions(viewer: Viewer, query: ScoreQuery) -> tuple[str, list[str]]:
    parts, values = ["t.standing IN (0, 1)"], list[str]()
    if query.first is not None:
        parts.append("t.day >= ?")
        values.append(query.first)
    if query.last is not None or query.first is not None:
        parts.append("t.day <= ?")
        values.append(query.last or "9999")  # 'undated' comes after every date: in a span only when it is asked for
    offices = list(query.offices)
    if viewer.offices is not None:
        offices = [o for o in offices if viewer.may_see(o)] if offices else sorted(viewer.offices)
        if not offices:
            parts.append("0")
    if "hour" in query.by:
        parts.append("t.hour >= 0")  # an undated answer has none
    for column, wanted in (("office", offices), ("service", query.services), ("question", query.questions)):
        if wanted:
            parts.append(f"t.{column} IN ({', '.join('?' * len(wanted))})")
            values += wanted
    if not query.questions:
        parts.append("t.main = 1" if "question" not in query.by else "1")
    return " AND ".join(parts), values


def reasons(conn: Connection, viewer: Viewer, office: str, first: str, last: str) -> list[tuple[str, str, int]]:
    """(reason, good|bad, n) of one office and span of days, most named first."""
    if not viewer.may_see(office):
        return []
    sql = (
        "SELECT reason, side, sum(n) AS n FROM tally_reason_day WHERE day BETWEEN ? AND ? AND office=? AND standing=0 "
        "GROUP BY reason, side HAVING sum(n) > 0 ORDER BY n DESC, reason"
    )
    return conn.execute(sql, (first, last, office)).fetchall()
