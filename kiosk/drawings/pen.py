"""What pictures are drawn with: discs, strokes, shapes and letters in four colours."""
# mypy: disable-error-code="import-untyped"

from dataclasses import dataclass

from kivy.core.text import Label as Letters
from kivy.graphics import Color, Mesh, Rectangle, SmoothEllipse, SmoothLine, SmoothRoundedRectangle

from kiosk.drawings.inks import Inks
from kiosk.theme import Colour

RIM = 0.05
STROKE = 0.046

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pen:
    """Draws on the canvas in force. Points are in units of `unit` pixels around `middle`; `size` is the room in pixels."""

    middle: Point
    unit: float
    size: Point
    inks: Inks

    def at(self, point: Point) -> Point:
        return self.middle[0] + point[0] * self.unit, self.middle[1] + point[1] * self.unit

    def disc(self, colour: Colour, at: Point, across: float, up: float) -> None:
        Color(*colour)
        (x, y), across, up = self.at(at), across * self.unit, up * self.unit
        SmoothEllipse(pos=(x - across, y - up), size=(2 * across, 2 * up), segments=max(24, int(across)))

    def stroke(self, colour: Colour, points: list[Point], width: float = STROKE, *, closed: bool = False) -> None:
        """A smooth line with round ends; SmoothLine has none of its own. `width` is half of what is seen."""
        width = max(1.0 / self.unit, width)
        Color(*colour)
        SmoothLine(points=[n for point in points for n in self.at(point)], width=width * self.unit, close=closed)
        for end in () if closed else (points[0], points[-1]):
            self.disc(colour, end, width, width)

    def area(self, colour: Colour, middle: Point, rim: list[Point]) -> None:
        """A filled shape of which `middle` sees every point of the rim; its edge is for `stroke` to smooth."""
        Color(*colour)
        fan = [self.at(middle), *map(self.at, rim), self.at(rim[0])]
        Mesh(vertices=[n for x, y in fan for n in (x, y, 0, 0)], indices=list(range(len(fan))), mode="triangle_fan")

    def box(self, colour: Colour, foot: Point, size: Point, radius: float) -> None:
        """A rectangle with round corners, `foot` being its lower left one."""
        Color(*colour)
        wide, high = size[0] * self.unit, size[1] * self.unit
        SmoothRoundedRectangle(pos=self.at(foot), size=(wide, high), radius=[max(1.0, radius * self.unit)])

    def letters(self, colour: Colour, text: str, height: float) -> None:
        """A text in the middle, `height` being its font size."""
        letters = Letters(text=text, font_size=height * self.unit, color=colour, bold=True)
        letters.refresh()
        wide, high = letters.texture.size
        Color(1, 1, 1, 1)
        x, y = self.middle
        Rectangle(texture=letters.texture, pos=(round(x - wide / 2), round(y - high / 2)), size=(wide, high))


def curve(start: Point, pull: Point, end: Point, steps: int = 24) -> list[Point]:
    """A quadratic Bézier curve as points."""
    ways = [(1 - t, t) for t in (i / steps for i in range(steps + 1))]
    return [
        (s * s * start[0] + 2 * s * t * pull[0] + t * t * end[0], s * s * start[1] + 2 * s * t * pull[1] + t * t * end[1])
        for s, t in ways
    ]
