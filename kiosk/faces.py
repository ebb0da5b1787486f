"""The faces, drawn: an ink ring, a fill from the five steps, eyes and a mouth that differ at every step.

Told apart without colour: the worst has raised brows and a deep frown, the middle a
straight mouth, the best an open smile under smiling eyes. Scales without faces show their
number on a tile.
"""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

import math
from typing import Any

from kivy.core.text import Label as Letters
from kivy.graphics import Color, Mesh, Rectangle, SmoothEllipse, SmoothLine, SmoothRoundedRectangle
from kivy.properties import NumericProperty, ObjectProperty, OptionProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.theme import LIGHT, Colour, mix

GROWN = 1.06
FADE = 0.72
RING = 0.05
STROKE = 0.046
FACES = ("smiley5", "smiley4", "smiley3")

Point = tuple[float, float]


class Face(Widget):
    """One answer's picture, a circle in a square. `mood`: 0 the worst to 1 the best; `number` makes it a tile."""

    mood = NumericProperty(0.5)
    fill = ObjectProperty(LIGHT.steps[2])
    palette = ObjectProperty(LIGHT)
    number = StringProperty("")
    look = OptionProperty("plain", options=("plain", "chosen", "faded"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        names = ("pos", "size", "mood", "fill", "palette", "number", "look")
        self.bind(**dict.fromkeys(names, self.draw))
        self.draw()

    def draw(self, *_: Any) -> None:
        """Draw again; cheap enough for each touch (some 12 instructions)."""
        self.canvas.clear()
        radius = min(self.size) / 2 * (GROWN if self.look == "chosen" else 1.0)
        if radius < 2:
            return
        with self.canvas:
            if self.number:
                self._tile(radius)
            else:
                self._face(radius)

    def _shade(self, colour: Colour) -> Colour:
        return mix(colour, self.palette.paper, FADE) if self.look == "faded" else colour

    def _face(self, radius: float) -> None:
        self._disc(self._shade(self.palette.outline), (0, 0), radius, radius)
        self._disc(self._shade(self.fill), (0, 0), radius * (1 - RING), radius * (1 - RING))
        feature, unit = self._shade(self.palette.feature), radius
        self._eyes(feature, unit)
        if self.mood >= 1:
            self._grin(feature, unit)
        else:
            bend = self.mood * 2 - 1
            half = 0.36 + 0.06 * abs(bend)
            self._stroke(
                feature, curve((-half, -0.32 + 0.16 * bend), (0, -0.32 - 0.34 * bend), (half, -0.32 + 0.16 * bend)), unit
            )

    def _eyes(self, colour: Colour, unit: float) -> None:
        for side in (-1, 1):
            if self.mood >= 1:
                self._stroke(colour, curve((side * 0.46, 0.16), (side * 0.33, 0.46), (side * 0.20, 0.16)), unit)
            else:
                self._disc(colour, (side * 0.33 * unit, 0.2 * unit), 0.088 * unit, 0.125 * unit)
            if self.mood <= 0:
                self._stroke(colour, curve((side * 0.54, 0.43), (side * 0.40, 0.53), (side * 0.22, 0.60)), unit * 0.999, thin=0.8)

    def _grin(self, colour: Colour, unit: float) -> None:
        """An open mouth: a filled half moon, its edge drawn over to be smooth."""
        top = curve((-0.46, -0.12), (0, -0.2), (0.46, -0.12))
        bottom = curve((0.46, -0.12), (0.40, -0.66), (0, -0.66)) + curve((0, -0.66), (-0.40, -0.66), (-0.46, -0.12))[1:]
        rim = [self._at(point, unit) for point in top + bottom[1:-1]]
        Color(*colour)
        fan = [self._at((0, -0.3), unit), *rim, rim[0]]
        Mesh(vertices=[n for x, y in fan for n in (x, y, 0, 0)], indices=list(range(len(fan))), mode="triangle_fan")
        self._stroke(colour, [*top, *bottom[1:]], unit, thin=0.5)
        self._stroke(self._shade(self.palette.teeth), curve((-0.33, -0.235), (0, -0.30), (0.33, -0.235)), unit, thin=1.1)

    def _tile(self, radius: float) -> None:
        (mid_x, mid_y), rim = self._middle(), max(2.0, radius * RING)
        x, y = mid_x - radius, mid_y - radius
        Color(*self._shade(self.palette.outline))
        SmoothRoundedRectangle(pos=(x, y), size=(2 * radius, 2 * radius), radius=[radius * 0.3])
        Color(*self._shade(mix(self.palette.paper, self.fill, 0.25)))
        inner = 2 * (radius - rim)
        SmoothRoundedRectangle(pos=(x + rim, y + rim), size=(inner, inner), radius=[radius * 0.3 - rim])
        letters = Letters(text=self.number, font_size=radius * 0.9, color=self._shade(self.palette.ink))
        letters.refresh()
        width, height = letters.texture.size
        Color(1, 1, 1, 1)
        Rectangle(texture=letters.texture, pos=(round(mid_x - width / 2), round(mid_y - height / 2)), size=(width, height))

    def _at(self, point: Point, unit: float) -> Point:
        x, y = self._middle()
        return x + point[0] * unit, y + point[1] * unit

    def _middle(self) -> Point:
        """From `pos` and `size` themselves: Kivy's cached `center` is still the old one while they are being set."""
        return self.x + self.width / 2, self.y + self.height / 2

    def _disc(self, colour: Colour, offset: Point, across: float, up: float) -> None:
        Color(*colour)
        x, y = self._at(offset, 1)
        SmoothEllipse(pos=(x - across, y - up), size=(2 * across, 2 * up), segments=max(24, int(across)))

    def _stroke(self, colour: Colour, points: list[Point], unit: float, thin: float = 1.0) -> None:
        """A smooth line with round ends; SmoothLine has none of its own. `width` is half of what is seen."""
        width = max(1.0, STROKE * unit * thin)
        Color(*colour)
        SmoothLine(points=[n for point in points for n in self._at(point, unit)], width=width)
        for x, y in (points[0], points[-1]):
            self._disc(colour, (x * unit, y * unit), width, width)


def curve(start: Point, pull: Point, end: Point, steps: int = 24) -> list[Point]:
    """A quadratic Bézier curve as points."""
    ways = [(1 - t, t) for t in (i / steps for i in range(steps + 1))]
    return [
        (s * s * start[0] + 2 * s * t * pull[0] + t * t * end[0], s * s * start[1] + 2 * s * t * pull[1] + t * t * end[1])
        for s, t in ways
    ]


def longest_em(words: list[str]) -> float:
    """The width of the longest unbreakable word at font size 1."""
    letters = Letters(font_size=100)
    return max((math.ceil(letters.get_extents(word)[0]) / 100 for text in words for word in text.split()), default=0.01)
