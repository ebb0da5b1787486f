"""The foot of an idle screen: languages on the left, ways to see and hear better on the right, always at the same place."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.screens.access import AccessBar, bar_px, is_small
from kiosk.screens.languages import Languages, languages_em, languages_px
from kiosk.screens.touch import TextButton
from kiosk.state import State
from kiosk.theme import LARGER, Theme


class Foot(BoxLayout):
    """Dispatches `on_language(code)` and `on_access(name)`. `speaks`: the device has a voice. `high`: its height in pixels.

    On an upright panel they stand one above the other where they do not fit side by side.
    """

    speaks = BooleanProperty(True)
    high = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_language")
        self.register_event_type("on_access")
        super().__init__(**kwargs)
        self._languages, self._access = Languages(), AccessBar()
        self._upper, self._lower = BoxLayout(), BoxLayout()
        for widget in (self._upper, self._lower):
            self.add_widget(widget)
        self._languages.bind(on_language=lambda _, code: self.dispatch("on_language", code))
        self._access.bind(on_access=lambda _, name: self.dispatch("on_access", name))

    def on_language(self, language: str) -> None:
        """For others to bind to."""

    def on_access(self, name: str) -> None:
        """For others to bind to."""

    @property
    def buttons(self) -> list[TextButton]:
        return self._languages.buttons

    @property
    def icons(self) -> dict[str, Any]:
        return self._access.icons

    def show(self, languages: list[str], state: State, theme: Theme, *, access: bool = True) -> None:
        """On a small panel the ways to see and hear, once unfolded, take the languages' place."""
        hidden = state.unfolded and is_small(theme)
        shown = [] if hidden or len(languages) < 2 else languages
        self._languages.show(shown, state.language, theme, letters_px(languages, theme))
        self._access.show(state.access, state.language, theme, unfolded=state.unfolded, speaks=self.speaks)
        if not access:
            self._access.clear_widgets()
        self._stand(stacked=is_stacked(languages, theme), gap=theme.gap, target=theme.target)

    def _stand(self, *, stacked: bool, gap: float, target: float) -> None:
        """Languages from the left, the rest from the right, in one line or in two."""
        self.high = 2 * target + gap if stacked else target
        self.orientation = "vertical" if stacked else "horizontal"
        self.spacing = gap if stacked else 0
        rows = [[self._languages, Widget()], [Widget(), self._access]]
        for box, row in zip((self._upper, self._lower), rows, strict=True):
            box.clear_widgets()
            for widget in row:
                box.add_widget(widget)


def is_stacked(languages: list[str], theme: Theme) -> bool:
    """Whether the two stand one above the other."""
    wide = theme.width - 2 * theme.margin
    return theme.height > theme.width and languages_px(languages, theme) + beside_px(theme) > wide


def beside_px(theme: Theme) -> float:
    """What stands beside the languages on a panel that is not upright, with the room between."""
    return bar_px(theme) + 2 * theme.gap


def letters_px(languages: list[str], theme: Theme) -> float:
    """The font size of the languages: a note's, or less where larger letters leave them too little room."""
    beside = 0.0 if is_stacked(languages, theme) else beside_px(theme)
    room = theme.width - 2 * theme.margin - beside - (len(languages) - 1) * theme.gap
    return min(theme.note, room / languages_em(languages)) if languages else theme.note


def fits(languages: list[str], theme: Theme) -> bool:
    """Whether the languages have room in letters as high as a note's; when all is larger, as a usual note's."""
    return letters_px(languages, theme) >= theme.note / (LARGER if theme.larger else 1.0) - 0.01


def foot_high(languages: list[str], theme: Theme) -> float:
    """The height of both."""
    return 2 * theme.target + theme.gap if is_stacked(languages, theme) else theme.target
