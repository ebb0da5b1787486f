"""The screen of a kiosk whose disk takes no writes: it asks nothing, says so, and looks every few seconds.

Import this after `kiosk.window.prepare`.
"""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

import logging
import signal
from collections.abc import Callable
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window

from broker_config.messages import KioskConfig
from kiosk.screens import load
from kiosk.screens.notice import Notice
from kiosk.screens.stage import Stage
from kiosk.theme import for_notices, theme
from kiosk.watchdog import Watchdog

LOOK_S = 2.0
SIGNALS_S = 0.25
BEAT_S = 10.0


class OutOfService(App):
    """Ends when `works` says so (`works` is True then), or on SIGTERM and SIGINT."""

    def __init__(
        self, kiosk: str, config: KioskConfig | None, works: Callable[[], bool], watchdog: Watchdog, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        logging.getLogger("kivy").setLevel(logging.ERROR)
        self.works = False
        self._kiosk, self._config, self._look, self._watchdog = kiosk, config, works, watchdog
        self._ended, self._frames = False, 0

    def build(self) -> Any:
        for name in ("touch", "notice"):
            load(name)
        self.stage, self.notice = Stage(), Notice()
        Window.bind(size=self.refresh, on_flip=self._flipped, on_key_down=_swallow, on_request_close=_swallow)
        self.refresh()
        self.stage.bring(self.notice)
        return self.stage

    def open_settings(self, *_: Any) -> bool:
        """Kivy's own settings are not for citizens."""
        return False

    def on_start(self) -> None:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._end)
        Clock.schedule_interval(self._look_again, LOOK_S)
        Clock.schedule_interval(self._stop_if_told, SIGNALS_S)
        Clock.schedule_interval(lambda _: self.stage.beat(), BEAT_S)

    def refresh(self, *_: Any) -> None:
        plain = theme(int(Window.width), int(Window.height), self._config.display if self._config else {})
        self.stage.paint(plain.palette)
        Window.clearcolor = plain.palette.paper
        self.notice.broken(self._kiosk, self._config.languages[0] if self._config else "lt", for_notices(plain))

    def _stop_if_told(self, *_: Any) -> None:
        if self._ended:
            self.stop()

    def _look_again(self, *_: Any) -> None:
        if not self._ended and self._look():
            self.works = True
            self.stop()

    def _flipped(self, *_: Any) -> None:
        """Say so once, when it is on the screen; systemd hears of every frame."""
        self._frames += 1
        if self._frames == 1:
            self._watchdog.ready()
            print("out of service", flush=True)
        self._watchdog.feed(self._frames)

    def _end(self, *_: Any) -> None:
        self._ended = True


def _swallow(*_: Any, **__: Any) -> bool:
    """No key and no wish to close leads out."""
    return True
