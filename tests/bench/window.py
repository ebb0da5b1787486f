"""A kiosk's window under Xvfb for measuring: started, touched, and asked what it costs."""

import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from broker_config.messages import KioskConfig
from tests import everything
from tests.brokers import wait_for
from tests.displays import Screen, windowed, xvfb
from tests.pointer import Pointer

Size = tuple[int, int]


@dataclass
class Told:
    """What the kiosk said: moments of frames in monotonic seconds, milliseconds of answers; `ready` when it was."""

    flips: queue.SimpleQueue[float] = field(default_factory=queue.SimpleQueue)
    durable: list[float] = field(default_factory=list)
    ready: float = 0.0


class Window:
    """The kiosk in a process, with a thread that reads what it says."""

    def __init__(self, display: str, folder: Path, size: Size, port: int) -> None:
        module = ["-m", "tests.bench.screen", "run", "--kiosk", everything.KIOSK, "--data", str(folder), "--machine", "test"]
        command = [sys.executable, *module, "--port", str(port), "--size", f"{size[0]}x{size[1]}"]
        environment = os.environ | windowed(display, folder) | {"NUOMONE_KIOSK_PASSWORD": "pw", "SDL_AUDIODRIVER": "dummy"}
        self.screen, self.pointer, self.told, self.folder = Screen(display, folder), Pointer(display), Told(), folder
        self.began = time.monotonic()
        self._log = (folder / "kiosk.log").open("ab")
        self.child = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=self._log, text=True)
        threading.Thread(target=self._read, daemon=True).start()
        wait_for(lambda: self.told.ready, 60)

    def tap(self, at: tuple[int, int]) -> None:
        self.pointer.tap(*at)
        self.pointer.sync()

    def next_flip(self, after: float) -> float:
        """The moment of the first frame after a moment."""
        while (flip := self.told.flips.get(timeout=10)) <= after:
            continue
        return flip

    def stop(self) -> None:
        self.child.terminate()
        self.child.wait(20)
        self._log.close()

    def _read(self) -> None:
        for line in self.child.stdout or ():
            word, _, value = line.partition(" ")
            if word == "flip":
                self.told.flips.put(float(value))
            elif word == "durable":
                self.told.durable.append(float(value))
            elif word.strip() == "ready":
                self.told.ready = time.monotonic()


@contextlib.contextmanager
def window(folder: Path, size: Size, given: KioskConfig, port: int = 1) -> Iterator[Window]:
    """A kiosk with a configuration on a display of its own; by default no broker answers."""
    everything.put(folder, given)
    with xvfb(*size) as display:
        shown = Window(display, folder, size, port)
        try:
            yield shown
        finally:
            shown.stop()
