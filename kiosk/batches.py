"""What of the outbox goes to the broker: an events message as the contract wants it, from the rows that are still held."""

import re
import sqlite3
from dataclasses import dataclass

from broker_config.messages import MAX_BATCH_BYTES, MAX_BATCH_EVENTS

_ENVELOPE_BYTES = 200
CONFIG_ID = re.compile("[0-9]{1,9}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Stream:
    """`sent` is the highest seq ever handed to the broker, `through` the highest that a receipt covers.

    `ready`: up to here the events have their time and may be sent.
    """

    no: int
    id: str
    last_seq: int
    sent: int
    through: int
    ready: int


@dataclass(frozen=True, slots=True)
class Due:
    """A batch ready to publish: `first`..`last` of a stream."""

    stream: Stream
    first: int
    last: int
    payload: bytes


class Batches:
    """Reads one outbox's events."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def due(self, stream: Stream, above: int, limit: int = MAX_BATCH_EVENTS) -> Due | None:
        """The next batch of a stream above a seq: one configuration, in order, within the contract's limits."""
        sql = (
            "SELECT seq, config, iif(json_valid(body), body, NULL) FROM event "
            "WHERE stream=? AND seq>? AND seq<=? ORDER BY seq LIMIT ?"
        )
        rows = self._db.execute(sql, (stream.no, above, stream.ready, min(limit, MAX_BATCH_EVENTS))).fetchall()
        parts: list[str] = []
        size, last, config = _ENVELOPE_BYTES, above, rows[0][1] if rows else ""
        for seq, row_config, body in rows:
            part = f'{{"seq":{seq},{body[1:]}' if body else f'{{"seq":{seq},"type":"void"}}'  # unreadable: its number stays
            size += len(part.encode()) + 1
            if row_config != config or size > MAX_BATCH_BYTES:
                break
            parts.append(part)
            last = seq
        if not parts:
            return None
        if not CONFIG_ID.fullmatch(config):  # the collector could not even read the envelope, and the stream would stand still
            raise sqlite3.DatabaseError(f"the outbox names {config!r} as a configuration")
        head = f'{{"stream":"{stream.id}","oldest":{self.oldest(stream)},"config":"{config}","events":['
        return Due(stream, rows[0][0], last, (head + ",".join(parts) + "]}").encode())

    def stored(self, stream: Stream) -> Due | None:
        """The newest readable event of a stream that has its receipt, to be sent once more."""
        sql = "SELECT max(seq) FROM event WHERE stream=? AND seq BETWEEN ? AND ? AND json_valid(body)"
        seq = self._db.execute(sql, (stream.no, stream.through - MAX_BATCH_EVENTS, stream.through)).fetchone()[0]
        return self.due(stream, seq - 1, 1) if seq else None

    def oldest(self, stream: Stream) -> int:
        """The lowest seq still held, or the next one when nothing is."""
        row = self._db.execute("SELECT seq FROM event WHERE stream=? ORDER BY seq LIMIT 1", (stream.no,)).fetchone()
        return int(row[0]) if row else stream.last_seq + 1
