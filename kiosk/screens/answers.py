"""The answers: pictures with their words, in a row or, where letters need the room, in a column."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.properties import NumericProperty
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk.faces import Face
from kiosk.screens.touch import Pressable
from kiosk.theme import Shape, Theme

LARGEST_MM = 75.0
LARGEST_IN_COLUMN_MM = 46.0


class Answer(Pressable):
    """One answer: its face and its word; both can be pressed."""

    value = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        self.text = ""
        super().__init__(**kwargs)
        self.face, self.word = Face(), Label(halign="center", valign="top")
        self.add_widget(self.face)
        self.add_widget(self.word)


class Answers(Widget):
    """All answers of a scale, lowest value first (left; in a column at the foot). Dispatches `on_answer(value)`."""

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_answer")
        super().__init__(**kwargs)
        self.theme, self.shape = Theme(1280, 800), "row"
        self.bind(pos=self.place, size=self.place)

    def on_answer(self, value: int) -> None:
        """For others to bind to."""

    @property
    def answers(self) -> list[Answer]:
        return list(reversed(self.children))

    def show(self, values: list[int], words: list[str], drawn: bool, theme: Theme, shape: Shape) -> None:
        """Put the scale's values and words on; the widgets are kept while their number stays. `drawn`: faces, else numbers."""
        self.theme, self.shape = theme, shape
        self._count(len(values))
        for index, (answer, value, word) in enumerate(zip(self.answers, values, words, strict=True)):
            answer.value, answer.text = value, word
            answer.face.number = "" if drawn else str(value)
            answer.face.mood = index / max(1, len(values) - 1)
            answer.face.palette, answer.face.fill = theme.palette, theme.palette.step(index, len(values))
            answer.word.font_size = theme.body
        self.light(None)
        self.place()

    def light(self, chosen: Answer | None) -> None:
        """The chosen one keeps its colour and grows, the others fade; with None all are plain."""
        for answer in self.answers:
            answer.face.look = "plain" if chosen is None else "chosen" if answer is chosen else "faded"
            faded = chosen is not None and answer is not chosen
            answer.word.color = self.theme.palette.quiet if faded else self.theme.palette.ink

    def place(self, *_: Any) -> None:
        """Set sizes and places from the room there is."""
        if self.children and self.width > 1 and self.height > 1:
            self._row() if self.shape == "row" else self._column()

    def _row(self) -> None:
        theme, count, space = self.theme, len(self.children), self.theme.space
        wide = (self.width - (count - 1) * theme.gap) / count
        self._break(wide)
        for answer in self.answers:
            _letters(answer.word, wide, "center")
        deep = max(answer.word.height for answer in self.answers)
        side = min(wide, self.height - deep - space, theme.mm(LARGEST_MM))
        foot = self.y + (self.height - side - deep - space) / 2
        for index, answer in enumerate(self.answers):
            answer.pos, answer.size = (self.x + index * (wide + theme.gap), foot), (wide, side + deep + space)
            answer.face.size = side, side
            answer.face.center = answer.center_x, answer.top - side / 2
            answer.word.x, answer.word.top = answer.x, answer.top - side - space

    def _column(self) -> None:
        theme, count, space = self.theme, len(self.children), self.theme.body
        side = min((self.height - (count - 1) * theme.gap) / count, theme.mm(LARGEST_IN_COLUMN_MM))
        for answer in self.answers:
            answer.word.text = answer.text
            _letters(answer.word, None, "left")
        wide = side + space + max(answer.word.width for answer in self.answers)
        foot = self.y + (self.height - count * side - (count - 1) * theme.gap) / 2
        for index, answer in enumerate(self.answers):
            answer.pos = self.center_x - wide / 2, foot + index * (side + theme.gap)
            answer.size = wide, side
            answer.face.pos, answer.face.size = answer.pos, (side, side)
            answer.word.x, answer.word.center_y = answer.x + side + space, answer.center_y

    def _break(self, wide: float) -> None:
        """Where one answer of two words needs two lines, they all take two: the outer faces stay alike."""
        for answer in self.answers:
            answer.word.text = answer.text
            _letters(answer.word, None, "center")
        if any(answer.word.width > wide for answer in self.answers):
            for answer in self.answers:
                answer.word.text = answer.text.replace(" ", "\n", 1)

    def _count(self, wanted: int) -> None:
        while len(self.children) > wanted:
            self.remove_widget(self.children[0])
        while len(self.children) < wanted:
            answer = Answer()
            answer.bind(on_tap=lambda tapped: self.dispatch("on_answer", tapped.value), pressed=self._pressed)
            self.add_widget(answer)

    def _pressed(self, answer: Answer, pressed: bool) -> None:
        self.light(answer if pressed else None)


def _letters(label: Any, wide: float | None, align: str) -> None:
    label.text_size, label.halign = (wide, None), align
    label.texture_update()
    label.size = wide or label.texture_size[0], label.texture_size[1]
