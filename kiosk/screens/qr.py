"""A QR code that a citizen's own telephone can read (segno), drawn in crisp squares on white."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

import segno
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import StringProperty
from kivy.uix.widget import Widget

QUIET = 4  # squares of white around it, as ISO/IEC 18004 asks
LONGEST = 300


class Qr(Widget):
    """Square. Without an address, or with one that is too long, nothing is drawn."""

    address = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._texture: Texture | None = None
        self.bind(address=self._encode, pos=self._draw, size=self._draw)

    def _encode(self, *_: Any) -> None:
        self._texture = texture(self.address) if 0 < len(self.address) <= LONGEST else None
        self._draw()

    def _draw(self, *_: Any) -> None:
        """In whole pixels a square, so that no line is wider than another."""
        self.canvas.clear()
        if self._texture is None or self.width < 8:
            return
        squares = self._texture.width
        side = max(1, int(min(self.size)) // squares) * squares
        with self.canvas:
            Color(1, 1, 1, 1)
            Rectangle(
                texture=self._texture, pos=(int(self.center_x - side / 2), int(self.center_y - side / 2)), size=(side, side)
            )


def texture(address: str) -> Texture:
    """One pixel a square."""
    rows = [bytes(row) for row in segno.make(address, error="m", micro=False).matrix_iter(border=QUIET)]
    made = Texture.create(size=(len(rows[0]), len(rows)), colorfmt="luminance", mipmap=False)
    made.blit_buffer(bytes(0 if dark else 255 for row in reversed(rows) for dark in row), colorfmt="luminance")
    made.mag_filter = made.min_filter = "nearest"
    return made
