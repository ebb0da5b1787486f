"""The mark on a configuration that is only tried: a band along the top, above the screen and never on it."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.uix.label import Label

from kiosk.texts import texts
from kiosk.theme import Theme

BAND_MM = 6.0
LETTERS = 0.6


class PreviewBand(Label):
    """Says in the citizen's language that this is a preview and that nothing is recorded; without a preview it is not there."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(size_hint=(1, None), height=0, pos_hint={"top": 1}, bold=True, **kwargs)
        with self.canvas.before:
            self._colour = Color(0, 0, 0, 0)
            self._ground = Rectangle()
        self.bind(pos=self._spread, size=self._spread)

    def show(self, language: str, theme: Theme) -> None:
        """Lie over the top of the window, in a citizen's language; without one, not at all."""
        self.height = band_high(theme) if language else 0
        self.text, self.font_size = texts(language).preview if language else "", max(1.0, self.height * LETTERS)
        self.color, self._colour.rgba = theme.palette.paper, theme.palette.brand

    def _spread(self, *_: Any) -> None:
        self._ground.pos, self._ground.size = self.pos, self.size


def band_high(theme: Theme) -> int:
    """Pixels that the band takes from the screens."""
    return round(theme.mm(BAND_MM))
