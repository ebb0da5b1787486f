"""The last lines of this process's log, for an admin who asks for them from afar.

They are kept in memory: the whole log is the journal's, and the disk of a kiosk is not written to for this. What is
logged names parts of the kiosk and their errors, never what a citizen has written nor a PIN.
"""

import sys
import threading
from collections import deque
from functools import cache
from typing import IO, TextIO, cast

from broker_config.running import log_to

MOST_BYTES = 30_000


class RecentLog:
    """A text stream that passes everything on to another, and remembers the newest whole lines of it. Any thread may write."""

    def __init__(self, onwards: IO[str], most_bytes: int = MOST_BYTES) -> None:
        self._onwards, self._most = onwards, most_bytes
        self._lines: deque[str] = deque()
        self._bytes, self._open = 0, ""
        self._lock = threading.Lock()

    def write(self, text: str) -> int:
        self._onwards.write(text)
        with self._lock:
            *whole, self._open = (self._open + text).split("\n")
            self._open = self._open[-self._most :]
            for line in whole:
                self._keep(line)
        return len(text)

    def flush(self) -> None:
        self._onwards.flush()

    def text(self) -> str:
        """The newest lines, oldest first: no more bytes of UTF-8, and as JSON at most half as many again."""
        with self._lock:
            kept, size = list[str](), 0
            for line in reversed(self._lines):
                size += _json_bytes(line)
                if size > self._most * 3 // 2:
                    break
                kept.append(line)
        return "".join(f"{line}\n" for line in reversed(kept))

    def _keep(self, line: str) -> None:
        line = line.encode("utf-8", "replace")[: self._most - 1].decode("utf-8", "ignore")
        self._lines.append(line)
        self._bytes += _bytes(line)
        while self._bytes > self._most:
            self._bytes -= _bytes(self._lines.popleft())


@cache
def recent() -> RecentLog:
    """This process's, in front of its standard error."""
    return RecentLog(sys.stderr)


def configure() -> None:
    """Every line that is logged goes to standard error and is remembered."""
    log_to(cast("TextIO", recent()))


def _bytes(line: str) -> int:
    return len(line.encode()) + 1


def _json_bytes(line: str) -> int:
    """What a line takes within a JSON string: quotes two bytes each, control characters six."""
    escaped = sum(5 if ord(one) < 32 else one in '"\\' for one in line)
    return len(line.encode()) + escaped + 2
