"""A question and its answers: the main one, which most idle kiosks show, and the further ones."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from dataclasses import replace
from typing import Any

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from broker_config.messages import SCALES, KioskConfig, Question
from kiosk import visit
from kiosk.fitting import Shape, shape
from kiosk.letters import longest_em
from kiosk.screens.languages import foot_em
from kiosk.screens.touch import TextButton
from kiosk.texts import said, texts, words
from kiosk.theme import Theme


class Rating(BoxLayout):
    """Top: office and service; then the question, the answers, anonymity; at the foot the languages, or the way back and on."""

    theme = ObjectProperty(Theme(1280, 800), rebind=True)
    office = StringProperty("")
    service = StringProperty("")
    question = StringProperty("")
    anonymous = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        for name in ("on_answer", "on_language", "on_back", "on_skip"):
            self.register_event_type(name)
        super().__init__(**kwargs)

    def on_answer(self, value: int) -> None:
        """For others to bind to."""

    def on_language(self, language: str) -> None:
        """For others to bind to."""

    def on_back(self) -> None:
        """For others to bind to."""

    def on_skip(self) -> None:
        """For others to bind to."""

    def show(self, config: KioskConfig, state: visit.State, back: bool, theme: Theme) -> None:
        """Label everything for a configuration, a state and a panel. Where there is a way back there are no languages."""
        question, language, own = visit.question(config, state.asked), state.language, texts(state.language)
        values = values_of(question)
        form, self.theme = fitted(question, config.languages, theme)
        self.office, self.service = said(config.office.name, language), _service(config, state)
        self.question, self.anonymous = said(question.text, language), own.anonymous if not state.asked else ""
        self.ids.answers.show(values, words(question.words, language, len(values)), question.scale, self.theme, form)
        inside = state.asked > 0 or (state.visit is None and state.before is not None)
        self.ids.languages.show([] if inside else config.languages, language, self.theme)
        self.ids.back.text = own.back if back and inside else ""
        self.ids.skip.text = own.skip if visit.may_skip(state) else ""

    def light(self, value: int) -> None:
        """The chosen answer stands out until the next screen comes."""
        answers = self.ids.answers
        answers.light(next((answer for answer in answers.answers if answer.value == value), None))

    def plain(self) -> None:
        """No answer lit: nobody may read off the screen what the last one chose."""
        self.ids.answers.light(None)

    @property
    def languages(self) -> list[TextButton]:
        return list(self.ids.languages.buttons)


def values_of(question: Question) -> list[int]:
    """The scale's values from the lowest up."""
    scale = SCALES[question.scale]
    return list(range(scale.low, scale.high + 1))


def fitted(question: Question, languages: list[str], plain: Theme) -> tuple[Shape, Theme]:
    """Row or column, and the theme with letters that fit: for all languages at once, so that changing one moves nothing."""
    longest = longest_em([word for several in question.words.values() for word in several])
    form, shrink = shape(plain, len(values_of(question)), longest, foot_em(languages), len(languages))
    return form, replace(plain, shrink=shrink)


def _service(config: KioskConfig, state: visit.State) -> str:
    """The name of the chosen service, or of the counter's only one."""
    chosen = visit.service(config) if state.service is None else state.service
    return next((said(one.name, state.language) for one in config.services if one.id == chosen), "")
