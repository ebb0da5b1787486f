"""Commands to kiosks: what a page asked for, what was sent, what came back."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from sqlite3 import Connection
from typing import Any, Literal

from broker_config.messages import Command, Reply, utc_text
from collector.access import Viewer
from collector.store import audit, kiosk_events

MOST_DATA = 60_000  # characters of JSON: a picture of 40 KB in base64 fits
DATA_KEPT_FOR = timedelta(days=30)
KEPT_FOR = timedelta(days=90)
_ON_ITS_WAY = timedelta(seconds=5)

Progress = Literal["waiting", "sent", "done", "refused", "silent"]


@dataclass(frozen=True)
class Commanded:
    """A command and what became of it. Moments are RFC 3339 in UTC, '' for none."""

    id: str
    kiosk: str
    name: str
    args: dict[str, Any]
    ttl_s: float
    login: str
    created: str
    sent: str
    answered: str
    ok: bool
    detail: str
    data: Any

    def progress(self, now: datetime) -> Progress:
        """`silent`: its time has passed without an answer."""
        if self.answered:
            return "done" if self.ok else "refused"
        over = now > datetime.fromisoformat(self.created) + timedelta(seconds=self.ttl_s) + _ON_ITS_WAY
        return "silent" if over else "sent" if self.sent else "waiting"


_COLUMNS = "id, kiosk, name, args, ttl_s, login, created, sent, answered, ok, detail, data"


def send(conn: Connection, login: str, kiosk: str, name: str, args: dict[str, Any], ttl_s: float, now: datetime) -> str:
    """Let ingest publish a command within a second. Returns its id. Raises ValueError where it is none."""
    command = Command(id=secrets.token_hex(8), name=name, args=args, ttl_s=ttl_s)
    sql = "INSERT INTO command (id, kiosk, name, args, ttl_s, login, created) VALUES (?, ?, ?, ?, ?, ?, ?)"
    conn.execute(sql, (command.id, kiosk, name, json.dumps(args), ttl_s, login, utc_text(now)))
    told = {"command": name} | {key: value for key, value in args.items() if not isinstance(value, dict)}
    audit.write(conn, login, "kiosk.command", kiosk, None, told, now)
    return command.id


def waiting(conn: Connection, now: datetime) -> list[tuple[str, Command]]:
    """(kiosk, command) to publish, oldest first, each with the time that it has left; those whose time is over stay unsent."""
    sql = f"SELECT {_COLUMNS} FROM command WHERE sent = '' AND created > ? ORDER BY created"  # noqa: S608 - our own names
    found = []
    for one in map(_commanded, conn.execute(sql, (utc_text(now - timedelta(days=1)),))):
        left = one.ttl_s - (now.astimezone(UTC) - datetime.fromisoformat(one.created)).total_seconds()
        if left > 0:
            found.append((one.kiosk, Command(id=one.id, name=one.name, args=one.args, ttl_s=min(left, one.ttl_s))))
    return found


def mark_sent(conn: Connection, ident: str, now: datetime) -> bool:
    """False where another collector has sent it in the meantime."""
    return conn.execute("UPDATE command SET sent=? WHERE id=? AND sent=''", (utc_text(now), ident)).rowcount > 0


def answer(conn: Connection, kiosk: str, reply: Reply, now: datetime) -> bool:
    """Keep a kiosk's answer to a command that it was sent, and put it on its timeline. False where it was sent none such."""
    row = conn.execute(
        "SELECT name FROM command WHERE id=? AND kiosk=? AND sent<>'' AND answered=''", (reply.id, kiosk)
    ).fetchone()
    if row is None:
        return False
    data = json.dumps(reply.data, ensure_ascii=False)
    fits = len(data) <= MOST_DATA
    sql = "UPDATE command SET answered=?, ok=?, detail=?, data=? WHERE id=?"
    detail = reply.detail if fits else "What the kiosk sent with its answer was too large to be kept."
    conn.execute(sql, (utc_text(now), int(reply.ok), detail, data if fits else "null", reply.id))
    kiosk_events.note(conn, kiosk, "command", row[0] if reply.ok else f"{row[0]}: {reply.detail}"[:300], now)
    return True


def newest(conn: Connection, viewer: Viewer, kiosk: str, limit: int = 10) -> list[Commanded]:
    """A kiosk's commands, newest first. What they brought back is the admins'."""
    if not viewer.sees_fleet:
        return []
    sql = f"SELECT {_COLUMNS} FROM command WHERE kiosk=? ORDER BY created DESC, rowid DESC LIMIT ?"  # noqa: S608 - our own names
    return [_shown(one, viewer) for one in map(_commanded, conn.execute(sql, (kiosk, limit)))]


def one(conn: Connection, viewer: Viewer, kiosk: str, ident: str) -> Commanded | None:
    """A single command of a kiosk."""
    sql = f"SELECT {_COLUMNS} FROM command WHERE kiosk=? AND id=?"  # noqa: S608 - our own names
    row = conn.execute(sql, (kiosk, ident)).fetchone() if viewer.sees_fleet else None
    return _shown(_commanded(row), viewer) if row else None


def expire(conn: Connection, now: datetime) -> None:
    """Pictures and logs go after 30 days, the commands after 90; the audit log goes on saying who sent them."""
    conn.execute("UPDATE command SET data='null' WHERE created < ? AND data <> 'null'", (utc_text(now - DATA_KEPT_FOR),))
    conn.execute("DELETE FROM command WHERE created < ?", (utc_text(now - KEPT_FOR),))


def _shown(command: Commanded, viewer: Viewer) -> Commanded:
    return command if viewer.is_admin else Commanded(**vars(command) | {"data": None})


def _commanded(row: tuple[Any, ...]) -> Commanded:
    ident, kiosk, name, args, ttl_s, login, created, sent, answered, ok, detail, data = row
    times = (created, sent, answered)
    return Commanded(ident, kiosk, name, json.loads(args), ttl_s, login, *times, bool(ok), detail, json.loads(data))
