"""A kiosk outlives its disk: a damaged outbox is set aside and a new one begun; a disk that takes no writes is waited for.

Nothing is ever deleted: the damaged file keeps its bytes under a name with the date, and
`nuomone-kiosk rescue` sends what can be read of it. It is reported at every start until
then, since what is on the disk cannot be forgotten in a crash.

A file `outbox.suspect` says that the outbox is to be set aside, and as what. It is there
before the first file moves and goes after the last, so a crash in between is finished at
the next start.
"""

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import structlog

from kiosk.batches import Stream
from kiosk.outbox import Outbox

log = structlog.get_logger()

NAME = "outbox.sqlite"
ASIDE = "outbox-set-aside-*.sqlite"
_SUSPECT = "outbox.suspect"
_ASIDE_NAME = re.compile(r"outbox-set-aside-\d{8}T\d{4}(-\d+)?\.sqlite")
STREAM_ID = re.compile(r"[0-9a-z-]{8,64}")

# The disk's troubles, not the file's: they pass, and nothing that is written already is wrong.
_PASSING = {
    sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}
# Bytes that the disk no longer gives back: waiting does not help, a new file on other blocks may.
_UNREADABLE = {sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_CORRUPTFS}


class DiskTrouble(Exception):
    """The disk takes no outbox now (full, read-only, failing): worth trying again."""


def _untold(_error: Exception) -> None:
    return None


class WatchedOutbox(Outbox):
    """An outbox that tells `on_damage` when its file turns out to be damaged while something is written."""

    def __init__(self, path: Path, kiosk: str, machine: str) -> None:
        self.on_damage: Callable[[Exception], None] = _untold
        super().__init__(path, kiosk, machine)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with super()._writing():
                yield
        except sqlite3.Error as error:
            if is_damage(error):
                self.on_damage(error)
            raise


def open_outbox(
    folder: Path, kiosk: str, machine: str, on_damage: Callable[[Exception], None] = _untold
) -> tuple[Outbox, list[str]]:
    """The outbox in `folder`, new where the old one is damaged, and what is to be reported, a sentence each.

    Raises DiskTrouble. `on_damage` hears of damage that is found only later; `suspect` and a
    restart are the answer to it. The time this takes does not grow with the number of events.
    """
    path = folder / NAME
    try:
        require_writes(folder)
        if is_suspect(folder):
            _set_aside(folder)
        try:
            _check_tables(path)
            outbox = WatchedOutbox(path, kiosk, machine)
            _check(outbox)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            suspect(folder, error)
            _set_aside(folder)
            outbox = WatchedOutbox(path, kiosk, machine)
    except (sqlite3.Error, OSError) as error:
        raise DiskTrouble(f"The outbox {path} cannot be used: {error}.") from error
    outbox.on_damage = on_damage
    return outbox, reports(folder)


def is_damage(error: Exception) -> bool:
    """Whether an error means that the file itself is wrong, and not that the disk is full, busy or read-only."""
    if not isinstance(error, sqlite3.DatabaseError) or isinstance(error, sqlite3.ProgrammingError):
        return False
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)  # Python's own errors: text that is not UTF-8
    return code in _UNREADABLE or code & 0xFF not in _PASSING


def require_writes(folder: Path) -> None:
    """Raises OSError when the disk takes no writes."""
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / "probe"
    try:
        probe.write_bytes(bytes(4096))
    finally:
        with suppress(OSError):
            probe.unlink()


def has_room(outbox: Outbox, folder: Path) -> bool:
    """Whether another answer could be kept: room in the outbox, and a disk that takes a write."""
    try:
        require_writes(folder)
        stream = outbox.stream()
    except (sqlite3.Error, OSError):
        return False
    return stream.last_seq - stream.through < outbox.max_events


def suspect(folder: Path, error: Exception) -> None:
    """Have the outbox set aside at the next start. Raises OSError."""
    log.error("the outbox is damaged", error=str(error))
    if not is_suspect(folder):
        _plan(folder)


def is_suspect(folder: Path) -> bool:
    return (folder / _SUSPECT).exists()


def reports(folder: Path) -> list[str]:
    """A sentence for each outbox that was set aside and not rescued yet."""
    return [
        f"The outbox was damaged and is set aside as {path.name}; a new stream has begun. "
        f"`nuomone-kiosk rescue` sends what can be read of it."
        for path in sorted(folder.glob(ASIDE))
        if not rescued_note(path).exists()
    ]


def rescued_note(aside: Path) -> Path:
    """The note beside a set-aside outbox that says what was rescued of it."""
    return aside.with_suffix(".rescued")


def _plan(folder: Path) -> str:
    name = _free_name(folder, datetime.now(UTC))
    with (folder / _SUSPECT).open("w") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    _sync(folder)
    return name


def _free_name(folder: Path, now: datetime) -> str:
    stem, number = f"outbox-set-aside-{now:%Y%m%dT%H%M}", 1
    name = f"{stem}.sqlite"
    while any((folder / (name + part)).exists() for part in ("", "-wal")):
        number += 1
        name = f"{stem}-{number}.sqlite"
    return name


def _set_aside(folder: Path) -> None:
    """Move the outbox to where it was planned; what has moved already stays. Its -shm is made anew by whoever opens it."""
    name = (folder / _SUSPECT).read_text(errors="replace")
    if not _ASIDE_NAME.fullmatch(name):  # the power went before the plan was on the disk: nothing has moved
        name = _plan(folder)
    for part in ("", "-wal"):
        source, target = folder / (NAME + part), folder / (name + part)
        if source.exists() and not target.exists():
            source.rename(target)
    (folder / f"{NAME}-shm").unlink(missing_ok=True)
    _sync(folder)
    (folder / _SUSPECT).unlink()
    _sync(folder)
    log.warning("the outbox was set aside", file=str(folder / name))


def _sync(folder: Path) -> None:
    """Names are on the disk."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _check_tables(path: Path) -> None:
    """Raises sqlite3.DatabaseError where the outbox would silently make anew what is missing."""
    log_file = path.with_name(f"{NAME}-wal")
    if not path.exists() or not path.stat().st_size:
        if log_file.exists() and log_file.stat().st_size:
            raise sqlite3.DatabaseError("the file is empty, its log is not")
        return
    # Read-only: the last to close a file for writing deletes its log, and a log may be all that is left.
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as db:
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table'")}
        if tables and "stream" not in tables:
            raise sqlite3.DatabaseError("it has no streams")
        if "stream" in tables and "event" not in tables and db.execute("SELECT 1 FROM stream").fetchone():
            raise sqlite3.DatabaseError("it has no events")


def _check(outbox: Outbox) -> None:
    """Raises sqlite3.Error unless its streams make sense and what is to be sent and written next can be reached."""
    try:
        for stream in outbox.streams():
            _check_stream(outbox, stream)
        _check_next_seq(outbox)
        outbox.configs()
    except (sqlite3.Error, TypeError, ValueError) as error:
        outbox.close()
        raise error if isinstance(error, sqlite3.Error) else sqlite3.DatabaseError(f"nonsense in it: {error}") from error


def _check_stream(outbox: Outbox, stream: Stream) -> None:
    if not STREAM_ID.fullmatch(stream.id):
        raise ValueError(f"stream {stream.id!r}")
    if not 0 <= stream.through <= stream.last_seq:
        raise ValueError(f"stream {stream.id}: {stream.last_seq} given, {stream.through} receipted")
    outbox.due(stream, stream.through)
    outbox.oldest(stream)


def _check_next_seq(outbox: Outbox) -> None:
    stream = outbox.stream()
    newest = outbox.db.execute("SELECT max(seq) FROM event WHERE stream=?", (stream.no,)).fetchone()[0] or 0
    if newest > stream.last_seq:
        raise ValueError(f"stream {stream.id}: {stream.last_seq} given, {newest} held")
