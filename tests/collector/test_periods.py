"""Periods of days, their neighbours, and how a span is cut into months and days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.periods import KINDS, Kind, Period, containing, listed, parts, same_weekdays

DAY = date(2026, 11, 21)
ANY_DAY = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("day", "2026-11-21", "2026-11-21"),
        ("week", "2026-11-16", "2026-11-22"),
        ("month", "2026-11-01", "2026-11-30"),
        ("quarter", "2026-10-01", "2026-12-31"),
        ("year", "2026-01-01", "2026-12-31"),
    ],
)
def test_the_period_that_a_day_lies_in(kind: Kind, first: str, last: str) -> None:
    assert containing(kind, DAY) == Period(kind, date.fromisoformat(first), date.fromisoformat(last))


@given(st.sampled_from(KINDS), ANY_DAY)
def test_neighbours_touch_and_lead_back(kind: Kind, day: date) -> None:
    period = containing(kind, day)
    before, after = period.before(), period.after()
    assert before is not None
    assert after is not None
    assert before.last + timedelta(days=1) == period.first
    assert after.first - timedelta(days=1) == period.last
    assert before.after() == period == after.before()


def test_a_year_ago_weekdays_meet_their_like_and_months_their_own() -> None:
    assert containing("day", DAY).year_before() == Period("day", date(2025, 11, 22), date(2025, 11, 22))
    assert containing("month", DAY).year_before() == containing("month", date(2025, 11, 1))
    assert containing("month", date(2028, 2, 29)).year_before() == containing("month", date(2027, 2, 1))
    leap = Period("range", date(2024, 2, 29), date(2024, 2, 29)).year_before()
    assert leap == Period("range", date(2023, 2, 28), date(2023, 2, 28))


def test_the_calendars_ends_have_no_neighbours() -> None:
    assert containing("year", date.min).before() is None
    assert containing("day", date.max).after() is None
    assert containing("year", date.min).year_before() is None
    assert parts(date(9999, 11, 30), date.max).months == ["9999-12"]


@given(ANY_DAY, st.integers(0, 800))
def test_months_and_days_together_are_the_span(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    cut = parts(first, last)
    whole = [day for month in cut.months for day in listed(*_ends(month))]
    assert sorted(whole + cut.days) == listed(first, last)
    assert len(cut.days) <= 60


def _ends(month: str) -> tuple[date, date]:
    period = containing("month", date.fromisoformat(f"{month}-01"))
    return period.first, period.last


def test_the_grain_keeps_a_trend_to_some_dozens_of_points() -> None:
    assert [containing(kind, DAY).grain for kind in KINDS] == ["day", "day", "day", "day", "week", "day"]
    assert Period("range", date(2017, 1, 1), DAY).grain == "month"


def test_same_weekdays_go_back_week_by_week() -> None:
    assert same_weekdays(DAY, 2) == [date(2026, 11, 14), date(2026, 11, 7)]
