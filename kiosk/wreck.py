"""What SQLite can still read of a damaged outbox: row by row, by key, past the pages that it cannot read.

Opened read-only; the file is left as it was found. Where its first page is gone, and with
it the schema, a copy gets the first page of a new outbox: the tables begin at the same pages.
"""

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

from broker_config.messages import MAX_EVENT_BYTES, MAX_SEQ, KioskConfig
from broker_config.topics import is_identifier
from kiosk.batches import CONFIG_ID
from kiosk.outbox import Outbox
from kiosk.recovery import STREAM_ID

MOST_MISSING = 1_000_000  # as much as an outbox holds; a number beyond that is damage itself
_MOST_SEARCHED = 100_000
_LEAST_BYTES = 100  # of an event in the file
_STREAM_NUMBERS = range(-4, 9)  # where none are known any more
_PAGE = 4096


class Held(NamedTuple):
    """A stream in the file. `kiosk` is "" and the last two are 0 where its row cannot be read."""

    no: int
    id: str
    kiosk: str
    machine: str
    last_seq: int
    through: int


class Row(NamedTuple):
    """An event as it was written. `more`: the columns beyond these, by name."""

    seq: int
    at: str
    config: str
    body: str
    more: dict[str, Any]


class Wreck:
    """A damaged outbox, or a whole one. `with Wreck(file) as wreck:`. Raises sqlite3.Error only where a file cannot be opened."""

    def __init__(self, file: Path) -> None:
        self._open_things = ExitStack()
        self._db = self._connect(file)
        if not self._has_schema():
            self._db = self._connect(self._with_a_schema(file))
        self._columns = self._column_names()
        self._most = file.stat().st_size // _LEAST_BYTES + 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open_things.close()

    # ── what is in it ───────────────────────────────────────────────────────────────────

    def streams(self) -> list[Held]:
        """The streams, oldest first; also those of which only a number and events are left."""
        found = {held.no: held for held in self._stream_rows()}
        whole = bool(found)
        for no, ident in self._stream_ids():
            found.setdefault(no, Held(no, ident, "", "", 0, 0))
            whole = whole and found[no].kiosk != ""
        for no in () if whole else _STREAM_NUMBERS:
            nameless = Held(no, "", "", "", 0, 0)
            first = None if no in found or self._is_empty(no) else next(self.rows(nameless), None)
            if first:
                found[no] = nameless._replace(id=_made_up(no, first))
        return [found[no] for no in sorted(found)]

    def rows(self, held: Held, above: int = 0) -> Iterator[Row]:
        """The readable events of a stream above a seq, in order."""
        low, high = self._window(held.no)
        beyond = min(self._most, _MOST_SEARCHED)
        at, end = max(above, low - beyond), high + beyond
        if held.last_seq:
            end = max(high, min(held.last_seq, end))
        while at < end:
            for row in self._scan(held.no, at, end):
                yield from self._singly(held.no, max(at, row[0] - self._most) + 1, row[0])
                at = row[0]
                yield from self._events(row)
            at += 1  # by its key, past what the scan could not pass
            yield from self._singly(held.no, at, min(at, end) + 1)

    def configs(self) -> list[tuple[str, str]]:
        """Ids and payloads of the readable configurations, in the order they came."""
        found = []
        for row in self._readable("SELECT id, payload FROM config ORDER BY rowid"):
            with suppress(ValueError, AttributeError):
                config = KioskConfig.model_validate_json(row[1])
                if config.config == row[0].decode() and config.hash_is_right:
                    found.append((config.config, row[1].decode()))
        return found

    # ── inside ──────────────────────────────────────────────────────────────────────────

    def _connect(self, file: Path) -> sqlite3.Connection:
        db = self._open_things.enter_context(
            closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=10))
        )
        db.text_factory = bytes
        with suppress(sqlite3.DatabaseError):
            db.execute("PRAGMA cell_size_check=ON")
        return db

    def _has_schema(self) -> bool:
        return {b"stream", b"event"} <= {row[0] for row in self._readable("SELECT name FROM sqlite_master")}

    def _with_a_schema(self, file: Path) -> Path:
        folder = Path(self._open_things.enter_context(tempfile.TemporaryDirectory(dir=file.parent)))
        copy, new = folder / "copy.sqlite", folder / "new.sqlite"
        for part in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{file}{part}", f"{copy}{part}")
        Outbox(new, "any", "any").close()
        page = bytearray(new.read_bytes()[:_PAGE])
        page[28:40] = bytes(12)  # size and free pages: SQLite goes by the file's length
        with copy.open("r+b") as out:
            out.write(page)
        return copy

    def _column_names(self) -> tuple[str, ...]:
        names = [row[1].decode() for row in self._readable("PRAGMA table_info(event)")]
        return tuple(name for name in names if name not in ("stream", "seq", "at", "config", "body"))

    def _stream_rows(self) -> Iterator[Held]:
        for row in self._readable("SELECT no, id, kiosk, machine, last_seq, through FROM stream ORDER BY no"):
            with suppress(ValueError, AttributeError, TypeError):
                no, last_seq, through = (_whole(row[at]) for at in (0, 4, 5))
                held = Held(no, row[1].decode(), row[2].decode(), row[3].decode(), last_seq, through)
                if STREAM_ID.fullmatch(held.id) and is_identifier(held.kiosk) and 0 <= through <= last_seq <= MAX_SEQ:
                    yield held

    def _stream_ids(self) -> Iterator[tuple[int, str]]:
        """From the index over them, which lies on another page than the streams themselves."""
        for no, ident in self._readable("SELECT no, id FROM stream INDEXED BY sqlite_autoindex_stream_1 ORDER BY id"):
            if isinstance(no, int) and isinstance(ident, bytes) and STREAM_ID.fullmatch(ident.decode("ascii", "replace")):
                yield no, ident.decode()

    def _window(self, no: int) -> tuple[int, int]:
        """The lowest and the highest seq that searches from many places come upon; (1, 0) where they come upon none."""
        searches = ("seq>=? ORDER BY seq", "seq<=? ORDER BY seq DESC")
        places = [2**power for power in range(54)]
        found = [
            row[0]
            for search in searches
            for place in places
            for row in self._readable(f"SELECT seq FROM event WHERE stream=? AND {search} LIMIT 1", no, place)  # noqa: S608
        ]
        seqs = [seq for seq in found if isinstance(seq, int) and 0 < seq <= MAX_SEQ]
        return min(seqs, default=1), max(seqs, default=0)

    def _is_empty(self, no: int) -> bool:
        try:
            return self._db.execute("SELECT 1 FROM event WHERE stream=?", (no,)).fetchone() is None
        except sqlite3.DatabaseError:
            return False

    def _scan(self, no: int, above: int, last: int) -> Iterator[tuple[Any, ...]]:
        """Rows in the order in which the file has them, as long as that is an order."""
        for row in self._readable(f"{self._select} WHERE stream=? AND seq>? ORDER BY seq", no, above):
            if not isinstance(row[0], int) or not above < row[0] <= last:
                return
            above = row[0]
            yield row

    def _singly(self, no: int, first: int, end: int) -> Iterator[Row]:
        for seq in range(first, end):
            for row in self._readable(f"{self._select} WHERE stream=? AND seq=?", no, seq):
                if row[0] == seq:
                    yield from self._events(row)

    @property
    def _select(self) -> str:
        return f"SELECT {', '.join(('seq', 'at', 'config', 'body', *self._columns))} FROM event"  # noqa: S608 - the file's columns

    def _events(self, row: tuple[Any, ...]) -> Iterator[Row]:
        """The event in a row, if it is one that can be sent."""
        with suppress(ValueError, AttributeError, RecursionError):
            seq, at, config, body = row[0], row[1].decode(), row[2].decode(), row[3].decode()
            event = json.loads(body)
            fits = len(row[3]) + len(f'"seq":{seq},') <= MAX_EVENT_BYTES
            if fits and isinstance(event, dict) and "type" in event and CONFIG_ID.fullmatch(config):
                more = (value.decode("utf-8", "replace") if isinstance(value, bytes) else value for value in row[4:])
                yield Row(seq, at, config, body, dict(zip(self._columns, more, strict=True)))

    def _readable(self, sql: str, *values: int) -> Iterator[tuple[Any, ...]]:
        """Rows until the first that cannot be read."""
        with suppress(sqlite3.DatabaseError):
            yield from self._db.execute(sql, values)


def _whole(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no number")
    return value


def _made_up(no: int, first: Row) -> str:
    """The id for a stream whose own is lost: the same at every attempt."""
    return hashlib.sha256(f"{no} {first.seq} {first.body}".encode()).hexdigest()[:32]
