"""A tick in the brand's colour: done, whatever the answer was."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.graphics import Color, SmoothEllipse, SmoothLine
from kivy.properties import ObjectProperty
from kivy.uix.widget import Widget

from kiosk.theme import LIGHT


class Tick(Widget):
    """A ring with a tick in it, as large as the widget."""

    palette = ObjectProperty(LIGHT, rebind=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bind(pos=self.draw, size=self.draw, palette=self.draw)

    def draw(self, *_: Any) -> None:
        side, (x, y) = min(self.size), self.pos
        self.canvas.clear()
        with self.canvas:
            Color(*self.palette.brand)
            SmoothEllipse(pos=(x, y), size=(side, side))
            Color(*self.palette.paper)
            points = [(0.28, 0.51), (0.44, 0.35), (0.73, 0.66)]
            SmoothLine(points=[n for a, b in points for n in (x + a * side, y + b * side)], width=max(1.5, side * 0.035))
