"""What time does: who is asked for more time, how often, and what every citizen meets afterwards."""

from dataclasses import replace

import pytest
from configs import config, question

from kiosk import pace, visit
from kiosk.pace import BLANK_COMMENT_S, MOST_EXTENSIONS, UNHURRIED_S, WARN_S
from kiosk.state import Access, Remark, State

T = 1000.0
WHY = [{"id": name, "text": {"lt": name}} for name in ("staff", "time", "other")]
MAIN = question(reasons={"good": WHY, "bad": WHY})
CONFIG = config(questionnaire={"id": "q", "questions": [MAIN], "comment": True})
ACCESS = (Access(contrast=True), Access(larger=True), Access(low=True), Access(volume=2))


def commenting(text: str = "") -> State:
    state, _ = visit.answer(visit.idle(CONFIG, T), CONFIG, 4, T, "t")
    state = visit.skip(state, CONFIG, T + 1)
    assert state.screen == "comment"
    return visit.write(state, text, T + 1) if text else state


def test_a_comment_warns_with_twenty_seconds_to_answer() -> None:
    for state, rest in ((commenting(), BLANK_COMMENT_S), (commenting("Labai"), UNHURRIED_S)):
        warned = T + 1 + rest - WARN_S
        assert pace.warning(state, CONFIG, warned - 0.01) is None
        assert pace.warning(state, CONFIG, warned) == pytest.approx(WARN_S)
        assert pace.tick(state, CONFIG, T + 1 + rest - 0.01).screen == "comment"
        assert pace.tick(state, CONFIG, T + 1 + rest).screen == "thanks"
    assert WARN_S >= 20


def test_more_time_can_be_had_ten_times_and_no_more() -> None:
    state, now = commenting(), T + 1
    for _ in range(MOST_EXTENSIONS):
        assert pace.may_extend(state)
        now += BLANK_COMMENT_S - 0.1
        state = pace.extend(state, now)
        assert pace.warning(state, CONFIG, now) is None
    assert not pace.may_extend(state)
    assert pace.extend(state, now + 25) == state
    assert MOST_EXTENSIONS == 10


def test_writing_counts_as_being_there() -> None:
    state = commenting()
    for second in range(2, 600, 10):
        state = visit.write(state, "a" * second, T + second)
        assert pace.tick(state, CONFIG, T + second) == state
    assert (state.extended, len(state.comment)) == (0, 500)


@pytest.mark.parametrize("access", ACCESS)
def test_with_an_access_mode_every_screen_asks_before_it_closes(access: Access) -> None:
    idle = visit.choose_access(visit.idle(CONFIG, T), access, T)
    reasons, _ = visit.answer(idle, CONFIG, 2, T, "t")
    for state in (idle, reasons, visit.read_privacy(idle, T + 1)):
        closes = state.since + UNHURRIED_S
        assert pace.warning(state, CONFIG, closes - WARN_S) == pytest.approx(WARN_S)
        assert pace.tick(state, CONFIG, closes - 0.01) == state
    thanks = pace.tick(reasons, CONFIG, T + UNHURRIED_S)
    assert (thanks.screen, thanks.access) == ("thanks", access)
    after = pace.tick(thanks, CONFIG, T + 2 * UNHURRIED_S)
    assert after == visit.idle(CONFIG, after.since, T), "the next citizen meets the default look"


def test_without_one_reasons_close_quietly() -> None:
    reasons, _ = visit.answer(visit.idle(CONFIG, T), CONFIG, 2, T, "t")
    assert all(pace.warning(reasons, CONFIG, T + s / 10) is None for s in range(110))
    assert pace.tick(reasons, CONFIG, T + 10).screen == "thanks"


def test_what_was_written_and_left_is_given_once() -> None:
    state = commenting("  Labai ačiū ")
    late = T + 1 + UNHURRIED_S
    assert pace.overdue(state, CONFIG, late - 0.01) is None
    given = pace.overdue(state, CONFIG, late)
    assert isinstance(given, Remark)
    assert (given.text, given.value, given.question, given.visit) == ("Labai ačiū", 4, "overall", "t")
    thanks = pace.tick(state, CONFIG, late)
    assert (thanks.screen, pace.overdue(thanks, CONFIG, late)) == ("thanks", None)
    again = visit.back(thanks, T + 25)
    assert again.screen == "rating"
    corrected, _ = visit.answer(again, CONFIG, 5, T + 26, "u")
    assert visit.skip(corrected, CONFIG, T + 28).screen == "thanks", "one comment a visit"


def test_a_comment_is_about_the_main_question_as_it_was_answered_last() -> None:
    two = config(questionnaire={"id": "q", "questions": [question(), question(id="advice")], "comment": True})
    state, _ = visit.answer(visit.idle(two, T), two, 2, T, "t")
    state, _ = visit.answer(state, two, 5, T + 2, "t")
    state = visit.write(state, "x", T + 3)
    _, given = visit.send(state, two, T + 4)
    assert given
    assert (given.question, given.value) == ("overall", 2)


def test_what_was_written_survives_back_and_is_kept_when_left_there() -> None:
    state = visit.back(commenting("Labai ilgai"), T + 3)
    assert (state.screen, state.comment) == ("reasons", "Labai ilgai")
    forth = visit.skip(state, CONFIG, T + 5)
    assert (forth.screen, forth.comment) == ("comment", "Labai ilgai")
    rating = visit.back(state, T + 5)
    assert rating.screen == "rating"
    given = pace.overdue(rating, CONFIG, T + 60)
    assert isinstance(given, Remark)


def test_who_came_back_late_still_has_time_to_correct() -> None:
    plain = config()
    state, _ = visit.answer(visit.idle(plain, T), plain, 5, T, "t")
    again = visit.back(state, T + 29)
    assert again.screen == "rating"
    assert pace.tick(again, plain, T + 38.9) == again
    _, given = visit.answer(again, plain, 1, T + 38, "u")
    assert given
    assert given.visit == "t", "it supersedes, and is no second vote"
    assert visit.is_idle(pace.tick(again, plain, T + 39), plain)


def test_a_qr_code_and_what_was_removed_stay_to_be_read() -> None:
    thanks = replace(pace.tick(commenting(), CONFIG, T + 60), since=T)
    coded = config(questionnaire={"id": "q", "questions": [MAIN], "comment": True}, display={"qr": "https://example.lt/"})
    assert pace.tick(thanks, CONFIG, T + 2.5).screen == "rating"
    assert pace.tick(thanks, coded, T + 2.5).screen == "thanks"
    assert pace.tick(replace(thanks, removed=("telefonas",)), CONFIG, T + 2.5).screen == "thanks"


def test_the_notice_on_anonymity_leads_back_to_where_it_was_opened() -> None:
    english = visit.choose_language(visit.idle(CONFIG, T), CONFIG, "en", T)
    reading = visit.read_privacy(english, T + 1)
    closed = visit.back(reading, T + 2)
    assert (reading.screen, closed.screen, closed.language, closed.visit) == ("privacy", "rating", "en", None)
    assert pace.tick(reading, CONFIG, T + 31).screen == "rating"
