"""How many visits in a minute are a burst, by kiosk and local hour: fixed once a day and never afterwards.

The rate of a kiosk's local hour is the visits in it, marked or not, over 28 days, per minute
of the days on which the kiosk was used at all: those are its open days, whatever the calendar
of holidays was. A kiosk used on fewer than 5 of them has no history, and no rate is taken as
less than `LEAST_RATE`. A day's limits are fixed ten minutes before it begins in the first time
zone on earth, so that they are there before any rating of that day may be accepted, and are
read from the 28 days that ended the day before the day before. A row is written only where a
kiosk's limits are no longer those of its last row: most kiosks never have one.
"""

import json
from datetime import UTC, date, datetime, timedelta
from sqlite3 import Connection

from collector.misuse import LEAST_LIMIT, LEAST_RATE, burst_limit
from collector.store import sealed
from collector.tallies import VALUES

Limits = tuple[int, ...]  # by local hour, 0–23

LEAST: Limits = (LEAST_LIMIT,) * 24
_AHEAD = timedelta(hours=14, minutes=10)  # the first zone on earth, and how far a kiosk's clock may be ahead
_SPAN = timedelta(days=28)
_ENDED = timedelta(days=2)
_FEWEST_DAYS = 5


def of(conn: Connection, kiosk: str, day: str) -> Limits:
    """The limits of a kiosk's local day: those fixed last before it."""
    sql = "SELECT limits FROM burst_limit WHERE kiosk=? AND day <= ? ORDER BY day DESC LIMIT 1"
    row = conn.execute(sql, (kiosk, day)).fetchone()
    return _limits(row[0]) if row else LEAST


def fix(conn: Connection, now: datetime) -> None:
    """Fix the limits of a day that is met for the first time. Part of the transaction that stores what comes then."""
    day = (now.astimezone(UTC) + _AHEAD).date()
    row = conn.execute("SELECT value FROM meta WHERE key='burst_day'").fetchone()
    if row and row[0] >= day.isoformat():
        return
    wanted, present = _by_history(conn, day), _present(conn)
    changed = {kiosk for kiosk in wanted.keys() | present.keys() if wanted.get(kiosk, LEAST) != present.get(kiosk, LEAST)}
    rows = ((kiosk, day.isoformat(), " ".join(map(str, wanted.get(kiosk, LEAST)))) for kiosk in changed)
    conn.executemany("INSERT INTO burst_limit VALUES (?, ?, ?)", rows)
    conn.execute("INSERT INTO meta VALUES ('burst_day', ?) ON CONFLICT DO UPDATE SET value=excluded.value", (day.isoformat(),))
    _tidy(conn, sealed.earliest(conn))


def _by_history(conn: Connection, day: date) -> dict[str, Limits]:
    """The limits of the kiosks that are busier than the least in any hour."""
    hours = "FROM tally_hour WHERE day BETWEEN ? AND ? AND hour >= 0 AND main=1 AND standing IN (0, 1)"
    visits = "+".join(f"c{value}" for value in range(VALUES))
    sql = f"SELECT kiosk, hour, sum({visits}) AS n {hours} GROUP BY 1, 2 HAVING n > ?"
    span = ((day - _ENDED - _SPAN + timedelta(days=1)).isoformat(), (day - _ENDED).isoformat())
    busy = conn.execute(sql, (*span, LEAST_RATE * 60 * _FEWEST_DAYS)).fetchall()
    if not busy:
        return {}
    sql = f"SELECT kiosk, count(DISTINCT day) {hours} AND kiosk IN (SELECT value FROM json_each(?)) GROUP BY 1"  # noqa: S608 - our own text
    days = dict(conn.execute(sql, (*span, json.dumps(sorted({kiosk for kiosk, _, _ in busy})))).fetchall())
    limits: dict[str, list[int]] = {}
    for kiosk, hour, n in busy:
        if days[kiosk] >= _FEWEST_DAYS:
            limits.setdefault(kiosk, list(LEAST))[hour] = burst_limit(max(LEAST_RATE, n / days[kiosk] / 60))
    return {kiosk: tuple(found) for kiosk, found in limits.items()}


def _present(conn: Connection) -> dict[str, Limits]:
    """The limits that every kiosk had last."""
    rows = conn.execute("SELECT kiosk, limits FROM burst_limit ORDER BY kiosk, day").fetchall()
    return {kiosk: _limits(limits) for kiosk, limits in rows}


def _tidy(conn: Connection, before: str) -> None:
    """Forget limits that have been followed by others since `before` or earlier: no visit of their days is there any more.

    As long as one is, marking anew needs the limit of its day.
    """
    newest = "SELECT max(b.day) FROM burst_limit b WHERE b.kiosk = burst_limit.kiosk AND b.day <= ?"
    conn.execute(f"DELETE FROM burst_limit WHERE day < ({newest})", (before,))  # noqa: S608


def _limits(text: str) -> Limits:
    return tuple(int(limit) for limit in text.split())
