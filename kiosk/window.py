"""What must be settled before Kivy is imported: its environment, its window, and that there is a display at all.

`run` is the whole way from a station to a kiosk on the screen; nothing here imports Kivy
before it is called.
"""
# mypy: disable-error-code="import-untyped"

import contextlib
import ctypes
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from broker_config.messages import Clock, KioskConfig, Reply
from kiosk.service_facts import LinkFacts
from kiosk.station import Station
from kiosk.watchdog import Watchdog

if TYPE_CHECKING:
    from kiosk.app import KioskApp

SIZE = (1280, 800)
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h
KEPT_BYTES = 65536


class NoDisplay(RuntimeError):
    """There is nowhere to draw, in one sentence."""


@dataclass(slots=True)
class Frames:
    """Frames that were drawn, and those of them that were read back and proven; written by the app, read by any thread."""

    count: int = 0
    proven: int = 0


def _nothing() -> None:
    return None


def _no_config(_config: KioskConfig) -> None:
    return None


def _no_refusal(_payload: bytes, _reason: str) -> None:
    return None


def _no_reply(_reply: Reply) -> None:
    return None


def _no_log() -> str:
    return ""


def _no_link() -> LinkFacts:
    return LinkFacts("")


def _system_time() -> tuple[datetime, Clock]:
    return datetime.now(UTC), "unsure"


def _not_told(_app: "KioskApp") -> None:
    return None


@dataclass(frozen=True, slots=True)
class Wires:
    """Whom the app tells: an answer is durable, a configuration is applied or refused, a command has its reply, the app
    exists and will run.

    And whom it asks, for an operator: how the network stands (`link`), what time it is and how sure that is (`clock`),
    what was logged of late (`recent_log`).
    """

    on_answer: Callable[[], None] = _nothing
    on_config: Callable[[KioskConfig], None] = _no_config
    on_refused: Callable[[bytes, str], None] = _no_refusal
    on_reply: Callable[[Reply], None] = _no_reply
    started: Callable[["KioskApp"], None] = _not_told
    link: Callable[[], LinkFacts] = _no_link
    clock: Callable[[], tuple[datetime, Clock]] = _system_time
    recent_log: Callable[[], str] = _no_log
    watchdog: Watchdog = field(default_factory=lambda: Watchdog(""))


def run(
    station: Station, folder: Path, *, size: tuple[int, int] | None = None, fullscreen: bool = True, wires: Wires | None = None,
    frames: Frames | None = None,
) -> None:  # fmt: skip
    """Show the station until the app is stopped (SIGTERM, SIGINT). Raises NoDisplay."""
    prepare(folder, size, fullscreen)
    from kiosk.app import KioskApp

    app = KioskApp(station, folder, wires or Wires(), frames or Frames(), locked=fullscreen)
    app.wires.started(app)
    app.run()


def prepare(folder: Path, size: tuple[int, int] | None, fullscreen: bool) -> None:
    """Set Kivy up for one unattended window. Call once, before anything imports Kivy. Raises NoDisplay."""
    if "kivy" in sys.modules:
        raise RuntimeError("Kivy was imported before prepare(): its settings would come too late")
    environment(folder)
    frugal()
    require_display()
    from kivy.config import Config

    # While it is imported it reports, as errors with tracebacks, each input library that it can do without.
    logging.getLogger("kivy").setLevel(logging.CRITICAL)
    width, height = size or SIZE
    wanted = {
        "width": width, "height": height, "fullscreen": "auto" if fullscreen and size is None else "0", "borderless": 1,
        "position": "custom", "left": 0, "top": 0, "resizable": 0, "show_cursor": int(not fullscreen),
        "multisamples": 0, "maxfps": 30,
    }  # fmt: skip
    for name, value in wanted.items():
        Config.set("graphics", name, str(value))
    Config.set("kivy", "exit_on_escape", "0")
    # SDL turns touches into mouse events; a second provider would give every touch twice.
    Config.remove_section("input")
    Config.add_section("input")
    Config.set("input", "mouse", "mouse,disable_multitouch")


def frugal() -> None:
    """Give memory back early: a screen's pictures come and go. Worth some 12 MB; where there is no glibc, nothing."""
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)
        libc.mallopt(M_MMAP_THRESHOLD, KEPT_BYTES)


def give_back() -> None:
    """Hand the heap's free pages back to the system; a few milliseconds. Where there is no glibc, nothing."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def environment(folder: Path) -> None:
    """Kivy's environment variables; what is already set stays, so that a device may use KMSDRM and a test no screen."""
    home = folder / "kivy"
    with contextlib.suppress(OSError):  # a disk that takes no writes must be owned up to on the screen; Kivy keeps nothing there
        home.mkdir(parents=True, exist_ok=True)
    wanted = {
        "SDL_VIDEODRIVER": "x11", "KIVY_NO_ARGS": "1", "KIVY_NO_CONFIG": "1", "KIVY_NO_FILELOG": "1",
        "KIVY_LOG_MODE": "PYTHON",
        "KIVY_TEXT": "sdl2", "KIVY_IMAGE": "sdl2", "KIVY_WINDOW": "sdl2", "KIVY_AUDIO": "sdl2", "KIVY_HOME": str(home),
    }  # fmt: skip
    for name, value in wanted.items():
        os.environ.setdefault(name, value)


def require_display() -> None:
    """Raises NoDisplay when X is wanted and no X server answers: SDL would draw into nothing, or end in a traceback."""
    if os.environ.get("SDL_VIDEODRIVER") != "x11":
        return
    name = os.environ.get("DISPLAY", "")
    if not name:
        raise NoDisplay("There is no display: DISPLAY is not set. Start the kiosk inside a graphical session.")
    if not _answers(name):
        raise NoDisplay(f"There is no display: no X server lets us in at DISPLAY={name}.")


def _answers(name: str) -> bool:
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return True  # Kivy's wheel may bring its own; SDL will say so itself
    x11.XOpenDisplay.restype, x11.XOpenDisplay.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = x11.XOpenDisplay(name.encode())
    if display:
        x11.XCloseDisplay(display)
    return bool(display)
