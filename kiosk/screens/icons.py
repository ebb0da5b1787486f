"""The four ways to see and hear the screen better, and the figure that leads to them, as drawings."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

import math
from typing import Any

from kivy.graphics import Color, Ellipse, Mesh, SmoothEllipse, SmoothLine, SmoothRoundedRectangle
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.screens.touch import Pressable
from kiosk.theme import LIGHT

Point = tuple[float, float]


class Icon(Pressable):
    """A square that can be pressed. `name`: contrast, larger, speak, lower, access or privacy; `chosen` while it is on."""

    name = StringProperty("")
    says = StringProperty("")
    palette = ObjectProperty(LIGHT, rebind=True)
    chosen = BooleanProperty(False)
    level = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bind(**dict.fromkeys(("pos", "size", "name", "palette", "chosen", "level", "pressed"), self.draw))

    @property
    def spoken(self) -> str:
        return str(self.says)

    def draw(self, *_: Any) -> None:
        """Chosen: filled with the brand's colour, the drawing in the ground's."""
        self.canvas.clear()
        if self.width < 2:
            return
        with self.canvas:
            colours = self.palette
            self._box(colours.brand if self.chosen else colours.quiet, 0)
            self._box(colours.brand if self.chosen else colours.pressed if self.pressed else colours.paper, 2)
            Color(*(colours.paper if self.chosen else colours.on_pressed if self.pressed else colours.ink))
            getattr(self, f"_{self.name}", lambda: None)()

    def _box(self, colour: Any, inset: float) -> None:
        Color(*colour)
        radius = max(1.0, min(24.0, self.height / 3) - inset)
        size = max(0.0, self.width - 2 * inset), max(0.0, self.height - 2 * inset)
        SmoothRoundedRectangle(pos=(self.x + inset, self.y + inset), size=size, radius=[radius])

    def _contrast(self) -> None:
        """A disc, half of it filled."""
        radius = self.height * 0.27
        self._ring((0, 0), radius)
        Ellipse(pos=self._at(-radius, -radius), size=(2 * radius, 2 * radius), angle_start=0, angle_end=180)

    def _larger(self) -> None:
        """A small letter and a large one."""
        self._letter((-0.19, -0.2), 0.22)
        self._letter((0.13, -0.2), 0.42)

    def _lower(self) -> None:
        """An arrow down to a line."""
        self._line((0, 0.28), (0, -0.14))
        self._line((-0.16, 0.02), (0, -0.14), (0.16, 0.02))
        self._line((-0.26, -0.28), (0.26, -0.28))

    def _speak(self) -> None:
        """A loudspeaker with as many waves as it is loud."""
        cone = [(-0.3, 0.1), (-0.17, 0.1), (0.0, 0.25), (0.0, -0.25), (-0.17, -0.1), (-0.3, -0.1)]
        flat = [n for x, y in cone for n in (*self._at(x * self.height, y * self.height), 0, 0)]
        Mesh(vertices=flat, indices=list(range(len(cone))), mode="triangle_fan")
        for wave in range(3):
            if wave < (self.level or 3):
                radius = 0.1 + 0.09 * wave
                turns = [math.radians(a) for a in range(-50, 51, 10)]
                self._line(*((0.03 + radius * math.cos(turn), radius * math.sin(turn)) for turn in turns))

    def _access(self) -> None:
        """A person with open arms in a ring."""
        self._ring((0, 0), self.height * 0.33)
        head = self.height * 0.05
        SmoothEllipse(pos=self._at(-head, self.height * 0.17 - head), size=(2 * head, 2 * head))
        self._line((-0.17, 0.07), (0, 0.04), (0.17, 0.07))
        self._line((0, 0.04), (0, -0.06))
        self._line((-0.1, -0.23), (0, -0.06), (0.1, -0.23))

    def _privacy(self) -> None:
        """A small i in a ring."""
        self._ring((0, 0), self.height * 0.33)
        dot = self.height * 0.035
        SmoothEllipse(pos=self._at(-dot, self.height * 0.16 - dot), size=(2 * dot, 2 * dot))
        self._line((0, 0.04), (0, -0.18))

    def _letter(self, foot: Point, high: float) -> None:
        x, y = foot
        half = high * 0.4
        self._line((x - half, y), (x, y + high), (x + half, y))
        self._line((x - half * 0.6, y + high * 0.35), (x + half * 0.6, y + high * 0.35))

    def _ring(self, middle: Point, radius: float) -> None:
        SmoothLine(circle=(*self._at(*middle), radius), width=self._stroke())

    def _line(self, *points: Point) -> None:
        flat = [n for x, y in points for n in self._at(x * self.height, y * self.height)]
        SmoothLine(points=flat, width=self._stroke(), cap="round", joint="round")

    def _stroke(self) -> float:
        return max(1.2, float(self.height) * 0.025)

    def _at(self, x: float, y: float) -> Point:
        return self.x + self.width / 2 + x, self.y + self.height / 2 + y
