"""Several fingers at once on a kiosk without a display, until enough is touched; tells its memory in MB now and then.

python fingers.py FOLDER COUNT SEED

The X server has one pointer, so these fingers come in where a touchscreen's do: in Kivy's event loop.
Time is the program's own, so that screens are also left alone for long; the app waits for no light.
"""

import random
import sys
from pathlib import Path
from typing import Any

from kiosk.offscreen import offscreen
from kiosk.outbox import Outbox
from kiosk.station import Station
from tests import everything
from tests.processes import resident_mb

MOST_FINGERS = 5
KEYS = (*range(48, 58), *range(97, 123), 9, 13, 27, 8, 32, 43, 45, 271, *range(273, 294), 316, 319)
MODIFIERS = ([], [], [], ["shift"], ["ctrl"], ["alt"], ["ctrl", "alt"])


class Hands:
    def __init__(self, app: Any, seed: int) -> None:
        from kivy.base import EventLoop

        self._app, self._loop, self._draw = app, EventLoop, random.Random(seed)
        self._down: list[Any] = []

    def do(self) -> None:
        """A finger comes, moves or goes, or a key is pressed."""
        acts = {self._come: 45, self._move: 15, self._go: 30, self._key: 8, self._type: 2}
        self._draw.choices(list(acts), list(acts.values()))[0]()

    def _come(self) -> None:
        if len(self._down) == MOST_FINGERS:
            self._go()
        finger = touch(self._where())
        self._down.append(finger)
        self._loop.post_dispatch_input("begin", finger)

    def _move(self) -> None:
        if self._down:
            finger = self._draw.choice(self._down)
            finger.move(self._where())
            self._loop.post_dispatch_input("update", finger)

    def _go(self) -> None:
        if self._down:
            self._loop.post_dispatch_input("end", self._down.pop(self._draw.randrange(len(self._down))))

    def _key(self) -> None:
        key, modifiers = self._draw.choice(KEYS), self._draw.choice(MODIFIERS)
        self._loop.window.dispatch("on_key_down", key, 0, "", modifiers)
        self._loop.window.dispatch("on_key_up", key, 0)

    def _type(self) -> None:
        self._loop.window.dispatch("on_textinput", self._draw.choice(["ą", "Ž", "ї", " ", "38609190012", "\u0301", "😀", "\n"]))

    def _where(self) -> dict[str, float]:
        """On something that can be pressed, more often than not."""
        from kiosk.screens.focus import reachable

        found = reachable(self._app.front) if self._draw.random() < 0.7 else []
        if not found:
            return {"x": self._draw.random(), "y": self._draw.random()}
        (x, y), window = self._draw.choice(found).center, self._loop.window
        return {"x": x / (window.width - 1), "y": y / (window.height - 1)}


def touch(at: dict[str, float]) -> Any:
    from kivy.input.motionevent import MotionEvent

    class Finger(MotionEvent):  # type: ignore[misc]
        def depack(self, args: dict[str, float]) -> None:
            self.sx, self.sy, self.profile = args["x"], args["y"], ["pos"]
            super().depack(args)

    return Finger("test", 1, at, is_touch=True, type_id="touch")


class Time:
    """Monotonic seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def main(folder: Path, count: int, seed: int) -> None:
    """Time is told to the station; what the app does every ten seconds by Kivy's clock is done by it too."""
    time, draw = Time(), random.Random(seed + 1)
    everything.put(folder)
    outbox = Outbox(folder / "outbox.sqlite", everything.KIOSK, "test")
    app = offscreen(folder, (1280, 800), Station(folder, outbox, monotonic=time))
    from kiosk.app import BEAT_S

    _hurry()
    hands, beaten = Hands(app, seed), time.now
    for number in range(count):
        hands.do()
        time.now += draw.choice((0.0, 0.1, 0.3, 0.6)) if draw.random() < 0.99 else draw.choice((12.0, 41.0, 70.0))
        if number % 4 == 0:
            app.tick()
            if time.now - beaten >= BEAT_S:
                app.beat()
                beaten = time.now
            frame()
        if number % 100 == 99:
            print(f"{resident_mb():.1f}", flush=True)
    app.on_stop()
    outbox.close()


def _hurry() -> None:
    from kiosk import app

    app.LIT_S = app.DEAF_S = 0.0


def frame() -> None:
    from kivy.base import EventLoop
    from kivy.graphics.opengl import glFinish

    EventLoop.idle()
    glFinish()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
