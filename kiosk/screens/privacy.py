"""What happens to an answer: the notice that the line on anonymity leads to."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from dataclasses import replace
from typing import Any

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from broker_config.messages import KioskConfig
from kiosk.screens.tiles import LINE_EM, SHRINKS, lines_of
from kiosk.state import State
from kiosk.texts import texts
from kiosk.theme import Theme


class Privacy(BoxLayout):
    """A title, a few sentences, and the way back. Dispatches `on_back`."""

    theme = ObjectProperty(Theme(1280, 800), rebind=True)
    title = StringProperty("")
    text = StringProperty("")
    closing = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_back")
        super().__init__(**kwargs)

    def on_back(self) -> None:
        """For others to bind to."""

    def show(self, _config: KioskConfig, state: State, _back: bool, theme: Theme) -> None:
        """Label everything for a language and a panel."""
        own = texts(state.language)
        self.theme = fitted(own.privacy_title, own.privacy_text, theme)
        self.title, self.text, self.closing = own.privacy_title, own.privacy_text, own.close


def fitted(title: str, text: str, plain: Theme) -> Theme:
    """The theme with letters in which all of it has room."""
    for shrink in SHRINKS:
        panel = replace(plain, shrink=shrink)
        wide = panel.width - 4 * panel.margin
        lines = lines_of([title], wide / panel.question, bold=True) * panel.question
        lines += lines_of([text], wide / panel.body) * panel.body
        if lines * LINE_EM + panel.foot + 2 * panel.margin + 3 * panel.space <= panel.height:
            return panel
    return replace(plain, shrink=SHRINKS[-1])
