"""Child processes of the demo: started in order, watched, ended in the opposite order."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Protocol

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class DemoError(RuntimeError):
    """One sentence for the person at the keyboard."""


class Stopped(Exception):
    """Ctrl-C, a signal, or the time is over."""


class Stoppable(Protocol):
    def stop(self) -> None: ...


class Children:
    """Everything that must not be left running."""

    def __init__(self) -> None:
        self._broker: Stoppable | None = None
        self._started: list[tuple[str, subprocess.Popen[str], Path, bool]] = []
        self._stopping = False

    def add_broker(self, broker: Stoppable) -> None:
        self._broker = broker

    def start(
        self, name: str, command: list[str], folder: Path, environment: dict[str, str], *, read: bool = False, needed: bool = True
    ) -> subprocess.Popen[str]:
        """Run `python -m …` in a session of its own, so that Ctrl-C reaches only us; its words go to `name`.log."""
        log = folder / f"{name}.log"
        with log.open("w") as out:
            child = subprocess.Popen(
                [sys.executable, "-m", *command],
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if read else out,
                stderr=out,
                text=True,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - no threads yet that hold a lock
            )
        self._started.append((name, child, log, needed))
        return child

    def check(self) -> None:
        """Raises DemoError when a needed child has ended."""
        for name, child, log, needed in self._started:
            if needed and child.poll() is not None and not self._stopping:
                words = log.read_text(errors="replace").strip().splitlines()
                raise DemoError(f"The {name} ended with code {child.returncode}: {words[-1] if words else 'it said nothing'}")

    def watch(self, seconds: float) -> None:
        """Wait for the end: of the time (0 is for ever), or of a child."""
        end = time.monotonic() + seconds if seconds else float("inf")
        while time.monotonic() < end:
            self.check()
            time.sleep(0.2)

    def interrupt(self, _number: int, _frame: FrameType | None) -> None:
        if not self._stopping:
            self._stopping = True
            raise Stopped

    def stop_all(self) -> None:
        """The last started first, the broker last; who does not listen is killed."""
        self._stopping = True
        for _, child, _, _ in reversed(self._started):
            child.terminate()
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if self._broker:
            self._broker.stop()


def _die_with_parent() -> None:
    """However the demo ends, its children do not stay behind."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
