"""Durable means on the disk, not in the page cache: shown by what the kernel was asked to do.

The process runs under strace. From the trace a disk is built that has lost every write
which was not synced before the promise was made; the promised events must be on it.
"""

import contextlib
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

_KIOSK = """
import sys
from pathlib import Path
from kiosk.outbox import Outbox
outbox = Outbox(Path(sys.argv[1]) / "db.sqlite", "hall-1", "test")
body = {"type": "rating", "at": "2026-11-20T09:15:02.123Z", "clock": "synced", "visit": "v", "gap_ms": None,
        "service": "", "question": "overall", "value": 4, "language": "lt", "trigger": "tap"}
for n in range(3):
    outbox.append(body | {"visit": f"v{n}"}, "1-00000000")
    print(f"promised {n + 1}", flush=True)
"""

_COLLECTOR = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from collector.intake import deliver
from collector.store.sqlite import SqliteStore
from tests.catalogues import catalogue
store = SqliteStore(Path(sys.argv[1]) / "db.sqlite")
store.migrate()
now = datetime(2026, 11, 21, 12, tzinfo=UTC)
store.install(catalogue(), now)
store.refresh()
import json
config = store.wanted_ids()["hall-1"]
for seq in range(1, 4):
    event = {"seq": seq, "type": "rating", "at": "2026-11-20T09:15:02.123Z", "clock": "synced", "visit": f"v{seq}",
             "gap_ms": None, "service": "", "question": "overall", "value": 4, "language": "lt", "trigger": "tap"}
    payload = json.dumps({"stream": "f" * 32, "oldest": 1, "config": config, "events": [event]}).encode()
    store.record([deliver("hall-1", payload, lambda c: store.placed("hall-1", c), now)], now)
    print(f"promised {seq}", flush=True)
"""

_WRITE = re.compile(r'pwrite64\((\d+)<([^>]+)>, "((?:\\x[0-9a-f]{2})*)", (\d+), (\d+)\)')
_SYNC = re.compile(r"f(?:data)?sync\((\d+)<([^>]+)>\)")
_TRUNCATE = re.compile(r"ftruncate\((\d+)<([^>]+)>, (\d+)\)")
_UNLINK = re.compile(r'unlink\("((?:\\x[0-9a-f]{2})*)"')
_PROMISE = re.compile(r'write\(1<[^>]*>, "((?:\\x[0-9a-f]{2})*)"')


class Disk:
    """Files as they would be after the power went: only synced writes are on it."""

    def __init__(self) -> None:
        self._synced: dict[str, bytearray] = {}
        self._waiting: dict[str, list[tuple[int, bytes | None]]] = {}
        self._removed: set[str] = set()

    def remove(self, name: str) -> None:
        """Gone once its folder is synced."""
        self._removed.add(name)

    def write(self, name: str, offset: int, data: bytes | None) -> None:
        """`data` None cuts the file at `offset`."""
        self._waiting.setdefault(name, []).append((offset, data))

    def sync(self, name: str) -> None:
        for file in {file for file in self._removed if str(Path(file).parent) == name}:
            self._removed.discard(file)
            self._synced.pop(file, None)
        waiting = self._waiting.pop(name, [])
        if not waiting:
            return
        file = self._synced.setdefault(name, bytearray())
        for offset, data in waiting:
            if data is None:
                del file[offset:]
                continue
            file.extend(bytes(max(0, offset - len(file))))
            file[offset : offset + len(data)] = data

    def save(self, folder: Path) -> None:
        folder.mkdir()
        for name, content in self._synced.items():
            if not name.endswith("-shm"):
                (folder / Path(name).name).write_bytes(content)


@pytest.mark.parametrize("program", [_KIOSK, _COLLECTOR], ids=["outbox", "store"])
@pytest.mark.timeout(60)
def test_what_was_promised_survives_a_power_cut(tmp_path: Path, program: str) -> None:
    promises = 0
    disk = Disk()
    for line in _trace(tmp_path, program):
        _replay(disk, line)
        if (said := _PROMISE.search(line)) and b"promised" in _bytes(said[1]):
            promises += 1
            disk.save(tmp_path / f"after-{promises}")
            with contextlib.closing(sqlite3.connect(tmp_path / f"after-{promises}" / "db.sqlite")) as db:
                assert db.execute("SELECT count(*) FROM event").fetchone()[0] == promises
    assert promises == 3


def _trace(folder: Path, program: str) -> list[str]:
    trace, data = folder / "trace", folder / "data"
    data.mkdir()
    calls = "trace=write,pwrite64,fsync,fdatasync,ftruncate,unlink"
    command = [
        "strace",
        "-f",
        "-y",
        "-xx",
        "-s",
        "1000000",
        "-e",
        calls,
        "-o",
        str(trace),
        sys.executable,
        "-c",
        program,
        str(data),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stderr
    # -xx writes the names of the files in hex too
    return [
        re.sub(r"<((?:\\x[0-9a-f]{2})+)>", lambda m: f"<{_bytes(m[1]).decode()}>", line)
        for line in trace.read_text().splitlines()
    ]


def _replay(disk: Disk, line: str) -> None:
    if write := _WRITE.search(line):
        disk.write(write[2], int(write[5]), _bytes(write[3])[: int(write[4])])
    elif cut := _TRUNCATE.search(line):
        disk.write(cut[2], int(cut[3]), None)
    elif gone := _UNLINK.search(line):
        disk.remove(_bytes(gone[1]).decode())
    elif sync := _SYNC.search(line):
        disk.sync(sync[2])


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
