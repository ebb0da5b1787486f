"""A thumb up or down: a hand from the side, told apart by where its thumb points."""

from itertools import pairwise

from kiosk.drawings.pen import RIM, Pen, curve
from kiosk.theme import Colour

CUFF = (-0.90, -0.78, 0.30, 0.94)  # left, foot, width, height
PALM = (-0.50, -0.83, 0.72, 1.04)
FINGERS = ((0.08, 0.68), (-0.18, 0.75), (-0.44, 0.71), (-0.70, 0.60))  # how high each lies, and how far it reaches
FINGER = 0.13
THUMB = curve((-0.26, 0.0), (0.06, 0.34), (0.06, 0.75), steps=10)
THICK = 0.165


def thumb(pen: Pen, *, up: bool) -> None:
    """Down is the same hand turned over, its cuff on the same side."""
    turn = 1 if up else -1
    _hand(pen, pen.inks.outline, turn, RIM / 2)
    _hand(pen, pen.inks.fill, turn, -RIM / 2)


def _hand(pen: Pen, colour: Colour, turn: int, more: float) -> None:
    """All of it in one colour, `more` wider on every side: wider for the outline, then narrower for the fill."""
    for left, foot, wide, high in (CUFF, PALM):
        y = foot - more if turn > 0 else -foot - high - more
        pen.box(colour, (left - more, y), (wide + 2 * more, high + 2 * more), 0.12 + more)
    for y, far in FINGERS:
        pen.stroke(colour, [(0.0, turn * y), (far, turn * y)], FINGER + more)
    for start, end in pairwise(THUMB):
        pen.stroke(colour, [(start[0], turn * start[1]), (end[0], turn * end[1])], THICK + more)
