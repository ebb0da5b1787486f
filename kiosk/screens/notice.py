"""A notice in place of the question: the kiosk waits for its configuration, or cannot keep answers."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.texts import texts
from kiosk.theme import Theme


class Notice(BoxLayout):
    """A title and a sentence; while nobody has chosen a language, the same again in English. `which`: the kiosk's id."""

    theme = ObjectProperty(Theme(1280, 800), rebind=True)
    title = StringProperty("")
    after = StringProperty("")
    title_too = StringProperty("")
    after_too = StringProperty("")
    which = StringProperty("")

    def waiting(self, kiosk: str, theme: Theme) -> None:
        """No configuration yet. The id is for whoever sets the kiosk up."""
        here, too = texts("lt"), texts("en")
        self.theme, self.which = theme, kiosk
        self.title, self.after, self.title_too, self.after_too = (
            here.waiting_title,
            here.waiting_next,
            too.waiting_title,
            too.waiting_next,
        )

    def broken(self, kiosk: str, language: str, theme: Theme, *, sorry: bool = False) -> None:
        """Nothing can be kept now; `sorry`: an answer was just lost, and the citizen is told so."""
        said = texts(language)
        self.theme, self.which = theme, kiosk
        after = said.broken_next if sorry else said.out_next
        self.title, self.after, self.title_too, self.after_too = said.broken_title, after, "", ""
