"""Large buttons with a line or two of text, in a grid: the services of a counter, the reasons for an answer."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kivy.properties import AliasProperty, BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk.letters import word_em
from kiosk.screens.touch import Pressable
from kiosk.theme import LIGHT, Theme

LINE_EM = 1.18  # Roboto's line height
PADDING_EM = 0.7  # above and below the text of a tile, together
MARK_EM = 1.0
TILE_MM = 15.0
WIDEST_MM = 215.0
SHRINKS = tuple(n / 100 for n in range(100, 25, -4))  # how much smaller letters may become to fit


class Tile(Pressable, Label):
    """One button. `checkable`: with a place for a tick. `chosen`: by tick, outline and fill. `faint`: cannot be chosen now."""

    palette = ObjectProperty(LIGHT, rebind=True)
    value = StringProperty("")
    checkable = BooleanProperty(False)
    chosen = BooleanProperty(False)
    faint = BooleanProperty(False)
    mark = NumericProperty(30)
    turned = BooleanProperty(False)
    frame = ColorProperty(LIGHT.quiet)
    ground = ColorProperty(LIGHT.paper)
    ring = ColorProperty(LIGHT.quiet)

    def _rim(self) -> float:
        return max(2.0, float(self.mark) * (0.12 if self.chosen else 0.06))

    def _check(self) -> list[float]:
        left, foot = self.x + self.mark * 0.62, self.center_y - self.mark / 2
        points = [(0.27, 0.52), (0.44, 0.34), (0.74, 0.67)]
        return [n for x, y in points for n in (left + x * self.mark, foot + y * self.mark)]

    rim = AliasProperty(_rim, bind=("mark", "chosen"))
    check = AliasProperty(_check, bind=("pos", "size", "mark"))


class Tiles(Widget):
    """Tiles in a grid, first on the left at the top; each tap is dispatched as `on_choice(value)`."""

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_choice")
        super().__init__(**kwargs)
        self.theme, self.columns, self.rows, self.lines = Theme(1280, 800), 2, 1, 1
        self.bind(pos=self.place, size=self.place)

    def on_choice(self, value: str) -> None:
        """For others to bind to."""

    @property
    def tiles(self) -> list[Tile]:
        """Those in use."""
        return [tile for tile in reversed(self.children) if tile.text]

    def show(self, choices: Sequence[tuple[str, str]], theme: Theme, grid: "Grid", *, checkable: bool) -> None:
        """Put ids and texts on. Widgets are kept: those without a text are not there."""
        self.theme, self.columns, self.rows, self.lines = theme, grid.columns, grid.rows, grid.lines
        while len(self.children) < len(choices):
            tile = Tile()
            tile.bind(on_tap=lambda tapped: self.dispatch("on_choice", tapped.value))
            self.add_widget(tile)
        for tile, (value, text) in zip(reversed(self.children), [*choices, *[("", "")] * len(self.children)], strict=False):
            tile.value, tile.text, tile.checkable, tile.palette = value, text, checkable, theme.palette
            tile.font_size, tile.mark = theme.body, theme.body * MARK_EM
            tile.opacity = 1 if text else 0
        self.place()

    def mark(self, chosen: Sequence[str], most: int) -> None:
        """Show what is chosen; once that is the most, the others step back."""
        for tile in self.tiles:
            tile.chosen, tile.faint = tile.value in chosen, len(chosen) >= most

    def place(self, *_: Any) -> None:
        """Set sizes and places from the room there is."""
        gap = self.theme.gap
        wide = (self.width - (self.columns - 1) * gap) / self.columns
        tallest = max(self.theme.mm(TILE_MM) * 1.6 + self.theme.body, (self.lines * LINE_EM + PADDING_EM) * self.theme.body)
        high = min((self.height - (self.rows - 1) * gap) / self.rows, tallest)
        top = self.top - (self.height - self.rows * high - (self.rows - 1) * gap) / 2
        for index, tile in enumerate(reversed(self.children)):
            row, column = divmod(index, self.columns)
            if not tile.text:
                tile.pos, tile.size = (0, 0), (0, 0)
                continue
            tile.size = wide, high
            tile.pos = self.x + column * (wide + gap), top - (row + 1) * high - row * gap


@dataclass(frozen=True, order=True, slots=True)
class Grid:
    """How many columns and rows of tiles there are, and the most lines of text on one."""

    columns: int
    rows: int
    lines: int = 1


def grid_for(
    texts: Sequence[str], count: int, theme: Theme, high: float, columns: Sequence[int], *, checkable: bool
) -> Grid | None:
    """The grid of `count` tiles with room for every text, whichever stands in which; None where there is none in `high` pixels.

    Fewest lines first, then fewest empty places, then the more columns.
    """
    wide, found = theme.width - 2 * theme.margin, []
    beside = theme.body * MARK_EM * (2.65 if checkable else 1.4)
    for several in columns:
        rows = -(-count // several)
        if several < columns[-1] and theme.in_mm((wide - (several - 1) * theme.gap) / several) > WIDEST_MM:
            continue
        inner = ((wide - (several - 1) * theme.gap) / several - beside) / theme.body
        lines = lines_of(texts, inner)
        least = max(theme.mm(TILE_MM) if theme.shrink >= 1 else theme.target, (lines * LINE_EM + PADDING_EM) * theme.body)
        if lines and rows * least + (rows - 1) * theme.gap <= high:
            found.append((lines, several * rows - count, -several, Grid(several, rows, lines)))
    return min(found)[3] if found else None


def lines_of(texts: Sequence[str], em: float, *, bold: bool = False) -> int:
    """The most lines that any of the texts needs in so many font sizes of width; 0 where a word does not fit."""
    most = 0
    for text in texts:
        lines, used = 1, 0.0
        for word in text.split():
            width = _em(word, bold)
            if width > em:
                return 0
            lines, used = (lines, used + width) if used + width <= em else (lines + 1, width)
            used += _em(" ", bold)
        most = max(most, lines)
    return most


def _em(word: str, bold: bool) -> float:
    """A word's width at font size 1, a little over: glyphs are rounded to pixels."""
    return word_em(word, bold) * 1.02
