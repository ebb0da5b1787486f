"""What kiosks say of themselves while they live: their state, their health, replies. Every change goes on the timeline."""

from datetime import datetime
from sqlite3 import Connection

from broker_config.messages import Health, utc_text
from collector.fleet_state import clock_quality, screen_stands_still
from collector.store import accounting
from collector.store.kiosk_events import note

_STATE = (
    "INSERT INTO presence (kiosk, state, session, state_at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
    "SET state=excluded.state, session=excluded.session, state_at=excluded.state_at "
    "WHERE (state, session) <> (excluded.state, excluded.session) "
    "AND (excluded.state <> 'lost' OR session = excluded.session)"
)


def keep_state(conn: Connection, kiosk: str, state: str, session: str, now: datetime) -> None:
    """Remember a kiosk's state since it changed; the last will of an earlier session changes nothing."""
    if conn.execute(_STATE, (kiosk, state, session, utc_text(now))).rowcount > 0:
        note(conn, kiosk, state, "", now)


def keep_reply(conn: Connection, kiosk: str, reply: str, now: datetime) -> None:
    """Remember a kiosk's newest reply."""
    sql = (
        "INSERT INTO presence (kiosk, reply, reply_at) VALUES (?, ?, ?) "
        "ON CONFLICT DO UPDATE SET reply=excluded.reply, reply_at=excluded.reply_at"
    )
    conn.execute(sql, (kiosk, reply, utc_text(now)))


def keep_health(conn: Connection, kiosk: str, health: Health, now: datetime) -> None:
    """Remember a kiosk's account of itself, and note what changed since the one before."""
    sql = "SELECT health, health_at, still_since FROM presence WHERE kiosk=? AND health_at <> ''"
    row = conn.execute(sql, (kiosk,)).fetchone()
    before = Health.model_validate_json(row[0]) if row else None
    accounting.keep_health(conn, kiosk, health, now)
    if before is not None and before.version != health.version:
        note(conn, kiosk, "version", f"{before.version} → {health.version}", now)
    quality = clock_quality(health.clock.synced, health.clock.offset_ms)
    if quality != (clock_quality(before.clock.synced, before.clock.offset_ms) if before else "good"):
        note(conn, kiosk, "clock", quality, now)
    if before is not None:
        _note_screen(conn, kiosk, before, health, row[1], row[2], now)


def _note_screen(
    conn: Connection, kiosk: str, before: Health, health: Health, before_at: str, still_since: str, now: datetime
) -> None:
    apart = (now - datetime.fromisoformat(before_at)).total_seconds()
    still = screen_stands_still(before, health, apart)
    if still is None or still == bool(still_since):
        return
    conn.execute("UPDATE presence SET still_since=? WHERE kiosk=?", (before_at if still else "", kiosk))
    note(conn, kiosk, "screen.still" if still else "screen.moving", health.screen.name, now)
