"""Pure: one citizen's visit as a state machine.

Every function takes the state and what happened, and gives the next state; what was given
comes with it, and must be made durable *before* the next screen is shown. Times are
monotonic seconds. Where a counter has one service or none, the first touch on the idle
screen is the answer; where it has several, the idle screen asks for the service first.

    services → rating → reasons → further questions with their reasons → thanks → idle
"""

from dataclasses import dataclass, replace
from typing import Literal

from broker_config.messages import SCALES, Choice, KioskConfig, Question, Trigger

THANKS_S = 2.5
REASONS_S = 10.0
FURTHER_S = 15.0
CORRECTION_S = 30.0
STRIKE_S = 0.5
IDLE_S = 30.0
MOST_REASONS = 3
PROMOTERS = (9, 10)

Screen = Literal["services", "rating", "reasons", "thanks"]


@dataclass(frozen=True, slots=True)
class Visit:
    """One citizen's answers. `gap_ms`: since the previous visit began, None for the first after a boot."""

    token: str
    began: float
    gap_ms: int | None
    trigger: Trigger


@dataclass(frozen=True, slots=True)
class State:
    """What the kiosk shows, and whose visit it is. `since`: when this screen came up or was last touched.

    `service`: as chosen or told, None where nobody has. `asked`: the question's place in the
    questionnaire; `value`: its answer, on the way through its reasons; `chosen`: reasons not
    yet given. `touched`: the last touch that counted, on the chip `struck` or, where that is
    empty, on whatever brought this screen. `before`: where Back leads.
    """

    screen: Screen
    language: str
    since: float
    visit: Visit | None = None
    last_began: float | None = None
    touched: float | None = None
    struck: str = ""
    service: str | None = None
    page: int = 0
    asked: int = 0
    value: int | None = None
    chosen: tuple[str, ...] = ()
    before: "State | None" = None


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


@dataclass(frozen=True, slots=True)
class Because:
    """Reasons as given, for an answer that was given before."""

    visit: str
    service: str
    question: str
    value: int
    language: str
    reasons: tuple[str, ...]


# ── what is asked ───────────────────────────────────────────────────────────────────────


def idle(config: KioskConfig, now: float, last_began: float | None = None) -> State:
    """The first screen in the default language, waiting for anybody."""
    return State("services" if len(config.services) > 1 else "rating", config.languages[0], now, last_began=last_began)


def is_idle(state: State) -> bool:
    """Nobody's visit is open and no service chosen: a new configuration may be applied."""
    return state.visit is None and state.service is None


def question(config: KioskConfig, asked: int = 0) -> Question:
    """The question at a place of the questionnaire; the first is the main one."""
    return config.questionnaire.questions[asked]


def service(config: KioskConfig) -> str:
    """The service that a counter with only one serves; '' where several are."""
    return config.services[0].id if len(config.services) == 1 else ""


def is_good(asked: Question, value: int) -> bool:
    """Whether the reasons for good answers are asked; promoters are good, passives and detractors are not."""
    return value in (SCALES[asked.scale].positive or PROMOTERS)


def reasons(asked: Question, value: int) -> list[Choice]:
    """The reasons that this answer may have."""
    return asked.reasons.good if is_good(asked, value) else asked.reasons.bad


# ── what a citizen does ─────────────────────────────────────────────────────────────────


def choose_service(state: State, config: KioskConfig, chosen: str, now: float) -> State:
    """What the citizen came for, '' for anything else. No visit begins before the first answer."""
    known = chosen == "" or any(one.id == chosen for one in config.services)
    if state.screen != "services" or not known or _too_soon(state, now):
        return state
    return replace(state, screen="rating", since=now, touched=now, struck="", service=chosen, before=state)


def turn(state: State, page: int, now: float) -> State:
    """Another page of services."""
    return replace(state, page=max(0, page), since=now) if state.screen == "services" else state


def answer(
    state: State, config: KioskConfig, value: int, now: float, token: str, *, trigger: Trigger = "tap", about: str | None = None
) -> tuple[State, Answer | None]:
    """A face was touched: a new visit's rating, the correction of the open one's, or a further question's.

    None when the touch is not an answer: no question is on the screen, or a second strike
    within half a second. Without a screen the service need not have been chosen: `about` tells it.
    """
    if state.screen not in ("services", "rating") or _too_soon(state, now):
        return state, None
    visit = state.visit or Visit(token, now, _gap_ms(state.last_began, now), trigger)
    about = _service(state, config) if about is None else about
    asked = question(config, state.asked)
    given = Answer(visit.token, visit.gap_ms, visit.trigger, about, asked.id, value, state.language)
    begun = replace(state, screen="rating", visit=visit, last_began=visit.began, touched=now, struck="", service=about)
    if reasons(asked, value):
        return replace(begun, screen="reasons", since=now, value=value, chosen=(), before=begun), given
    return _onwards(begun, config, now), given


def choose_reason(state: State, config: KioskConfig, reason: str, now: float) -> State:
    """A chip was touched: chosen, or no longer so. A fourth changes nothing."""
    if state.screen != "reasons" or state.value is None or _too_soon(state, now, reason):
        return state
    if reason not in [choice.id for choice in reasons(question(config, state.asked), state.value)]:
        return state
    touched = replace(state, since=now, touched=now, struck=reason)
    if reason in state.chosen:
        return replace(touched, chosen=tuple(one for one in state.chosen if one != reason))
    return replace(touched, chosen=(*state.chosen, reason)) if len(state.chosen) < MOST_REASONS else touched


def done(state: State, config: KioskConfig, now: float) -> tuple[State, Because | None]:
    """The chosen reasons are given; with none chosen it only goes on."""
    if state.screen != "reasons" or _too_soon(state, now):
        return state, None
    return _onwards(state, config, now), _because(state, config)


def skip(state: State, config: KioskConfig, now: float) -> State:
    """No reasons, or no answer to a further question; what was chosen and not given is dropped."""
    if _too_soon(state, now) or not may_skip(state):
        return state
    return _onwards(replace(state, chosen=()), config, now)


def may_skip(state: State) -> bool:
    """All but the main question can be skipped."""
    return state.screen == "reasons" or (state.screen == "rating" and state.asked > 0)


def back(state: State, now: float) -> State:
    """One screen back; from thanks to the main question. What is given again there supersedes."""
    if not may_go_back(state, now):
        return state
    earlier = state.before
    while earlier and state.screen == "thanks" and (earlier.screen, earlier.asked) != ("rating", 0):
        earlier = earlier.before
    if earlier is None:
        return state
    return replace(earlier, since=now, visit=state.visit, last_began=state.last_began, touched=None, language=state.language)


def may_go_back(state: State, now: float) -> bool:
    """To the services before a visit begins; then within 30 s of its beginning, and no further than the main question."""
    if state.visit is None:
        return state.before is not None
    return state.before is not None and state.before.screen != "services" and now - state.visit.began < CORRECTION_S


def dismiss(state: State, config: KioskConfig, now: float) -> State:
    """The visit is over, whatever was on the screen."""
    return state if is_idle(state) else idle(config, now, state.last_began)


def choose_language(state: State, config: KioskConfig, language: str, now: float) -> State:
    """Another language for this citizen; unknown ones change nothing."""
    return replace(state, language=language, since=now) if language in config.languages else state


# ── what time does ──────────────────────────────────────────────────────────────────────


def overdue(state: State, config: KioskConfig, now: float) -> Because | None:
    """Reasons that were chosen and left untouched: to be made durable before `tick` closes the screen."""
    return _because(state, config) if state.screen == "reasons" and now - state.since >= REASONS_S else None


def tick(state: State, config: KioskConfig, now: float) -> State:
    """What time alone changes: screens left untouched close, a correction window closes, choices fall back."""
    rest = now - state.since
    if state.screen == "thanks":
        over = rest >= THANKS_S
    elif state.screen == "reasons" or state.asked:
        left = rest >= (REASONS_S if state.screen == "reasons" else FURTHER_S)
        return replace(state, screen="thanks", since=now, chosen=(), before=state) if left else state
    elif state.visit:
        over = now - state.visit.began >= CORRECTION_S
    else:
        changed = state.service is not None or state.page or state.language != config.languages[0]
        over = bool(changed) and rest >= IDLE_S
    return idle(config, now, state.last_began) if over else state


# ── inside ──────────────────────────────────────────────────────────────────────────────


def _onwards(state: State, config: KioskConfig, now: float) -> State:
    """The next question, or thanks after the last."""
    plain = replace(state, since=now, touched=now, struck="", value=None, chosen=(), before=state)
    if state.asked + 1 < len(config.questionnaire.questions):
        return replace(plain, screen="rating", asked=state.asked + 1)
    return replace(plain, screen="thanks")


def _because(state: State, config: KioskConfig) -> Because | None:
    if not state.visit or state.value is None or not state.chosen:
        return None
    asked = question(config, state.asked).id
    return Because(state.visit.token, _service(state, config), asked, state.value, state.language, state.chosen)


def _service(state: State, config: KioskConfig) -> str:
    return service(config) if state.service is None else state.service


def _too_soon(state: State, now: float, target: str = "") -> bool:
    """A second strike: on the same chip, or on anything right after the screen has changed."""
    return state.touched is not None and now - state.touched < STRIKE_S and state.struck in ("", target)


def _gap_ms(last_began: float | None, now: float) -> int | None:
    return None if last_began is None else round((now - last_began) * 1000)
