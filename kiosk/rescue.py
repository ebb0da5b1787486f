"""What can be read of a damaged outbox goes back into the live one, under its own stream and its own numbers.

Between the first readable seq and the last one given, what is missing becomes a void row:
nothing is silently absent. Below the first, the batches' `oldest` says it.

Rows are written in short transactions beside a running kiosk, into a stream that sorts before
the kiosk's own. Its `last_seq` comes last: only then does the link see anything to send, so
that an interrupted rescue sends nothing and the next one goes on where it stopped.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kiosk.recovery import ASIDE, NAME, rescued_note
from kiosk.wreck import MOST_MISSING, Held, Row, Wreck

_CHUNK = 500
_VOID = '{"type":"void"}'
_NO_CONFIG = "0-00000000"


class NotRescued(Exception):
    """Why nothing was rescued, in one sentence."""


@dataclass(frozen=True, slots=True)
class Rescued:
    """`read` events are in the live outbox now, `unread` were given and are not; `known` were there before."""

    read: int = 0
    unread: int = 0
    known: int = 0

    def __add__(self, other: "Rescued") -> "Rescued":
        return Rescued(self.read + other.read, self.unread + other.unread, self.known + other.known)

    def __str__(self) -> str:
        if self.known and not self.read + self.unread:
            return f"Nothing new: the {self.known} events of this file are in the outbox already."
        return f"{self.read} events were read and will be sent, {self.unread} could not be read."


def rescue(file: Path, folder: Path) -> Rescued:
    """Put what can be read of the outbox `file` into the one in `folder`. Twice changes nothing.

    Raises NotRescued, and sqlite3.Error where a file cannot be opened or the live outbox not be written.
    """
    live_file = folder / NAME
    if not file.is_file():
        raise NotRescued(f"There is no file {file}.")
    if not live_file.exists():
        raise NotRescued(f"There is no outbox in {folder}: start the kiosk once, so that there is somebody to send.")
    if file.samefile(live_file):
        raise NotRescued(f"{file} is the outbox in use; there is nothing to rescue.")
    with Wreck(file) as wreck, closing(_open(live_file)) as live:
        told = _rescue(wreck, live, file)
    if file.match(ASIDE):
        with suppress(OSError):  # a note for people, and the end of the reports
            rescued_note(file).write_text(f"{told}\n")
    return told


def _rescue(wreck: Wreck, live: sqlite3.Connection, file: Path) -> Rescued:
    kiosk, machine = live.execute("SELECT kiosk, machine FROM stream ORDER BY no DESC LIMIT 1").fetchone()
    streams = wreck.streams()
    own = [held for held in streams if held.kiosk in (kiosk, "")]
    if not streams:
        raise NotRescued(f"Nothing can be read of {file}.")
    if not own:
        raise NotRescued(f"{file} is the outbox of kiosk {streams[-1].kiosk}, this is {kiosk}.")
    _copy_configs(wreck, live)
    total = Rescued()
    for held in reversed(own):
        total += _copy_stream(wreck, live, held._replace(kiosk=kiosk, machine=held.machine or machine), newest=held is own[-1])
    return total


def _copy_configs(wreck: Wreck, live: sqlite3.Connection) -> None:
    """Before those of the live outbox: its newest stays the last."""
    sql = "INSERT OR IGNORE INTO config (rowid, id, payload) SELECT ifnull(min(rowid), 1) - 1, ?, ? FROM config"
    with _writing(live):
        live.executemany(sql, reversed(wreck.configs()))


def _copy_stream(wreck: Wreck, live: sqlite3.Connection, held: Held, *, newest: bool) -> Rescued:
    """`newest`: only the stream in use has every seq up to its last; an older one may have been moved on from."""
    no, finished = live.execute("SELECT no, last_seq FROM stream WHERE id=?", (held.id,)).fetchone() or (None, 0)
    if finished or (no is not None and no > 0):
        return Rescued(known=finished)
    above = None if no is None else live.execute("SELECT max(seq) FROM event WHERE stream=?", (no,)).fetchone()[0]
    rows = _without_holes(wreck, held, above, newest=newest)
    columns = {row[1] for row in live.execute("PRAGMA table_info(event)")}
    while chunk := list(islice(rows, _CHUNK)):
        with _writing(live):
            no = _begin(live, held) if no is None else no
            for row in chunk:
                _insert(live, no, row, columns)
    return Rescued() if no is None else _finish(live, no, held)


def _without_holes(wreck: Wreck, held: Held, above: int | None, *, newest: bool) -> Iterator[Row]:
    """The readable events, and a void for each that is missing after the first of them, up to the last one given."""
    at, config = above, _NO_CONFIG
    for row in wreck.rows(held, above or 0):
        yield from _voids(at, row.seq, row.config)
        yield row
        at, config = row.seq, row.config
    at = held.through if at is None else at
    if newest and held.last_seq - at <= MOST_MISSING:
        yield from _voids(at, held.last_seq + 1, config)


def _voids(above: int | None, below: int, config: str) -> Iterator[Row]:
    if above is not None:
        yield from (Row(seq, "", config, _VOID, {}) for seq in range(above + 1, below))


def _begin(live: sqlite3.Connection, held: Held) -> int:
    sql = "INSERT INTO stream (no, id, kiosk, machine) SELECT min(min(no), 1) - 1, ?, ?, ? FROM stream RETURNING no"
    return int(live.execute(sql, (held.id, held.kiosk, held.machine)).fetchone()[0])


def _insert(live: sqlite3.Connection, no: int, row: Row, columns: set[str]) -> None:
    values = {"stream": no, "seq": row.seq, "at": row.at, "config": row.config, "body": row.body}
    values |= {name: value for name, value in row.more.items() if name in columns}
    marks = ", ".join("?" * len(values))
    live.execute(f"INSERT INTO event ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))  # noqa: S608 - its columns


def _finish(live: sqlite3.Connection, no: int, held: Held) -> Rescued:
    """Now it may be sent. Any of its numbers may have been sent before, so a receipt for any of them is good."""
    sql = "SELECT count(*), total(body=?), min(seq), max(seq) FROM event WHERE stream=?"
    rows, void, first, last = live.execute(sql, (_VOID, no)).fetchone()
    with _writing(live):
        live.execute("UPDATE stream SET last_seq=?, sent=?, through=? WHERE no=?", (last, last, min(held.through, last), no))
    below = max(0, first - held.through - 1) if held.last_seq else 0
    return Rescued(read=rows - int(void), unread=int(void) + below)


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=10, isolation_level=None)
    db.executescript("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;")
    return db


@contextmanager
def _writing(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
