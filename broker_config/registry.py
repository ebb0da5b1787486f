"""The authority's book: every certificate that a kiosk has been given, and which of them are revoked.

SQLite, durable at every commit. Times are UTC in ISO 8601, so that they compare as text. Expired certificates are
forgotten after a year; what is left stays small for thousands of kiosks that renew for years.
"""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from broker_config.acl import BrokerError
from broker_config.pki import Issued

_REMEMBERED = timedelta(days=365)
_TABLES = """
CREATE TABLE IF NOT EXISTS certificate (
  serial TEXT PRIMARY KEY, kiosk TEXT NOT NULL, issued TEXT NOT NULL, expires TEXT NOT NULL, revoked TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS certificate_of ON certificate (kiosk);
CREATE TABLE IF NOT EXISTS list (number INTEGER PRIMARY KEY, since TEXT NOT NULL) STRICT;
"""


class Registry:
    """One process writes it. Raises BrokerError where the file cannot be used."""

    def __init__(self, file: Path) -> None:
        try:
            self._db = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=5)
            file.chmod(0o600)
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_TABLES)
        except (sqlite3.Error, OSError) as error:
            raise BrokerError(f"The list of certificates in {file} cannot be used: {error}.") from error

    def close(self) -> None:
        self._db.close()

    def add(self, kiosk: str, made: Issued, *, instead: bool, now: datetime) -> None:
        """Keep a new certificate; `instead`: it takes the place of every other of the kiosk, which are revoked."""
        row = (made.serial, kiosk, made.issued.isoformat(), made.expires.isoformat())
        self._db.execute("BEGIN IMMEDIATE")
        try:
            if instead:
                self._revoke(kiosk, now)
            self._db.execute("INSERT INTO certificate (serial, kiosk, issued, expires) VALUES (?, ?, ?, ?)", row)
            self._db.execute("DELETE FROM certificate WHERE expires < ?", [(now - _REMEMBERED).isoformat()])
            self._db.execute("COMMIT")
        except sqlite3.Error:
            self._db.execute("ROLLBACK")
            raise

    def revoke(self, kiosk: str, now: datetime) -> int:
        """How many certificates were still good."""
        return self._revoke(kiosk, now)

    def kiosks(self, now: datetime) -> list[str]:
        """Who may connect: everybody with a certificate that is good, by name."""
        good = "SELECT DISTINCT kiosk FROM certificate WHERE revoked = '' AND expires > ? ORDER BY kiosk"
        return [kiosk for (kiosk,) in self._db.execute(good, [now.isoformat()])]

    def owner(self, serial: str, now: datetime) -> str | None:
        """Whose good certificate this is; None for one that is unknown, revoked or expired."""
        wanted = "SELECT kiosk FROM certificate WHERE serial = ? AND revoked = '' AND expires > ?"
        row = self._db.execute(wanted, [serial, now.isoformat()]).fetchone()
        return row[0] if row else None

    def how_many_since(self, kiosk: str, since: datetime) -> int:
        wanted = "SELECT count(*) FROM certificate WHERE kiosk = ? AND revoked = '' AND issued > ?"
        return int(self._db.execute(wanted, [kiosk, since.isoformat()]).fetchone()[0])

    def revoked(self, now: datetime) -> list[tuple[str, datetime]]:
        """(serial, moment) of all that would be good if they were not revoked."""
        wanted = "SELECT serial, revoked FROM certificate WHERE revoked <> '' AND expires > ? ORDER BY revoked, serial"
        return [(serial, datetime.fromisoformat(moment)) for serial, moment in self._db.execute(wanted, [now.isoformat()])]

    def next_list(self, earliest: datetime) -> tuple[int, datetime]:
        """Number and moment of the next list, each above the last one's: of two of the same second a broker keeps the older."""
        last = self._db.execute("SELECT number, since FROM list").fetchone()
        number, since = (0, earliest) if last is None else (last[0], datetime.fromisoformat(last[1]) + timedelta(seconds=1))
        since = max(since, earliest)
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.execute("DELETE FROM list")
            self._db.execute("INSERT INTO list VALUES (?, ?)", [number + 1, since.isoformat()])
            self._db.execute("COMMIT")
        except sqlite3.Error:
            self._db.execute("ROLLBACK")
            raise
        return number + 1, since

    def _revoke(self, kiosk: str, now: datetime) -> int:
        change = "UPDATE certificate SET revoked = ? WHERE kiosk = ? AND revoked = ''"
        return self._db.execute(change, [now.isoformat(), kiosk]).rowcount
