"""The screen test: every colour from edge to edge, and a grid whose cells stay marked where a finger was."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.graphics import Color, Line, Rectangle, SmoothEllipse
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk.operator_texts import operator_texts
from kiosk.screens.untouched import Untouched
from kiosk.theme import Colour, Theme, colour

LASTS_S = 30.0
TOUCHES = 3
CELL_MM = 15.0
MARK_MM = 8.0
FIELDS = tuple(map(colour, ("#FFFFFF", "#FF0000", "#00FF00", "#0000FF", "#C0C0C0", "#000000")))
LINE, MARK, PLATE = colour("#7F7F7F"), colour("#FFD60A"), colour("#FBFAF7")


class ScreenTest(Widget):
    """Dispatches `on_close` after three touches in the middle, or 30 s after it was shown. `touched`: the cells that were."""

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_close")
        super().__init__(**kwargs)
        self.theme, self.touched, self._middle = Theme(1280, 800), set[tuple[int, int]](), 0
        self._marks: list[tuple[float, float]] = []
        self._words = Label(halign="center", valign="middle", color=colour("#14213D"))
        self.add_widget(self._words)
        self._limit = Untouched(LASTS_S, lambda: self.dispatch("on_close"))
        self.bind(pos=self.draw, size=self.draw)

    def on_close(self) -> None:
        """For others to bind to."""

    def show(self, language: str, theme: Theme) -> None:
        """Nothing touched yet; the time runs."""
        self.theme, self._middle = theme, 0
        self.touched.clear()
        self._marks.clear()
        self._words.text = operator_texts(language).test_end
        self.draw()
        self._limit.touched()

    def hide(self) -> None:
        """Nothing more comes by itself."""
        self._limit.stop()

    @property
    def grid(self) -> tuple[int, int]:
        """Columns and rows, of cells of about 15 mm."""
        cell = self.theme.mm(CELL_MM)
        return max(3, round(self.width / cell)), max(3, round(self.height / cell))

    def on_touch_down(self, touch: Any) -> bool:
        self._touch(touch.pos)
        if self._words.collide_point(*touch.pos):
            self._middle += 1
            if self._middle >= TOUCHES:
                self.dispatch("on_close")
        return True

    def on_touch_move(self, touch: Any) -> bool:
        self._touch(touch.pos)
        return True

    def draw(self, *_: Any) -> None:
        """Draw all of it again: it is seldom, and shows nothing else."""
        self._set_words()
        before = self.canvas.before
        before.clear()
        with before:
            self._fields()
            self._cells()
            for x, y in self._marks:
                self._ring(x, y, self.theme.mm(MARK_MM))
            Color(*PLATE)
            Rectangle(pos=self._words.pos, size=self._words.size)

    def _touch(self, at: tuple[float, float]) -> None:
        (columns, rows), (x, y) = self.grid, at
        cell = int((x - self.x) / self.width * columns), int((y - self.y) / self.height * rows)
        if cell not in self.touched:
            self.touched.add(cell)
            self._marks.append((x, y))
            self.draw()

    def _fields(self) -> None:
        wide = self.width / len(FIELDS)
        for index, field in enumerate(FIELDS):
            Color(*field)
            Rectangle(pos=(self.x + index * wide, self.y), size=(wide, self.height))

    def _cells(self) -> None:
        columns, rows = self.grid
        wide, high = self.width / columns, self.height / rows
        for column, row in self.touched:
            Color(*_clear(MARK, 0.55))
            Rectangle(pos=(self.x + column * wide, self.y + row * high), size=(wide, high))
        Color(*LINE)
        for column in range(columns + 1):
            Line(points=[self.x + column * wide, self.y, self.x + column * wide, self.top], width=1)
        for row in range(rows + 1):
            Line(points=[self.x, self.y + row * high, self.right, self.y + row * high], width=1)

    def _ring(self, x: float, y: float, across: float) -> None:
        for share, tone in ((1.0, colour("#14213D")), (0.75, MARK)):
            Color(*tone)
            SmoothEllipse(pos=(x - across * share / 2, y - across * share / 2), size=(across * share, across * share))

    def _set_words(self) -> None:
        words, wide = self._words, min(self.width * 0.5, self.theme.mm(90))
        words.font_size = min(self.theme.note, wide / 14)
        words.text_size = (wide - 2 * words.font_size, None)
        words.texture_update()
        words.size = wide, words.texture_size[1] + 1.5 * words.font_size
        words.pos = self.x + (self.width - wide) / 2, self.y + (self.height - words.height) / 2


def _clear(of: Colour, share: float) -> Colour:
    return (*of[:3], share)
