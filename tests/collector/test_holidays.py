"""Lithuania's public holidays, and an office that is closed on its own."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.holidays import easter_sunday, public_holidays
from collector.misuse import is_closed, opening
from collector.publishable import WEEKDAYS

# From the tables of the church and of the state's calendar.
EASTER = {2020: "04-12", 2021: "04-04", 2024: "03-31", 2025: "04-20", 2026: "04-05", 2027: "03-28", 2038: "04-25", 2049: "04-18"}
ZONE = ZoneInfo("Europe/Vilnius")
DAYS = [(date(2026, 12, 14) + timedelta(days=n)).isoformat() for n in range(21)]


@pytest.mark.parametrize(("year", "day"), EASTER.items())
def test_easter(year: int, day: str) -> None:
    assert easter_sunday(year).isoformat() == f"{year}-{day}"


def test_the_public_holidays_of_a_year() -> None:
    days = "01-01 02-16 03-11 04-05 04-06 05-01 05-03 06-07 06-24 07-06 08-15 11-01 11-02 12-24 12-25 12-26"
    assert [f"{day:%m-%d}" for day in public_holidays(2026)] == days.split()


@given(st.integers(2020, 2099))
def test_easter_is_a_spring_sunday_and_so_are_mothers_and_fathers_day(year: int) -> None:
    days = public_holidays(year)
    assert easter_sunday(year).weekday() == 6
    assert date(year, 3, 22) <= easter_sunday(year) <= date(year, 4, 25)
    for month in (5, 6):
        assert [day for day in days if day.month == month and day.weekday() == 6 and day.day <= 7]
    assert days == sorted(set(days))


@given(
    st.dictionaries(st.sampled_from(WEEKDAYS), st.sampled_from([["08:00", "17:00"], ["00:00", "24:00"], ["10:30", "10:31"]])),
    st.lists(st.sampled_from(DAYS), max_size=5),
    st.integers(0, 21 * 24 * 60 - 1),
)
def test_closed_is_what_the_calendar_on_the_door_says(hours: dict[str, list[str]], holidays: list[str], minutes: int) -> None:
    """An oracle that reads the plain words: a holiday is closed; without weekdays all else is open; else the day's span."""
    moment = datetime(2026, 12, 14, tzinfo=ZONE).astimezone(UTC) + timedelta(minutes=minutes)
    local = moment.astimezone(ZONE)
    span = hours.get(WEEKDAYS[local.weekday()], ["", ""])
    is_open = span[0] <= f"{local:%H:%M}" < span[1] if hours else True
    expected = (bool(hours) or bool(holidays)) and (not is_open or local.date().isoformat() in holidays)
    said = opening(hours | ({"holidays": holidays} if holidays else {}))
    assert is_closed(said, int(moment.timestamp()) // 60, "Europe/Vilnius") is expected


@pytest.mark.parametrize("holidays", ["2026-12-24", [20261224], ["24.12.2026"], {"2026-12-24": 1}, None, ["2026-12-24", ""]])
def test_holidays_that_cannot_be_read_mark_nothing(holidays: object) -> None:
    assert opening({"mon": ["08:00", "17:00"], "holidays": holidays}) is None
    assert opening({"holidays": holidays}) is None
