"""Child processes of the demo: started in order, watched, ended in the opposite order."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Self

from endings import DemoError, Stopped

from broker_config.process import Broker, wait_or_kill
from broker_config.tied import tied

STOP_SECONDS = 20.0


@dataclass(frozen=True)
class _Child:
    name: str
    process: subprocess.Popen[str]
    log: Path
    needed: bool

    def how_it_ended(self) -> str:
        if self.process.returncode == 0:
            return f"The {self.name} has ended."
        words = self.log.read_text(errors="replace").strip().splitlines()
        return f"The {self.name} ended with code {self.process.returncode}: {words[-1] if words else 'it said nothing.'}"


class Children:
    """`with Children(tell) as children:` — everything that must not be left running. `tell` says a sentence to the user."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        self._tell = tell
        self._broker: Broker | None = None
        self._started: list[_Child] = []
        self._stopping = False

    def add_broker(self, broker: Broker) -> None:
        self._broker = broker

    def start(
        self, name: str, command: list[str], folder: Path, environment: dict[str, str], *, read: bool = False, needed: bool = True
    ) -> subprocess.Popen[str]:
        """Run `python -m …` in a session of its own, so that Ctrl-C reaches only us; its words go to `name`.log."""
        log = folder / f"{name}.log"
        with log.open("w") as out:
            process = subprocess.Popen(
                tied([sys.executable, "-m", *command]),
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if read else out,
                stderr=out,
                text=True,
                start_new_session=True,
            )
        self._started.append(_Child(name, process, log, needed))
        return process

    def check(self) -> None:
        """Raises DemoError or BrokerError when something needed has ended; of the rest it only tells."""
        if self._broker:
            self._broker.check()
        for child in [child for child in self._started if child.process.poll() is not None]:
            if child.needed:
                raise DemoError(child.how_it_ended())
            self._started.remove(child)
            self._tell(f"{child.how_it_ended().rstrip('.')}. The demo goes on without it.")

    def watch(self, seconds: float) -> None:
        """Wait for the end: of the time (0 is for ever), or of a child."""
        end = time.monotonic() + seconds if seconds else float("inf")
        while time.monotonic() < end:
            self.check()
            time.sleep(0.2)

    def interrupt(self, _number: int, _frame: FrameType | None) -> None:
        """A signal's handler: ends whatever is going on, once."""
        if not self._stopping:
            self._stopping = True
            raise Stopped

    def stop_all(self) -> None:
        """The last started first, the broker last; who does not listen is killed."""
        self._stopping = True
        for child in reversed(self._started):
            child.process.terminate()
            wait_or_kill(child.process, STOP_SECONDS)
        if self._broker:
            self._broker.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is Stopped:
            self._tell("Stopping …")
        self.stop_all()
