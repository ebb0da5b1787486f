"""An app of a single screen, without a visit: nothing leads out of it but its own end, SIGTERM and SIGINT.

Import this after `kiosk.window.prepare`.
"""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

import logging
import signal
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.screens.stage import Stage
from kiosk.watchdog import Watchdog

SIGNALS_S = 0.25
BEAT_S = 10.0


class LoneScreen(App):
    """`ready_words`: printed once, when the screen is seen. A subclass makes the screen, and says how it looks in `refresh`."""

    ready_words = ""

    def __init__(self, watchdog: Watchdog, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        logging.getLogger("kivy").setLevel(logging.ERROR)
        self._watchdog, self._ended, self._frames = watchdog, False, 0

    def put_up(self, screen: Any) -> Stage:
        """The stage with this screen on it, which hears of the window."""
        self.stage = Stage()
        Window.bind(**self._heard())
        self.refresh()
        self.stage.bring(screen)
        return self.stage

    def refresh(self, *_: Any) -> None:
        raise NotImplementedError

    def key(self, _window: Any, _key: int, *_: Any) -> bool:
        """No key leads out."""
        return True

    def text(self, _window: Any, _text: str) -> bool:
        return True

    def open_settings(self, *_: Any) -> bool:
        """Kivy's own settings are for nobody here."""
        return False

    def on_start(self) -> None:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._end)
        Clock.schedule_interval(self._stop_if_told, SIGNALS_S)
        Clock.schedule_interval(lambda _: self.stage.beat(), BEAT_S)

    def on_stop(self) -> None:
        """Nothing of this app hears the window any more."""
        Window.unbind(**self._heard())

    def _heard(self) -> dict[str, Any]:
        return {
            "size": self.refresh,
            "on_flip": self._flipped,
            "on_key_down": self.key,
            "on_textinput": self.text,
            "on_request_close": _stays,
        }

    def _flipped(self, *_: Any) -> None:
        """Say so once, when it is on the screen; systemd hears of every frame."""
        self._frames += 1
        if self._frames == 1:
            self._watchdog.ready()
            print(self.ready_words, flush=True)
        self._watchdog.feed(self._frames)

    def _stop_if_told(self, *_: Any) -> None:
        if self._ended:
            self.stop()

    def _end(self, *_: Any) -> None:
        self._ended = True


def _stays(*_: Any, **__: Any) -> bool:
    """No wish to close leads out."""
    return True
