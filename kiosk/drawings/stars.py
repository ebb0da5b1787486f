"""Stars: an answer shows as many as it is worth, set like the pips of a die, so that they are counted at a glance."""

import math

from kiosk.drawings.pen import RIM, Pen, Point

SIZE = 0.37  # from a star's middle to its tips
INNER = 0.47  # how far in the notches are; a pentagram's 0.38 would be too thin to hold its colour
PLACES: dict[int, tuple[Point, ...]] = {
    1: ((0, 0),),
    2: ((-0.46, 0), (0.46, 0)),
    3: ((0, 0.42), (-0.46, -0.38), (0.46, -0.38)),
    4: ((-0.46, 0.44), (0.46, 0.44), (-0.46, -0.44), (0.46, -0.44)),
    5: ((-0.56, 0.54), (0.56, 0.54), (0, 0), (-0.56, -0.54), (0.56, -0.54)),
}


def stars(pen: Pen, count: int) -> None:
    """One to five stars."""
    for place in PLACES[count]:
        rim = _star(place)
        pen.area(pen.inks.fill, place, rim)
        pen.stroke(pen.inks.outline, rim, RIM * 0.6, closed=True)


def _star(middle: Point) -> list[Point]:
    """The ten corners, from the upper tip on."""
    ways = [(math.radians(90 + 36 * n), SIZE * (INNER if n % 2 else 1.0)) for n in range(10)]
    return [(middle[0] + far * math.cos(angle), middle[1] + far * math.sin(angle) - SIZE * 0.08) for angle, far in ways]
