"""However often a page is loaded, today's comments come in lots of five ratings or with the hour."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collector.web.pages.settled import Settled, settled

HOUR = datetime(2026, 11, 21, 10, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return HOUR + timedelta(minutes=minutes)


def test_four_more_ratings_change_nothing_and_the_fifth_does() -> None:
    hour = Settled(HOUR, 30)
    assert settled(None, hour, 34, at(20)) == hour
    fifth = settled(None, hour, 35, at(21))
    assert fifth == Settled(at(21), 35)
    assert settled(fifth, hour, 39, at(30)) == fifth
    assert settled(fifth, hour, 40, at(31)) == Settled(at(31), 40)


def test_a_new_hour_shows_what_came_before_it() -> None:
    assert settled(Settled(at(21), 35), Settled(at(60), 37), 38, at(61)) == Settled(at(60), 37)


def test_a_new_day_begins_with_no_ratings() -> None:
    midnight = Settled(at(14 * 60), 0)
    assert settled(Settled(at(21), 35), midnight, 1, at(14 * 60 + 5)) == midnight


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), max_size=60))
def test_between_two_looks_that_differ_lie_five_ratings_or_an_hour(steps: list[tuple[int, int]]) -> None:
    minute = n = 0
    by_hour = {0: 0}
    held: Settled | None = None
    for ratings, minutes in steps:
        n, minute = n + ratings, minute + minutes
        by_hour.setdefault(minute // 60, n)
        now = settled(held, Settled(at(60 * (minute // 60)), by_hour[minute // 60]), n, at(minute))
        if held is not None and now != held:
            assert now.n - held.n >= 5 or now.until == at(60 * (minute // 60))
            assert now.until > held.until
        held = now
