"""The store's side of whoever looks after the fleet: kiosks, their timelines and commands, quarantine. A part of the store."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from broker_config.messages import Command, Reply
from collector.access import Viewer
from collector.fleet_state import Facts
from collector.store import audit, fleet, kiosk_commands, kiosk_events, quarantined, uploads
from collector.store.base import Recorded
from collector.store.kiosk_commands import Commanded


class Overseen:
    """What `SqliteStore` is for the pages of the fleet, and for the commands between them and the kiosks."""

    _conn: Connection

    def _writing(self) -> AbstractContextManager[None]:
        raise NotImplementedError

    def replay(self, now: datetime, kiosk: str = "", note: Callable[[int], None] | None = None) -> Recorded:
        raise NotImplementedError

    # ── kiosks ──────────────────────────────────────────────────────────────────────────

    def places(self, viewer: Viewer) -> dict[str, fleet.Place]:
        return fleet.places(self._conn, viewer)

    def kiosk_facts(
        self,
        viewer: Viewer,
        known: Mapping[str, fleet.Place],
        usuals: Mapping[str, fleet.Usuals],
        now: datetime,
        kiosk: str = "",
    ) -> list[Facts]:
        return fleet.facts(self._conn, viewer, known, usuals, now, kiosk)

    def usuals(self, viewer: Viewer, day: str) -> fleet.Usuals:
        return fleet.usuals(self._conn, viewer, day)

    def timeline(self, viewer: Viewer, kiosk: str, limit: int = 100) -> list[kiosk_events.KioskEvent]:
        return kiosk_events.newest(self._conn, viewer, kiosk, limit)

    def audit_of(self, viewer: Viewer, kiosk: str, limit: int = 100) -> list[audit.AuditRow]:
        """What people did to a kiosk, newest first."""
        return audit.of_kiosk(self._conn, viewer, kiosk, limit)

    def note_kiosk(self, kiosk: str, kind: str, detail: str, now: datetime) -> None:
        """Add to a kiosk's timeline."""
        with self._writing():
            kiosk_events.note(self._conn, kiosk, kind, detail, now)

    def expire_timelines(self, now: datetime) -> None:
        """Drop what is too old of timelines, commands and uploaded files."""
        with self._writing():
            kiosk_events.expire(self._conn, now)
            kiosk_commands.expire(self._conn, now)
            uploads.expire(self._conn, now)

    # ── commands ────────────────────────────────────────────────────────────────────────

    def send_command(self, login: str, kiosk: str, name: str, args: dict[str, Any], ttl_s: float, now: datetime) -> str:
        """Let ingest send a command within a second, audited; returns its id."""
        with self._writing():
            return kiosk_commands.send(self._conn, login, kiosk, name, args, ttl_s, now)

    def commands(self, viewer: Viewer, kiosk: str, limit: int = 10) -> list[Commanded]:
        return kiosk_commands.newest(self._conn, viewer, kiosk, limit)

    def command(self, viewer: Viewer, kiosk: str, ident: str) -> Commanded | None:
        return kiosk_commands.one(self._conn, viewer, kiosk, ident)

    def waiting_commands(self, now: datetime) -> list[tuple[str, Command]]:
        return kiosk_commands.waiting(self._conn, now)

    def mark_sent(self, command: str, now: datetime) -> bool:
        with self._writing():
            return kiosk_commands.mark_sent(self._conn, command, now)

    def keep_answer(self, kiosk: str, reply: Reply, now: datetime) -> bool:
        with self._writing():
            return kiosk_commands.answer(self._conn, kiosk, reply, now)

    # ── quarantine ──────────────────────────────────────────────────────────────────────

    def quarantine_kinds(self, viewer: Viewer, kiosk: str = "") -> dict[str, int]:
        return quarantined.kinds(self._conn, viewer, kiosk)

    def quarantine_rows(
        self, viewer: Viewer, kiosk: str = "", kind: str = "", before: int | None = None, limit: int = 50
    ) -> list[quarantined.Kept]:
        return quarantined.rows(self._conn, viewer, kiosk, kind, before, limit)

    def strangers(self, viewer: Viewer) -> list[quarantined.Stranger]:
        return quarantined.strangers(self._conn, viewer)

    def discard(self, login: str, kiosk: str, now: datetime) -> int:
        with self._writing():
            return quarantined.discard(self._conn, login, kiosk, now)

    def replay_for(self, login: str, kiosk: str, now: datetime) -> Recorded:
        """Replay what is in quarantine because somebody asked for it, of one kiosk or all; audited, and ingest is told."""
        return self.replay(now, kiosk, lambda accepted: quarantined.note_replay(self._conn, login, kiosk, accepted, now))

    def replays(self) -> str:
        return quarantined.replays(self._conn)
