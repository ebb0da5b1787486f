"""The widget that shows one answer's picture."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.clock import Clock
from kivy.properties import NumericProperty, ObjectProperty, OptionProperty, StringProperty
from kivy.uix.widget import Widget

from broker_config.messages import SCALES
from kiosk.drawings.faces import face
from kiosk.drawings.inks import TILE_TINT, inks
from kiosk.drawings.numbers import number
from kiosk.drawings.pen import Pen
from kiosk.drawings.stars import stars
from kiosk.drawings.thumbs import thumb
from kiosk.theme import LIGHT, Colour, Palette, mix

GROWN = 1.06


class Picture(Widget):
    """One answer of a scale: a face, stars, a thumb, or a number, in the middle of the widget.

    `look`: the chosen one grows and keeps its colour while the others fade; in a hollow palette it is filled.
    """

    scale = StringProperty("smiley5")
    value = NumericProperty(1)
    palette = ObjectProperty(LIGHT)
    look = OptionProperty("plain", options=("plain", "chosen", "faded"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        soon = Clock.create_trigger(self.draw, -1)  # once before the next frame, however much changes
        self.bind(**dict.fromkeys(("pos", "size", "scale", "value", "palette", "look"), soon))
        soon()

    def draw(self, *_: Any) -> None:
        """Draw again; cheap enough for each touch."""
        self.canvas.clear()
        if min(self.size) < 4:
            return
        grown = GROWN if self.look == "chosen" else 1.0
        wide, high = self.width * grown, self.height * grown
        pen = Pen(self.center, min(wide, high) / 2, (wide, high), inks(self.palette, self._fill(), self.look))
        with self.canvas:
            self._draw(pen)

    def _draw(self, pen: Pen) -> None:
        value = int(self.value)
        if self.scale == "nps11":
            number(pen, value)
        elif self.scale == "stars5":
            stars(pen, value)
        elif self.scale == "thumbs":
            thumb(pen, up=value > 0)
        else:
            face(pen, SCALES[self.scale].index(value) / 100)

    def _fill(self) -> Colour:
        """A step between very bad and very good; stars are all of the one yellow, tiles only tinted."""
        palette: Palette = self.palette
        if self.scale == "stars5":
            return palette.steps[2]
        scale = SCALES[self.scale]
        step = palette.step(int(self.value) - scale.low, scale.high - scale.low + 1)
        return mix(palette.paper, step, TILE_TINT) if self.scale == "nps11" else step
