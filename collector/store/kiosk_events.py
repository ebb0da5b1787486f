"""The timeline of each kiosk: what changed about it, and when. Rows are only added, and go after a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Connection

from broker_config.messages import utc_text
from collector.access import Viewer

KEPT_FOR = timedelta(days=90)
MOST = 2000  # of one kiosk; a bad network can come and go all day


@dataclass(frozen=True)
class KioskEvent:
    """`at`: RFC 3339 in UTC. `kind`: a word such as `online` or `config.applied`; `detail`: a sentence or an id."""

    at: str
    kind: str
    detail: str


def note(conn: Connection, kiosk: str, kind: str, detail: str, now: datetime) -> None:
    """Add to a kiosk's timeline, in the transaction of what happened."""
    conn.execute("INSERT INTO kiosk_event (kiosk, at, kind, detail) VALUES (?, ?, ?, ?)", (kiosk, utc_text(now), kind, detail))


def newest(conn: Connection, viewer: Viewer, kiosk: str, limit: int = 100) -> list[KioskEvent]:
    """A kiosk's timeline, newest first. Nothing for those who may not see the fleet."""
    if not viewer.sees_fleet:
        return []
    sql = "SELECT at, kind, detail FROM kiosk_event WHERE kiosk=? ORDER BY id DESC LIMIT ?"
    return [KioskEvent(*row) for row in conn.execute(sql, (kiosk, limit))]


def expire(conn: Connection, now: datetime) -> None:
    """Drop what is older than 90 days, and of a kiosk with very many rows the oldest."""
    conn.execute("DELETE FROM kiosk_event WHERE at < ?", (utc_text(now - KEPT_FOR),))
    crowded = conn.execute("SELECT kiosk FROM kiosk_event GROUP BY kiosk HAVING count(*) > ?", (MOST,)).fetchall()
    last_kept = "SELECT id FROM kiosk_event WHERE kiosk=? ORDER BY id DESC LIMIT 1 OFFSET ?"
    sql = f"DELETE FROM kiosk_event WHERE kiosk=? AND id <= ({last_kept})"  # noqa: S608 - our own text
    conn.executemany(sql, ((kiosk, kiosk, MOST) for (kiosk,) in crowded))
