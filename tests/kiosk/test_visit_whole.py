"""Services, reasons and further questions in one citizen's visit: no screen, no clock, no network."""

import pytest
from configs import config, question
from hypothesis import given
from hypothesis import strategies as st

from kiosk import pace, visit
from kiosk.pace import FURTHER_S, IDLE_S, REASONS_S, THANKS_S
from kiosk.state import Because, State
from kiosk.visit import CORRECTION_S

T = 1000.0
WHY = [{"id": name, "text": {"lt": name}} for name in ("time", "staff", "ease", "other")]
MAIN = question(reasons={"good": WHY, "bad": [*WHY[:2], {"id": "rude", "text": {"lt": "rude"}}]})
ADVISE = question(id="advise", scale="nps11", words={}, reasons={"good": WHY, "bad": []})
SEVERAL = [{"id": name, "name": {"lt": name}} for name in ("one", "two")]
WHOLE = config(services=SEVERAL, questionnaire={"id": "standard", "questions": [MAIN, ADVISE], "comment": False})


def rated(value: int = 2, now: float = T, state: State | None = None) -> State:
    """A visit that began at `now` and is asked why."""
    chosen = visit.choose_service(state or visit.idle(WHOLE, now - 1), WHOLE, "two", now - 1)
    return visit.answer(chosen, WHOLE, value, now, "one")[0]


def chose(state: State, *reasons: str, now: float = T + 1) -> State:
    for reason in reasons:
        state = visit.choose_reason(state, WHOLE, reason, now)
    return state


def test_several_services_are_asked_first_and_open_no_visit() -> None:
    state = visit.idle(WHOLE, T)
    assert (state.screen, visit.is_idle(state, WHOLE), visit.idle(config(services=[]), T).screen) == ("services", True, "rating")
    chosen = visit.choose_service(state, WHOLE, "two", T + 1)
    assert (chosen.screen, chosen.visit, visit.is_idle(chosen, WHOLE)) == ("rating", None, False)
    assert visit.answer(chosen, WHOLE, 4, T + 1.1, "x") == (chosen, None), "the second strike of the first touch"
    _, given = visit.answer(chosen, WHOLE, 4, T + 2, "x")
    assert given
    assert (given.service, given.gap_ms) == ("two", None)
    assert visit.back(chosen, T + 2).screen == "services"
    fallen = pace.tick(chosen, WHOLE, T + 1 + IDLE_S)
    assert (fallen.screen, visit.is_idle(fallen, WHOLE), fallen.last_began) == ("services", True, None)


def test_another_service_is_none_and_an_unknown_one_is_no_choice() -> None:
    state = visit.idle(WHOLE, T)
    assert visit.choose_service(state, WHOLE, "three", T) == state
    other = visit.choose_service(state, WHOLE, "", T)
    given = visit.answer(other, WHOLE, 4, T + 1, "x")[1]
    assert given
    assert given.service == ""
    assert visit.choose_service(other, WHOLE, "one", T + 2) == other, "there are no services on the rating screen"


def test_a_page_turned_falls_back() -> None:
    state = visit.turn(visit.idle(WHOLE, T), 2, T)
    assert (state.page, visit.turn(state, -1, T).page) == (2, 0)
    assert pace.tick(state, WHOLE, T + IDLE_S).page == 0
    assert visit.turn(rated(), 1, T) == rated()


def test_without_a_screen_an_answer_needs_no_choice_before_it() -> None:
    state, given = visit.answer(visit.idle(WHOLE, T), WHOLE, 2, T, "one", about="two")
    assert given
    assert (given.service, state.screen) == ("two", "reasons")
    because = visit.done(chose(state, "staff"), WHOLE, T + 2)[1]
    assert because
    assert because.service == "two"
    assert visit.is_idle(visit.dismiss(state, WHOLE, T + 3), WHOLE)


@pytest.mark.parametrize(
    ("scale", "good", "bad"),
    [
        ("smiley5", 4, 3),
        ("stars5", 4, 3),
        ("smiley4", 3, 2),
        ("smiley3", 3, 2),
        ("thumbs", 1, 0),
        ("nps11", 9, 8),
        ("nps11", 10, 0),
    ],
)
def test_positive_answers_have_the_good_reasons(scale: str, good: int, bad: int) -> None:
    asked = visit.question(config(questionnaire={"id": "q", "questions": [{**MAIN, "scale": scale}]}))
    assert [one.id for one in visit.reasons(asked, good)][-1] == "other"
    assert [one.id for one in visit.reasons(asked, bad)][-1] == "rude"


def test_done_gives_the_chosen_reasons_and_goes_on() -> None:
    state = chose(rated(2), "time", "rude", now=T + 1)
    state, given = visit.done(state, WHOLE, T + 2)
    assert given == Because("one", "two", "overall", 2, "lt", ("time", "rude"))
    assert (state.screen, state.asked, state.chosen, state.value) == ("rating", 1, (), None)
    assert visit.done(state, WHOLE, T + 3) == (state, None)


def test_at_most_three_and_a_second_touch_takes_back() -> None:
    state = chose(rated(5), "time", "staff", "ease", "other", "unknown")
    assert state.chosen == ("time", "staff", "ease")
    state = chose(state, "staff", now=T + 2)
    assert state.chosen == ("time", "ease")
    assert chose(state, "staff", now=T + 2.4) == state, "a double strike on one chip is one"
    assert chose(state, "other", now=T + 2.4).chosen == ("time", "ease", "other"), "on another it is not"


def test_skip_drops_what_was_chosen_and_done_without_any_gives_nothing() -> None:
    skipped = visit.skip(chose(rated(), "time"), WHOLE, T + 2)
    assert (skipped.asked, skipped.chosen) == (1, ())
    assert visit.done(rated(), WHOLE, T + 2)[1] is None
    assert visit.skip(skipped, WHOLE, T + 2.2) == skipped, "a second strike skips no question"
    assert visit.skip(skipped, WHOLE, T + 3).screen == "thanks"
    assert visit.skip(visit.idle(config(), T), config(), T + 3) == visit.idle(config(), T), "the main question cannot be skipped"


def test_reasons_left_untouched_are_given_and_the_visit_closes() -> None:
    state = chose(rated(2), "time", now=T + 5)
    late = T + 5 + REASONS_S
    assert pace.overdue(state, WHOLE, late - 0.01) is None
    assert pace.tick(state, WHOLE, late - 0.01) == state
    given = pace.overdue(state, WHOLE, late)
    assert given
    assert given.reasons == ("time",)
    thanks = pace.tick(state, WHOLE, late)
    assert (thanks.screen, pace.overdue(thanks, WHOLE, late)) == ("thanks", None)
    assert pace.tick(thanks, WHOLE, late + THANKS_S).screen == "services"
    assert pace.overdue(rated(), WHOLE, late) is None, "nothing was chosen"


def test_a_further_question_belongs_to_the_visit_and_has_its_own_reasons() -> None:
    further = visit.skip(rated(), WHOLE, T + 2)
    state, given = visit.answer(further, WHOLE, 9, T + 40, "two")
    assert given
    assert (given.visit, given.question, given.service, given.gap_ms) == ("one", "advise", "two", None)
    assert state.screen == "reasons"
    thanks, given_why = visit.done(chose(state, "ease", now=T + 41), WHOLE, T + 42)
    assert given_why
    assert (given_why.question, given_why.value, thanks.screen) == ("advise", 9, "thanks")
    assert visit.answer(further, WHOLE, 8, T + 40, "two")[0].screen == "thanks", "it has no reasons for a passive"
    left = pace.tick(further, WHOLE, T + 2 + FURTHER_S)
    assert left.screen == "thanks"


def test_back_goes_screen_by_screen_to_the_main_question_and_no_further() -> None:
    reasons = chose(rated(2), "time")
    further = visit.done(reasons, WHOLE, T + 2)[0]
    again = visit.back(further, T + 3)
    assert (again.screen, again.chosen, again.value) == ("reasons", ("time",), 2)
    main = visit.back(again, T + 4)
    assert (main.screen, main.asked, main.value) == ("rating", 0, None)
    assert visit.back(main, T + 5) == main, "the service of a visit that has begun stays"
    state, given = visit.answer(main, WHOLE, 5, T + 6, "other")
    assert given
    assert (given.visit, given.question, state.chosen) == ("one", "overall", ())
    assert visit.may_go_back(state, T + CORRECTION_S), "a visit that goes on can be gone back in"
    thanks = visit.skip(visit.skip(state, WHOLE, T + 7), WHOLE, T + 8)
    assert visit.may_go_back(thanks, T + CORRECTION_S - 0.01)
    assert not visit.may_go_back(thanks, T + CORRECTION_S)
    assert visit.back(thanks, T + CORRECTION_S) == thanks


def test_from_thanks_back_leads_to_the_main_question() -> None:
    thanks = visit.skip(visit.skip(rated(), WHOLE, T + 1), WHOLE, T + 2)
    assert thanks.screen == "thanks"
    main = visit.back(thanks, T + 3)
    assert (main.screen, main.asked, main.service) == ("rating", 0, "two")
    assert visit.is_idle(pace.tick(main, WHOLE, T + CORRECTION_S), WHOLE)


def test_the_next_citizen_finds_the_default_language_and_no_service() -> None:
    state = visit.choose_language(visit.idle(WHOLE, T), WHOLE, "en", T)
    state = visit.skip(visit.skip(rated(state=state), WHOLE, T + 1), WHOLE, T + 2)
    assert state.language == "en"
    fresh = pace.tick(state, WHOLE, T + 2 + THANKS_S)
    assert (fresh.screen, fresh.language, fresh.service, fresh.page, fresh.last_began) == ("services", "lt", None, 0, T)


MOVES = st.lists(
    st.tuples(st.sampled_from(["one", "", "rate", "time", "staff", "done", "skip", "back", "dismiss", "wait"]), st.floats(0, 12)),
    max_size=40,
)


def moved(state: State, move: str, now: float) -> State:
    """The state after a touch that gives nothing."""
    if move in ("one", ""):
        return visit.choose_service(state, WHOLE, move, now)
    if move in ("time", "staff"):
        return visit.choose_reason(state, WHOLE, move, now)
    if move in ("skip", "dismiss"):
        return visit.skip(state, WHOLE, now) if move == "skip" else visit.dismiss(state, WHOLE, now)
    return visit.back(state, now) if move == "back" else state


@given(MOVES)
def test_whatever_is_touched_reasons_follow_their_rating_and_silence_leads_home(moves: list[tuple[str, float]]) -> None:
    state, now = visit.idle(WHOLE, T), T
    rated_as: dict[tuple[str, str], int] = {}
    for number, (move, passed) in enumerate(moves):
        now += passed
        because = pace.overdue(state, WHOLE, now)
        state = pace.tick(state, WHOLE, now)
        if move == "rate":
            state, answer = visit.answer(state, WHOLE, number % 6, now, f"token-{number}")
            if answer:
                rated_as[answer.visit, answer.question] = answer.value
        elif move == "done":
            state, because = visit.done(state, WHOLE, now)
        else:
            state = moved(state, move, now)
        if because:
            assert rated_as[because.visit, because.question] == because.value
    for _ in range(4):
        now += IDLE_S
        state = pace.tick(state, WHOLE, now)
    assert (state.screen, state.visit, state.service, state.chosen) == ("services", None, None, ())
