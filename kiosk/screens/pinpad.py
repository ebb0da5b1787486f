"""The PIN pad: digits go in, dots are seen. It closes by itself when nobody touches it."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

import math
from dataclasses import replace
from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.operator_texts import OperatorTexts, operator_texts
from kiosk.screens.touch import TextButton
from kiosk.screens.untouched import Untouched
from kiosk.theme import Theme, mix

CLOSES_S = 30.0
FEWEST, MOST = 4, 12
LINES_EM = 13.0  # all of the pad's height in font sizes
DOT = "•"
BROAD = 1.2  # how much wider than high a key is
LARGEST_MM = 24.0
FAINT = 0.6
KEYS = (*"123456789", "delete", "0", "ok")


class PinPad(BoxLayout):
    """Dispatches `on_pin(text)` and `on_close`."""

    theme = ObjectProperty(Theme(1280, 800), rebind=True)
    said = ObjectProperty(OperatorTexts(), rebind=True)
    dots = StringProperty("")
    message = StringProperty("")
    locked = BooleanProperty(False)
    wide = BooleanProperty(True)
    key = NumericProperty(60)
    broad = NumericProperty(BROAD)

    def __init__(self, **kwargs: Any) -> None:
        for name in ("on_pin", "on_close"):
            self.register_event_type(name)
        super().__init__(**kwargs)
        self._digits, self._until = "", 0.0
        for name in KEYS:
            key = TextButton(value=name, text=name, framed=True)
            key.bind(on_tap=lambda tapped: self.press(tapped.value))
            self.ids.pad.add_widget(key)
        self._limit = Untouched(CLOSES_S, lambda: self.dispatch("on_close"))
        self._countdown = Clock.create_trigger(self._count, 1.0, interval=True)

    @property
    def keys(self) -> list[TextButton]:
        """First row first."""
        return list(reversed(self.ids.pad.children))

    def on_pin(self, text: str) -> None:
        """For others to bind to."""

    def on_close(self) -> None:
        """For others to bind to."""

    def show(self, language: str, theme: Theme, wait_s: float = 0.0) -> None:
        """Empty, in a language, for a panel; locked for `wait_s` more seconds if there are any."""
        self.said, self.wide = operator_texts(language), theme.width > theme.height
        self.theme = fitted(theme)
        high = theme.height - 2 * theme.margin - theme.target - theme.gap if self.wide else theme.height * 0.6
        across = (theme.width / 2 if self.wide else theme.width) - 2 * theme.margin
        self.key = min((high - 3 * theme.gap) / 4, (across - 2 * theme.gap) / 3 / BROAD, theme.mm(LARGEST_MM))
        for key in self.keys:
            digit = key.value.isdigit()
            key.text = key.value if digit else getattr(self.said, key.value)
            key.solid = key.value == "ok"
            key.font_size = self.theme.body * (1.2 if digit else 0.75)
        self._say(self.said.pin_ask, wait_s)
        self._limit.touched()

    def wrong(self, wait_s: float) -> None:
        """That PIN was wrong; the next try may be made in `wait_s` seconds."""
        self._say(self.said.pin_wrong, wait_s)

    def hide(self) -> None:
        """Forget what was entered; nothing more comes by itself."""
        self._set("")
        self._limit.stop()
        self._countdown.cancel()

    def press(self, name: str) -> None:
        """A key: a digit, `delete` or `ok`."""
        if self.locked:
            return
        if name == "ok":
            if len(self._digits) >= FEWEST:
                given = self._digits
                self._set("")
                self.dispatch("on_pin", given)
        elif name == "delete":
            self._set(self._digits[:-1])
        elif len(self._digits) < MOST:
            self.message = self.said.pin_ask
            self._set(self._digits + name)

    def on_touch_down(self, touch: Any) -> bool:
        self._limit.touched()
        return bool(super().on_touch_down(touch))

    def on_locked(self, *_: Any) -> None:
        """Keys that do nothing step back."""
        palette = self.theme.palette
        faint = replace(palette, brand=mix(palette.brand, palette.paper, FAINT))
        for key in self.keys:
            key.palette = faint if self.locked else palette

    def _say(self, message: str, wait_s: float) -> None:
        self._set("")
        self._until = Clock.get_time() + wait_s
        self.locked, self.message = wait_s > 0, message
        self.on_locked()
        self._countdown.cancel()
        if self.locked:
            self._count()
            self._countdown()

    def _count(self, *_: Any) -> None:
        left = math.ceil(self._until - Clock.get_time())
        self.locked = left > 0
        self.message = self.said.pin_wait.format(seconds=left) if self.locked else self.said.pin_ask
        if not self.locked:
            self._countdown.cancel()

    def _set(self, digits: str) -> None:
        self._digits, self.dots = digits, DOT * len(digits)


def fitted(plain: Theme) -> Theme:
    """Smaller letters on a low or narrow panel."""
    room = min(plain.height / LINES_EM, plain.width / (2 if plain.width > plain.height else 1) / 14) / plain.body
    return replace(plain, shrink=min(1.0, room))
