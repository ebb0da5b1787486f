"""Which device this is, over the whole screen, for whoever stands in a hall with many of them."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk.letters import word_em
from kiosk.screens.tiles import LINE_EM
from kiosk.theme import Theme

TURN_S = 0.25  # two flashes a second: fewer than the three that may harm (WCAG 2.2, 2.3.1)
LARGEST_EM = 4.0  # of the answers' letters


class Identify(Widget):
    """The kiosk's id, and under it where the kiosk stands; the ground turns from paper to brand and back."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.theme, self.turned = Theme(1280, 800), False
        with self.canvas.before:
            self._colour = Color(*self.theme.palette.paper)
            self._ground = Rectangle()
        self._name, self._place = (Label(halign="center", valign="middle", bold=bold) for bold in (True, False))
        for label in (self._name, self._place):
            self.add_widget(label)
        self._turning = Clock.create_trigger(self._turn, TURN_S, interval=True)
        self.bind(pos=self.draw, size=self.draw)

    def show(self, kiosk: str, place: str, theme: Theme) -> None:
        """Begin to flash."""
        self.theme, self.turned = theme, False
        self._name.text, self._place.text = kiosk, place
        self.draw()
        self._turning()

    def hide(self) -> None:
        self._turning.cancel()

    def draw(self, *_: Any) -> None:
        """Set sizes, places and colours; a long id stands on two lines at its hyphens rather than in small letters."""
        self._ground.pos, self._ground.size = self.pos, self.size
        wide, theme = self.width - 2 * theme_margin(self.theme), self.theme
        lines = broken(self._name.text, wide / (theme.body * 2))
        self._name.text = "\n".join(lines)
        widest = max((word_em(line, True) for line in lines), default=1.0) * 1.04
        high = self.height * 0.5 / (len(lines) * LINE_EM)
        self._name.font_size = min(wide / max(widest, 1.0), high, theme.body * LARGEST_EM)
        self._place.font_size = min(theme.body, self.height * 0.06)
        for label in (self._name, self._place):
            label.text_size = (wide, None)
            label.texture_update()
            label.size = wide, label.texture_size[1]
        gap = self._place.font_size
        top = self.center_y + (self._name.height + gap + self._place.height) / 2
        self._name.pos = self.x + (self.width - wide) / 2, top - self._name.height
        self._place.pos = self._name.x, self._name.y - gap - self._place.height
        self._paint()

    def _turn(self, *_: Any) -> None:
        self.turned = not self.turned
        self._paint()

    def _paint(self) -> None:
        palette = self.theme.palette
        self._colour.rgba = palette.brand if self.turned else palette.paper
        self._name.color = palette.paper if self.turned else palette.brand
        self._place.color = palette.paper if self.turned else palette.ink


def theme_margin(theme: Theme) -> float:
    return max(theme.margin, theme.width * 0.06)


def broken(name: str, em: float) -> list[str]:
    """The id on as few lines as its parts between hyphens need in so many font sizes of width."""
    lines = [""]
    parts = name.replace("\n", "").split("-")
    for part in [f"{part}-" for part in parts[:-1]] + parts[-1:]:
        if lines[-1] and word_em(lines[-1] + part, True) > em:
            lines.append("")
        lines[-1] += part
    return lines
