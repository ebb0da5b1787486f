"""The store's side of registering kiosks: codes, certificates, replacing and retiring. A part of the embedded store."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from sqlite3 import Connection

from collector.access import Viewer
from collector.catalogue import Kiosk
from collector.store import enrolments, kiosk_register
from collector.store.enrolments import Certificate, Claim, Refused
from collector.store.kiosk_register import Registered


class Kiosks:
    """What `SqliteStore` is for whoever sets kiosks up, and for kiosks that ask to be let in."""

    _conn: Connection

    def _writing(self) -> AbstractContextManager[None]:
        raise NotImplementedError

    # ── the register ────────────────────────────────────────────────────────────────────

    def registered(self, viewer: Viewer, kiosk: str = "") -> list[Registered]:
        return kiosk_register.registered(self._conn, viewer, kiosk)

    def retired_kiosks(self) -> set[str]:
        return kiosk_register.retired(self._conn)

    def register_kiosks(self, viewer: Viewer, kiosks: Iterable[Kiosk], day: str, now: datetime) -> list[str]:
        """All of them with their first configurations, or, where ids are taken, none: returns the taken ones. Raises Unfit."""
        with self._writing():
            return kiosk_register.register(self._conn, viewer, kiosks, day, now)

    def change_kiosk(self, viewer: Viewer, kiosk: Kiosk, now: datetime, seen: str | None = None) -> bool:
        """False where nothing differs. Raises Unfit.

        `seen`: the version that the admin saw. Raises ChangedMeanwhileError, and changes nothing, where it is another one.
        """
        with self._writing():
            kiosk_register.refuse_unseen(self._conn, viewer, kiosk.id, seen)
            return kiosk_register.change(self._conn, viewer, kiosk, now)

    def retire_kiosk(self, viewer: Viewer, kiosk: str, now: datetime) -> None:
        with self._writing():
            kiosk_register.retire(self._conn, viewer, kiosk, now)

    def take_kiosk_back(self, viewer: Viewer, kiosk: Kiosk, day: str, now: datetime) -> None:
        """Raises Unfit."""
        with self._writing():
            kiosk_register.take_back(self._conn, viewer, kiosk, day, now)

    # ── codes and certificates ──────────────────────────────────────────────────────────

    def put_code(self, kiosk: str, code: str, login: str, now: datetime) -> datetime:
        with self._writing():
            return enrolments.put_code(self._conn, kiosk, code, login, now)

    def claim_code(self, code: str, now: datetime) -> Claim | Refused:
        with self._writing():
            return enrolments.claim(self._conn, code, now)

    def release_code(self, claim: Claim) -> None:
        with self._writing():
            enrolments.release(self._conn, claim)

    def void_codes(self, kiosk: str, login: str, now: datetime) -> None:
        with self._writing():
            enrolments.void_codes(self._conn, kiosk, login, now)

    def note_enrolled(self, claim: Claim, certificate: Certificate, now: datetime) -> bool:
        with self._writing():
            return enrolments.note_enrolled(self._conn, claim, certificate, now)

    def note_renewed(self, kiosk: str, certificate: Certificate, now: datetime) -> bool:
        with self._writing():
            return enrolments.note_renewed(self._conn, kiosk, certificate, now)

    def note_revoked(self, kiosk: str, login: str, now: datetime) -> None:
        with self._writing():
            enrolments.note_revoked(self._conn, kiosk, login, now)

    def certificate(self, viewer: Viewer, kiosk: str) -> Certificate | None:
        return enrolments.certificate(self._conn, viewer, kiosk)

    def code_until(self, viewer: Viewer, kiosk: str, now: datetime) -> str:
        return enrolments.code_until(self._conn, viewer, kiosk, now)
