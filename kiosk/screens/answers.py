"""The answers: pictures with their words, set as the shape says."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.properties import NumericProperty, StringProperty
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk.drawings.picture import Picture
from kiosk.fitting import MOST_WORDED, Shape
from kiosk.screens import arranging
from kiosk.screens.touch import Pressable
from kiosk.theme import Theme


class Answer(Pressable):
    """One answer: its picture and its word; both can be pressed. `spoken`: its word, or its number."""

    value = NumericProperty(0)
    text = StringProperty("")
    spoken = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.face, self.word = Picture(), Label(valign="top")
        self.add_widget(self.face)
        self.add_widget(self.word)


class Answers(Widget):
    """All answers of a scale, lowest value first (left, above; in a column at the foot). Dispatches `on_answer(value)`."""

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_answer")
        super().__init__(**kwargs)
        self.theme = Theme(1280, 800)
        self.shape: Shape = "row"
        self.bind(pos=self.place, size=self.place)

    def on_answer(self, value: int) -> None:
        """For others to bind to."""

    @property
    def answers(self) -> list[Answer]:
        return list(reversed(self.children))

    def show(self, values: list[int], words: list[str], scale: str, theme: Theme, shape: Shape) -> None:
        """Put the scale's values and words on; the widgets are kept while their number stays.

        `words`: one for each value, or blanks; on a scale of numbers two words alone are those of its ends.
        """
        self.theme, self.shape = theme, shape
        self._count(len(values))
        numbered = len(values) > MOST_WORDED
        for answer, value, word in zip(self.answers, values, at_ends(words) if numbered else words, strict=True):
            answer.value, answer.text, answer.spoken = value, word, word or str(value)
            if numbered and word:
                answer.text, answer.spoken = f"{value} = {word}", f"{value}: {word}"
            answer.face.scale, answer.face.value, answer.face.palette = scale, value, theme.palette
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
            arranging.place(self.answers, (*self.pos, *self.size), self.theme, self.shape)

    def _count(self, wanted: int) -> None:
        while len(self.children) > wanted:
            self.remove_widget(self.children[0])
        while len(self.children) < wanted:
            answer = Answer()
            answer.bind(on_tap=lambda tapped: self.dispatch("on_answer", tapped.value), pressed=self._pressed)
            self.add_widget(answer)

    def _pressed(self, answer: Answer, pressed: bool) -> None:
        self.light(answer if pressed else None)


def at_ends(words: list[str]) -> list[str]:
    """Two words that come alone are the first and the last."""
    first, second, *rest = words
    return words if any(rest) else [first, *rest, second]
