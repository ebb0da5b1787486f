"""A field of text that keeps to a limit, has neither selection nor clipboard, and forgets."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

import unicodedata
from typing import Any

from kivy.cache import Cache
from kivy.properties import NumericProperty
from kivy.uix.textinput import TextInput


class Field(TextInput):
    """Text comes in by `insert_text` and goes by `do_backspace`. Both dispatch `on_edit`, and so does a finger on the text.

    It never holds Kivy's keyboard, so no shortcut reaches it: whoever hears physical keys calls those two.
    """

    limit = NumericProperty(500)

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_edit")
        super().__init__(
            keyboard_mode="managed", unfocus_on_touch=False, use_bubble=False, use_handles=False, cursor_blink=False, **kwargs
        )

    def on_edit(self) -> None:
        """For others to bind to."""

    def _ensure_clipboard(self) -> None:
        """Kivy would start a clipboard's program; with none at hand, nothing can get in or out that way."""

    @property
    def before(self) -> str:
        """The text up to the cursor."""
        return str(self.text[: self.cursor_index()])

    def insert_text(self, substring: str, from_undo: bool = False) -> None:  # noqa: ARG002 - there is no undo
        """Put text in at the cursor, as much as there is room for; what has no glyph is left out, any space is a plain one."""
        room = int(self.limit) - len(self.text)
        super().insert_text(plain(substring)[: max(0, room)], from_undo=True)
        self.dispatch("on_edit")

    def do_backspace(self, from_undo: bool = False, mode: str = "bkspc") -> None:  # noqa: ARG002 - there is no undo
        """Take the character before the cursor away."""
        super().do_backspace(from_undo=True, mode=mode)
        self.dispatch("on_edit")

    def forget(self) -> None:
        """Keep nothing of the text: Kivy's caches hold its lines and the widths of its words for a minute."""
        self.text = ""
        for name in ("textinput.label", "textinput.width"):
            Cache.remove(name)

    def on_touch_down(self, touch: Any) -> bool:
        if not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        self._go_to(touch)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        self._go_to(touch)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        return True

    def _go_to(self, touch: Any) -> None:
        self.cursor = self.get_cursor_from_xy(*touch.pos)
        self.dispatch("on_edit")


def plain(text: str) -> str:
    """Composed characters on one line, without control characters."""
    return "".join(
        " " if one.isspace() else one for one in unicodedata.normalize("NFC", text) if one.isspace() or one.isprintable()
    )
