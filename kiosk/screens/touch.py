"""What a finger can press: it acts on release, and only if the finger is still on it."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.properties import BooleanProperty, ColorProperty, ObjectProperty, StringProperty
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk.theme import LIGHT


class Pressable(Widget):
    """Dispatches `on_tap` when it was pressed and released inside; `pressed` while a finger is on it.

    `focusable`: the keyboard may go to it. `spoken`: its name for those who hear the screen.
    """

    pressed = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_tap")
        super().__init__(**kwargs)

    def on_tap(self) -> None:
        """For others to bind to."""

    @property
    def focusable(self) -> bool:
        return True

    @property
    def spoken(self) -> str:
        return str(getattr(self, "text", ""))

    def on_touch_down(self, touch: Any) -> bool:
        if not self.collide_point(*touch.pos) or not _primary(touch):
            return False
        touch.grab(self)
        self.pressed = True
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        self.pressed = self.collide_point(*touch.pos)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self.pressed = False
        if self.collide_point(*touch.pos):
            self.dispatch("on_tap")
        return True


class TextButton(Pressable, Label):
    """A word that can be pressed: filled (`solid`), framed, or plain with a bar under the one in force (`chosen`).

    Without a text it is not there. Under a finger a filled one shows only its frame, the others are filled.
    """

    palette = ObjectProperty(LIGHT, rebind=True)
    chosen = BooleanProperty(False)
    framed = BooleanProperty(False)
    solid = BooleanProperty(False)
    turned = BooleanProperty(False)
    ground = ColorProperty(LIGHT.paper)
    value = StringProperty("")
    says = StringProperty("")

    @property
    def spoken(self) -> str:
        return self.says or str(self.text)

    def on_touch_down(self, touch: Any) -> bool:
        return bool(self.text) and super().on_touch_down(touch)


class Link(Pressable, Label):
    """A sentence that can be pressed; in `text` the words that say so are underlined.

    Without a text it is not there; a `plain` one is no more than a sentence.
    """

    palette = ObjectProperty(LIGHT, rebind=True)
    says = StringProperty("")
    plain = BooleanProperty(False)

    @property
    def focusable(self) -> bool:
        return not self.plain

    @property
    def spoken(self) -> str:
        return str(self.says)

    def on_touch_down(self, touch: Any) -> bool:
        return bool(self.text) and not self.plain and super().on_touch_down(touch)


def _primary(touch: Any) -> bool:
    """A finger, or a mouse's first button; not its wheel."""
    return "button" not in touch.profile or touch.button == "left"
