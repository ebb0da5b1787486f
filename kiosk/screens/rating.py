"""A question and its answers: the main one, which most idle kiosks show, and the further ones."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from dataclasses import replace
from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from broker_config.messages import SCALES, KioskConfig, Question
from kiosk import visit
from kiosk.screens.access import is_low
from kiosk.screens.fit import fitted, is_terse, shows_office
from kiosk.state import State
from kiosk.texts import said, texts, words
from kiosk.theme import Theme


class Rating(BoxLayout):
    """Top: office and service; then the question, the answers, anonymity; at the foot the languages, or the way back and on."""

    theme = ObjectProperty(Theme(1280, 800), rebind=True)
    office = StringProperty("")
    service = StringProperty("")
    question = StringProperty("")
    anonymous = StringProperty("")
    more = StringProperty("")
    low = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        for name in ("on_answer", "on_language", "on_access", "on_privacy", "on_back", "on_skip"):
            self.register_event_type(name)
        super().__init__(**kwargs)

    def on_answer(self, value: int) -> None:
        """For others to bind to."""

    def on_language(self, language: str) -> None:
        """For others to bind to."""

    def on_access(self, name: str) -> None:
        """For others to bind to."""

    def on_privacy(self) -> None:
        """For others to bind to."""

    def on_back(self) -> None:
        """For others to bind to."""

    def on_skip(self) -> None:
        """For others to bind to."""

    def show(self, config: KioskConfig, state: State, back: bool, theme: Theme) -> None:
        """Label everything for a configuration, a state and a panel. Further questions have the way on instead of the foot."""
        question, language, own = visit.question(config, state.asked), state.language, texts(state.language)
        values = values_of(question)
        further, name = state.asked > 0, _service(config, state)
        prompts = _is_prompted(state) and bool(name)
        form, self.theme = fitted(config, question, theme, _titles(config, state, prompts=prompts), further=further)
        self.low = is_low(self.theme)
        self.office = said(config.office.name, language)
        self.service = "" if prompts or is_terse(self.theme) else name
        self.office = self.office if shows_office(self.theme) else ""
        self.question = _title(config, state, language, prompts=prompts)
        self.anonymous, self.more = ("", "") if further or is_terse(self.theme) else (own.anonymous, own.privacy)
        self.ids.answers.show(values, words(question.words, language, len(values)), question.scale, self.theme, form)
        below = back and (further or self.low)
        self.ids.foot.show([] if further or below else config.languages, state, self.theme, access=not further)
        self.ids.back.text = own.back if back and not below else ""
        self.ids.earlier.text = own.back if below else ""
        self.ids.skip.text = own.skip if further else ""

    def light(self, value: int) -> None:
        """The chosen answer stands out until the next screen comes."""
        answers = self.ids.answers
        answers.light(next((answer for answer in answers.answers if answer.value == value), None))

    def plain(self) -> None:
        """No answer lit: nobody may read off the screen what the last one chose."""
        self.ids.answers.light(None)


def values_of(question: Question) -> list[int]:
    """The scale's values from the lowest up."""
    scale = SCALES[question.scale]
    return list(range(scale.low, scale.high + 1))


def _service(config: KioskConfig, state: State) -> str:
    """The name of the chosen service, or of the counter's only one."""
    chosen = visit.service(config) if state.service is None else state.service
    return next((said(one.name, state.language) for one in config.services if one.id == chosen), "")


def _is_prompted(state: State) -> bool:
    return not state.asked and (state.visit.trigger == "prompt" if state.visit else state.prompting)


def _titles(config: KioskConfig, state: State, *, prompts: bool) -> list[str]:
    """What is asked, in every language."""
    return [_title(config, state, code, prompts=prompts) for code in config.languages]


def _title(config: KioskConfig, state: State, language: str, *, prompts: bool) -> str:
    if not prompts:
        return said(visit.question(config, state.asked).text, language)
    name = _service(config, replace(state, language=language))
    return texts(language).prompt_title.format(service=name)
