"""The question and its answers: what an idle kiosk shows."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from dataclasses import replace
from typing import Any

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from broker_config.messages import SCALES, KioskConfig, Question
from kiosk import visit
from kiosk.faces import FACES, longest_em
from kiosk.screens.touch import TextButton
from kiosk.texts import own_name, said, texts, words
from kiosk.theme import Shape, Theme, shape

PADDING_EM = 0.8


class Rating(BoxLayout):
    """Top: office and service; then the question, the answers, anonymity; at the foot the languages."""

    theme = ObjectProperty(Theme(1280, 800), rebind=True)
    office = StringProperty("")
    service = StringProperty("")
    question = StringProperty("")
    anonymous = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_answer")
        self.register_event_type("on_language")
        super().__init__(**kwargs)

    def on_answer(self, value: int) -> None:
        """For others to bind to."""

    def on_language(self, language: str) -> None:
        """For others to bind to."""

    def show(self, config: KioskConfig, language: str, theme: Theme) -> None:
        """Label everything for a configuration, a language and a panel."""
        question = visit.question(config)
        values = values_of(question)
        form, self.theme = fitted(question, config.languages, theme)
        self.office, self.anonymous = said(config.office.name, language), texts(language).anonymous
        self.service = said(config.services[0].name, language) if len(config.services) == 1 else ""
        self.question = said(question.text, language)
        self.ids.answers.show(values, words(question.words, language, len(values)), question.scale in FACES, self.theme, form)
        self._languages(config.languages, language)

    def light(self, value: int) -> None:
        """The chosen answer stands out until the next screen comes."""
        answers = self.ids.answers
        answers.light(next((answer for answer in answers.answers if answer.value == value), None))

    def plain(self) -> None:
        """No answer lit: nobody may read off the screen what the last one chose."""
        self.ids.answers.light(None)

    @property
    def languages(self) -> list[TextButton]:
        return list(reversed(self.ids.languages.children))

    def _languages(self, codes: list[str], language: str) -> None:
        bar = self.ids.languages
        if [button.value for button in self.languages] != codes:
            bar.clear_widgets()
            for code in codes:
                button = TextButton(value=code, text=own_name(code), size_hint_x=None)
                button.bind(on_tap=lambda tapped: self.dispatch("on_language", tapped.value))
                bar.add_widget(button)
        for button in self.languages:
            button.palette, button.font_size, button.chosen = self.theme.palette, self.theme.note, button.value == language
            button.texture_update()
            button.width = max(self.theme.target, button.texture_size[0] + self.theme.note * PADDING_EM)


def values_of(question: Question) -> list[int]:
    """The scale's values from the lowest up."""
    scale = SCALES[question.scale]
    return list(range(scale.low, scale.high + 1))


def fitted(question: Question, languages: list[str], plain: Theme) -> tuple[Shape, Theme]:
    """Row or column, and the theme with letters that fit: for all languages at once, so that changing one moves nothing."""
    longest = longest_em([word for several in question.words.values() for word in several])
    foot = sum(longest_em([own_name(code)]) + PADDING_EM for code in languages)
    form, shrink = shape(plain, len(values_of(question)), longest, foot, len(languages))
    return form, replace(plain, shrink=shrink)
