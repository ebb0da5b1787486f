"""One citizen's visit as a state machine: no screen, no clock, no network."""

import itertools
from typing import Any

import pytest
from configs import config
from hypothesis import given
from hypothesis import strategies as st

from kiosk import pace, visit
from kiosk.pace import IDLE_S, THANKS_S
from kiosk.state import Answer, State
from kiosk.visit import CORRECTION_S, STRIKE_S

CONFIG = config()
T = 1000.0


def start() -> State:
    return visit.idle(CONFIG, T)


def answered(state: State, value: int = 4, now: float = T, token: str = "one", **how: Any) -> tuple[State, Answer]:
    state, given = visit.answer(state, CONFIG, value, now, token, **how)
    assert given is not None
    return state, given


def test_an_idle_kiosk_shows_the_question_in_its_first_language() -> None:
    state = start()
    assert (state.screen, state.language, state.visit) == ("rating", "lt", None)
    assert visit.is_idle(state, CONFIG)
    assert visit.question(CONFIG).id == "overall"


def test_the_first_touch_is_the_answer_then_thanks_then_idle() -> None:
    state, given = answered(start(), 2)
    assert (given.visit, given.value, given.question, given.language, given.trigger) == ("one", 2, "overall", "lt", "tap")
    assert given.gap_ms is None, "nothing was before the first visit after a boot"
    assert state.screen == "thanks"
    assert not visit.is_idle(state, CONFIG)
    assert pace.tick(state, CONFIG, T + THANKS_S - 0.01) == state
    after = pace.tick(state, CONFIG, T + THANKS_S)
    assert visit.is_idle(after, CONFIG)
    assert after.last_began == T


def test_the_gap_is_between_the_beginnings_of_two_visits() -> None:
    state, _ = answered(start())
    state = pace.tick(state, CONFIG, T + THANKS_S)
    _, given = answered(state, now=T + 4.9996, token="two")
    assert (given.visit, given.gap_ms) == ("two", 5000)


def test_a_correction_within_30_seconds_is_the_same_visit() -> None:
    first_state, _ = answered(start())
    idle_again = pace.tick(first_state, CONFIG, T + THANKS_S)
    state, first = answered(idle_again, 1, now=T + 100, token="two", trigger="key")
    state = visit.back(state, T + 102)
    assert (state.screen, visit.is_idle(state, CONFIG)) == ("rating", False)
    state, second = answered(state, 5, now=T + 129.9, token="three", trigger="tap")
    assert (second.visit, second.gap_ms, second.trigger) == (first.visit, first.gap_ms, first.trigger) == ("two", 100_000, "key")
    assert second.value == 5
    assert state.last_began == T + 100, "the next visit's gap counts from this visit's beginning"


def test_after_30_seconds_it_is_another_visit() -> None:
    state, _ = answered(start())
    assert visit.back(state, T + CORRECTION_S) == state, "too late to go back"
    state = visit.back(state, T + 1)
    closed = pace.tick(state, CONFIG, T + CORRECTION_S)
    assert visit.is_idle(closed, CONFIG)
    _, given = answered(closed, now=T + CORRECTION_S, token="two")
    assert (given.visit, given.gap_ms) == ("two", 30_000)


def test_a_second_strike_is_no_second_answer() -> None:
    state, _ = answered(start())
    again, given = visit.answer(state, CONFIG, 5, T + 0.1, "two")
    assert given is None
    assert again == state


def test_a_strike_within_half_a_second_is_ignored_also_on_the_rating_screen() -> None:
    state = State("rating", "lt", T, touched=T)
    assert visit.answer(state, CONFIG, 5, T + STRIKE_S - 0.01, "two") == (state, None)
    assert visit.answer(state, CONFIG, 5, T + STRIKE_S, "two")[1] is not None


def test_only_thanks_can_be_left_or_gone_back_from() -> None:
    state = start()
    assert visit.back(state, T + 1) == state
    assert visit.dismiss(state, CONFIG, T + 1) == state
    thanks, _ = answered(state)
    dismissed = visit.dismiss(thanks, CONFIG, T + 1)
    assert visit.is_idle(dismissed, CONFIG)
    assert dismissed.last_began == T


def test_a_language_is_chosen_by_one_citizen_and_forgotten_for_the_next() -> None:
    state = visit.choose_language(start(), CONFIG, "en", T + 1)
    assert state.language == "en"
    assert visit.choose_language(state, CONFIG, "xx", T + 2) == state
    state, given = answered(state, now=T + 3)
    assert (given.language, state.language) == ("en", "en")
    assert pace.tick(state, CONFIG, T + 3 + THANKS_S).language == "lt"


def test_a_language_that_nobody_used_falls_back() -> None:
    state = visit.choose_language(start(), CONFIG, "en", T)
    assert pace.tick(state, CONFIG, T + IDLE_S - 0.01) == state
    assert pace.tick(state, CONFIG, T + IDLE_S).language == "lt"
    assert pace.tick(start(), CONFIG, T + 1000) == start(), "the default has nothing to fall back to"


def test_the_service_is_the_counters_only_one_or_the_one_said() -> None:
    several = config(services=[{"id": name, "name": {}} for name in ("one", "two")])
    assert visit.service(CONFIG) == "residence"
    assert visit.service(several) == ""
    assert visit.service(config(services=[])) == ""
    assert answered(start())[1].service == "residence"
    assert answered(start(), about="other")[1].service == "other"
    assert answered(start(), about="")[1].service == ""


@pytest.mark.parametrize("trigger", ["tap", "prompt", "key", "test"])
def test_what_began_the_visit_is_told(trigger: Any) -> None:
    assert answered(start(), trigger=trigger)[1].trigger == trigger


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["answer", "back", "dismiss", "tick", "en", "lt"]), st.floats(0, 40, allow_nan=False)), max_size=20
)


@given(ACTIONS)
def test_any_sequence_keeps_the_visits_apart(actions: list[tuple[str, float]]) -> None:
    """A token never comes back after its visit, a gap is never negative, a correction keeps the gap."""
    state, now, given = start(), T, list[tuple[Answer, float]]()
    for number, (action, passed) in enumerate(actions):
        now += passed
        state = pace.tick(state, CONFIG, now)
        if action == "answer":
            state, answer = visit.answer(state, CONFIG, 3, now, f"token-{number}")
            given += [(answer, now)] if answer else []
        elif action in ("back", "dismiss"):
            state = visit.back(state, now) if action == "back" else visit.dismiss(state, CONFIG, now)
        elif action in ("en", "lt"):
            state = visit.choose_language(state, CONFIG, action, now)
        assert (state.screen == "thanks") <= (state.visit is not None)
    began: dict[str, float] = {}
    for answer, at in given:
        began.setdefault(answer.visit, at)
        assert at - began[answer.visit] < CORRECTION_S
        assert answer.visit == list(began)[-1]
    gaps = {answer.visit: answer.gap_ms for answer, _ in given}
    assert all(answer.gap_ms == gaps[answer.visit] for answer, _ in given)
    starts = list(began.values())
    assert list(gaps.values()) == [None, *(round((b - a) * 1000) for a, b in itertools.pairwise(starts))][: len(starts)]
