"""One transaction's worth of events: insert what is new, mark, tally, quarantine, watermarks.

Everything here runs inside a transaction that the caller opened. Nothing is kept between
transactions but the contexts, which are only ever added.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from sqlite3 import Connection

from broker_config.messages import utc_text
from collector.events import Answer, Context, Delivery, Kind, ReceiptDue, Refused, Standing, Unreadable, Voided
from collector.standing import Given, Order, standings
from collector.store import comments
from collector.store.quarantine import Quarantine
from collector.store.watermarks import Watermarks
from collector.tallies import GRAINS, REASON_GRAINS, VALUES, Changes, Tallied, spread

_CHUNK = 400
_INSERT = (
    "INSERT INTO event (stream, seq, kind, minute, visit, context, value, standing, mark, digest, detail) "
    "VALUES (?,?,?,?,?,?,?,?,?,?,?)"
)
_VISITS = (
    "SELECT e.visit, e.stream, e.seq, e.kind, e.minute, e.context, e.value, e.standing, e.mark, e.detail, s.stream "
    "FROM event e JOIN stream s ON s.id = e.stream WHERE e.visit IN ({})"
)


@dataclass
class StreamState:
    """A stream while a transaction works on it. `fresh`: seqs added in it, with their digests.

    `last_seen`: when the kiosk last spoke of it; a replay is none of the kiosk's doing.
    """

    id: int
    kiosk: str
    stream: str
    through: int
    top: int
    last_seen: str
    fresh: dict[int, int] = field(default_factory=dict)
    oldest: int = 1
    restart: bool = False


@dataclass(slots=True)
class _Row:
    """An answer about to be inserted, or one of the same visit that is in the store already."""

    stream: int
    answer: Answer
    context: int
    standing: Standing
    order: Order
    stored: bool


class Contexts:
    """Interned contexts. Forgotten after a failed transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._ids: dict[Context, int] = {}
        self._by_id: dict[int, Context] = {}

    def id(self, context: Context) -> int:
        found = self._ids.get(context)
        return found if found is not None else self._keep(self._find_or_add(context), context)

    def get(self, ident: int) -> Context:
        found = self._by_id.get(ident)
        if found is None:
            row = self._conn.execute(f"SELECT {', '.join(Context._fields)} FROM context WHERE id=?", (ident,)).fetchone()  # noqa: S608
            found = Context._make(row)._replace(main=bool(row[8]), undated=bool(row[-1]))
            self._keep(ident, found)
        return found

    def forget(self) -> None:
        self._ids.clear()
        self._by_id.clear()

    def _find_or_add(self, context: Context) -> int:
        names = ", ".join(Context._fields)
        marks = ", ".join("?" * len(context))
        sql = f"INSERT INTO context ({names}) VALUES ({marks}) ON CONFLICT DO UPDATE SET kiosk=excluded.kiosk RETURNING id"  # noqa: S608
        return int(self._conn.execute(sql, [int(part) if isinstance(part, bool) else part for part in context]).fetchone()[0])

    def _keep(self, ident: int, context: Context) -> int:
        self._ids[context] = ident
        self._by_id[ident] = context
        return ident


class Recording:
    """Takes deliveries, then `finish()` writes them and tells whom to acknowledge."""

    def __init__(self, conn: Connection, contexts: Contexts, now: datetime) -> None:
        self._conn, self._contexts, self._now = conn, contexts, utc_text(now)
        self._streams: dict[tuple[str, str], StreamState] = {}
        self._rows: list[_Row] = []
        self._others: list[tuple[int, int, Kind, int]] = []
        self._quarantine = Quarantine(conn, self._now)
        self.changes = Changes()

    def take(self, delivery: Delivery) -> None:
        """Sort one message's events into new, known and contradicting."""
        stream = self._stream(delivery.kiosk, delivery.stream)
        stream.last_seen = self._now
        stream.oldest = max(stream.oldest, delivery.oldest)
        known = self._known(stream, delivery)
        for item in delivery.items:
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
        self._settle_visits()
        self._insert()
        self._add_to_tallies()
        comments.add(self._conn, ((row.stream, row.answer) for row in self._rows if row.answer.kind == Kind.COMMENT))
        self._quarantine.flush()
        watermarks = Watermarks(self._conn)
        for stream in self._streams.values():
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

    def _add(self, stream: StreamState, item: Answer | Voided | Refused) -> None:
        stream.fresh[item.seq] = item.digest
        if isinstance(item, Answer):
            context = self._contexts.id(item.context)
            order = (item.minute, stream.stream, item.seq)
            standing = Standing.TEST if item.context.trigger == "test" else Standing.FLAGGED if item.mark else Standing.COUNTED
            self._rows.append(_Row(stream.id, item, context, standing, order, stored=False))
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

    # ── visits ──────────────────────────────────────────────────────────────────────────

    def _settle_visits(self) -> None:
        """Decide what every answer counts as, those of its visit that are stored already included."""
        visits: dict[tuple[int, str], list[_Row]] = defaultdict(list)
        for row in self._rows:
            visits[row.answer.visit, row.answer.context.kiosk].append(row)
        for row in self._stored(list({visit for visit, _ in visits})):
            if (row.answer.visit, row.answer.context.kiosk) in visits:
                visits[row.answer.visit, row.answer.context.kiosk].append(row)
        for rows in visits.values():
            if len(rows) > 1:
                self._settle(rows)

    def _settle(self, rows: list[_Row]) -> None:
        decided = standings(_given(row) for row in rows)
        for row in rows:
            standing = decided[row.order]
            if row.stored and standing != row.standing:
                self.changes.add(_tallied(row), -1)
                row.standing = standing
                self.changes.add(_tallied(row))
                sql = "UPDATE event SET standing=? WHERE stream=? AND seq=?"
                self._conn.execute(sql, (int(standing), row.stream, row.answer.seq))
            row.standing = standing

    def _stored(self, visits: list[int]) -> Iterable[_Row]:
        for start in range(0, len(visits), _CHUNK):
            chunk = visits[start : start + _CHUNK]
            for row in self._conn.execute(_VISITS.format(",".join("?" * len(chunk))), chunk).fetchall():
                visit, stream, seq, kind, minute, context, value, standing, mark, detail, name = row
                answer = Answer(seq, Kind(kind), minute, visit, self._contexts.get(context), value, mark or "", 0, detail or "")
                yield _Row(stream, answer, context, Standing(standing), (minute, name, seq), stored=True)

    # ── writing ─────────────────────────────────────────────────────────────────────────

    def _insert(self) -> None:
        for row in self._rows:
            self.changes.add(_tallied(row))
        self._conn.executemany(_INSERT, map(_columns, self._rows))
        self._conn.executemany("INSERT INTO event (stream, seq, kind, digest) VALUES (?,?,?,?)", self._others)

    def _add_to_tallies(self) -> None:
        for grain, cells in self.changes.ratings().items():
            add_cells(self._conn, grain, ((*key, *spread(counts)) for key, counts in cells.items()))
        for grain, sums in self.changes.reasons.items():
            add_sums(self._conn, grain, ((*key, n) for key, n in sums.items() if n))


def add_cells(conn: Connection, grain: str, rows: Iterable[tuple[str | int, ...]]) -> None:
    """Add histogram cells to a tally: the key, then a count a value."""
    counts = [f"c{value}" for value in range(VALUES)]
    _upsert(conn, grain, GRAINS[grain], counts, rows)


def add_sums(conn: Connection, grain: str, rows: Iterable[tuple[str | int, ...]]) -> None:
    """Add reason counts: the key, then n."""
    _upsert(conn, grain, REASON_GRAINS[grain], ["n"], rows)


def _upsert(conn: Connection, grain: str, key: tuple[str, ...], counts: list[str], rows: Iterable[tuple[str | int, ...]]) -> None:
    names = [*key, *counts]
    sums = ", ".join(f"{name}={name}+excluded.{name}" for name in counts)
    marks = ", ".join("?" * len(names))
    conn.executemany(f"INSERT INTO tally_{grain} ({', '.join(names)}) VALUES ({marks}) ON CONFLICT DO UPDATE SET {sums}", rows)  # noqa: S608


def _given(row: _Row) -> Given:
    a = row.answer
    return Given(row.order, a.kind, a.context.question, a.value, a.detail, a.mark, a.context.trigger)


def _tallied(row: _Row) -> Tallied:
    a = row.answer
    return Tallied(a.kind, a.minute, a.context, a.value, a.detail, row.standing)


def _columns(row: _Row) -> tuple[object, ...]:
    """Plain integers: sqlite3 looks for an adapter for every other kind of number."""
    seq, kind, minute, visit, _, value, mark, digest, detail = row.answer
    standing = int(row.standing)
    return (row.stream, seq, int(kind), minute, visit, row.context, value, standing, mark or None, digest, detail or None)


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
