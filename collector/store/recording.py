"""One transaction's worth of events: insert what is new, mark, tally, quarantine, watermarks.

Everything here runs inside a transaction that the caller opened. Nothing is kept between
transactions but the contexts, which are only ever added.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from sqlite3 import Connection

from broker_config.messages import utc_text
from collector.events import Answer, Delivery, Kind, ReceiptDue, Refused, Standing, Unreadable, Voided
from collector.store import burst_limits, bursts, comments, past, sealed
from collector.store.contexts import Contexts
from collector.store.quarantine import Quarantine
from collector.store.tallying import add_changes
from collector.store.visits import Row, Visits, tallied
from collector.store.watermarks import Watermarks
from collector.tallies import Changes

_INSERT = (
    "INSERT INTO event (stream, seq, kind, minute, visit, context, value, standing, mark, digest, detail) "
    "VALUES (?,?,?,?,?,?,?,?,?,?,?)"
)


@dataclass
class StreamState:
    """A stream while a transaction works on it. `fresh`: seqs added in it, with their digests; `late`: those of sealed days.

    `last_seen`: when the kiosk last spoke of it; a replay is none of the kiosk's doing. `stored`, `quarantined`: rows added,
    or where negative taken away. `last_tap`: the last minute (since 1970 UTC) of a rating in it that is no test.
    """

    id: int
    kiosk: str
    stream: str
    through: int
    top: int
    last_seen: str
    fresh: dict[int, int] = field(default_factory=dict)
    late: list[int] = field(default_factory=list)
    oldest: int = 1
    restart: bool = False
    stored: int = 0
    quarantined: int = 0
    last_tap: int = 0


class Recording:
    """Takes deliveries, then `finish()` writes them and tells whom to acknowledge."""

    def __init__(self, conn: Connection, contexts: Contexts, now: datetime) -> None:
        self._conn, self._contexts, self._at, self._now = conn, contexts, now, utc_text(now)
        self._streams: dict[tuple[str, str], StreamState] = {}
        self._rows: list[Row] = []
        self._others: list[tuple[int, int, Kind, int]] = []
        self._quarantine = Quarantine(conn, self._now)
        self._cuts = sealed.Cuts(conn)
        self.changes = Changes()
        self._visits = Visits(conn, contexts, self.changes)

    def take(self, delivery: Delivery) -> None:
        """Sort one message's events into new, known and contradicting."""
        stream = self._stream(delivery.kiosk, delivery.stream)
        stream.last_seen = self._now
        stream.oldest = max(stream.oldest, delivery.oldest)
        known, gone = self._known(stream, delivery), self._sealed(stream, delivery)
        for item in delivery.items:
            if any(first <= item.seq <= last for first, last in gone):
                continue
            digest, kind = known.get(item.seq, (stream.fresh.get(item.seq), None))
            if digest is None:
                self._add(stream, item)
            elif digest != item.digest:
                self._conflict(stream, item)
            elif kind == Kind.QUARANTINED and not isinstance(item, Refused):
                self._accept_now(stream, item)

    def set_aside(self, message: Unreadable) -> None:
        self._quarantine.message(message)

    def replay(self, kiosk: str, stream: str, item: Answer | Voided) -> None:
        """Accept an event that is in quarantine; it keeps the digest of what the kiosk sent."""
        state = self._stream(kiosk, stream)
        sql = "SELECT digest FROM event WHERE stream=? AND seq=? AND kind=?"
        row = self._conn.execute(sql, (state.id, item.seq, Kind.QUARANTINED)).fetchone()
        if row:
            self._accept_now(state, item._replace(digest=row[0]))

    def finish(self) -> list[ReceiptDue]:
        burst_limits.fix(self._conn, self._at)
        minutes = self._visits.settle_new(self._rows)
        self._note_taps()
        self._insert()
        bursts.settle(self._conn, self._visits, minutes)
        add_changes(self._conn, self.changes)
        zones = {row.answer.context.timezone for row in self._rows}
        past.note(self._conn, self.changes, zones, int(self._at.timestamp()) // 60)
        worded = ((row.stream, row.answer) for row in self._rows if row.answer.kind == Kind.COMMENT and row.answer.detail)
        comments.add(self._conn, worded)
        self._quarantine.flush()
        watermarks = Watermarks(self._conn)
        for stream in self._streams.values():
            sealed.add(self._conn, stream.id, ((seq, "late") for seq in stream.late))
            watermarks.advance(stream)
        return [ReceiptDue(s.kiosk, s.stream, s.through, s.restart, self._is_newest(s)) for s in self._streams.values()]

    def _is_newest(self, stream: StreamState) -> bool:
        sql = "SELECT 1 FROM stream WHERE kiosk=? AND id>?"
        return self._conn.execute(sql, (stream.kiosk, stream.id)).fetchone() is None

    # ── sorting ─────────────────────────────────────────────────────────────────────────

    def _stream(self, kiosk: str, stream: str) -> StreamState:
        state = self._streams.get((kiosk, stream))
        if state is None:
            sql = (
                "INSERT INTO stream (kiosk, stream, first_seen, last_seen) VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET last_seen=last_seen RETURNING id, through, top, last_seen"
            )
            row = self._conn.execute(sql, (kiosk, stream, self._now, self._now)).fetchone()
            state = self._streams[kiosk, stream] = StreamState(row[0], kiosk, stream, *row[1:])
        return state

    def _accept_now(self, stream: StreamState, item: Answer | Voided) -> None:
        """The cause of an event's quarantine has been mended."""
        self._conn.execute("DELETE FROM event WHERE stream=? AND seq=?", (stream.id, item.seq))
        stream.quarantined -= 1
        sql = "DELETE FROM quarantine WHERE kiosk=? AND stream=? AND seq=? AND reason <> 'conflict'"
        self._conn.execute(sql, (stream.kiosk, stream.stream, item.seq))
        self._add(stream, item)

    def _known(self, stream: StreamState, delivery: Delivery) -> dict[int, tuple[int, int]]:
        """Digest and kind of the seqs of this message that the store holds already."""
        low = min(item.seq for item in delivery.items)
        if low > stream.top:
            return {}
        high = max(item.seq for item in delivery.items)
        sql = "SELECT seq, digest, kind FROM event WHERE stream=? AND seq BETWEEN ? AND ?"
        spans = [(low, high)] if high - low < 2 * len(delivery.items) else [(item.seq, item.seq) for item in delivery.items]
        rows = (row for span in spans for row in self._conn.execute(sql, (stream.id, *span)).fetchall())
        return {seq: (digest, kind) for seq, digest, kind in rows}

    def _sealed(self, stream: StreamState, delivery: Delivery) -> list[tuple[int, int]]:
        """The ranges of seqs around this message whose events were stored once and are erased."""
        low = min(item.seq for item in delivery.items)
        return [] if low > stream.top else sealed.spans(self._conn, stream.id, low, max(item.seq for item in delivery.items))

    def _add(self, stream: StreamState, item: Answer | Voided | Refused) -> None:
        stream.fresh[item.seq] = item.digest
        if isinstance(item, Answer) and self._cuts.is_sealed(item.context, item.minute):
            stream.late.append(item.seq)
            return
        if isinstance(item, Refused):
            stream.quarantined += 1
        else:
            stream.stored += 1
        if isinstance(item, Answer):
            item = self._cuts.without_words(item)
            context = self._contexts.id(item.context)
            order = (item.minute, stream.stream, item.seq)
            standing = Standing.TEST if item.context.trigger == "test" else Standing.FLAGGED if item.mark else Standing.COUNTED
            self._rows.append(Row(stream.id, item, context, order, item.mark, standing))
        elif isinstance(item, Voided):
            self._others.append((stream.id, item.seq, Kind.VOID, item.digest))
        else:
            self._others.append((stream.id, item.seq, Kind.QUARANTINED, item.digest))
            self._quarantine.event(stream.kiosk, stream.stream, item)

    def _conflict(self, stream: StreamState, item: Answer | Voided | Refused) -> None:
        """Other content under a known identity: a cloned disk. Kept aside, and the kiosk is told to start anew."""
        stream.restart = True
        payload = item.payload if isinstance(item, Refused) else json.dumps(_plain(item), ensure_ascii=False)
        self._quarantine.event(stream.kiosk, stream.stream, Refused(item.seq, item.digest, "conflict", payload))

    def _note_taps(self) -> None:
        """When a citizen tapped last, now that it is known which visits were tests."""
        by_id = {stream.id: stream for stream in self._streams.values()}
        for row in self._rows:
            if row.answer.kind == Kind.RATING and row.standing != Standing.TEST:
                stream = by_id[row.stream]
                stream.last_tap = max(stream.last_tap, row.answer.minute)

    # ── writing ─────────────────────────────────────────────────────────────────────────

    def _insert(self) -> None:
        for row in self._rows:
            self.changes.add(tallied(row))
        self._conn.executemany(_INSERT, map(_columns, self._rows))
        self._conn.executemany("INSERT INTO event (stream, seq, kind, digest) VALUES (?,?,?,?)", self._others)


def _columns(row: Row) -> tuple[object, ...]:
    """Plain integers: sqlite3 looks for an adapter for every other kind of number."""
    seq, kind, minute, visit, _, value, _, digest, detail = row.answer
    standing = int(row.standing)
    return (row.stream, seq, int(kind), minute, visit, row.context, value, standing, row.mark or None, digest, detail or None)


def _plain(item: Answer | Voided) -> dict[str, object]:
    """What is kept of a contradicting event: without its visit."""
    if isinstance(item, Voided):
        return {"seq": item.seq, "type": "void"}
    c = item.context
    return {
        "config": c.config,
        "event": {
            "seq": item.seq,
            "type": item.kind.name.lower(),
            "minute": item.minute,
            "service": c.service,
            "question": c.question,
            "value": item.value,
            "language": c.language,
            "detail": item.detail,
        },
    }
