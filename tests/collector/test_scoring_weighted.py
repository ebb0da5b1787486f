"""The weighted index of several components."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.scoring.intervals import Interval, mean_index
from collector.scoring.weighted import Component, weighted_index

ANSWERS = st.lists(st.integers(0, 40), min_size=5, max_size=5)


def component(name: str, weight: float, counts: list[int]) -> Component:
    found = mean_index({25.0 * value: count for value, count in enumerate(counts)})
    return Component(name, weight, sum(counts), found[0] if found else None, found[1] if found else None)


def test_the_formula() -> None:
    waiting = Component("waiting", 2, 40, 60, Interval(55, 65))
    clarity = Component("clarity", 1, 40, 90, Interval(88, 92))
    found = weighted_index([waiting, clarity])
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((70, 66, 74))
    assert (found.of, found.left_out) == (("waiting", "clarity"), ())


def test_components_with_few_answers_are_left_out_and_named() -> None:
    few = Component("premises", 5, 9, 10, Interval(0, 40))
    none = Component("hours", 5, 0, None, None)
    found = weighted_index([few, Component("waiting", 2, 10, 60, Interval(40, 80)), none])
    assert found is not None
    assert (found.value, found.low, found.high) == (60, 40, 80)
    assert (found.of, found.left_out) == (("waiting",), ("premises", "hours"))


def test_without_a_component_there_is_no_index() -> None:
    assert weighted_index([]) is None
    assert weighted_index([Component("premises", 5, 9, 10, Interval(0, 40))]) is None
    assert weighted_index([Component("waiting", 0, 90, 60, Interval(50, 70))]) is None


@pytest.mark.parametrize("together", [0.0, 0.5, 1.0])
def test_the_interval_holds_however_much_the_components_hang_together(together: float) -> None:
    """Of visits whose answers are alike by `together`: the true index lies within 95 times of 100."""
    random, held = np.random.default_rng(5), 0
    for _ in range(300):
        moods = random.normal(size=(80, 1)) * sqrt(together) + random.normal(size=(80, 3)) * sqrt(1 - together)
        answers = np.digitize(moods, [-1.5, -0.5, 0.5, 1.5])
        parts = [component(str(at), at + 1, list(np.bincount(answers[:, at], minlength=5))) for at in range(3)]
        found = weighted_index(parts)
        assert found is not None
        held += found.low <= 50 <= found.high
    assert held >= 0.95 * 300 - 3 * sqrt(300 * 0.05 * 0.95)


@given(st.lists(st.tuples(st.floats(0, 100), ANSWERS), max_size=6))
@settings(max_examples=80, deadline=None)
def test_whatever_the_counts_and_their_order(given_: list[tuple[float, list[int]]]) -> None:
    components = [component(f"part-{at}", weight, counts) for at, (weight, counts) in enumerate(given_)]
    found, turned = weighted_index(components), weighted_index(components[::-1])
    if found is None or turned is None:
        assert not any(one.weight > 0 and one.n >= 10 for one in components)
        return
    assert 0 - 1e-9 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= 100 + 1e-9
    assert (turned.value, turned.low, turned.high) == pytest.approx((found.value, found.low, found.high))
    assert {*found.of, *found.left_out} == {one.name for one in components}
    assert not set(found.of) & set(found.left_out)
