"""What the store knows of every kiosk, read at once for the fleet's pages."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from sqlite3 import Connection
from typing import Any
from zoneinfo import ZoneInfo

from pydantic_core import from_json

from collector.access import Viewer
from collector.fleet_state import USUAL_WEEKS, Facts, usual

Usuals = dict[str, float | None]

_KIOSKS = (
    "SELECT k.id, k.status, c.office, c.id, coalesce(p.state, ''), coalesce(p.state_at, ''), coalesce(p.health, '{}'), "
    "coalesce(p.health_at, ''), coalesce(p.still_since, ''), coalesce(g.config, ''), coalesce(g.answer, ''), "
    "coalesce(g.valid_from, '') FROM kiosk k JOIN counter c ON c.id = k.counter LEFT JOIN presence p ON p.kiosk = k.id "
    "LEFT JOIN configuration g ON g.kiosk = k.id AND g.valid_to IS NULL WHERE ? IN ('', k.id) ORDER BY k.id"
)


@dataclass(frozen=True)
class Place:
    """An office as the fleet's pages need it. Names by language."""

    id: str
    name: dict[str, str]
    institution: str
    institution_name: dict[str, str]
    timezone: str
    hours: dict[str, Any]
    holidays: tuple[str, ...]


def places(conn: Connection, viewer: Viewer) -> dict[str, Place]:
    """The offices that the viewer may see, by id."""
    sql = (
        "SELECT o.id, o.name, i.id, i.name, o.timezone, o.hours, o.holidays FROM office o "
        "JOIN institution i ON i.id = o.institution ORDER BY o.id"
    )
    return {
        row[0]: Place(
            row[0], json.loads(row[1]), row[2], json.loads(row[3]), row[4], json.loads(row[5]), tuple(json.loads(row[6]))
        )
        for row in conn.execute(sql)
        if viewer.may_see(row[0])
    }


def facts(
    conn: Connection, viewer: Viewer, known: Mapping[str, Place], usuals: Mapping[str, Usuals], now: datetime, kiosk: str = ""
) -> list[Facts]:
    """Every kiosk, or one; retired ones too. `usuals`: by local day. The counter is the admins'. Nothing for heads."""
    if not viewer.sees_fleet:
        return []
    days = {office: today(place.timezone, now) for office, place in known.items()}
    used = {day: _used(conn, viewer, day) for day in set(days.values())}
    taps = dict(conn.execute("SELECT kiosk, max(last_tap) FROM stream GROUP BY kiosk").fetchall())
    found = []
    rows = conn.execute(_KIOSKS, (kiosk,)).fetchall()
    healths = from_json(f"[{','.join(row[6] for row in rows)}]")  # at once: a call for each would take half of the time
    for row, health in zip(rows, healths, strict=True):
        ident, status, office, counter, state, since, _, health_at, still, wanted, answer, wanted_at = row
        day = days.get(office, "")
        tap, now_used, usually = taps.get(ident, 0), used.get(day, {}).get(ident, 0), usuals.get(day, {}).get(ident)
        place = (ident, status, office, counter if viewer.is_admin else "")
        told = (state, since, health, health_at, still, wanted, answer, wanted_at)
        found.append(Facts(*place, *told, tap, now_used, usually))
    return found


def usuals(conn: Connection, viewer: Viewer, day: str) -> Usuals:
    """The usual number of rated visits of every kiosk on a weekday such as `day`, by kiosk."""
    if not viewer.sees_fleet:
        return {}
    before = [(date.fromisoformat(day) - timedelta(weeks=back)).isoformat() for back in range(USUAL_WEEKS, 0, -1)]
    found: dict[str, list[int | None]] = {}
    sql = "SELECT kiosk, n FROM tally_kiosk_day WHERE day = ?"
    for place, one in enumerate(before):
        for kiosk, n in conn.execute(sql, (one,)):
            found.setdefault(kiosk, [None] * USUAL_WEEKS)[place] = n
    return {kiosk: usual(ns) for kiosk, ns in found.items()}


def today(timezone: str, now: datetime) -> str:
    """The local day."""
    return now.astimezone(ZoneInfo(timezone)).date().isoformat()


def _used(conn: Connection, viewer: Viewer, day: str) -> dict[str, int]:
    rows: Iterable[tuple[str, int]] = conn.execute("SELECT kiosk, n FROM tally_kiosk_day WHERE day = ?", (day,))
    return dict(rows) if viewer.sees_fleet else {}
