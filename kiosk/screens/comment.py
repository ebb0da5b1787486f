"""The citizen's own words, typed on the screen."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Protocol

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from broker_config.messages import KioskConfig
from kiosk.letters import longest_em
from kiosk.screens.field import Field  # noqa: F401 - the kv file names it
from kiosk.screens.keyboard import Keyboard, gap_of, least_high, most_high  # noqa: F401 - the kv file names it
from kiosk.screens.tiles import LINE_EM, SHRINKS, lines_of
from kiosk.screens.touch import TextButton
from kiosk.texts import texts
from kiosk.theme import LOW_MM, Theme

MOST = 500
COUNTER_EM = 5.5
INSET_EM = 0.45  # between the field's frame and its text
LEAST_LINES = 1.5
GOOD_LINES = 3.0
LOW_TITLE = 1.15
MOST_LINES = 11.0


class Told(Protocol):
    """What of a visit's state this screen shows."""

    @property
    def language(self) -> str: ...

    @property
    def comment(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Fit:
    """The theme with letters that fit, and pixels."""

    theme: Theme
    title: float
    field: float
    keys: float
    foot: float


class SendButton(TextButton):
    """`faint` while there is nothing to send: then it cannot be pressed."""

    faint = BooleanProperty(True)

    def on_touch_down(self, touch: Any) -> bool:
        return not self.faint and super().on_touch_down(touch)


class Comment(BoxLayout):
    """Dispatches `on_write(text)` whenever the text has changed, `on_send`, `on_skip` and `on_back`.

    What was written is the state's: taken off the window, the screen keeps nothing of it.
    """

    theme = ObjectProperty(Theme(1280, 800), rebind=True)
    title = StringProperty("")
    title_size = NumericProperty(0)
    notice = StringProperty("")
    counter = StringProperty("")
    field_high = NumericProperty(0)
    keys_high = NumericProperty(0)
    foot_high = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        for name in ("on_write", "on_send", "on_skip", "on_back"):
            self.register_event_type(name)
        self._told = ""
        super().__init__(**kwargs)

    def on_write(self, text: str) -> None:
        """For others to bind to."""

    def on_send(self) -> None:
        """For others to bind to."""

    def on_skip(self) -> None:
        """For others to bind to."""

    def on_back(self) -> None:
        """For others to bind to."""

    def show(self, config: KioskConfig, state: Told, back: bool, theme: Theme) -> None:
        """Label everything for a panel, a language and the text so far; the cursor stays where the citizen has put it."""
        own, fit = texts(state.language), fitted(tuple(config.languages), theme)
        self.theme, self.title_size = fit.theme, fit.title
        self.field_high, self.keys_high, self.foot_high = fit.field, fit.keys, fit.foot
        self.title, self.notice = own.comment_title, own.comment_notice
        self.ids.keyboard.show(config.languages, state.language, fit.theme)
        self.ids.back.text, self.ids.skip.text, self.ids.send.text = own.back if back else "", own.skip, own.send
        self._told = state.comment
        if self.ids.field.text != state.comment:
            self.ids.field.text = state.comment[:MOST]
        self.edited()

    def type(self, text: str) -> None:
        """Put text in at the cursor, as much as there is room for; for physical keys, too."""
        self.ids.field.insert_text(text)

    def delete(self) -> None:
        """Take the character before the cursor away."""
        self.ids.field.do_backspace()

    def edited(self) -> None:
        """The text or the cursor has changed: count, and tell whom it concerns."""
        field = self.ids.field
        self.counter = f"{len(field.text)} / {MOST}"
        self.ids.send.faint = not field.text.strip()
        self.ids.keyboard.follow(field.before)
        if field.text != self._told:
            self._told = field.text
            self.dispatch("on_write", field.text)

    def clear(self) -> None:
        """Forget what was written, and everything that the citizen has chosen on the keyboard. Tells nobody."""
        self._told = ""
        self.ids.field.forget()
        self.ids.keyboard.reset()
        self.edited()

    def on_parent(self, _: Any, parent: Any) -> None:
        """Off the window nothing is kept."""
        if parent is None:
            self.clear()


@lru_cache(maxsize=8)
def fitted(languages: tuple[str, ...], plain: Theme) -> Fit:
    """Letters that fit in every language; then the keys grow, then the field, each as far as it is of use."""
    own = [texts(code) for code in languages]
    last = replace(plain, shrink=SHRINKS[-1])
    for shrink in SHRINKS:
        panel = replace(plain, shrink=shrink)
        wide = panel.width - 2 * panel.margin
        title = lines_of([one.comment_title for one in own], wide / _title(panel), bold=True)
        notice = lines_of([one.comment_notice for one in own], wide / panel.note)
        if not title or not notice or _foot(own, panel) > wide:
            continue
        left = panel.height - 2 * panel.margin - _words(title, notice, panel) - _foot_high(panel)
        if left >= least_high(panel) + _lines(LEAST_LINES, panel):
            keys = min(most_high(panel), max(least_high(panel), left - _lines(GOOD_LINES, panel)))
            return Fit(panel, _title(panel), min(left - keys, _lines(MOST_LINES, panel)), keys, _foot_high(panel))
    return Fit(last, _title(last), _lines(LEAST_LINES, last), least_high(last), last.target)


def _words(title: int, notice: int, panel: Theme) -> float:
    """The height of what stands above the field, and of the gaps."""
    return (title * _title(panel) + notice * panel.note) * LINE_EM + 2 * panel.space + 2 * gap_of(panel) + panel.gap


def _lines(count: float, panel: Theme) -> float:
    return (count * LINE_EM + 2 * INSET_EM) * panel.body


def _low(panel: Theme) -> bool:
    return panel.in_mm(panel.height) < LOW_MM


def _title(panel: Theme) -> float:
    return panel.body * LOW_TITLE if _low(panel) else panel.question


def _foot_high(panel: Theme) -> float:
    return panel.target if _low(panel) else panel.foot


def _foot(own: list[Any], panel: Theme) -> float:
    """The width of Back, Skip, the counter and Send with the gaps between them, in the language where they are longest."""
    words = max(longest_em([one.back]) + longest_em([one.skip]) + 2 * 1.8 + COUNTER_EM for one in own) * panel.note
    return words + max(panel.foot * 3, max(longest_em([one.send]) * 1.08 + 1.8 for one in own) * panel.body) + 3 * panel.gap
