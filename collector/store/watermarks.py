"""How far a stream is stored without a gap, and what of it was lost."""

from sqlite3 import Connection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collector.store.recording import StreamState

# Each event by itself, and the ranges of those that are sealed.
_HELD = (
    "SELECT seq AS first, seq AS last FROM event WHERE stream=:stream AND seq BETWEEN :low AND :high UNION ALL "
    "SELECT first, last FROM sealed WHERE stream=:stream AND first<=:high AND last>=:low ORDER BY 1"
)


class Watermarks:
    """Advances streams inside the storing transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def advance(self, stream: "StreamState") -> None:
        """Move `through` over everything held or lost, record a new loss, take back one that was none."""
        fresh = sorted(stream.fresh)
        if fresh and fresh[0] <= stream.through:
            self._unlose(stream.id, [seq for seq in fresh if seq <= stream.through])
        before_top, stream.top = stream.top, max(stream.top, fresh[-1] if fresh else 0)
        if stream.oldest > stream.through + 1:
            self._lose(stream, stream.oldest - 1)
        in_order = fresh and before_top == stream.through and fresh[0] == stream.through + 1
        if in_order and fresh[-1] - fresh[0] == len(fresh) - 1:
            stream.through = fresh[-1]
        elif stream.top > stream.through:
            stream.through = self._contiguous(stream)
        sql = (
            "UPDATE stream SET through=?, top=?, last_seen=?, stored=stored+?, quarantined=quarantined+?, "
            "last_tap=max(last_tap, ?) WHERE id=?"
        )
        counted = (stream.stored, stream.quarantined, stream.last_tap)
        self._conn.execute(sql, (stream.through, stream.top, stream.last_seen, *counted, stream.id))

    def _contiguous(self, stream: "StreamState") -> int:
        through = stream.through
        for first, last in self._conn.execute(_HELD, {"stream": stream.id, "low": through + 1, "high": stream.top}):
            if first > through + 1:
                break
            through = max(through, last)
        return through

    def _lose(self, stream: "StreamState", last: int) -> None:
        """The kiosk no longer holds what lies up to `last`: what of it never came is lost."""
        first = stream.through + 1
        held = self._conn.execute(_HELD, {"stream": stream.id, "low": first, "high": last}).fetchall()
        for begin, end in held:
            self._add_lost(stream.id, first, min(begin - 1, last))
            first = max(first, end + 1)
        self._add_lost(stream.id, first, last)
        stream.through = last

    def _add_lost(self, stream: int, first: int, last: int) -> None:
        if first <= last:
            self._conn.execute("INSERT INTO lost (stream, first, last) VALUES (?, ?, ?)", (stream, first, last))

    def _unlose(self, stream: int, seqs: list[int]) -> None:
        """Events counted lost have arrived after all."""
        for seq in seqs:
            sql = "DELETE FROM lost WHERE stream=? AND first<=? AND last>=? RETURNING first, last"
            row = self._conn.execute(sql, (stream, seq, seq)).fetchone()
            if row:
                self._add_lost(stream, row[0], seq - 1)
                self._add_lost(stream, seq + 1, row[1])
