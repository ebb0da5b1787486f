"""Every vote accounted for: `claimed = stored + quarantined + late + pending + lost + at_risk`, per kiosk and stream.

stored and quarantined are counted from rows, in the transaction that adds or takes away a row, so that looking costs
the same with any number of votes; `stream_counts` proves that they are the rows; and from the ranges that remember
erased rows. late is what came first when its day was sealed already: acknowledged and not stored. pending is the
kiosk's own count, from its last health, less what has arrived since. Whatever does not add up is `unexplained`.
"""

from datetime import UTC, datetime, timedelta
from sqlite3 import Connection
from typing import Any

from broker_config.messages import Health, utc_text
from collector.store.catalogue import note_number

ABANDONED_FOR = timedelta(days=30)


def keep_health(conn: Connection, kiosk: str, health: Health, now: datetime) -> None:
    """Remember what a kiosk says of itself, and what it claims of its stream."""
    moment = utc_text(now)
    sql = (
        "INSERT INTO presence (kiosk, health, health_at) VALUES (?, ?, ?) "
        "ON CONFLICT DO UPDATE SET health=excluded.health, health_at=excluded.health_at"
    )
    conn.execute(sql, (kiosk, health.model_dump_json(), moment))
    if health.config:
        note_number(conn, kiosk, health.config)
    if health.last_seq == 0:
        return
    sql = (
        "INSERT INTO stream (kiosk, stream, first_seen, last_seen, claimed, claimed_through, claimed_pending) "
        "VALUES (?,?,?,?,?,?,?) "
        "ON CONFLICT DO UPDATE SET last_seen=excluded.last_seen, claimed=excluded.claimed, "
        "claimed_through=excluded.claimed_through, claimed_pending=excluded.claimed_pending"
    )
    conn.execute(sql, (kiosk, health.stream, moment, moment, health.last_seq, health.through, health.pending))


def accounting(conn: Connection, now: datetime) -> list[dict[str, Any]]:
    """One row a stream, as the contract names its columns."""
    streams = conn.execute(
        "SELECT id, kiosk, stream, top, claimed, claimed_through, claimed_pending, last_seen, stored, quarantined, "
        "EXISTS (SELECT 1 FROM stream o WHERE o.kiosk=s.kiosk AND o.first_seen > s.last_seen) FROM stream s ORDER BY kiosk, id"
    ).fetchall()
    sql = "SELECT stream, sum(stored), sum(quarantined), sum(late) FROM sealed GROUP BY 1"
    gone = {stream: counts for stream, *counts in conn.execute(sql)}
    lost = dict(conn.execute("SELECT stream, sum(last - first + 1) FROM lost GROUP BY 1").fetchall())
    old = utc_text(now.astimezone(UTC) - ABANDONED_FOR)
    return [_row(conn, stream, gone.get(stream[0], [0, 0, 0]), lost.get(stream[0], 0), old) for stream in streams]


def _row(conn: Connection, stream: tuple[Any, ...], gone: list[int], lost: int, old: str) -> dict[str, Any]:
    ident, kiosk, name, top, claimed, claimed_through, claimed_pending, last_seen, stored, quarantined, abandoned = stream
    stored, quarantined = stored + gone[0], quarantined + gone[1]
    waiting = max(0, claimed_pending - _arrived(conn, ident, claimed_through, claimed)) if claimed_pending else 0
    claimed = max(claimed, top)
    pending = 0 if abandoned else waiting
    at_risk = waiting if abandoned and last_seen >= old else 0
    lost += waiting if abandoned and last_seen < old else 0
    return {
        "kiosk": kiosk,
        "stream": name,
        "claimed": claimed,
        "stored": stored,
        "quarantined": quarantined,
        "late": gone[2],
        "pending": pending,
        "lost": lost,
        "at_risk": at_risk,
        "unexplained": claimed - stored - quarantined - gone[2] - pending - lost - at_risk,
    }


def _arrived(conn: Connection, stream: int, above: int, up_to: int) -> int:
    """How many of the events that the kiosk counted as pending have come since, or were lost."""
    sql = "SELECT count(*) FROM event WHERE stream=? AND seq>? AND seq<=?"
    came = int(conn.execute(sql, (stream, above, up_to)).fetchone()[0])
    for ranges in ("lost", "sealed"):
        sql = f"SELECT total(max(0, min(last, ?) - max(first, ? + 1) + 1)) FROM {ranges} WHERE stream=?"  # noqa: S608 - our own names
        came += int(conn.execute(sql, (up_to, above, stream)).fetchone()[0])
    return came
