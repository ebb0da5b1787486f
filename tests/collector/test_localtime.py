"""Local days, hours and months."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.localtime import NO_DAY, local


def at(text: str, zone: str = "Europe/Vilnius") -> tuple[str, int, str, int]:
    return local(int(datetime.fromisoformat(text).timestamp()) // 60, zone)


@pytest.mark.parametrize(
    ("moment", "day", "hour"),
    [
        ("2026-11-20T21:59:59Z", "2026-11-20", 23),
        ("2026-11-20T22:00:00Z", "2026-11-21", 0),
        ("2026-07-01T20:59:00Z", "2026-07-01", 23),  # summer time
        ("2026-07-01T21:00:00Z", "2026-07-02", 0),
        ("2026-10-25T00:59:00Z", "2026-10-25", 3),  # the first 3 o'clock
        ("2026-10-25T01:00:00Z", "2026-10-25", 3),  # and the second
        ("2026-10-25T02:00:00Z", "2026-10-25", 4),
        ("2026-03-29T01:00:00Z", "2026-03-29", 4),  # there is no 3 o'clock
        ("2025-12-31T22:00:00Z", "2026-01-01", 0),
    ],
)
def test_vilnius(moment: str, day: str, hour: int) -> None:
    found = local(int(datetime.fromisoformat(moment).timestamp()) // 60, "Europe/Vilnius")
    assert (found.day, found.hour, found.month) == (day, hour, day[:7])
    assert found.weekday == datetime.fromisoformat(day).weekday()


def test_an_offset_of_a_quarter_hour_is_cut_right() -> None:
    assert at("2026-01-01T18:14:00Z", "Asia/Kathmandu") == ("2026-01-01", 23, "2026-01", 3)
    assert at("2026-01-01T18:15:00Z", "Asia/Kathmandu") == ("2026-01-02", 0, "2026-01", 4)


def test_no_day_sorts_after_every_day() -> None:
    assert NO_DAY.day > "9999-12-31"
    assert (NO_DAY.hour, NO_DAY.weekday) == (-1, -1)


ZONES = st.sampled_from(["Europe/Vilnius", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham"])


@given(st.integers(0, 60 * 24 * 366 * 12), ZONES)
@settings(max_examples=300)
def test_the_same_as_the_calendar_says_for_every_minute(minutes: int, zone: str) -> None:
    moment = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    there = moment.astimezone(ZoneInfo(zone))
    found = local(int(moment.timestamp()) // 60, zone)
    assert found == (there.date().isoformat(), there.hour, f"{there:%Y-%m}", there.weekday())
