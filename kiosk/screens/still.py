"""The question whether more time is needed, over whatever screen is about to close."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

import math
from typing import Any

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.texts import texts
from kiosk.theme import Theme


class Still(BoxLayout):
    """Covers the screen; nothing beneath it can be touched. Dispatches `on_go_on` and `on_close`."""

    theme = ObjectProperty(Theme(1280, 800), rebind=True)
    title = StringProperty("")
    after = StringProperty("")
    kept = StringProperty("")
    longer = StringProperty("")
    enough = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        for name in ("on_go_on", "on_close"):
            self.register_event_type(name)
        super().__init__(**kwargs)

    def on_go_on(self) -> None:
        """For others to bind to."""

    def on_close(self) -> None:
        """For others to bind to."""

    def on_touch_down(self, touch: Any) -> bool:
        super().on_touch_down(touch)
        return True

    def show(self, left: float, language: str, theme: Theme, *, written: bool, may_go_on: bool) -> None:
        """`left`: seconds until the screen closes. `written`: something that will be given then."""
        own = texts(language)
        self.theme, self.title = theme, own.still_title
        self.after = own.still_next.format(seconds=math.ceil(left))
        self.kept = own.still_sent if written else ""
        self.longer, self.enough = own.go_on if may_go_on else "", own.close
