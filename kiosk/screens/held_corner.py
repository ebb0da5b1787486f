"""The way in for operators: nothing to see, in the top right corner, where one finger has to rest for five seconds."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.clock import Clock
from kivy.uix.widget import Widget

from kiosk.theme import Theme

CORNER_MM = 20.0
HOLD_S = 5.0
LOST_S = 60.0  # a finger that has not been lifted by then was, unheard


class HeldCorner(Widget):
    """Dispatches `on_held` while the finger still rests. It takes no touch away from what lies beneath.

    It has to be the frontmost child of what covers the window, to see the fingers elsewhere that cancel.
    """

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_held")
        super().__init__(size_hint=(None, None), pos_hint={"right": 1, "top": 1}, **kwargs)
        self._down: dict[int, float] = {}
        self._hold: Any = None

    def on_held(self) -> None:
        """For others to bind to."""

    def show(self, theme: Theme) -> None:
        """Take the panel's size."""
        self.size = theme.mm(CORNER_MM), theme.mm(CORNER_MM)

    def on_parent(self, *_: Any) -> None:
        """What happens while it is away it does not see: no finger is remembered."""
        self._down.clear()
        self._cancel()

    def on_touch_down(self, touch: Any) -> bool:
        self._cancel()
        now = Clock.get_time()
        self._down = {uid: since for uid, since in self._down.items() if now - since < LOST_S} | {touch.uid: now}
        if len(self._down) == 1 and self.collide_point(*touch.pos):
            self._hold = Clock.schedule_once(self._held, HOLD_S)
        return False

    def on_touch_move(self, touch: Any) -> bool:
        if not self.collide_point(*touch.pos):
            self._cancel()
        return False

    def on_touch_up(self, touch: Any) -> bool:
        self._down.pop(touch.uid, None)
        self._cancel()
        return False

    def _held(self, _: float) -> None:
        self._hold = None
        self.dispatch("on_held")

    def _cancel(self) -> None:
        if self._hold:
            self._hold.cancel()
        self._hold = None
