"""The foot of an idle screen: languages on the left, ways to see and hear better on the right, always at the same place."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.properties import BooleanProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.screens.access import AccessBar, bar_px, is_small
from kiosk.screens.languages import Languages, languages_px
from kiosk.screens.touch import TextButton
from kiosk.theme import Theme
from kiosk.visit import State


class Foot(BoxLayout):
    """Dispatches `on_language(code)` and `on_access(name)`. `speaks`: the device has a voice."""

    speaks = BooleanProperty(True)

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_language")
        self.register_event_type("on_access")
        super().__init__(**kwargs)
        self._languages, self._access = Languages(), AccessBar()
        for widget in (self._languages, Widget(), self._access):
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
        self._languages.show([] if hidden or len(languages) < 2 else languages, state.language, theme)
        self._access.show(state.access, state.language, theme, unfolded=state.unfolded, speaks=self.speaks)
        if not access:
            self._access.clear_widgets()


def foot_px(languages: list[str], theme: Theme) -> float:
    """The width that both need side by side."""
    return languages_px(languages, theme) + 2 * theme.gap + bar_px(theme)
