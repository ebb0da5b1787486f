"""A visit that just ended at the counter: what is asked, for how long, and whose answer it is."""

from dataclasses import replace

from configs import config

from kiosk import pace, visit
from kiosk.state import Access, Prompted, State

T = 1000.0
SEVERAL = [{"id": name, "name": {"lt": name}} for name in ("residence", "land", "benefits")]
CONFIG = config(services=SEVERAL)
PROMPT = Prompted("queue-1", "land", T + 60)


def prompted(now: float = T) -> State:
    return visit.prompted(visit.idle(CONFIG, T), CONFIG, PROMPT, now)


def test_an_idle_kiosk_asks_about_the_visit_until_its_time_is_over() -> None:
    state = prompted()
    assert (state.screen, state.service, visit.is_idle(state, CONFIG)) == ("rating", "land", True)
    assert pace.tick(state, CONFIG, T + 59.9) == state
    over = pace.tick(state, CONFIG, T + 60)
    assert (over.screen, over.service, over.prompt) == ("services", None, None)


def test_its_answer_has_the_prompts_token_and_trigger_once() -> None:
    state, given = visit.answer(prompted(), CONFIG, 4, T + 1, "own")
    assert given
    assert (given.visit, given.trigger, given.service) == ("queue-1", "prompt", "land")
    next_one = visit.dismiss(state, CONFIG, T + 5)
    assert (next_one.screen, next_one.prompt) == ("services", None), "a prompt is used up"
    chosen = visit.choose_service(next_one, CONFIG, "residence", T + 6)
    _, given = visit.answer(chosen, CONFIG, 4, T + 7, "own")
    assert given
    assert (given.visit, given.trigger, given.service) == ("own", "tap", "residence")


def test_another_service_can_be_chosen_instead_and_is_no_answer_to_the_prompt() -> None:
    state = visit.back(prompted(), T + 1)
    assert (state.screen, state.prompting) == ("services", False)
    state = visit.choose_service(state, CONFIG, "benefits", T + 2)
    _, given = visit.answer(state, CONFIG, 4, T + 3, "own")
    assert given
    assert (given.visit, given.trigger, given.service) == ("own", "tap", "benefits")


def test_a_prompt_waits_until_the_citizen_at_the_screen_has_gone() -> None:
    busy = visit.choose_service(visit.idle(CONFIG, T), CONFIG, "residence", T)
    state, given = visit.answer(busy, CONFIG, 1, T + 1, "own")
    assert given
    assert (given.visit, given.trigger) == ("own", "tap")
    state = visit.prompted(state, CONFIG, PROMPT, T + 2)
    assert (state.service, state.prompting) == ("residence", False)
    after = visit.dismiss(state, CONFIG, T + 8)
    assert (after.screen, after.service, after.prompting) == ("rating", "land", True)
    late = visit.dismiss(state, CONFIG, T + 61)
    assert (late.screen, late.prompting) == ("services", False)


def test_who_has_chosen_a_service_goes_on_and_nobody_is_asked_in_their_place() -> None:
    chosen = visit.choose_service(visit.idle(CONFIG, T), CONFIG, "residence", T)
    assert visit.prompted(chosen, CONFIG, PROMPT, T + 1) == chosen


def test_who_has_only_chosen_a_language_is_asked_at_once_in_it() -> None:
    two = config(services=SEVERAL, languages=["lt", "en"])
    seen = visit.choose_access(visit.choose_language(visit.idle(two, T), two, "en", T), Access(contrast=True), T)
    state = visit.prompted(seen, two, PROMPT, T + 2)
    assert (state.screen, state.service, state.language, state.access.contrast) == ("rating", "land", "en", True)
    _, given = visit.answer(state, two, 4, T + 3, "own")
    assert given
    assert (given.visit, given.trigger) == ("queue-1", "prompt")


def test_a_newer_prompt_replaces_the_older() -> None:
    state = visit.prompted(prompted(), CONFIG, Prompted("queue-2", "benefits", T + 90), T + 5)
    assert (state.service, state.prompt and state.prompt.visit) == ("benefits", "queue-2")


def test_a_service_that_the_counter_does_not_have_is_asked_about_without_its_name() -> None:
    state = visit.prompted(visit.idle(CONFIG, T), CONFIG, replace(PROMPT, service="passports"), T)
    assert (state.screen, state.service) == ("rating", "")
    alone = config(services=SEVERAL[:1])
    state = visit.prompted(visit.idle(alone, T), alone, replace(PROMPT, service=""), T)
    assert (state.service, state.before) == ("residence", None)


def test_language_and_look_outlive_the_prompt() -> None:
    state = visit.choose_language(prompted(), config(services=SEVERAL), "en", T + 50)
    over = pace.tick(state, CONFIG, T + 60)
    assert (over.screen, over.language) == ("services", "en")
