"""The audit log: who changed what, when, from what to what. Rows are only ever added."""

import json
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from broker_config.messages import utc_text
from collector.access import Viewer


@dataclass(frozen=True)
class AuditQuery:
    """Which rows: `first` ≤ moment < `last`, of rows older than the one with the id `before`; at most `limit`."""

    login: str = ""
    action: str = ""
    first: datetime | None = None
    last: datetime | None = None
    before: int | None = None
    limit: int = 100


@dataclass(frozen=True)
class AuditRow:
    """`at`: RFC 3339 in UTC. `before`, `after`: JSON as it was written, None for nothing."""

    id: int
    at: str
    login: str
    action: str
    subject: str
    before: Any
    after: Any


def write(conn: Connection, login: str, action: str, subject: str, before: Any, after: Any, now: datetime) -> None:
    """`action`: a word such as `comment.hide`; `subject`: what it was done to; `before`, `after`: any JSON, None for nothing."""
    row = (utc_text(now), login, action, subject, _text(before), _text(after))
    conn.execute("INSERT INTO audit (at, login, action, subject, before, after) VALUES (?, ?, ?, ?, ?, ?)", row)


def rows(conn: Connection, viewer: Viewer, query: AuditQuery) -> list[AuditRow]:
    """Newest first. Nothing for those who may not see it. `login` finds who did it and to whom it was done."""
    if not viewer.sees_fleet:
        return []
    sql = (
        "SELECT id, at, login, action, subject, before, after FROM audit "
        "WHERE (:login = '' OR login = :login OR subject = :login) AND (:action = '' OR action = :action) "
        "AND at >= :first AND (:last = '' OR at < :last) AND (:before IS NULL OR id < :before) ORDER BY id DESC LIMIT :limit"
    )
    days = {"first": utc_text(query.first) if query.first else "", "last": utc_text(query.last) if query.last else ""}
    found = conn.execute(sql, vars(query) | days)
    return [AuditRow(*row[:5], *map(json.loads, row[5:])) for row in found]


def of_kiosk(conn: Connection, viewer: Viewer, kiosk: str, limit: int) -> list[AuditRow]:
    """The newest rows about one kiosk. Nothing for those who may not see it.

    A user, an office or a roll-out may bear its name; and what came by CSV was once written as of the catalogue.
    """
    if not viewer.sees_fleet:
        return []
    sql = (
        "SELECT id, at, login, action, subject, before, after FROM audit "
        "WHERE (subject = :kiosk AND (action LIKE 'kiosk.%' OR action LIKE 'quarantine.%')) "
        "OR (subject = 'kiosk ' || :kiosk AND action LIKE 'catalogue.%') ORDER BY id DESC LIMIT :limit"
    )
    rows = conn.execute(sql, {"kiosk": kiosk, "limit": limit})
    return [AuditRow(*row[:5], *map(json.loads, row[5:])) for row in rows]


def actions(conn: Connection, viewer: Viewer) -> list[str]:
    """Every action that was ever audited, by name."""
    if not viewer.sees_fleet:
        return []
    return [row[0] for row in conn.execute("SELECT DISTINCT action FROM audit ORDER BY action")]


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
