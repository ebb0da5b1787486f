"""Thanks: one line and what happens next. It never shows the answer: the clerk may be looking."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.touch import Pressable
from kiosk.texts import texts
from kiosk.theme import Theme


class Thanks(Pressable, BoxLayout):
    """A touch on the button dispatches `on_back`; a touch anywhere else is its `on_tap`."""

    theme = ObjectProperty(Theme(1280, 800), rebind=True)
    title = StringProperty("")
    after = StringProperty("")
    correct = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_back")
        super().__init__(**kwargs)

    def on_back(self) -> None:
        """For others to bind to."""

    def on_touch_down(self, touch: Any) -> bool:
        return bool(self.ids.back.on_touch_down(touch)) or Pressable.on_touch_down(self, touch)

    def show(self, language: str, back: bool, theme: Theme) -> None:
        """Label everything for a language and a panel."""
        self.theme, said = theme, texts(language)
        self.title, self.after, self.correct = said.thanks_title, said.thanks_next, said.correct if back else ""
