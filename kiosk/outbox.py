"""The durable journal of a kiosk: what was confirmed to a citizen is in here until it is known to be stored.

One SQLite file. `append` gives an event its seq and makes it durable in one transaction
(WAL, `synchronous=FULL`: on the disk, not in the page cache). Receipts mark events as
stored; they are kept for `keep_days` more, so that a collector restored from an old
backup can be refilled.

An event made while nobody knew the time waits here for it (`kiosk.boots`), and everything
after it waits too: nothing that the broker was handed is ever changed.

A stream is bound to the kiosk's id and to the machine: a copied disk or a renamed kiosk
starts a stream of its own, since the identity (kiosk, stream, seq) is for ever.
"""

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from broker_config.messages import EVENT, MAX_BATCH_EVENTS, MAX_EVENT_BYTES
from broker_config.redaction import redact
from kiosk import boots
from kiosk.batches import Batches, Due, Stream
from kiosk.clock import Clock, Moment

_SCHEMA = """
CREATE TABLE IF NOT EXISTS stream (
  no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kiosk TEXT NOT NULL, machine TEXT NOT NULL,
  last_seq INTEGER NOT NULL DEFAULT 0, sent INTEGER NOT NULL DEFAULT 0, through INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS event (
  stream INTEGER NOT NULL REFERENCES stream(no), seq INTEGER NOT NULL, at TEXT NOT NULL,
  config TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS config (id TEXT PRIMARY KEY, payload TEXT NOT NULL) STRICT;
"""


class OutboxFull(Exception):
    """No room for another event: nothing may be asked until the backlog has drained."""


class EventTooLarge(ValueError):
    """The event is above 4 KB and could never be sent."""


class Outbox:
    """The journal in `path`, for `kiosk` on `machine`. Not shared between threads: open one for each.

    Raises `sqlite3.DatabaseError` when the file is not a readable outbox.
    """

    def __init__(self, path: Path, kiosk: str, machine: str, *, keep_days: int = 30, max_events: int = 1_000_000) -> None:
        self.folder = path.parent
        self.kiosk, self.machine, self.keep_days, self.max_events = kiosk, machine, keep_days, max_events
        self.db = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        try:
            self.db.executescript(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;" + _SCHEMA + boots.SCHEMA
            )
            self.boots, self._batches = boots.Boots(self.db), Batches(self.db)
            self._bind()
        except BaseException:
            self.close()  # a connection to a file that is then moved away would take its successor's log with it
            raise

    def close(self) -> None:
        self.db.close()

    # ── writing ─────────────────────────────────────────────────────────────────────────

    def append(self, body: dict[str, Any], config: str, *, waits: Moment | None = None) -> int:
        """Make one event durable and return its seq. `body` is the event without `seq`; `waits`: see `extend`."""
        return self.extend([body], config, waits=waits)[0]

    def extend(self, bodies: Iterable[dict[str, Any]], config: str, *, waits: Moment | None = None) -> list[int]:
        """Make several events durable in one transaction. Raises OutboxFull, EventTooLarge, pydantic's ValidationError.

        `waits`: when they were made, where that cannot be said in UTC yet; they are not sent before `settle`.
        """
        with self._writing():
            stream = self.stream()
            seqs = []
            when = self.boots.provisional(waits) if waits else {}
            for seq, body in enumerate(bodies, stream.last_seq + 1):
                self._insert(stream.no, seq, config, _redacted(body) | when)
                if waits:
                    self.boots.wait(stream.no, seq, waits)
                seqs.append(seq)
            last = stream.last_seq + len(seqs)
            if last - stream.through > self.max_events:
                raise OutboxFull(f"{last - stream.through} events wait to be sent, the limit is {self.max_events}")
            self._set(stream.no, "last_seq", last)
        return seqs

    def sending(self, due: Due) -> None:
        """Note that a batch is about to be handed to the broker: only then may a receipt cover it."""
        if due.last > due.stream.sent:
            with self._writing():
                self._set(due.stream.no, "sent", due.last)

    def receipted(self, stream: str, through: int) -> None:
        """Record what the collector has stored, up or down; the events stay for `keep_days`."""
        with self._writing():
            self.db.execute("UPDATE stream SET through=? WHERE id=? AND kiosk=?", (through, stream, self.kiosk))

    def restart(self, *, everything: bool = False) -> Stream:
        """Begin a new stream, and renumber into it what no receipt covers.

        With `everything` (the collector holds other content under our numbers) all that is
        still kept goes into it: a receipt may have meant the other kiosk's events. What was
        stored already is counted once all the same, by its visit.
        """
        with self._writing():
            carried = [(s.no, 0 if everything else s.through) for s in self.streams()]
            new = self._begin()
            for no, above in carried:
                self._move(no, above, new)
            last = self.db.execute("SELECT count(*) FROM event WHERE stream=?", (new,)).fetchone()[0]
            self._set(new, "last_seq", last)
        return self.stream()

    def note(self, clock: Clock, *, settle: bool = False) -> None:
        """Remember how long this boot has run and what is known of its start; with `settle` date all that waits by it."""
        with self._writing():
            self.boots.note(clock.boot, clock.monotonic(), clock.start, clock.not_before)
            if settle:
                self.boots.settle()

    def prune(self, now: datetime) -> int:
        """Drop receipted events older than `keep_days`, in their order; returns how many."""
        limit = (now - timedelta(days=self.keep_days)).isoformat()
        with self._writing():
            return sum(self._prune(stream, limit) for stream in self.streams())

    def remember(self, config: str, payload: str) -> None:
        """Keep a configuration that was applied: a collector that lost it needs it to accept the events made under it."""
        used = {row[0] for row in self.db.execute("SELECT DISTINCT config FROM event")}  # every row: nobody may wait for it
        with self._writing():
            self.db.execute("INSERT OR REPLACE INTO config (id, payload) VALUES (?, ?)", (config, payload))
            known = [row[0] for row in self.db.execute("SELECT id FROM config WHERE id<>?", (config,))]
            self.db.executemany("DELETE FROM config WHERE id=?", [(one,) for one in known if one not in used])

    # ── reading ─────────────────────────────────────────────────────────────────────────

    def stream(self) -> Stream:
        """The stream that new events join."""
        return self.streams()[-1]

    def streams(self) -> list[Stream]:
        """This kiosk's streams on this disk, oldest first."""
        sql = (
            "SELECT no, id, last_seq, sent, through, coalesce((SELECT min(seq) - 1 FROM waiting WHERE stream=no), last_seq) "
            "FROM stream WHERE kiosk=? ORDER BY no"
        )
        return [Stream(*row) for row in self.db.execute(sql, (self.kiosk,))]

    def waits(self) -> bool:
        """Whether an event of any stream has no time yet."""
        return bool(self.db.execute("SELECT EXISTS (SELECT 1 FROM waiting)").fetchone()[0])

    def due(self, stream: Stream, above: int, limit: int = MAX_BATCH_EVENTS) -> Due | None:
        """The next batch of a stream above a seq."""
        return self._batches.due(stream, above, limit)

    def stored(self, stream: Stream) -> Due | None:
        """The newest readable event of a stream that has its receipt, to be sent once more."""
        return self._batches.stored(stream)

    def oldest(self, stream: Stream) -> int:
        """The lowest seq still held, or the next one when nothing is."""
        return self._batches.oldest(stream)

    def configs(self) -> list[str]:
        """The payloads of the configurations that held events were made under, the newest last, with or without events."""
        return [row[0] for row in self.db.execute("SELECT payload FROM config ORDER BY rowid")]

    def depth(self, stream: Stream) -> int:
        """How many events of a stream no receipt covers, counted from the rows."""
        row = self.db.execute("SELECT count(*) FROM event WHERE stream=? AND seq>?", (stream.no, stream.through)).fetchone()
        return int(row[0])

    def __len__(self) -> int:
        """Events held of this kiosk's streams, receipted or not."""
        sql = "SELECT count(*) FROM event JOIN stream ON no=event.stream WHERE kiosk=?"
        return int(self.db.execute(sql, (self.kiosk,)).fetchone()[0])

    # ── inside a transaction ────────────────────────────────────────────────────────────

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Immediate: the app and the link write to the same file, and a read that turns into a write could not wait."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            self.db.rollback()
            raise

    def _bind(self) -> None:
        with self._writing():
            row = self.db.execute("SELECT kiosk, machine FROM stream ORDER BY no DESC LIMIT 1").fetchone()
            if row is None or row[0] != self.kiosk:
                self._begin()
        if row is not None and row[0] == self.kiosk and row[1] != self.machine:
            self.restart()

    def _begin(self) -> int:
        sql = "INSERT INTO stream (id, kiosk, machine) VALUES (?, ?, ?) RETURNING no"
        return int(self.db.execute(sql, (secrets.token_hex(16), self.kiosk, self.machine)).fetchone()[0])

    def _insert(self, stream: int, seq: int, config: str, body: dict[str, Any]) -> None:
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        event = f'{{"seq":{seq},{text[1:]}'
        if len(event.encode()) > MAX_EVENT_BYTES:
            raise EventTooLarge(f"the event has {len(event.encode())} bytes, the limit is {MAX_EVENT_BYTES}: shorten its text")
        EVENT.validate_json(event)
        values = (stream, seq, body.get("at", ""), config, text)
        self.db.execute("INSERT INTO event (stream, seq, at, config, body) VALUES (?, ?, ?, ?, ?)", values)

    def _move(self, old: int, above: int, new: int) -> None:
        start = self.db.execute("SELECT count(*) FROM event WHERE stream=?", (new,)).fetchone()[0]
        self.db.execute(
            "INSERT INTO event SELECT ?, ? + row_number() OVER (ORDER BY seq), at, config, body "
            "FROM event WHERE stream=? AND seq>?",
            (new, start, old, above),
        )
        self.boots.move(old, above, new, start)
        self.db.execute("DELETE FROM event WHERE stream=? AND seq>?", (old, above))
        self.db.execute("UPDATE stream SET last_seq=min(last_seq, max(sent, through)) WHERE no=?", (old,))

    def _prune(self, stream: Stream, limit: str) -> int:
        """From the front only: a hole above `oldest` could be neither sent again nor counted lost."""
        sql = "SELECT seq FROM event WHERE stream=? AND at>=? ORDER BY seq LIMIT 1"
        row = self.db.execute(sql, (stream.no, limit)).fetchone()
        last = min(stream.through, row[0] - 1) if row else stream.through
        return self.db.execute("DELETE FROM event WHERE stream=? AND seq<=?", (stream.no, last)).rowcount

    def _set(self, stream: int, column: str, value: int) -> None:
        self.db.execute(f"UPDATE stream SET {column}=? WHERE no=?", (value, stream))  # noqa: S608 - our own column names


def _redacted(body: dict[str, Any]) -> dict[str, Any]:
    """A comment without personal data: it is removed before anything is written."""
    return body | {"text": redact(body["text"]).text} if "text" in body else body
