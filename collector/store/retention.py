"""How long each institution keeps what citizens gave: the setting, what is kept now, and what a run would erase."""

import json
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from collector.access import Viewer
from collector.catalogue import Retention
from collector.localtime import UNDATED
from collector.retention import Cut, cut, local_day, start_of
from collector.store import audit, sealed
from collector.tallies import VALUES

_COUNTS = "+".join(f"c{value}" for value in range(VALUES))


@dataclass(frozen=True)
class Kept:
    """What is there of an office: comments and single ratings, each with the day of the oldest, '' for none."""

    comments: int
    oldest_comment: str
    ratings: int
    oldest_rating: str


@dataclass(frozen=True)
class Going:
    """What a run would take from an office now. `ratings` go with their reasons; their tallies stay."""

    office: str
    name: dict[str, str]
    cut: Cut
    comments: int
    ratings: int
    days: int


@dataclass(frozen=True)
class Keeping:
    """An institution with its setting and what its offices hold."""

    id: str
    name: dict[str, str]
    retention: Retention
    kept: Kept


def wanted(conn: Connection, now: datetime) -> dict[str, tuple[str, Cut]]:
    """Every office's time zone, and the cuts that its institution's retention asks for now."""
    sql = "SELECT o.id, o.timezone, i.retention FROM office o JOIN institution i ON i.id = o.institution"
    rows = ((office, zone, Retention.model_validate_json(text)) for office, zone, text in conn.execute(sql))
    return {office: (zone, cut(retention, local_day(now, zone))) for office, zone, retention in rows}


def institutions(conn: Connection, viewer: Viewer) -> list[Keeping]:
    """Every institution with what it keeps; nothing for those who do not set the system up."""
    if not viewer.is_admin:
        return []
    rows = conn.execute("SELECT id, name, retention FROM institution ORDER BY id").fetchall()
    kept = _kept(conn, viewer)
    return [Keeping(i, json.loads(name), Retention.model_validate_json(text), kept.get(i, _NOTHING)) for i, name, text in rows]


def going(conn: Connection, viewer: Viewer, institution: str, retention: Retention, now: datetime) -> list[Going]:
    """What the next run would erase at each office of an institution if this were its retention."""
    if not viewer.is_admin:
        return []
    done = sealed.cuts(conn)
    sql = "SELECT id, name, timezone FROM office WHERE institution=? ORDER BY id"
    found = []
    for office, name, zone in conn.execute(sql, (institution,)).fetchall():
        before = done.get(office, Cut())
        reached = before.later(cut(retention, local_day(now, zone)))
        comments = _comments_before(conn, viewer, office, reached.comments, start_of(reached.comments, zone))
        ratings, days = _ratings_between(conn, viewer, office, before.events, reached.events)
        found.append(Going(office, json.loads(name), reached, comments, ratings, days))
    return found


def change(conn: Connection, viewer: Viewer, institution: str, retention: Retention, now: datetime) -> bool:
    """Set how long an institution keeps things; the next run acts on it. False where there is no such institution."""
    row = conn.execute("SELECT retention FROM institution WHERE id=?", (institution,)).fetchone()
    if row is None or not viewer.is_admin:
        return False
    before = Retention.model_validate_json(row[0])
    if before != retention:
        conn.execute("UPDATE institution SET retention=? WHERE id=?", (retention.model_dump_json(), institution))
        after = retention.model_dump()
        audit.write(conn, viewer.login, "retention.change", institution, before.model_dump(), after, now)
    return True


_NOTHING = Kept(0, "", 0, "")


def _kept(conn: Connection, viewer: Viewer) -> dict[str, Kept]:
    """By institution. Ratings are those whose events are there still: of days that are not sealed, corrected ones too."""
    if not viewer.is_admin:
        return {}
    sql = (
        "SELECT o.institution, count(*), coalesce(min(CASE k.day WHEN ? THEN NULL ELSE k.day END), '') "
        "FROM comment k JOIN office o ON o.id = k.office GROUP BY 1"
    )
    comments: dict[str, tuple[int, str]] = {i: (n, day) for i, n, day in conn.execute(sql, (UNDATED,))}
    sql = (
        f"SELECT o.institution, sum({_COUNTS}), min(t.day) FROM tally_office_day t JOIN office o ON o.id = t.office "  # noqa: S608 - our own names
        "LEFT JOIN erasure e ON e.office = t.office WHERE t.day < ? AND t.day >= coalesce(e.events, '') GROUP BY 1"
    )
    ratings: dict[str, tuple[int, str]] = {i: (n, day) for i, n, day in conn.execute(sql, (UNDATED,))}
    return {i: Kept(*comments.get(i, (0, "")), *ratings.get(i, (0, ""))) for i in comments.keys() | ratings.keys()}


def _comments_before(conn: Connection, viewer: Viewer, office: str, day: str, minute: int) -> int:
    """`minute`: where the day begins, for comments that could be of two days."""
    sql = "SELECT count(*) FROM comment WHERE office=? AND (day < ? OR (day = ? AND minute < ?))"
    return int(conn.execute(sql, (office, day, UNDATED, minute)).fetchone()[0]) if viewer.may_see(office) else 0


def _ratings_between(conn: Connection, viewer: Viewer, office: str, first: str, before: str) -> tuple[int, int]:
    """Ratings, whatever they count as, and the days that have any."""
    sql = (
        f"SELECT coalesce(sum({_COUNTS}), 0), count(DISTINCT day) FROM tally_office_day "  # noqa: S608 - our own names
        "WHERE office=? AND day >= ? AND day < ?"
    )
    row: tuple[Any, Any] = conn.execute(sql, (office, first, before)).fetchone() if viewer.may_see(office) else (0, 0)
    return int(row[0]), int(row[1])
