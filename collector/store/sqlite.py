"""The embedded store: one SQLite file, WAL, `synchronous=FULL`. What is committed is on the disk."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import sqlite_utils

from broker_config.messages import Health, KioskConfig, QueueVisit, Score
from collector.access import Viewer
from collector.catalogue import Catalogue
from collector.events import Delivery, Placed, ReceiptDue, Unreadable
from collector.scoring.score import office_score
from collector.store import (
    audit,
    catalogue,
    configurations,
    installing,
    listings,
    misuse,
    past,
    presence,
    quarantine,
    rebuild,
    replay,
    stream_counts,
)
from collector.store.asking import Asking
from collector.store.base import Recorded, ScoreQuery, StoreError
from collector.store.contexts import Contexts
from collector.store.installing import Installed
from collector.store.inviting import Inviting
from collector.store.keeping import Retaining
from collector.store.kiosks import Kiosks
from collector.store.overseen import Overseen
from collector.store.pages import Pages
from collector.store.people import People
from collector.store.publishing import Publishing
from collector.store.recording import Recording
from collector.store.schema import migrations
from collector.store.setting_up import SettingUp

_BUSY_S = 5.0


class SqliteStore(Pages, People, Inviting, Kiosks, SettingUp, Asking, Overseen, Publishing, Retaining):
    """The store in `path`. Not shared between threads. Reads of the web open it with `read_only`.

    Raises StoreError when the file cannot be opened, is no store, or is of another version.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        self.identity: tuple[int, int] | None = None
        self._conn = self._open(read_only)
        self._db = sqlite_utils.Database(self._conn)
        self._contexts = Contexts(self._conn)
        self._placed: dict[tuple[str, str], Placed] = {}
        self._active: set[str] = set()
        self._version = ""

    def close(self) -> None:
        self._conn.close()

    def migrate(self) -> None:
        """Bring the tables up to this version's; does nothing where they are."""
        try:
            migrations.apply(self._db)
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{self._path} cannot be used as a store: {error}. Restore it from a backup.") from error

    def is_ready(self) -> bool:
        """True when the tables are there and a write would be possible."""
        if migrations.pending(self._db):
            return False
        with self._writing():  # no lock and no full disk in the way
            self._conn.execute("INSERT INTO meta VALUES ('ready', '') ON CONFLICT DO NOTHING")
        return True

    # ── ingest ──────────────────────────────────────────────────────────────────────────

    def record(self, messages: Iterable[Delivery | Unreadable], now: datetime) -> Recorded:
        """Store many messages in one transaction; what was stored before changes nothing."""
        with self._writing():
            recording = Recording(self._conn, self._contexts, now)
            for message in messages:
                recording.take(message) if isinstance(message, Delivery) else recording.set_aside(message)
            receipts = recording.finish()
        return Recorded(receipts, recording.changes.offices)

    def replay(self, now: datetime, kiosk: str = "", note: Callable[[int], None] | None = None) -> Recorded:
        """Try quarantined rows again, of one kiosk or all, in portions. `note` hears in the transaction of each that brought
        any how many were accepted; once where none did."""
        self.refresh()
        receipts: list[ReceiptDue] = []
        offices: set[str] = set()
        total = above = 0
        while True:
            with self._writing():
                recording = Recording(self._conn, self._contexts, now)
                above, accepted = replay.replay(self._conn, recording, kiosk, above, self.is_active, self.placed, now)
                receipts += recording.finish()
                if note and (accepted or not (above or total)):
                    note(accepted)
            total, offices = total + accepted, offices | recording.changes.offices
            if not above:
                return Recorded(receipts, offices, total)

    def rebuild(self) -> int:
        """Derive all tallies, and the counts of the streams, from the events again; returns how many differed."""
        try:
            wrong, counts = rebuild.differences(self._conn), stream_counts.differences(self._conn)
        except sqlite3.DatabaseError as error:
            raise StoreError(f"The store {self._path} cannot be read: {error}. Restore it from a backup.") from error
        for grain, rows in rebuild.batches(wrong):
            with self._writing():
                rebuild.apply(self._conn, grain, rows)
                past.bump(self._conn)
        if counts:
            with self._writing():
                stream_counts.mend(self._conn, counts)
        return sum(len(cells) for cells in wrong.values()) + len(counts)

    def remark(self, now: datetime) -> int:
        """Apply the present misuse rules to ratings stored before; returns how many are marked otherwise now."""
        self.refresh()
        after: misuse.At | None = misuse.BEGINNING
        total = 0
        while after:
            try:
                with self._writing():
                    after, changed = misuse.remark(self._conn, self._contexts, self.placed, after)
                    total += changed
                    past.bump(self._conn)
                    if after is None:
                        audit.write(self._conn, "", "misuse.remark", "", None, {"ratings": total}, now)
            except sqlite3.DatabaseError as error:
                raise StoreError(f"The store {self._path} cannot be read: {error}. Restore it from a backup.") from error
        return total

    def receipts(self) -> list[ReceiptDue]:
        """Where every stream stands, of kiosks that are not retired: of those the broker keeps nothing."""
        self.refresh()
        sql = "SELECT kiosk, stream, through, id = (SELECT max(id) FROM stream n WHERE n.kiosk=s.kiosk) FROM stream s ORDER BY id"
        return [
            ReceiptDue(kiosk, stream, through, False, bool(newest))
            for kiosk, stream, through, newest in self._conn.execute(sql)
            if self.is_active(kiosk)
        ]

    def refresh(self) -> None:
        """Forget what was read of the catalogue if it has changed since."""
        version = catalogue.version(self._conn)
        if version != self._version:
            self._version = version
            self._placed.clear()
            self._active = {row[0] for row in self._conn.execute("SELECT id FROM kiosk WHERE status='active'")}

    def placed(self, kiosk: str, config: str) -> Placed | None:
        """A kiosk's configuration, as of the last `refresh`; one that is not known yet is looked for."""
        found = self._placed.get((kiosk, config))
        if found is None:
            found = catalogue.placed(self._conn, kiosk, config)
            if found:
                self._placed[kiosk, config] = found
        return found

    def is_active(self, kiosk: str) -> bool:
        """True for a registered kiosk that was not retired at the last `refresh`."""
        return kiosk in self._active

    def keep_health(self, kiosk: str, health: Health, now: datetime) -> None:
        with self._writing():
            presence.keep_health(self._conn, kiosk, health, now)

    def keep_state(self, kiosk: str, state: str, session: str, now: datetime) -> None:
        with self._writing():
            presence.keep_state(self._conn, kiosk, state, session, now)

    def keep_reply(self, kiosk: str, reply: str, now: datetime) -> None:
        with self._writing():
            presence.keep_reply(self._conn, kiosk, reply, now)
            configurations.answered(self._conn, kiosk, reply, now)

    def keep_visit(self, visit: QueueVisit, day: str, hour: int) -> None:
        """Add one visit of a queue system to its local hour."""
        with self._writing():
            listings.keep_visit(self._conn, visit, day, hour)

    def expire_quarantine(self, now: datetime) -> int:
        """Drop what has been in quarantine for 90 days; the accounting goes on counting it. Returns how many rows."""
        with self._writing():
            return quarantine.expire(self._conn, now)

    # ── catalogue ───────────────────────────────────────────────────────────────────────

    def install(self, file: Catalogue, now: datetime) -> Installed:
        """What whoever has the folder brings as a file. Raises CatalogueFaults."""
        with self._writing():
            return installing.install(self._conn, Viewer("cli", "admin", None), file, now)

    def relearn(self, config: KioskConfig, now: datetime) -> bool:
        if catalogue.knows(self._conn, config.kiosk, config.config):
            return False  # as nearly always: a reply costs one transaction, not two
        with self._writing():
            return catalogue.relearn(self._conn, config, now)

    # ── what ingest asks ───────────────────────────────────────────────────────────────

    def service_ids(self) -> set[str]:
        return {row[0] for row in self._conn.execute("SELECT id FROM service")}

    def kiosks_at(self, office: str, counter: str) -> list[str]:
        """The active kiosks at a counter of an office."""
        sql = "SELECT k.id FROM kiosk k JOIN counter c ON c.id=k.counter WHERE k.status='active' AND c.office=? AND c.id=?"
        return [row[0] for row in self._conn.execute(sql, (office, counter))]

    def office_timezones(self) -> dict[str, str]:
        return dict(self._conn.execute("SELECT id, timezone FROM office").fetchall())

    def office_score(self, office: str, day: str) -> Score:
        """The score that goes out over MQTT: of the main question, for everybody."""
        everybody = Viewer("collector", "admin", None)
        rows = self.histograms(everybody, ScoreQuery(offices=(office,), first=day, last=day))
        return office_score(office, day, rows)

    # ── inside ──────────────────────────────────────────────────────────────────────────

    def _open(self, read_only: bool) -> sqlite3.Connection:
        uri = f"{self._path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
        try:
            conn = sqlite3.connect(uri, uri=True, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
            conn.execute("PRAGMA synchronous=FULL")
            if not read_only:
                conn.execute("PRAGMA journal_mode=WAL")
                conn.execute("PRAGMA journal_size_limit=67108864")
                conn.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten
            conn.execute(f"PRAGMA cache_size={-8192 if read_only else -65536}")
            conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
            status = self._path.stat()
            self.identity = status.st_dev, status.st_ino
        except sqlite3.Error as error:
            raise StoreError(f"The store {self._path} cannot be opened: {error}.") from error
        return conn

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One immediate transaction; a failed one leaves no cache behind. Raises StoreError when disk or lock say no."""
        try:
            self._conn.execute("BEGIN IMMEDIATE")
            yield
            self._conn.execute("COMMIT")
        except BaseException as error:
            self._conn.rollback()
            self._contexts.forget()
            if isinstance(error, sqlite3.OperationalError):
                raise StoreError(f"The store {self._path} takes nothing now: {error}.") from error
            raise
