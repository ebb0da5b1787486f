"""Pure: what time alone does to a visit. Screens left untouched close, so that the next citizen meets a fresh one.

Most close quietly. A comment, and everything while an access mode is on, first asks
whether more time is needed, and leaves at least 20 s to answer, ten times (WCAG 2.2, 2.2.1).
"""

from dataclasses import dataclass, replace

from broker_config.messages import KioskConfig
from kiosk import visit
from kiosk.state import Access, Because, Remark, State

THANKS_S = 2.5
THANKS_READ_S = 12.0
REASONS_S = 10.0
FURTHER_S = 15.0
IDLE_S = 30.0
BLANK_COMMENT_S = 30.0
UNHURRIED_S = 60.0
WARN_S = 20.0
MOST_EXTENSIONS = 10


@dataclass(frozen=True, slots=True)
class Limit:
    """A screen closes `rest_s` seconds after the last touch; for the last `warn_s` of them it asks whether that is right."""

    rest_s: float
    warn_s: float = 0.0


def limit(state: State, config: KioskConfig) -> Limit | None:
    """How long this screen may be left alone; None where it waits for anybody."""
    if visit.is_idle(state, config):
        return None
    if state.screen == "thanks":
        slow = state.access != Access() or state.removed or config.display.get("qr")
        return Limit(THANKS_READ_S if slow else THANKS_S)
    if state.access != Access() or (state.screen == "comment" and state.comment.strip()):
        return Limit(UNHURRIED_S, WARN_S)
    if state.screen == "comment":
        return Limit(BLANK_COMMENT_S, WARN_S)
    return Limit(REASONS_S if state.screen == "reasons" else FURTHER_S if state.asked else IDLE_S)


def warning(state: State, config: KioskConfig, now: float) -> float | None:
    """The seconds left in which to ask for more time; None while nothing needs to be asked."""
    most = limit(state, config)
    if most is None or not most.warn_s:
        return None
    left = state.since + most.rest_s - now
    return left if 0 < left <= most.warn_s else None


def extend(state: State, now: float) -> State:
    """The citizen wants more time; the eleventh wish is not granted."""
    return replace(state, since=now, extended=state.extended + 1) if may_extend(state) else state


def may_extend(state: State) -> bool:
    return state.extended < MOST_EXTENSIONS


def overdue(state: State, config: KioskConfig, now: float) -> Because | Remark | None:
    """What was chosen or written on a screen left alone: to be made durable before `tick` closes it."""
    return unsent(state, config) if _is_over(state, config, now) else None


def unsent(state: State, config: KioskConfig) -> Because | Remark | None:
    """What was chosen or written on a screen and not given yet."""
    return visit.because(state, config) if state.screen == "reasons" else visit.remark(state, config)


def touched(state: State, config: KioskConfig, now: float) -> State:
    """A finger or a key, whatever it does: who is there is not hurried."""
    return state if limit(state, config) is None else replace(state, since=now)


def tick(state: State, config: KioskConfig, now: float) -> State:
    """What time alone changes: screens left untouched close, a correction window closes, choices fall back, prompts end."""
    if _is_over(state, config, now):
        return _closed(state, config, now)
    if state.prompt and now >= state.prompt.until:
        return _unprompted(state, config, now)
    return state


def _is_over(state: State, config: KioskConfig, now: float) -> bool:
    most = limit(state, config)
    if most is None:
        return False
    ends = state.since + most.rest_s
    if state.screen == "rating" and state.visit and not state.asked and not most.warn_s:
        ends = max(state.visit.began + visit.CORRECTION_S, state.since + REASONS_S)  # time to touch what was come back for
    return now >= ends


def _closed(state: State, config: KioskConfig, now: float) -> State:
    """Mid-visit there are thanks first; they close by themselves."""
    if state.screen in ("reasons", "comment") or (state.asked and state.screen == "rating"):
        if state.screen == "comment" and state.comment.strip():
            return visit.commented(state, config, now)
        return replace(state, screen="thanks", since=now, chosen=(), comment="", before=replace(state, comment=""))
    return visit.idle(config, now, state.last_began, state.prompt)


def _unprompted(state: State, config: KioskConfig, now: float) -> State:
    """The prompt's time is over; language and look stay as they were chosen."""
    if not state.prompting or state.visit or state.screen == "privacy":
        return replace(state, prompt=None, prompting=False)
    plain = visit.idle(config, now, state.last_began)
    return replace(plain, since=state.since, language=state.language, access=state.access, touched=state.touched)
