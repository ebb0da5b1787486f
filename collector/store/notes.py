"""Notes that an office's head writes beside a day: what happened there, for whoever reads the trend later."""

from datetime import date, datetime
from sqlite3 import Connection
from typing import NamedTuple

from broker_config.messages import utc_text
from collector.access import Viewer
from collector.store import audit

LONGEST = 200


class Note(NamedTuple):
    """`day`: the local day that it is about; `login`: who wrote it."""

    id: int
    day: str
    text: str
    login: str

    @property
    def date(self) -> date:
        return date.fromisoformat(self.day)


def notes(conn: Connection, viewer: Viewer, office: str, first: str, last: str) -> list[Note]:
    """An office's notes of a span of days, oldest first."""
    if not viewer.may_see(office):
        return []
    sql = "SELECT id, day, text, login FROM note WHERE office = ? AND day BETWEEN ? AND ? ORDER BY day, id"
    return [Note(*row) for row in conn.execute(sql, (office, first, last))]


def add(conn: Connection, viewer: Viewer, office: str, day: str, text: str, now: datetime) -> None:
    """Write a note; the caller has checked that this viewer may."""
    sql = "INSERT INTO note (office, day, text, login, written) VALUES (?, ?, ?, ?, ?)"
    conn.execute(sql, (office, day, text, viewer.login, utc_text(now)))
    audit.write(conn, viewer.login, "note.add", office, None, {"day": day, "text": text}, now)


def remove(conn: Connection, viewer: Viewer, office: str, ident: int, now: datetime) -> bool:
    """Take a note of this office away; the audit log keeps its words. False where there is none."""
    row = conn.execute("DELETE FROM note WHERE id = ? AND office = ? RETURNING day, text, login", (ident, office)).fetchone()
    if row:
        before = {"day": row[0], "text": row[1], "login": row[2]}
        audit.write(conn, viewer.login, "note.remove", office, before, None, now)
    return row is not None
