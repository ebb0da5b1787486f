"""Pure: one citizen's visit as a state machine. What time alone does is in `pace`.

Every function takes the state and what happened, and gives the next state; what was given
comes with it, and must be made durable *before* the next screen is shown. Times are
monotonic seconds. Where a counter has one service or none, the first touch on the idle
screen is the answer; where it has several, the idle screen asks for the service first,
unless a prompt has told which one it was.

    services → rating → reasons → further questions with their reasons → comment → thanks → idle
"""

from dataclasses import replace

from broker_config.messages import SCALES, Choice, KioskConfig, Question, Trigger
from kiosk.state import Access, Answer, Because, Prompted, Remark, State, Visit

CORRECTION_S = 30.0
STRIKE_S = 0.5
MOST_REASONS = 3
MOST_LETTERS = 500
LOUDEST = 3
PROMOTERS = (9, 10)


# ── what is asked ───────────────────────────────────────────────────────────────────────


def idle(config: KioskConfig, now: float, last_began: float | None = None, prompt: Prompted | None = None) -> State:
    """The first screen in the default language and look, waiting for anybody; about a prompt's visit while it lasts."""
    first = State("services" if len(config.services) > 1 else "rating", config.languages[0], now, last_began=last_began)
    if prompt is None or now >= prompt.until:
        return first
    before = first if first.screen == "services" else None
    return replace(first, screen="rating", service=prompt.service, prompt=prompt, prompting=True, before=before)


def is_idle(state: State, config: KioskConfig) -> bool:
    """Nobody's visit is open and nobody has chosen anything: a new configuration may be applied."""
    told = state.prompting or state.service is None
    plain = state.language == config.languages[0] and state.access == Access() and not state.page and not state.unfolded
    return state.visit is None and told and plain and state.screen != "privacy"


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
    A visit that was prompted has the prompt's token and trigger, and uses the prompt up.
    """
    if state.screen not in ("services", "rating") or _too_soon(state, now):
        return state, None
    if state.prompting and state.prompt and state.visit is None:
        token, trigger, state = state.prompt.visit, "prompt", replace(state, prompt=None, prompting=False)
    visit = state.visit or Visit(token, now, gap_ms(state.last_began, now), trigger)
    visit = visit if state.asked else replace(visit, main=value)
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
    return _onwards(state, config, now), because(state, config)


def write(state: State, text: str, now: float) -> State:
    """The comment as it stands now; what is above 500 characters is not taken."""
    return replace(state, comment=text[:MOST_LETTERS], since=now, touched=None) if state.screen == "comment" else state


def send(state: State, config: KioskConfig, now: float) -> tuple[State, Remark | None]:
    """The comment is given; a blank one changes nothing."""
    given = remark(state, config)
    if state.screen != "comment" or given is None or _too_soon(state, now):
        return state, None
    return commented(state, config, now), given


def commented(state: State, config: KioskConfig, now: float) -> State:
    """After a comment was given: it is asked for once a visit."""
    visit = state.visit and replace(state.visit, commented=True)
    return _onwards(replace(state, visit=visit, comment=""), config, now)


def skip(state: State, config: KioskConfig, now: float) -> State:
    """No reasons, no answer to a further question, no comment; what was chosen or written and not given is dropped."""
    if _too_soon(state, now) or not may_skip(state):
        return state
    return _onwards(replace(state, chosen=(), comment="" if state.screen == "comment" else state.comment), config, now)


def may_skip(state: State) -> bool:
    """All but the main question can be skipped."""
    return state.screen in ("reasons", "comment") or (state.screen == "rating" and state.asked > 0)


def back(state: State, now: float) -> State:
    """One screen back; from thanks to the main question. What is given again there supersedes; what was written stays."""
    if not may_go_back(state, now):
        return state
    earlier = state.before
    while earlier and state.screen == "thanks" and (earlier.screen, earlier.asked) != ("rating", 0):
        earlier = earlier.before
    if earlier is None:
        return state
    prompt = None if state.prompting and not earlier.prompting else state.prompt  # declined
    kept = replace(earlier, visit=state.visit, last_began=state.last_began, language=state.language, access=state.access)
    prompting = earlier.prompting and prompt is not None
    kept = replace(kept, since=now, touched=None, prompt=prompt, prompting=prompting, extended=state.extended)
    return replace(kept, comment=state.comment)


def may_go_back(state: State, now: float) -> bool:
    """To the services before a visit begins; then no further than the main question, and from thanks for 30 s."""
    if state.visit is None or state.screen == "privacy":
        return state.before is not None
    late = state.screen == "thanks" and now - state.visit.began >= CORRECTION_S
    return state.before is not None and state.before.screen != "services" and not late


def dismiss(state: State, config: KioskConfig, now: float) -> State:
    """The visit is over, whatever was on the screen; the next citizen meets everything as it was."""
    return state if is_idle(state, config) else idle(config, now, state.last_began, state.prompt)


def choose_language(state: State, config: KioskConfig, language: str, now: float) -> State:
    """Another language for this citizen; unknown ones change nothing."""
    return replace(state, language=language, since=now) if language in config.languages else state


def choose_access(state: State, access: Access, now: float) -> State:
    """Another look or voice for this citizen."""
    return replace(state, access=access, since=now)


def unfold(state: State, now: float) -> State:
    """Open or close the ways to see and hear better, where a small panel folds them."""
    return replace(state, unfolded=not state.unfolded, since=now)


def read_privacy(state: State, now: float) -> State:
    """The notice on anonymity, from where it is mentioned; Back leads to where it was opened."""
    if state.screen not in ("services", "rating") or _too_soon(state, now):
        return state
    return replace(state, screen="privacy", since=now, touched=now, struck="", before=state)


def prompted(state: State, config: KioskConfig, prompt: Prompted, now: float) -> State:
    """A visit just ended at this counter: ask about it, now or when the visit on the screen has been rated.

    Who has only chosen a language or a look is most likely who it is about, and is asked at
    once. Who has chosen a service goes on undisturbed, and nobody is asked in their place.
    """
    known = prompt.service if any(one.id == prompt.service for one in config.services) else service(config)
    prompt = replace(prompt, service=known)
    if state.visit or state.screen == "privacy":
        return replace(state, prompt=prompt)
    if state.service is not None and not state.prompting:
        return state
    asked = idle(config, now, state.last_began, prompt)
    return replace(asked, language=state.language, access=state.access, unfolded=state.unfolded)


# ── what is given ───────────────────────────────────────────────────────────────────────


def because(state: State, config: KioskConfig) -> Because | None:
    """The chosen reasons, as they would be given now."""
    if not state.visit or state.value is None or not state.chosen:
        return None
    asked = question(config, state.asked).id
    return Because(state.visit.token, _service(state, config), asked, state.value, state.language, state.chosen)


def remark(state: State, config: KioskConfig) -> Remark | None:
    """The comment, as it would be given now."""
    if not state.visit or state.visit.main is None or not state.comment.strip():
        return None
    about, asked = _service(state, config), question(config).id
    return Remark(state.visit.token, about, asked, state.visit.main, state.language, state.comment.strip())


# ── inside ──────────────────────────────────────────────────────────────────────────────


def _onwards(state: State, config: KioskConfig, now: float) -> State:
    """The next question that this citizen is asked, then the comment, then thanks."""
    left = replace(state, comment="") if state.screen == "comment" else state  # nothing that was written stays behind
    plain = replace(left, since=now, touched=now, struck="", value=None, chosen=(), before=left)
    following = _following(state, config)
    if following is not None and state.screen != "comment":
        return replace(plain, screen="rating", asked=following)
    may_comment = config.questionnaire.comment and state.visit and not state.visit.commented and state.screen != "comment"
    return replace(plain, screen="comment" if may_comment else "thanks")


def _following(state: State, config: KioskConfig) -> int | None:
    """The next further question whose condition the answer to the main one meets; None after the last."""
    main = state.visit.main if state.visit else None
    good = main is not None and is_good(question(config), main)
    fitting = ("any", "good" if good else "bad")
    later = range(state.asked + 1, len(config.questionnaire.questions))
    return next((place for place in later if question(config, place).after in fitting), None)


def _service(state: State, config: KioskConfig) -> str:
    return service(config) if state.service is None else state.service


def _too_soon(state: State, now: float, target: str = "") -> bool:
    """A second strike: on the same chip, or on anything right after the screen has changed."""
    return state.touched is not None and now - state.touched < STRIKE_S and state.struck in ("", target)


def gap_ms(last_began: float | None, now: float) -> int | None:
    """Milliseconds since a visit began, None where there was none since the boot."""
    return None if last_began is None else round((now - last_began) * 1000)
