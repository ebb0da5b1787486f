"""Quarantine as people look at it: kinds of reasons, rows a page at a time, kiosks that nobody registered; and discarding."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection

from collector.access import Viewer
from collector.quarantine_reasons import UNREGISTERED, kind_of
from collector.store import audit


@dataclass(frozen=True)
class Kept:
    """A quarantined event (`seq` above 0) or message. `times`: how often it came; moments are RFC 3339 in UTC."""

    id: int
    kiosk: str
    stream: str
    seq: int
    reason: str
    payload: str
    times: int
    first_at: str
    last_at: str


@dataclass(frozen=True)
class Stranger:
    """A kiosk that speaks and is not in use: `status` '' where nobody registered it, else `active` (since then) or `retired`."""

    kiosk: str
    status: str
    messages: int
    first_at: str
    last_at: str


def kinds(conn: Connection, viewer: Viewer, kiosk: str = "") -> dict[str, int]:
    """How many rows there are of each kind of reason, most first."""
    if not viewer.sees_fleet:
        return {}
    counted: Counter[str] = Counter()
    sql = "SELECT reason, count(*) FROM quarantine WHERE ? IN ('', kiosk) GROUP BY reason"
    for reason, n in conn.execute(sql, (kiosk,)):
        counted[kind_of(reason)] += n
    return dict(counted.most_common())


def rows(
    conn: Connection, viewer: Viewer, kiosk: str = "", kind: str = "", before: int | None = None, limit: int = 50
) -> list[Kept]:
    """Newest first, of one kiosk and kind or all; `before`: the id from which older ones are asked for."""
    if not viewer.sees_fleet:
        return []
    reasons = [row[0] for row in conn.execute("SELECT DISTINCT reason FROM quarantine")] if kind else []
    sql = (
        "SELECT id, kiosk, stream, seq, reason, payload, times, first_at, last_at FROM quarantine "
        "WHERE (:kiosk = '' OR kiosk = :kiosk) AND (:before IS NULL OR id < :before) "
        "AND (:kind = '' OR reason IN (SELECT value FROM json_each(:reasons))) ORDER BY id DESC LIMIT :limit"
    )
    wanted = json.dumps([reason for reason in reasons if kind_of(reason) == kind])
    asked = {"kiosk": kiosk, "kind": kind, "before": before, "reasons": wanted, "limit": limit}
    return [_kept(*row) for row in conn.execute(sql, asked)]


def strangers(conn: Connection, viewer: Viewer, limit: int = 200) -> list[Stranger]:
    """Whoever spoke while not registered, or retired; the newest first. Messages that were only counted are counted here."""
    if not viewer.sees_fleet:
        return []
    sql = (
        "SELECT q.kiosk, coalesce(k.status, ''), sum(q.times) + coalesce(o.strange, 0), min(q.first_at), "
        "max(q.last_at) AS newest FROM quarantine q LEFT JOIN kiosk k ON k.id = q.kiosk "
        "LEFT JOIN quarantine_overflow o ON o.kiosk = q.kiosk "
        "WHERE q.reason = ? GROUP BY q.kiosk ORDER BY newest DESC LIMIT ?"
    )
    return [Stranger(*row) for row in conn.execute(sql, (UNREGISTERED, limit))]


def discard(conn: Connection, login: str, kiosk: str, now: datetime) -> int:
    """Forget what a kiosk said while it was not registered, audited. Returns how many messages; events of votes stay."""
    sql = "SELECT count(*), coalesce(sum(times), 0) FROM quarantine WHERE kiosk=? AND reason=?"
    kept, times = conn.execute(sql, (kiosk, UNREGISTERED)).fetchone()
    if not kept:
        return 0
    conn.execute("DELETE FROM quarantine WHERE kiosk=? AND reason=?", (kiosk, UNREGISTERED))
    counted = conn.execute("SELECT strange FROM quarantine_overflow WHERE kiosk=?", (kiosk,)).fetchone()
    conn.execute("UPDATE quarantine_overflow SET n=n-strange, strange=0 WHERE kiosk=?", (kiosk,))
    conn.execute("DELETE FROM quarantine_overflow WHERE kiosk=? AND n=0", (kiosk,))
    messages = int(times) + (counted[0] if counted else 0)
    audit.write(conn, login, "quarantine.discard", kiosk, {"messages": messages}, None, now)
    return messages


def note_replay(conn: Connection, login: str, kiosk: str, accepted: int, now: datetime) -> None:
    """Audit what a replay brought, and tell the ingest process that receipts and scores may stand elsewhere now."""
    audit.write(conn, login, "quarantine.replay", kiosk, None, {"accepted": accepted}, now)
    conn.execute("INSERT INTO meta VALUES ('replays', '1') ON CONFLICT DO UPDATE SET value=CAST(value AS INTEGER)+1")


def replays(conn: Connection) -> str:
    """Changes whenever somebody has replayed."""
    row = conn.execute("SELECT value FROM meta WHERE key='replays'").fetchone()
    return row[0] if row else "0"


def _kept(
    ident: int, kiosk: str, stream: str, seq: int, reason: str, payload: bytes, times: int, first_at: str, last_at: str
) -> Kept:
    return Kept(ident, kiosk, stream, seq, reason, payload.decode("utf-8", "replace"), times, first_at, last_at)
