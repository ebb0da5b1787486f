"""What could not be accepted: kept with its reason, bounded for each kiosk, then only counted."""

import hashlib
from collections import Counter
from datetime import datetime, timedelta
from sqlite3 import Connection

from broker_config.messages import utc_text
from collector.events import Refused, Unreadable
from collector.quarantine_reasons import UNREGISTERED

MOST_ROWS = 10_000
KEPT_FOR = timedelta(days=90)

_INSERT = (
    "INSERT INTO quarantine (kiosk, stream, seq, sha256, reason, payload, times, first_at, last_at) VALUES (?,?,?,?,?,?,1,?,?) "
    "ON CONFLICT DO UPDATE SET times=times+1, last_at=excluded.last_at"
)


class Quarantine:
    """Collects one transaction's refusals. A message is kept once for each (kiosk, SHA-256), with a counter."""

    def __init__(self, conn: Connection, now: str) -> None:
        self._conn, self._now = conn, now
        self._rows: list[tuple[str, str, int, str, str, bytes]] = []

    def event(self, kiosk: str, stream: str, item: Refused) -> None:
        payload = item.payload.encode()
        self._rows.append((kiosk, stream, item.seq, hashlib.sha256(payload).hexdigest(), item.reason, payload))

    def message(self, message: Unreadable) -> None:
        self._rows.append((message.kiosk, "", 0, message.sha256, message.reason, message.payload))

    def flush(self) -> None:
        room = {kiosk: MOST_ROWS - self._count(kiosk) for kiosk in {row[0] for row in self._rows}}
        overflow: Counter[str] = Counter()
        strange: Counter[str] = Counter()
        for row in self._rows:
            is_known = self._is_known(row)
            if room[row[0]] > 0 or is_known:
                self._conn.execute(_INSERT, (*row, self._now, self._now))
                room[row[0]] -= not is_known
            else:
                overflow[row[0]] += 1
                strange[row[0]] += row[4] == UNREGISTERED
        for kiosk, n in overflow.items():
            sql = (
                "INSERT INTO quarantine_overflow (kiosk, n, strange) VALUES (?, ?, ?) "
                "ON CONFLICT DO UPDATE SET n=n+excluded.n, strange=strange+excluded.strange"
            )
            self._conn.execute(sql, (kiosk, n, strange[kiosk]))

    def _count(self, kiosk: str) -> int:
        return int(self._conn.execute("SELECT count(*) FROM quarantine WHERE kiosk=?", (kiosk,)).fetchone()[0])

    def _is_known(self, row: tuple[str, str, int, str, str, bytes]) -> bool:
        sql = "SELECT 1 FROM quarantine WHERE kiosk=? AND stream=? AND seq=? AND sha256=?"
        return self._conn.execute(sql, row[:4]).fetchone() is not None


def expire(conn: Connection, now: datetime) -> int:
    """Drop rows that have been kept for 90 days. The events' own rows stay, so that the accounting stays true."""
    limit = utc_text(now - KEPT_FOR)
    return conn.execute("DELETE FROM quarantine WHERE last_at < ?", (limit,)).rowcount
