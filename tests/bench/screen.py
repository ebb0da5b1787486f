"""The real kiosk window, which says on standard output when a frame reached the screen."""

import sys
import time
from pathlib import Path
from typing import Any

from kiosk.outbox import Outbox
from kiosk.station import Station
from kiosk.window import Wires, run


def _tell_flips(_app: Any) -> None:
    from kivy.core.window import Window

    Window.bind(on_flip=lambda *_: print(f"flip {time.monotonic()}", flush=True))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    station = Station(folder, Outbox(folder / "outbox.sqlite", "hall-1", "test"))
    run(station, folder, size=(1280, 800), fullscreen=False, wires=Wires(started=_tell_flips))
