"""Real outboxes, and real damage to them: pages overwritten in the file."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from kiosk.outbox import Outbox

PAGE = 4096
CONFIG = "1-3f9a1c2e"


def rating(visit: str, **changes: Any) -> dict[str, Any]:
    body = {"type": "rating", "at": "2026-11-21T09:15:02.123Z", "clock": "synced", "visit": visit, "gap_ms": None}
    return body | {"service": "", "question": "overall", "value": 4, "language": "lt", "trigger": "tap"} | changes


def outbox(folder: Path, events: int, *, kiosk: str = "hall-1", through: int = 0, name: str = "outbox.sqlite") -> str:
    """An outbox with visits v1, v2 …, all of it in its file and nothing in its log; its stream's id."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Outbox(folder / name, kiosk, "m")
    made.extend([rating(f"v{n}") for n in range(1, events + 1)], CONFIG)
    ident = made.stream().id
    made.receipted(ident, through)
    made.close()
    return ident


def overwrite(file: Path, page: int, content: bytes = bytes(PAGE)) -> None:
    """Pages count from 1, as SQLite's do."""
    with file.open("r+b") as out:
        out.seek((page - 1) * PAGE)
        out.write(content[:PAGE])


def pages(file: Path) -> int:
    return file.stat().st_size // PAGE


def leaves(file: Path) -> list[int]:
    """The pages in which most events lie, first to last."""
    with closing(sqlite3.connect(file)) as db:
        try:
            return [
                row[0] for row in db.execute("SELECT pageno FROM dbstat WHERE name='event' AND pagetype='leaf' ORDER BY path")
            ]
        except sqlite3.OperationalError:  # SQLite without dbstat
            return list(range(5, pages(file) + 1))


def root(file: Path, name: str) -> int:
    """The first page of a table or an index."""
    with closing(sqlite3.connect(file)) as db:
        return int(db.execute("SELECT rootpage FROM sqlite_master WHERE name=?", (name,)).fetchone()[0])


def visits(file: Path, ident: str) -> dict[int, str]:
    """What an outbox holds of a stream: the visit by seq, "void" for a void."""
    with closing(sqlite3.connect(file)) as db:
        sql = "SELECT seq, body FROM event WHERE stream=(SELECT no FROM stream WHERE id=?) ORDER BY seq"
        return {seq: json.loads(body).get("visit", "void") for seq, body in db.execute(sql, (ident,))}


def still_readable(file: Path, last: int) -> dict[int, str]:
    """What SQLite itself gives of the first stream, asked for each seq by itself."""
    found = {}
    with closing(sqlite3.connect(file)) as db:
        db.text_factory = bytes
        for seq in range(1, last + 1):
            try:
                row = db.execute("SELECT seq, body FROM event WHERE stream=1 AND seq=?", (seq,)).fetchone()
                if row and row[0] == seq:
                    found[seq] = str(json.loads(row[1])["visit"])
            except (sqlite3.DatabaseError, ValueError, KeyError, TypeError):
                continue
    return found
