"""The screen of a kiosk whose disk takes no writes: it asks nothing, says so, and looks every few seconds.

Import this after `kiosk.window.prepare`.
"""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window

from broker_config.messages import KioskConfig
from kiosk.lone_screen import LoneScreen
from kiosk.screens import load
from kiosk.screens.notice import Notice
from kiosk.theme import for_notices, theme
from kiosk.watchdog import Watchdog

LOOK_S = 2.0


class OutOfService(LoneScreen):
    """Ends when `works` says so (`works` is True then), or on SIGTERM and SIGINT."""

    ready_words = "out of service"

    def __init__(
        self, kiosk: str, config: KioskConfig | None, works: Callable[[], bool], watchdog: Watchdog, **kwargs: Any
    ) -> None:
        super().__init__(watchdog, **kwargs)
        self.works = False
        self._kiosk, self._config, self._look = kiosk, config, works

    def build(self) -> Any:
        for name in ("touch", "notice"):
            load(name)
        self.notice = Notice()
        return self.put_up(self.notice)

    def on_start(self) -> None:
        super().on_start()
        Clock.schedule_interval(self._look_again, LOOK_S)

    def refresh(self, *_: Any) -> None:
        plain = theme(int(Window.width), int(Window.height), self._config.display if self._config else {})
        self.stage.paint(plain.palette)
        Window.clearcolor = plain.palette.paper
        self.notice.broken(self._kiosk, self._config.languages[0] if self._config else "lt", for_notices(plain))

    def _look_again(self, *_: Any) -> None:
        if not self._ended and self._look():
            self.works = True
            self.stop()
