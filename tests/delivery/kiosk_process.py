"""The parent's side of `headless_kiosk.py`: a kiosk as a process that can be killed at any moment."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

from tests.brokers import wait_for

_PROGRAM = Path(__file__).with_name("headless_kiosk.py")
_ROOT = Path(__file__).parents[2]


class KioskProcess:
    """`confirmed` holds (seq, value) of every answer that the citizen saw confirmed."""

    def __init__(self, folder: Path, kiosk: str, port: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.kiosk = folder, kiosk
        self.confirmed: list[tuple[int, int]] = []
        self.ready = False
        with (folder / "kiosk.log").open("ab") as log:
            self.child = subprocess.Popen(
                [sys.executable, str(_PROGRAM), str(folder), kiosk, str(port)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=os.environ | {"PYTHONPATH": str(_ROOT)},
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def wait_until_ready(self) -> None:
        """It has a configuration, so it can be tapped."""
        wait_for(lambda: self.ready, 15)

    def ask(self, value: int) -> None:
        """A citizen taps; nobody waits for the confirmation."""
        assert self.child.stdin
        self.child.stdin.write(f"tap {value}\n")
        self.child.stdin.flush()

    def tap(self, value: int = 5) -> None:
        """A citizen taps and sees the confirmation."""
        before = len(self.confirmed)
        self.ask(value)
        wait_for(lambda: len(self.confirmed) > before, 10)

    def kill(self) -> None:
        """SIGKILL; what was printed before it is read to the end."""
        self.child.kill()
        self.child.wait(10)
        self._reader.join(10)
        for pipe in (self.child.stdin, self.child.stdout):
            if pipe and not pipe.closed:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue

    def _read(self) -> None:
        assert self.child.stdout
        for line in self.child.stdout:
            words = line.split()
            if words[:1] == ["ready"]:
                self.ready = True
            elif words[:1] == ["confirmed"] and len(words) == 3 and line.endswith("\n"):
                self.confirmed.append((int(words[1]), int(words[2])))
