"""Marks for misuse: which ratings each rule marks."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from collector.misuse import (
    BURST,
    CLOSED,
    INTERVAL,
    LEAST_LIMIT,
    LEAST_RATE,
    burst_limit,
    is_closed,
    mark,
    opening,
    with_rule,
)


@pytest.mark.parametrize(
    ("gap_ms", "interval_ms", "marked"),
    [
        (0, 5000, True),
        (4999, 5000, True),
        (5000, 5000, False),
        (5001, 5000, False),
        (None, 5000, False),
        (0, 0, False),
        (7999, 8000, True),
    ],
)
def test_a_visit_is_marked_under_the_interval_of_its_configuration(gap_ms: int | None, interval_ms: float, marked: bool) -> None:
    assert mark(gap_ms, interval_ms) == ("interval-v1" if marked else "")


def test_the_rules_ids_carry_their_versions() -> None:
    assert (INTERVAL, BURST, CLOSED) == ("interval-v1", "burst-v1", "closed-v1")


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 3_600_000))
def test_a_longer_gap_is_never_worse(shorter: int, more: int, interval: int) -> None:
    assert not (mark(shorter + more, interval) and not mark(shorter, interval))


def test_several_rules_are_kept_sorted() -> None:
    assert mark(1000, 5000, closed=True) == "closed-v1 interval-v1"
    assert mark(None, 5000, closed=True) == "closed-v1"
    assert with_rule("closed-v1 interval-v1", BURST, holds=True) == "burst-v1 closed-v1 interval-v1"
    assert with_rule("burst-v1 closed-v1", BURST, holds=False) == "closed-v1"
    assert with_rule("burst-v1", BURST, holds=True) == "burst-v1"
    assert with_rule("", BURST, holds=False) == ""


# ── closed ──────────────────────────────────────────────────────────────────────────────

HOURS = {"mon": ["08:00", "17:00"], "tue": ["00:00", "24:00"]}


def closed(local: str, hours: dict[str, Any] = HOURS, timezone: str = "Europe/Vilnius") -> bool:
    """On 23 (Monday), 24 or 25 November 2026; Vilnius is two hours ahead of UTC then."""
    minute = int(datetime.fromisoformat(f"2026-11-{local}").replace(tzinfo=UTC).timestamp()) // 60 - 120
    return is_closed(opening(hours), minute, timezone)


@pytest.mark.parametrize(
    ("local", "marked"),
    [
        ("23T07:59", True),
        ("23T08:00", False),
        ("23T16:59", False),
        ("23T17:00", True),
        ("24T00:00", False),
        ("24T23:59", False),
        ("25T12:00", True),
    ],
)
def test_outside_the_hours_of_its_local_weekday_an_office_is_closed(local: str, marked: bool) -> None:
    assert closed(local) is marked


def test_the_clock_is_the_offices_own() -> None:
    assert closed("23T16:59") is False
    assert closed("23T16:59", timezone="Asia/Kathmandu") is True
    assert closed("23T08:00", {"mon": ["11:45", "11:46"]}, "Asia/Kathmandu") is False
    assert closed("23T08:01", {"mon": ["11:45", "11:46"]}, "Asia/Kathmandu") is True


@pytest.mark.parametrize(
    "hours",
    [
        {},
        {"funday": ["08:00", "17:00"]},
        {"mon": ["08:00", "17:00"], "tue": "closed"},
        {"mon": ["8:00", "17:00"]},
        {"mon": ["17:00", "08:00"]},
        {"mon": ["08:00", 17]},
        {"mon": ["08:00"]},
        {"mon": None},
    ],
)
def test_hours_that_are_not_known_mark_nothing(hours: dict[str, Any]) -> None:
    assert opening(hours) is None
    assert closed("25T03:00", hours) is False


# ── burst ───────────────────────────────────────────────────────────────────────────────


def test_the_limits_of_the_method() -> None:
    assert (burst_limit(1), burst_limit(0.5)) == (10, 8)
    assert burst_limit(LEAST_RATE) == LEAST_LIMIT


@given(st.floats(0.001, 60))
def test_a_limit_is_the_least_that_the_poisson_tail_allows_at_one_in_a_million(rate: float) -> None:
    limit = burst_limit(rate)
    assert poisson.sf(limit - 1, rate) <= 1e-6 * (1 + 1e-9)
    assert poisson.sf(limit - 2, rate) > 1e-6 * (1 - 1e-9)
