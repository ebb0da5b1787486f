"""The screen of a device that is no kiosk yet: whoever installs it registers it here.

Import this after `kiosk.window.prepare`.
"""
# mypy: allow-subclassing-any, allow-untyped-decorators, disable-error-code="import-untyped"

import threading
from collections.abc import Callable
from typing import Any

from kivy.clock import Clock, mainthread
from kivy.core.window import Window

from kiosk.keys import BACKSPACE, ENTER, KEYPAD_ENTER, TAB
from kiosk.lone_screen import LoneScreen
from kiosk.screens import load
from kiosk.screens.first_start import FirstStart
from kiosk.theme import for_notices, theme
from kiosk.watchdog import Watchdog

READ_S = 1.5


class FirstStartApp(LoneScreen):
    """Ends when `enrol(code, server)` has returned the kiosk's id (`enrolled` is True then), or on SIGTERM and SIGINT.

    `enrol` runs in a thread; what it raises (RuntimeError, OSError, ValueError) is told, and may be tried again.
    """

    ready_words = "first start"

    def __init__(self, enrol: Callable[[str, str], str], server: str, watchdog: Watchdog, **kwargs: Any) -> None:
        super().__init__(watchdog, **kwargs)
        self.enrolled = False
        self._enrol, self._server, self._language = enrol, server, "lt"

    def build(self) -> Any:
        for name in ("touch", "keyboard", "comment"):
            load(name)
        self.screen = FirstStart()
        self.screen.bind(on_register=lambda _, server, code: self.register(server, code))
        self.screen.bind(on_language=lambda _, code: self.choose_language(code))
        stage = self.put_up(self.screen)
        self.screen.prefill(self._server)
        return stage

    def refresh(self, *_: Any) -> None:
        panel = theme(int(Window.width), int(Window.height), {})
        self.stage.paint(panel.palette)
        Window.clearcolor = panel.palette.paper
        self.screen.show(self._language, for_notices(panel))

    def choose_language(self, code: str) -> None:
        self._language = code
        if not self.screen.busy:
            self.refresh()

    def register(self, server: str, code: str) -> None:
        """Ask the server, in a thread: it may take as long as a network takes."""
        self.screen.busy = True
        threading.Thread(target=self._try, args=(server, code), name="enrol", daemon=True).start()

    def _try(self, server: str, code: str) -> None:
        try:
            self._done(self._enrol(code, server))
        except (RuntimeError, OSError, ValueError) as reason:
            self._failed(str(reason))

    @mainthread
    def _done(self, kiosk: str) -> None:
        self.enrolled = True
        self.screen.tell(self.screen.said.first_done.format(kiosk=kiosk))
        Clock.schedule_once(lambda _: self.stop(), READ_S)

    @mainthread
    def _failed(self, reason: str) -> None:
        self.screen.busy = False
        self.screen.tell(self.screen.said.first_failed.format(reason=reason))

    def key(self, _window: Any, key: int, *_: Any) -> bool:
        """A real keyboard works too; no key leads out."""
        if key == TAB:
            self.screen.turn()
        elif key in (ENTER, KEYPAD_ENTER):
            self.screen.enter()
        elif key == BACKSPACE:
            self.screen.delete()
        return True

    def text(self, _window: Any, text: str) -> bool:
        self.screen.type(text)
        return True
