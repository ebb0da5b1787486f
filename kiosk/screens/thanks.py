"""Thanks: one line and what happens next. It never shows the answer: the clerk may be looking."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from broker_config.messages import KioskConfig
from kiosk.screens.qr import LONGEST, Qr  # noqa: F401 - the kv file names Qr
from kiosk.screens.touch import Pressable
from kiosk.state import State
from kiosk.texts import removed, texts
from kiosk.theme import Theme, for_notices


class Thanks(Pressable, BoxLayout):
    """A touch on the button dispatches `on_back`; a touch anywhere else is its `on_tap`."""

    theme = ObjectProperty(Theme(1280, 800), rebind=True)
    title = StringProperty("")
    after = StringProperty("")
    removed = StringProperty("")
    address = StringProperty("")
    scan = StringProperty("")
    beside = ObjectProperty((1, 1))
    correct = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_back")
        super().__init__(**kwargs)

    @property
    def focusable(self) -> bool:
        return False

    def on_back(self) -> None:
        """For others to bind to."""

    def on_touch_down(self, touch: Any) -> bool:
        return bool(self.ids.back.on_touch_down(touch)) or Pressable.on_touch_down(self, touch)

    def show(self, config: KioskConfig, state: State, back: bool, theme: Theme) -> None:
        """Label everything for a language and a panel."""
        own = texts(state.language)
        self.theme = for_notices(theme)
        self.title, self.after, self.correct = own.thanks_title, own.thanks_next, own.correct if back else ""
        self.removed = removed(state.removed, state.language)
        given = config.display.get("qr")
        self.address = given if isinstance(given, str) and len(given) <= LONGEST else ""
        self.scan = own.qr_next if self.address else ""
        upright = self.theme.height > self.theme.width
        self.beside = (1, 1 if self.address else 0.001) if upright else (0.36 if self.address else 0.001, 1)
