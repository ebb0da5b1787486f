"""Pure: one citizen's visit as a state machine.

Every function takes the state and what happened, and gives the next state; an answer also
gives what must be made durable *before* the next screen is shown. Times are monotonic
seconds. The first touch on the idle screen is the answer, so an idle kiosk shows `rating`.
"""

from dataclasses import dataclass, replace
from typing import Literal

from broker_config.messages import KioskConfig, Question, Trigger

THANKS_S = 2.5
CORRECTION_S = 30.0
STRIKE_S = 0.5
IDLE_LANGUAGE_S = 30.0

Screen = Literal["rating", "thanks"]


@dataclass(frozen=True, slots=True)
class Visit:
    """One citizen's answers. `gap_ms`: since the previous visit began, None for the first after a boot."""

    token: str
    began: float
    gap_ms: int | None
    trigger: Trigger


@dataclass(frozen=True, slots=True)
class State:
    """What the kiosk shows, and whose visit it is. `since`: when this screen came up."""

    screen: Screen
    language: str
    since: float
    visit: Visit | None = None
    last_began: float | None = None
    touched: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A rating as given, before the outbox numbers it and the clock dates it."""

    visit: str
    gap_ms: int | None
    trigger: Trigger
    service: str
    question: str
    value: int
    language: str


def idle(config: KioskConfig, now: float, last_began: float | None = None) -> State:
    """The question and the faces, in the default language, waiting for anybody."""
    return State("rating", config.languages[0], now, last_began=last_began)


def is_idle(state: State) -> bool:
    """Nobody's visit is open: a new configuration may be applied."""
    return state.visit is None and state.screen == "rating"


def question(config: KioskConfig) -> Question:
    """The question on the rating screen: the questionnaire's main one."""
    return config.questionnaire.questions[0]


def service(config: KioskConfig) -> str:
    """The service that a counter with only one serves; '' where several are."""
    return config.services[0].id if len(config.services) == 1 else ""


def answer(
    state: State, config: KioskConfig, value: int, now: float, token: str, *, trigger: Trigger = "tap", about: str | None = None
) -> tuple[State, Answer | None]:
    """A face was touched: a new visit's rating, or the correction of the open one's.

    None when the touch is not an answer: not on the rating screen, or a second strike
    within half a second of the last.
    """
    if state.screen != "rating" or (state.touched is not None and now - state.touched < STRIKE_S):
        return state, None
    visit = state.visit or Visit(token, now, _gap_ms(state.last_began, now), trigger)
    about = service(config) if about is None else about
    given = Answer(visit.token, visit.gap_ms, visit.trigger, about, question(config).id, value, state.language)
    return replace(state, screen="thanks", since=now, visit=visit, last_began=visit.began, touched=now), given


def back(state: State, now: float) -> State:
    """From thanks to the question again, to correct a mis-tap, within 30 s of the visit's beginning."""
    if state.screen == "thanks" and state.visit and now - state.visit.began < CORRECTION_S:
        return replace(state, screen="rating", since=now, touched=None)
    return state


def dismiss(state: State, config: KioskConfig, now: float) -> State:
    """Any touch ends the thanks."""
    return idle(config, now, state.last_began) if state.screen == "thanks" else state


def choose_language(state: State, config: KioskConfig, language: str, now: float) -> State:
    """Another language for this citizen; unknown ones change nothing."""
    return replace(state, language=language, since=now) if language in config.languages else state


def tick(state: State, config: KioskConfig, now: float) -> State:
    """What time alone changes: thanks end, a correction window closes, the language falls back."""
    if state.screen == "thanks" and now - state.since >= THANKS_S:
        return idle(config, now, state.last_began)
    if state.visit and now - state.visit.began >= CORRECTION_S:
        return idle(config, now, state.last_began)
    if not state.visit and state.language != config.languages[0] and now - state.since >= IDLE_LANGUAGE_S:
        return idle(config, now, state.last_began)
    return state


def _gap_ms(last_began: float | None, now: float) -> int | None:
    return None if last_began is None else round((now - last_began) * 1000)
