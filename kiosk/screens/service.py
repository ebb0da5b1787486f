"""The service screen: how the kiosk stands, in a table, and what an operator can do about it."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk.operator_texts import OperatorTexts, operator_texts
from kiosk.screens.tiles import LINE_EM, SHRINKS, lines_of
from kiosk.screens.untouched import Untouched
from kiosk.service_facts import ServiceFacts, rows
from kiosk.theme import Colour, Theme

CLOSES_S = 120.0
NAME_SHARE = 0.36  # of a column's width is for what a row is called
NAME_SHARE_USED = 0.34
BETWEEN_EM = 0.4
COLUMN_GAP_EM = 1.5

Row = tuple[str, str]


class Service(BoxLayout):
    """Dispatches `on_test`, `on_restart`, `on_shut_down`, the latter two when they were asked for twice, and `on_close`."""

    theme = ObjectProperty(Theme(1280, 800), rebind=True)
    said = ObjectProperty(OperatorTexts(), rebind=True)
    asking = StringProperty("")
    told = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        for name in ("on_test", "on_restart", "on_shut_down", "on_close"):
            self.register_event_type(name)
        super().__init__(**kwargs)
        self._limit = Untouched(CLOSES_S, lambda: self.dispatch("on_close"))

    def on_test(self) -> None:
        """For others to bind to."""

    def on_restart(self) -> None:
        """For others to bind to."""

    def on_shut_down(self) -> None:
        """For others to bind to."""

    def on_close(self) -> None:
        """For others to bind to."""

    def open(self) -> None:
        """It came to the front: nothing is asked, and the time limit begins."""
        self.asking = self.told = ""
        self._limit.touched()

    def show(self, facts: ServiceFacts, language: str, theme: Theme) -> None:
        """Put the facts on; to be called again as they change."""
        self.said = operator_texts(language)
        table = rows(facts, self.said)
        self.theme, columns = fitted(table, theme)
        self.ids.table.show(table, self.theme, columns)

    def tell(self, reason: str) -> None:
        """Say above the buttons why something did not work."""
        self.told = self.said.not_done.format(reason=reason)

    def hide(self) -> None:
        """Nothing more comes by itself."""
        self._limit.stop()

    def ask(self, what: str) -> None:
        """Ask once more for `restart` or `shut_down`; with '' the question is taken back."""
        self.asking, self.told = what, ""

    def confirm(self) -> None:
        """The question that stands was answered with yes."""
        what = self.asking
        self.ask("")
        if what:
            self.dispatch(f"on_{what}")

    def on_touch_down(self, touch: Any) -> bool:
        self._limit.touched()
        return bool(super().on_touch_down(touch))


class FactTable(Widget):
    """Rows of a name and a value, in one or two columns of rows, filled from the top left."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._rows: list[Row] = []
        self._theme, self._columns = Theme(1280, 800), 1
        self.bind(pos=self.place, size=self.place)

    def show(self, table: Sequence[Row], theme: Theme, columns: int) -> None:
        """Set the labels again; they are kept from one time to the next."""
        self._rows, self._theme, self._columns = list(table), theme, columns
        while len(self.children) < 2 * len(table):
            self.add_widget(Label(halign="left", valign="top"))
        self.place()

    def place(self, *_: Any) -> None:
        """Set texts, sizes and places from the room there is."""
        theme, top = self._theme, self.top
        rules: list[tuple[float, float]] = []
        wide = column_width(self.width, theme, self._columns)
        each = -(-len(self._rows) // self._columns)
        labels = list(reversed(self.children))
        for index, (name, value) in enumerate(self._rows):
            column, at = divmod(index, each)
            left, top = self.x + column * (wide + COLUMN_GAP_EM * theme.note), top if at else self.top
            first, second = labels[2 * index : 2 * index + 2]
            self._set(first, name, theme.palette.quiet, (left, top), wide * NAME_SHARE_USED)
            self._set(second, value, theme.palette.ink, (left + wide * NAME_SHARE, top), wide * (1 - NAME_SHARE))
            top -= max(first.height, second.height) + BETWEEN_EM * theme.note
            if at < each - 1 and index < len(self._rows) - 1:
                rules.append((left, round(top + BETWEEN_EM * theme.note / 2)))
        self._rule(rules, wide)

    def _rule(self, places: list[tuple[float, float]], wide: float) -> None:
        """Hairlines between the rows."""
        self.canvas.before.clear()
        with self.canvas.before:
            Color(*self._theme.palette.line)
            for place in places:
                Rectangle(pos=place, size=(wide, 1))

    def _set(self, label: Any, text: str, colour: Colour, place: tuple[float, float], wide: float) -> None:
        label.text, label.color, label.font_size, label.text_size = text, colour, self._theme.note, (wide, None)
        label.texture_update()
        label.size = wide, label.texture_size[1]
        label.x, label.top = place


def column_width(width: float, theme: Theme, columns: int) -> float:
    return (width - (columns - 1) * COLUMN_GAP_EM * theme.note) / columns


def fitted(table: Sequence[Row], plain: Theme) -> tuple[Theme, int]:
    """The theme with the largest letters with which the table fits, and in how many columns."""
    for shrink in SHRINKS:
        theme = replace(plain, shrink=shrink)
        for columns in (1, 2):
            if _height(table, theme, columns) <= table_height(theme):
                return theme, columns
    return theme, 2


def table_height(theme: Theme) -> float:
    """What title, question and buttons leave of the panel."""
    return theme.height - 2 * theme.margin - theme.foot - (theme.body + 2 * theme.note) * LINE_EM - 2 * theme.space - theme.gap


def _height(table: Sequence[Row], theme: Theme, columns: int) -> float:
    """Of the higher column; infinite where a word would not fit."""
    wide = column_width(theme.width - 2 * theme.margin, theme, columns) / theme.note
    each, lines = -(-len(table) // columns), []
    for name, value in table:
        several = lines_of([name], wide * NAME_SHARE_USED), lines_of([value], wide * (1 - NAME_SHARE))
        lines.append(max(several) if all(several) else float("inf"))
    high = [sum(part) * LINE_EM + (len(part) - 1) * BETWEEN_EM for part in (lines[:each], lines[each:]) if part]
    return max(high) * theme.note
