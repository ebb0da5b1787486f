"""One offscreen window for the session, and a fresh kiosk in it for each test that asks."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from frames import FRAME_S, frame, take_over_time
from stations import Time, Witness

LARGEST = (1920, 1920)


class Screen:
    """A kiosk on the session's window, touched and watched as a citizen would."""

    def __init__(self, app: Any, window: Any) -> None:
        self.app, self.window = app, window

    def frame(self) -> None:
        frame()

    def until(self, true: Callable[[], bool], seconds: float = 5.0) -> None:
        """Draw until something is so: for so long by the wall, where another thread does it, and by Kivy's drawn time."""
        end, left = time.monotonic() + seconds, seconds / FRAME_S
        while not true():
            assert left > 0 or time.monotonic() < end, "it never came about"
            left -= 1
            frame()

    def settle(self) -> None:
        """Draw until nothing moves and touches are heard."""
        self.until(lambda: not self.app.stage.deaf)
        for _ in range(6):
            frame()

    def resize(self, width: int, height: int) -> None:
        self.window.size = width, height
        self.app.refresh()
        self.settle()

    def press(self, x: float, y: float) -> Any:
        from kivy.base import EventLoop

        finger = _finger(x / (self.window.width - 1), y / (self.window.height - 1))
        EventLoop.post_dispatch_input("begin", finger)
        return finger

    def release(self, finger: Any, x: float, y: float) -> None:
        from kivy.base import EventLoop

        finger.move({"x": x / (self.window.width - 1), "y": y / (self.window.height - 1)})
        EventLoop.post_dispatch_input("update", finger)
        EventLoop.post_dispatch_input("end", finger)

    def tap(self, x: float, y: float) -> None:
        self.release(self.press(x, y), x, y)

    def face(self, value: int) -> tuple[float, float]:
        """A face's middle, from the bottom left as Kivy counts."""
        from kiosk.screen_map import faces

        x, y = faces(self.app.rating, self.window.height)[value]
        return x, self.window.height - y


@pytest.fixture(scope="session")
def window(tmp_path_factory: pytest.TempPathFactory) -> Any:
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    from kiosk.window import prepare

    prepare(tmp_path_factory.mktemp("kivy"), LARGEST, fullscreen=False)
    from kivy.base import EventLoop

    EventLoop.ensure_window()
    EventLoop.start()
    take_over_time()
    return EventLoop.window


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def outbox(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "outbox.db", "hall-1", "machine")


@pytest.fixture
def on_screen(window: Any, tmp_path: Path) -> Iterator[Callable[..., Screen]]:
    """`on_screen(station, wires)` puts a kiosk on the window."""
    from kiosk.app import KioskApp
    from kiosk.window import Frames, Wires

    apps: list[Any] = []

    def show(station: Any, wires: Wires | None = None) -> Screen:
        app = KioskApp(station, tmp_path, wires or Wires(), Frames())
        apps.append(app)
        window.add_widget(app.build())
        screen = Screen(app, window)
        screen.resize(1280, 800)
        return screen

    yield show
    for app in apps:
        app.on_stop()
        window.remove_widget(app.stage)


def _finger(x: float, y: float) -> Any:
    from kivy.input.motionevent import MotionEvent

    class Finger(MotionEvent):  # type: ignore[misc]
        def depack(self, args: dict[str, float]) -> None:
            self.sx, self.sy = args["x"], args["y"]
            self.profile = ["pos"]
            super().depack(args)

    return Finger("test", 1, {"x": x, "y": y}, is_touch=True, type_id="touch")
