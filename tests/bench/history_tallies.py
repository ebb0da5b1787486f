"""Tallies of years, written by one INSERT … SELECT a grain and month, in the order of the grain's key.

Every office and service has a row for every day: about four answers, made from the day's,
the office's and the service's number. One answer an office and day is marked as misuse.
The hours are made of the same answers; all other grains are sums of the days.
"""

import sqlite3
from datetime import date
from itertools import product

from collector.tallies import GRAINS, REASON_GRAINS, VALUES

WINDOWS = ("a", "b", "c")
FIRST_HOUR, HOURS, PARTS = 8, 9, 3
_REASONS = ("clarity", "ease", "hours", "premises", "solved", "staff", "waiting-time", "zeal")
_FACETS = list(product(WINDOWS, ("prompt", "tap"), ("en", "lt", "ru")))

_COUNTS = [f"c{value}" for value in range(VALUES)]
_CELL = "question, main, standing"
_TOLD = ("question", "main", "side")  # there is one question, and a reason has one side: sorting by them is for nothing
_SPAN = "BETWEEN :first AND :last"
_X = "(d.n * 7919 + o.n * 3571 + s.n * 1301)"
_ANSWERS = (f"{_X} % 7 = 0", f"{_X} / 3 % 2", f"{_X} / 5 % 2", f"{_X} / 7 % 3", f"1 + {_X} / 11 % 3")  # of the values 1 … 5
_BY_STANDING = [f"iif(st.n = 0, {answers}, {int(value == 1)})" for value, answers in enumerate(_ANSWERS, 1)]


def fill(conn: sqlite3.Connection, days: list[date], offices: list[str], services: list[str], hour_days: int) -> dict[str, int]:
    """Returns how many rows each grain got. The tallies must be empty, the days in order and without a gap."""
    assert set(SELECTS) == {*GRAINS, *REASON_GRAINS}, "a grain would stay empty"
    _places(conn, days, offices, services)
    first_in_hours = str(days[-hour_days:][0])
    rows = dict.fromkeys([*GRAINS, *REASON_GRAINS], 0)
    months = conn.execute("SELECT month, min(day), max(day) FROM d GROUP BY month ORDER BY month").fetchall()
    for month, first, last in months:
        conn.execute("BEGIN")
        for grain, select in SELECTS.items():
            span = {"month": month, "first": max(first, first_in_hours) if grain == "hour" else first, "last": last}
            rows[grain] += conn.execute(f"INSERT INTO tally_{grain} {select}", span).rowcount
        conn.execute("COMMIT")
    return rows


def _places(conn: sqlite3.Connection, days: list[date], offices: list[str], services: list[str]) -> None:
    """Numbered days, offices, services … for the selects to join; `slot`: which part of a service's answers is whose hour."""
    slots = sorted(((n + 3 * part) % HOURS, n, part) for n in range(len(services)) for part in range(PARTS))
    tables: dict[str, tuple[str, list[tuple[object, ...]]]] = {
        "d": ("day, n, month, weekday", [(str(day), n, f"{day:%Y-%m}", day.weekday()) for n, day in enumerate(days)]),
        "o": ("n, id", list(enumerate(offices))),
        "s": ("n, id", list(enumerate(services))),
        "st": ("n", [(0,), (1,)]),
        "h": ("n", [(n,) for n in range(HOURS)]),
        "slot": ("hour, service, part", list(slots)),
        "facet": ("n, window, trigger, language", [(n, *facet) for n, facet in enumerate(_FACETS)]),
        "reason": ("n, id, side", [(n, one, "bad" if n < 4 else "good") for n, one in enumerate(_REASONS)]),
    }
    for name, (columns, rows) in tables.items():
        key = "PRIMARY KEY (hour, service, part)" if name == "slot" else f"PRIMARY KEY ({columns.split(',')[0]})"
        conn.execute(f"CREATE TEMP TABLE {name} ({columns}, {key}) WITHOUT ROWID")
        conn.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns.split(',')))})", rows)


def _in_days() -> str:
    return (
        f"SELECT d.day, o.id, s.id, 'overall', 1, st.n, 0, {', '.join(_BY_STANDING)}, 0, 0, 0, 0, 0 "
        f"FROM d CROSS JOIN o CROSS JOIN s CROSS JOIN st WHERE d.day {_SPAN} AND (st.n = 0 OR s.n = 0)"
    )


def _in_hours() -> str:
    """A service's answers of a day in three parts, each at another hour and counter."""
    parts = [f"({answers} + slot.part) / {PARTS}" for answers in _BY_STANDING]
    kiosk = "o.id || '-' || char(97 + slot.part)"
    return (
        f"SELECT d.day, {FIRST_HOUR} + h.n, o.id, s.id, {kiosk}, {kiosk}, 'overall', 1, 'tap', iif({_X} % 10, 'lt', 'en'), st.n, "
        f"0, {', '.join(parts)}, 0, 0, 0, 0, 0 "
        "FROM d CROSS JOIN h CROSS JOIN o CROSS JOIN slot ON slot.hour = h.n CROSS JOIN s ON s.n = slot.service CROSS JOIN st "
        f"WHERE d.day {_SPAN} AND (st.n = 0 OR s.n = 0) AND {' + '.join(parts)} > 0"
    )


def _summed(grain: str, source: str) -> str:
    """A grain as sums of a finer one: over its month, or over each of the month's days."""
    key = GRAINS.get(grain) or REASON_GRAINS[grain]
    sums = ", ".join(f"sum({count})" for count in (_COUNTS if grain in GRAINS else ["n"]))
    rest = ", ".join(key[1:])
    period = ":month" if key[0] == "month" else "day"
    group = ", ".join(name for name in (key[1:] if key[0] == "month" else key) if name not in _TOLD)
    return f"SELECT {period}, {rest}, {sums} FROM {source} WHERE day {_SPAN} GROUP BY {group}"


def _parted(n: int) -> str:
    """A sum in n parts: Σ (c + k) / n over k = 0 … n − 1 is c again."""
    return ", ".join(f"(t.{count} + k.n) / {n}" for count in _COUNTS)


def _rhythm() -> str:
    weekdays = (
        f"SELECT weekday, office, {_CELL}, {', '.join(f'sum({count}) AS {count}' for count in _COUNTS)} "
        f"FROM tally_office_day JOIN d USING (day) WHERE day {_SPAN} GROUP BY weekday, office, {_CELL}"
    )
    return (
        f"SELECT :month, weekday, {FIRST_HOUR} + k.n, office, {_CELL}, {_parted(HOURS)} "
        f"FROM ({weekdays}) t CROSS JOIN h k ORDER BY 2, 3, 4"
    )


def _facets() -> str:
    return (
        f"SELECT :month, office, office || '-' || window, question, main, trigger, language, standing, {_parted(len(_FACETS))} "
        "FROM tally_office_month t CROSS JOIN facet k WHERE t.month = :month ORDER BY 2, 3, 6, 7, 8"
    )


def _reasons() -> str:
    return (
        "SELECT d.day, o.id, s.id, 'overall', reason.id, reason.side, 0, 1 + o.n % 2 "
        "FROM d CROSS JOIN o CROSS JOIN s CROSS JOIN reason ON reason.n = (d.n + o.n + s.n) % 8 "
        f"WHERE d.day {_SPAN}"
    )


# In an order in which each may read what was filled before it.
SELECTS = {
    "day": _in_days(),
    "hour": _in_hours(),
    "reason_day": _reasons(),
    "month": _summed("month", "tally_day"),
    "office_day": _summed("office_day", "tally_day"),
    "office_month": _summed("office_month", "tally_office_day"),
    "rhythm": _rhythm(),
    "facet_month": _facets(),
    "reason_month": _summed("reason_month", "tally_reason_day"),
}
