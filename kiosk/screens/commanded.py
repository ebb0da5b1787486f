"""What the window does when an admin asks from afar. Everything here runs in the main thread."""
# mypy: disable-error-code="import-untyped"

import base64
import time
from typing import Any

from kivy.clock import Clock

from broker_config.messages import Command, KioskConfig
from kiosk import device
from kiosk.commands import Commands, Done, NotDone
from kiosk.jpeg import small_jpeg
from kiosk.screens.identify import Identify
from kiosk.screens.panel import whole_panel
from kiosk.screens.pixels import pixels
from kiosk.texts import said


class Commanded:
    """The hands of the kiosk's app; `inside` while the device shows which one it is."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._commands = Commands(self, app.wires.on_reply, time.monotonic)
        self.identity = Identify()
        self.inside = False
        self._over: Any = None

    def take(self, command: Command, arrived: float) -> None:
        """A command that came at `arrived`, in seconds of `time.monotonic`."""
        self._commands.take(command, arrived)

    def tick(self) -> None:
        self._commands.tick()

    def leave(self, *_: Any) -> bool:
        """Back to the citizens. True when there was anything to leave."""
        if not self.inside:
            return False
        self.inside = False
        self._over.cancel()
        self.identity.hide()
        self._app.show_anew()
        return True

    # ── the commands ────────────────────────────────────────────────────────────────────

    def free(self) -> bool:
        app = self._app
        return bool(not self.inside and not app.operator.inside and app.station.is_free)

    def identify(self, seconds: float) -> Done:
        app, own = self._app, self._app.station.own
        app.lights.wake()
        app.keyed.focus.leave()
        self.inside = True
        place = " · ".join(part for part in (said(own.office.name, own.languages[0]), own.counter) if part) if own else ""
        self.identity.show(app.station.outbox.kiosk, place, whole_panel(app.station))
        app.show_aside("identify", self.identity)
        self._over = Clock.schedule_once(self.leave, seconds)
        return Done()

    def restart(self) -> Done:
        return Done(then=device.restart)

    def test_tap(self) -> Done:
        try:
            seq = self._app.station.test_tap()
        except ValueError as reason:
            raise NotDone(f"There is nothing to tap: {reason}.") from None
        self._app.wires.on_answer()
        return Done({"seq": seq})

    def log(self) -> Done:
        return Done({"text": self._app.wires.recent_log()})

    def screenshot(self) -> Done:
        try:
            return Done({"jpeg": base64.b64encode(small_jpeg(*pixels())).decode()})
        except ImportError:
            raise NotDone("Pillow, which makes the picture, is not installed on this kiosk.") from None

    def show(self, config: KioskConfig, seconds: float) -> Done:
        if self._app.trouble.here:
            raise NotDone("The screen is out of service.")
        self._app.lights.wake()
        self._app.do(self._app.station.preview, config, seconds)
        return Done()
