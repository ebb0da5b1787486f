"""Faces: an ink ring, a fill from the five steps, eyes and a mouth that differ at every step.

Told apart without colour: the worst has raised brows and a deep frown, the middle a
straight mouth, the best an open smile under smiling eyes.
"""

from kiosk.drawings.pen import RIM, STROKE, Pen, curve


def face(pen: Pen, mood: float) -> None:
    """A circle as wide as the room. `mood`: 0 the worst to 1 the best."""
    pen.disc(pen.inks.outline, (0, 0), 1, 1)
    pen.disc(pen.inks.fill, (0, 0), 1 - RIM, 1 - RIM)
    _eyes(pen, mood)
    if mood >= 1:
        _grin(pen)
    else:
        bend = mood * 2 - 1
        half, ends = 0.36 + 0.06 * abs(bend), -0.32 + 0.16 * bend
        pen.stroke(pen.inks.feature, curve((-half, ends), (0, -0.32 - 0.34 * bend), (half, ends)))


def _eyes(pen: Pen, mood: float) -> None:
    colour = pen.inks.feature
    for side in (-1, 1):
        if mood >= 1:
            pen.stroke(colour, curve((side * 0.46, 0.16), (side * 0.33, 0.46), (side * 0.20, 0.16)))
        else:
            pen.disc(colour, (side * 0.33, 0.2), 0.088, 0.125)
        if mood <= 0:
            pen.stroke(colour, curve((side * 0.54, 0.43), (side * 0.40, 0.53), (side * 0.22, 0.60)), STROKE * 0.8)


def _grin(pen: Pen) -> None:
    """An open mouth: a filled half moon, its edge drawn over to be smooth."""
    top = curve((-0.46, -0.12), (0, -0.2), (0.46, -0.12))
    bottom = curve((0.46, -0.12), (0.40, -0.66), (0, -0.66)) + curve((0, -0.66), (-0.40, -0.66), (-0.46, -0.12))[1:]
    pen.area(pen.inks.feature, (0, -0.3), top + bottom[1:-1])
    pen.stroke(pen.inks.feature, [*top, *bottom[1:]], STROKE * 0.5)
    pen.stroke(pen.inks.teeth, curve((-0.33, -0.235), (0, -0.30), (0.33, -0.235)), STROKE * 1.1)
