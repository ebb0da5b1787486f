"""Numbers, each on a tile."""

from kiosk.drawings.pen import RIM, Pen


def number(pen: Pen, value: int) -> None:
    """A tile as large as the room, which may be wider than high."""
    wide, high = pen.size[0] / pen.unit, pen.size[1] / pen.unit
    rim = max(2.0 / pen.unit, RIM)
    pen.box(pen.inks.outline, (-wide / 2, -high / 2), (wide, high), 0.3)
    pen.box(pen.inks.fill, (rim - wide / 2, rim - high / 2), (wide - 2 * rim, high - 2 * rim), 0.3 - rim)
    pen.letters(pen.inks.number, str(value), 1.1)
