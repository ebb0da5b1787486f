"""Marks for misuse: a rule looks at the event and its configuration only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.misuse import INTERVAL, mark


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


def test_the_rules_id_carries_its_version() -> None:
    assert INTERVAL == "interval-v1"


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 3_600_000))
def test_a_longer_gap_is_never_worse(shorter: int, more: int, interval: int) -> None:
    assert not (mark(shorter + more, interval) and not mark(shorter, interval))
