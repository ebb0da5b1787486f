"""The operator's way: the corner held, the PIN, the service screen, and back to the citizens."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock

from kiosk import device
from kiosk.pin import Lockout, Pin
from kiosk.screens import load
from kiosk.screens.held_corner import HeldCorner
from kiosk.screens.pinpad import PinPad
from kiosk.screens.screen_test import ScreenTest
from kiosk.screens.service import Service
from kiosk.service_facts import ServiceFacts
from kiosk.theme import Theme

REFRESH_S = 1.0


class Operator:
    """`corner` has to lie in front of the citizens' screens; `inside` while the operator's screens are shown instead.

    `bring(screen)` puts one of ours in front, `leave()` brings the citizens' back. `pin()` is the
    PIN in force, None where there is none and the corner does nothing. `facts()`, `language()`
    and `panel()` are asked whenever something is shown. `restart` and `shut_down` are the device's.
    """

    def __init__(
        self,
        *,
        bring: Callable[[Any], None],
        leave: Callable[[], None],
        pin: Callable[[], Pin | None],
        lockout: Lockout,
        facts: Callable[[], ServiceFacts],
        language: Callable[[], str],
        panel: Callable[[], Theme],
        restart: Callable[[], object] = device.restart,
        shut_down: Callable[[], None] = device.shut_down,
    ) -> None:
        for name in ("touch", "pinpad", "service"):
            load(name)
        self._bring, self._leave, self._pin, self._lockout = bring, leave, pin, lockout
        self._facts, self._language, self._panel = facts, language, panel
        self._shut_down = shut_down
        self.inside = False
        self.corner, self.pinpad, self.service, self.test = HeldCorner(), PinPad(), Service(), ScreenTest()
        self._refreshing = Clock.create_trigger(self.refresh, REFRESH_S, interval=True)
        self.corner.bind(on_held=lambda _: self.enter())
        self.pinpad.bind(on_pin=lambda _, text: self._try(text), on_close=lambda _: self.close())
        self.service.bind(
            on_close=lambda _: self.close(),
            on_test=lambda _: self._begin_test(),
            on_restart=lambda _: restart(),
            on_shut_down=lambda _: self._power_off(),
        )
        self.test.bind(on_close=lambda _: self._end_test())

    def enter(self) -> None:
        """Ask for the PIN, where there is one."""
        if self.inside or not self._pin():
            return
        self.inside = True
        self.pinpad.show(self._language(), self._panel(), self._lockout.wait_s())
        self._bring(self.pinpad)

    def close(self) -> None:
        """Back to the citizens, from wherever the operator is."""
        for screen in (self.pinpad, self.service, self.test):
            screen.hide()
        self._refreshing.cancel()
        self.inside = False
        self._leave()

    def refresh(self, *_: Any) -> None:
        """Show the facts as they are now."""
        self.service.show(self._facts(), self._language(), self._panel())

    def _try(self, text: str) -> None:
        pin = self._pin()
        if pin and self._lockout.attempt(pin, text):
            self.pinpad.hide()
            self._open_service()
        else:
            self.pinpad.wrong(self._lockout.wait_s())

    def _open_service(self) -> None:
        self.refresh()
        self.service.open()
        self._bring(self.service)
        self._refreshing()

    def _begin_test(self) -> None:
        self.service.hide()
        self._refreshing.cancel()
        self.test.show(self._language(), self._panel())
        self._bring(self.test)

    def _end_test(self) -> None:
        self.test.hide()
        self._open_service()

    def _power_off(self) -> None:
        try:
            self._shut_down()
        except device.NotDone as error:
            self.service.tell(str(error))
