"""Further questions that only some citizens are asked: those whose answer to the main one was good, or was bad."""

import pytest
from configs import config, question
from hypothesis import given
from hypothesis import strategies as st

from broker_config.messages import SCALES, KioskConfig
from kiosk import pace, visit
from kiosk.state import State
from kiosk.visit import CORRECTION_S

T = 1000.0


def asking(*after: str, scale: str = "smiley5") -> KioskConfig:
    """A main question on a scale, and further ones on that condition: `any`, `good` or `bad`."""
    further = [question(id=f"further-{n}", scale="thumbs", words={}, after=one) for n, one in enumerate(after, 1)]
    questions = [question(scale=scale, words={}), *further]
    return config(questionnaire={"id": "standard", "questions": questions, "comment": False})


def asked_after(given: KioskConfig, value: int, state: State | None = None, now: float = T) -> list[int]:
    """The places of the further questions that a citizen with this answer meets, skipping each."""
    state = visit.answer(state or visit.idle(given, now), given, value, now, "one")[0]
    met = []
    while state.screen == "rating":
        met.append(state.asked)
        now += 1
        state = visit.skip(state, given, now)
    assert state.screen == "thanks"
    return met


@pytest.mark.parametrize(
    ("scale", "value", "good"),
    [
        ("smiley5", 5, True),
        ("smiley5", 4, True),
        ("smiley5", 3, False),
        ("smiley5", 1, False),
        ("stars5", 4, True),
        ("stars5", 3, False),
        ("smiley4", 3, True),
        ("smiley4", 2, False),
        ("smiley3", 3, True),
        ("smiley3", 2, False),
        ("thumbs", 1, True),
        ("thumbs", 0, False),
        ("nps11", 10, True),
        ("nps11", 9, True),
        ("nps11", 8, False),
        ("nps11", 0, False),
    ],
)
def test_who_is_asked_what(scale: str, value: int, good: bool) -> None:
    given = asking("any", "good", "bad", scale=scale)
    assert asked_after(given, value) == ([1, 2] if good else [1, 3])


def test_where_no_condition_is_met_there_are_thanks() -> None:
    assert asked_after(asking("bad", "bad"), 5) == []
    assert asked_after(asking("good"), 1) == []


def test_a_condition_on_the_main_question_itself_changes_nothing() -> None:
    questions = [question(after="bad"), question(id="why", after="bad")]
    given = config(questionnaire={"id": "standard", "questions": questions, "comment": False})
    assert visit.idle(given, T).screen == "rating"
    assert (asked_after(given, 5), asked_after(given, 1)) == ([], [1])


def test_it_is_the_main_answer_that_counts_and_not_the_one_before() -> None:
    given = asking("any", "bad")
    state = visit.answer(visit.idle(given, T), given, 5, T, "one")[0]
    state, answer = visit.answer(state, given, 0, T + 1, "two")
    assert answer
    assert (answer.question, state.screen) == ("further-1", "thanks"), "a thumb down is no bad visit"


def test_who_corrects_the_main_answer_is_asked_what_follows_the_new_one() -> None:
    given = asking("good", "bad")
    state = visit.answer(visit.idle(given, T), given, 5, T, "one")[0]
    assert state.asked == 1
    main = visit.back(state, T + 1)
    state, answer = visit.answer(main, given, 1, T + 2, "two")
    assert answer
    assert (answer.visit, state.asked) == ("one", 2)
    thanks = visit.skip(state, given, T + 3)
    again = visit.back(thanks, T + 4)
    assert (again.screen, again.asked) == ("rating", 0)
    assert visit.answer(again, given, 4, T + 5, "three")[0].asked == 1


CONDITIONS = st.lists(st.sampled_from(["any", "good", "bad"]), max_size=6)


@given(st.sampled_from(sorted(SCALES)), CONDITIONS, st.data())
def test_every_citizen_is_asked_exactly_what_the_conditions_say(scale: str, after: list[str], data: st.DataObject) -> None:
    given, values = asking(*after, scale=scale), range(SCALES[scale].low, SCALES[scale].high + 1)
    value = data.draw(st.sampled_from(values))
    good = value >= 9 if scale == "nps11" else value in SCALES[scale].positive
    assert asked_after(given, value) == [n for n, one in enumerate(after, 1) if one == "any" or (one == "good") == good]


MOVES = st.lists(st.tuples(st.sampled_from(["rate", "skip", "back", "wait"]), st.floats(0.5, 8), st.integers(1, 5)), max_size=30)


@given(CONDITIONS, MOVES)
def test_whatever_is_touched_no_question_is_met_that_does_not_fit_the_main_answer(
    after: list[str], moves: list[tuple[str, float, int]]
) -> None:
    given, now = asking(*after), T
    state = visit.idle(given, T)
    for number, (move, passed, value) in enumerate(moves):
        now += passed
        state = pace.tick(state, given, now)
        if move == "rate":
            state, _ = visit.answer(state, given, value if not state.asked else value % 2, now, f"token-{number}")
        elif move == "skip":
            state = visit.skip(state, given, now)
        elif move == "back":
            state = visit.back(state, now)
        if state.asked and state.screen == "rating":
            assert state.visit
            assert state.visit.main is not None
            fitting = ("any", "good" if state.visit.main >= 4 else "bad")
            assert visit.question(given, state.asked).after in fitting
    state = pace.tick(pace.tick(state, given, now + CORRECTION_S), given, now + 2 * CORRECTION_S)
    assert visit.is_idle(state, given)
