"""Charts as SVG, drawn outside of the process that answers.

vl-convert holds the interpreter's lock for as long as it draws: 45–150 ms for a chart, two
seconds for its first and for the browser's bundle. Every other reader would wait for it.
"""

import json
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from threading import Lock, Timer
from typing import IO

from collector.web.charts.frame import Spec

COMMAND = (sys.executable, "-I", str(Path(__file__).with_name("draw.py")))
_REMEMBERED = 500
_LONGEST_S = 20.0


class DrawingFault(Exception):
    """A chart could not be drawn; the message is vl-convert's."""


class Pictures:
    """Draws a chart once and remembers it: the past does not change. Any thread may ask."""

    def __init__(self) -> None:
        self._pen = _Pen()
        self._known = lru_cache(_REMEMBERED)(_Picture)

    def svg(self, spec: Spec) -> str:
        """The picture. Whoever asks for one that is being drawn waits for it; nobody draws it twice."""
        canonical = json.dumps(spec, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return self._known(canonical).drawn(self._pen)

    def close(self) -> None:
        self._pen.close()


class _Picture:
    def __init__(self, spec: str) -> None:
        self._spec = spec
        self._lock = Lock()
        self._svg: str | None = None

    def drawn(self, pen: "_Pen") -> str:
        with self._lock:
            if self._svg is None:
                self._svg = pen.draw(self._spec)
            return self._svg


class _Pen:
    """The drawing process: begun when it is first needed, ended by the end of its input, begun again if it died."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[str] | None = None

    def draw(self, spec: str) -> str:
        with self._lock:
            line = self._asked(spec) or self._asked(spec)  # again, where the process had died since the last one
        if not line:
            raise DrawingFault("The drawing process ended without a picture.")
        answer: dict[str, str] = json.loads(line)
        if "fault" in answer:
            raise DrawingFault(answer["fault"])
        return answer["svg"]

    def close(self) -> None:
        with self._lock:
            self._end()

    def _asked(self, spec: str) -> str:
        """Its answer; nothing if it died, or was ended because it took too long."""
        process = self._process = self._process or self._begun()
        limit = Timer(_LONGEST_S, process.kill)
        limit.start()
        try:
            line = _exchange(process.stdin, process.stdout, spec)
        finally:
            limit.cancel()
        if not line:
            self._end()
        return line

    def _begun(self) -> subprocess.Popen[str]:
        """In a session of its own: Ctrl-C ends the server, and with it this one's input."""
        pipe = subprocess.PIPE
        return subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, encoding="utf-8", start_new_session=True)

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _exchange(into: IO[str] | None, out: IO[str] | None, line: str) -> str:
    if into is None or out is None:
        return ""
    try:
        into.write(line + "\n")
        into.flush()
        return out.readline()
    except BrokenPipeError:
        return ""
