"""A kiosk that draws without a display: for pictures in the documentation, previews on a server, and tests."""
# mypy: disable-error-code="import-untyped"

import os
from pathlib import Path
from typing import Any

from broker_config.messages import KioskConfig, config_id

SETTLED = 8  # frames after which a new text has pushed everything to its place


def offscreen(folder: Path, size: tuple[int, int], station: Any = None, wires: Any = None) -> Any:
    """A kiosk's app, built but not run, on this process's one window. It can only shrink: SDL's offscreen surface cannot grow."""
    from kiosk.window import Frames, Wires, prepare

    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    prepare(folder, size, fullscreen=False)
    from kivy.base import EventLoop
    from kivy.clock import Clock

    from kiosk.app import KioskApp

    app = KioskApp(station or _station(folder), folder, wires or Wires(), Frames())
    EventLoop.ensure_window()
    EventLoop.window.add_widget(app.build())
    EventLoop.start()
    Clock._max_fps = 0  # nothing to wait for between two frames
    return app


def configure(app: Any, payload: dict[str, Any]) -> KioskConfig:
    """Put a configuration on the screen at once; its number and hash are made here."""
    whole = KioskConfig.model_validate({**payload, "config": "1-00000000"}).model_dump(mode="json")
    config = KioskConfig.model_validate({**whole, "config": config_id(1, whole)})
    app.station.dismiss()
    app.station.propose(config.wire())
    app.station.tick()
    return config


def picture(path: Path, colours: int | None = 200) -> None:
    """What the window shows, as a PNG: a small one with so many colours, or at once with all of them."""
    from PIL import Image

    size, pixels = shown()
    upright = Image.frombytes("RGBA", size, pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM).convert("RGB")
    if colours is None:
        upright.save(path, compress_level=3)
    else:
        upright.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)


def shown() -> tuple[tuple[int, int], bytes]:
    """Draw until nothing moves and read the pixels back, lowest row first, four bytes each."""
    from kivy.base import EventLoop
    from kivy.graphics import opengl

    from kiosk.screens.pixels import pixels

    for _ in range(SETTLED):
        EventLoop.idle()
        opengl.glFinish()
    return pixels()


def _station(folder: Path) -> Any:
    from kiosk.outbox import Outbox
    from kiosk.station import Station

    return Station(folder, Outbox(folder / "outbox.sqlite", "sample", "sample"))
