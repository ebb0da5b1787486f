"""The screen of a device that is no kiosk yet: whoever installs it registers it here.

Import this after `kiosk.window.prepare`.
"""
# mypy: allow-subclassing-any, allow-untyped-decorators, disable-error-code="import-untyped"

import logging
import signal
import threading
from collections.abc import Callable
from typing import Any

from kivy.app import App
from kivy.clock import Clock, mainthread
from kivy.core.window import Window

from kiosk.keys import BACKSPACE, ENTER, KEYPAD_ENTER, TAB
from kiosk.screens import load
from kiosk.screens.first_start import FirstStart
from kiosk.screens.stage import Stage
from kiosk.theme import for_notices, theme
from kiosk.watchdog import Watchdog

SIGNALS_S = 0.25
BEAT_S = 10.0
READ_S = 1.5


class FirstStartApp(App):
    """Ends when `enrol(code, server)` has returned the kiosk's id (`enrolled` is True then), or on SIGTERM and SIGINT.

    `enrol` runs in a thread; what it raises (RuntimeError, OSError, ValueError) is told, and may be tried again.
    """

    def __init__(self, enrol: Callable[[str, str], str], server: str, watchdog: Watchdog, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        logging.getLogger("kivy").setLevel(logging.ERROR)
        self.enrolled = False
        self._enrol, self._server, self._watchdog = enrol, server, watchdog
        self._ended, self._frames, self._language = False, 0, "lt"

    def build(self) -> Any:
        for name in ("touch", "keyboard", "comment"):
            load(name)
        self.stage, self.screen = Stage(), FirstStart()
        self.screen.bind(on_register=lambda _, server, code: self.register(server, code))
        self.screen.bind(on_language=lambda _, code: self.choose_language(code))
        Window.bind(
            size=self.refresh, on_flip=self._flipped, on_key_down=self._key, on_textinput=self._text, on_request_close=_stays
        )
        self.refresh()
        self.screen.prefill(self._server)
        self.stage.bring(self.screen)
        return self.stage

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
        Window.unbind(
            size=self.refresh, on_flip=self._flipped, on_key_down=self._key, on_textinput=self._text, on_request_close=_stays
        )

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

    def _key(self, _window: Any, key: int, *_: Any) -> bool:
        """A real keyboard works too; no key leads out."""
        if key == TAB:
            self.screen.turn()
        elif key in (ENTER, KEYPAD_ENTER):
            self.screen.enter()
        elif key == BACKSPACE:
            self.screen.delete()
        return True

    def _text(self, _window: Any, text: str) -> bool:
        self.screen.type(text)
        return True

    def _flipped(self, *_: Any) -> None:
        """Say so once, when it is on the screen; systemd hears of every frame."""
        self._frames += 1
        if self._frames == 1:
            self._watchdog.ready()
            print("first start", flush=True)
        self._watchdog.feed(self._frames)

    def _stop_if_told(self, *_: Any) -> None:
        if self._ended:
            self.stop()

    def _end(self, *_: Any) -> None:
        self._ended = True


def _stays(*_: Any, **__: Any) -> bool:
    """No wish to close leads out."""
    return True
