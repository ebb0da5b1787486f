"""The languages by their own names, at the foot of an idle screen."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.uix.boxlayout import BoxLayout

from kiosk.letters import longest_em
from kiosk.screens.touch import TextButton
from kiosk.texts import own_name
from kiosk.theme import Theme

PADDING_EM = 0.8


class Languages(BoxLayout):
    """Dispatches `on_language(code)`. Shown without codes it is not there, and keeps its buttons."""

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_language")
        super().__init__(size_hint_x=None, **kwargs)
        self._codes: list[str] = []

    def on_language(self, language: str) -> None:
        """For others to bind to."""

    @property
    def buttons(self) -> list[TextButton]:
        return [button for button in reversed(self.children) if button.text]

    def show(self, codes: list[str], language: str, theme: Theme, letters: float) -> None:
        """Label the buttons in letters of so many pixels; the language in force is marked."""
        if codes and codes != self._codes:
            self._codes = codes
            self.clear_widgets()
            for code in codes:
                button = TextButton(value=code, size_hint_x=None)
                button.bind(on_tap=lambda tapped: self.dispatch("on_language", tapped.value))
                self.add_widget(button)
        for button in self.children:
            button.text = own_name(button.value) if codes else ""
            button.palette, button.font_size, button.chosen = theme.palette, letters, button.value == language
            button.opacity = 1 if codes else 0
            button.texture_update()
            button.width = max(theme.target, button.texture_size[0] + letters * PADDING_EM) if codes else 0
        self.spacing = theme.gap if codes else 0
        self.width = sum(button.width for button in self.children) + self.spacing * max(0, len(self.children) - 1)


def languages_px(codes: list[str], theme: Theme) -> float:
    """The width of all buttons with the gaps between them."""
    return languages_em(codes) * theme.note + (len(codes) - 1) * theme.gap


def languages_em(codes: list[str]) -> float:
    """The width of all buttons at the size of a note, in font sizes, without the gaps between them."""
    return sum(longest_em([own_name(code)]) + PADDING_EM for code in codes)
