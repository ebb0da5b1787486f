"""Kills of a kiosk with a real window at seeded moments, while XTest taps; what must hold afterwards is `storm`'s."""

import random
import time
from dataclasses import dataclass, field

from tests.brokers import wait_for
from tests.delivery.scenes import rows_of
from tests.displays import Screen, windowed
from tests.pointer import Pointer
from tests.processes import cpu_s
from tests.system import Process, System

SIZE = (800, 480)
ANSWERED = ("reasons", "thanks")


@dataclass
class Survived:
    """`confirmed`: (seq, value) of each answer whose next screen was seen.

    `started_s`: from each start to `ready`; `worked_s`: the seconds of a core that this took, which is
    the same where nothing else runs.
    """

    confirmed: list[tuple[int, int]] = field(default_factory=list)
    started_s: list[float] = field(default_factory=list)
    worked_s: list[float] = field(default_factory=list)


class Window:
    """The real `kiosk run` on a display."""

    def __init__(self, system: System, display: str, kiosk: str = "hall-1") -> None:
        self.folder = system.folder / kiosk
        self.folder.mkdir(exist_ok=True)
        (self.folder / "screen.json").unlink(missing_ok=True)
        self.screen, self._log = Screen(display, self.folder), self.folder / "kiosk.log"
        self._log.touch()
        self._said, self._began = self._log.stat().st_size, time.monotonic()
        command = ["-m", "kiosk", "run", "--kiosk", kiosk, "--data", str(self.folder), "--machine", "test"]
        more = ["--port", str(system.settings.port), "--size", "x".join(map(str, SIZE))]
        environment = windowed(display, self.folder) | {"NUOMONE_KIOSK_PASSWORD": "pw"}
        self.process = Process([*command, *more], self._log, environment)

    def wait_until_ready(self) -> tuple[float, float]:
        """Until it says so and can be answered; gives the seconds since its start, and those of a core that it used."""
        wait_for(lambda: b"ready\n" in self._log.read_bytes()[self._said :], 15)
        took = time.monotonic() - self._began, cpu_s(self.process.child.pid)
        wait_for(lambda: self.screen.map().get("screen") in ("services", "rating"), 15)
        return took

    def face(self, pointer: Pointer, value: int) -> None:
        """Touch a face of the main question."""
        if self.screen.map()["screen"] == "services":
            pointer.tap(*next(iter(self.screen.map()["services"].values())))
        pointer.tap(*self.screen.wait_for("rating")["faces"][str(value)])

    def last_seq(self) -> int:
        return int(rows_of(self.folder / "outbox.sqlite", "SELECT last_seq FROM stream")[0][0])


def window_storm(system: System, display: str, *, kills: int, seed: int) -> Survived:
    """Kill the kiosk `kills` times: as it starts, right after an answer, or somewhere in the visit that follows."""
    draw, survived = random.Random(seed), Survived()
    with Pointer(display) as pointer:
        for number in range(kills):
            window = Window(system, display)
            if number and draw.random() < 0.15:
                _pass(pointer, draw.randint(0, 1500))
            else:
                took, worked = window.wait_until_ready()
                survived.started_s.append(took)
                survived.worked_s.append(worked)
                survived.confirmed += _visit(window, pointer, draw, stays=not number or draw.random() < 0.6)
            window.process.kill()
    return survived


def _visit(window: Window, pointer: Pointer, draw: random.Random, *, stays: bool) -> list[tuple[int, int]]:
    """One citizen, until the kill comes. Gives the answer, if the citizen has seen what follows it; who stays, has."""
    seq, value = window.last_seq() + 1, draw.randint(1, 5)
    window.face(pointer, value)
    if not stays:
        _pass(pointer, draw.randint(0, 900))
        return [(seq, value)] if window.screen.map()["screen"] in ANSWERED else []
    wait_for(lambda: window.screen.map()["screen"] in ANSWERED, 15)
    for _ in range(draw.randint(0, 12)):
        pointer.tap(*draw.choice(window.screen.targets() or [(0, 0)]), after_ms=draw.randint(20, 400))
        pointer.sync()
    return [(seq, value)]


def _pass(pointer: Pointer, milliseconds: int) -> None:
    """Time passes; the X server keeps it."""
    pointer.move(0, 0, milliseconds)
    pointer.sync()
