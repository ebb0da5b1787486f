"""Every figure of method.md, and the same figures from scipy."""

import statistics
from dataclasses import dataclass
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from broker_config.messages import SCALES
from collector.scoring.intervals import mean_index, newcombe, nps, wilson
from collector.scoring.score import FEWEST, METRIC, figures, office_score
from collector.scoring.shown import show

COUNTS = (0, 23, 46, 153, 419, 528)


@dataclass
class Histogram:
    scale: str
    counted: tuple[int, ...]
    flagged: tuple[int, ...]


def histogram(*counts: int, scale: str = "smiley5", flagged: tuple[int, ...] = ()) -> Histogram:
    """Counts by value, 0 first."""
    return Histogram(scale, counts + (0,) * (11 - len(counts)), flagged + (0,) * (11 - len(flagged)))


# ── the examples of the method ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("positive", "n", "low", "high"),
    [(18, 20, 0.6989664, 0.9721335), (4, 20, 0.0806577, 0.4160174), (0, 30, 0, 0.1135134), (65, 100, 0.5525444, 0.7363575)],
)
def test_wilson(positive: int, n: int, low: float, high: float) -> None:
    assert wilson(positive, n) == pytest.approx((low, high), abs=5e-8)


@pytest.mark.parametrize(("n", "points"), [(10, 22.7), (100, 7.8), (1000, 2.5)])
def test_half_width_at_eight_of_ten(n: int, points: float) -> None:
    found = wilson(0.8 * n, n)
    assert found is not None
    assert 100 * (found.high - found.low) / 2 == pytest.approx(points, abs=0.05)


def test_newcombe() -> None:
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_without_ratings_there_is_no_interval() -> None:
    assert wilson(0, 0) is None
    assert newcombe(0, 0, 1, 2) is None
    assert newcombe(1, 2, 0, 0) is None
    assert nps(0, 0, 0) is None
    assert mean_index({}) is None
    assert mean_index({0: 0, 100: 0}) is None


def test_the_csat_of_the_method() -> None:
    found = figures(histogram(*COUNTS))
    assert (found.n, found.distribution) == (1169, {1: 23, 2: 46, 3: 153, 4: 419, 5: 528})
    assert found.csat is not None
    assert found.csat.value == pytest.approx(947 / 1169) == pytest.approx(0.81009, abs=5e-6)
    assert (found.csat.low, found.csat.high) == pytest.approx((0.7866, 0.8315), abs=5e-5)
    assert found.index == pytest.approx(79.577, abs=5e-4)
    assert found.index_interval == pytest.approx((78.23, 80.92), abs=5e-3)
    assert found.nps is None


def test_the_interval_of_the_index_is_of_the_samples_own_deviation() -> None:
    """s = 0.94036 steps, with n − 1."""
    found = mean_index({25 * (value - 1): n for value, n in enumerate(COUNTS) if value})
    assert found is not None
    assert found[1] is not None
    assert (found[1].high - found[0]) / 25 / 1.959964 * sqrt(1169) == pytest.approx(0.94036, abs=5e-6)
    assert mean_index({50: 1}) == (50, None), "one rating has no deviation"
    assert mean_index({100: 3}) == (100, (100, 100))
    low = mean_index({0: 9, 100: 1})
    assert low is not None
    assert low[1] is not None
    assert low[1].low == 0, "an index is never below 0"


def test_the_nps_of_the_method() -> None:
    counts = [0] * 11
    for value in (1, 7, 7, 8, 9, 10):
        counts[value] += 1
    found = figures(histogram(*counts, scale="nps11"))
    assert found.csat is None
    assert found.nps is not None
    assert found.nps.value == pytest.approx(16.667, abs=5e-4)
    assert (found.nps.high - found.nps.value) / 1.959964 == pytest.approx(28.05, abs=5e-3)
    assert found.index == pytest.approx(10 * 42 / 6)
    assert nps(6, 0, 6) == (100, (100, 100))
    everything = nps(3, 3, 6)
    assert everything is not None
    assert -100 <= everything[1].low < 0 < everything[1].high <= 100


# ── oracles ─────────────────────────────────────────────────────────────────────────────

SHARES = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(SHARES)
@settings(max_examples=150, deadline=None)
def test_wilson_is_scipys(share: tuple[int, int]) -> None:
    positive, n = share
    there = stats.binomtest(positive, n).proportion_ci(confidence_level=0.95, method="wilson")
    found = wilson(positive, n)
    assert found == pytest.approx((there.low, there.high), abs=1e-6)
    assert found is not None
    assert 0 <= found.low <= positive / n + 1e-12
    assert positive / n - 1e-12 <= found.high <= 1


@given(SHARES, SHARES)
@settings(max_examples=100, deadline=None)
def test_newcombe_holds_the_difference_and_turns_with_it(a: tuple[int, int], b: tuple[int, int]) -> None:
    found, turned = newcombe(*a, *b), newcombe(*b, *a)
    assert found is not None
    assert turned is not None
    assert found.low - 1e-12 <= a[0] / a[1] - b[0] / b[1] <= found.high + 1e-12
    assert turned == pytest.approx((-found.high, -found.low), abs=1e-12)
    assert found.low >= -1
    assert found.high <= 1


@given(st.lists(st.integers(0, 300), min_size=5, max_size=5).filter(lambda counts: sum(counts) > 1))
@settings(max_examples=100, deadline=None)
def test_index_and_interval_are_those_of_the_plain_sample(counts: list[int]) -> None:
    values = [25.0 * value for value, n in enumerate(counts) for _ in range(n)]
    found = figures(histogram(0, *counts))
    mean, half = statistics.fmean(values), stats.norm.ppf(0.975) * sqrt(statistics.variance(values) / len(values))
    assert found.index == pytest.approx(mean)
    assert found.index_interval == pytest.approx((max(0, mean - half), min(100, mean + half)), abs=1e-4)


# ── scales ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("scale", "positive", "indices"),
    [
        ("smiley5", {4, 5}, {1: 0, 2: 25, 3: 50, 4: 75, 5: 100}),
        ("stars5", {4, 5}, {1: 0, 2: 25, 3: 50, 4: 75, 5: 100}),
        ("smiley4", {3, 4}, {1: 0, 2: 100 / 3, 3: 200 / 3, 4: 100}),
        ("smiley3", {3}, {1: 0, 2: 50, 3: 100}),
        ("thumbs", {1}, {0: 0, 1: 100}),
        ("nps11", set(), {value: 10 * value for value in range(11)}),
    ],
)
def test_every_scale(scale: str, positive: set[int], indices: dict[int, float]) -> None:
    for value, index in indices.items():
        counts = [0] * 11
        counts[value] = 4
        found = figures(histogram(*counts, scale=scale))
        assert found.index == pytest.approx(index)
        assert set(found.distribution) == set(indices)
        if scale == "nps11":
            assert found.csat is None
            assert found.nps is not None
            assert found.nps.value == (100 if value >= 9 else -100 if value <= 6 else 0)
        else:
            assert found.nps is None
            assert found.csat is not None
            assert found.csat.value == (1 if value in positive else 0)


def test_every_scale_of_the_contract_is_tested_here() -> None:
    assert set(SCALES) == {"smiley5", "stars5", "smiley4", "smiley3", "thumbs", "nps11"}


# ── flagged, and what is shown ──────────────────────────────────────────────────────────


def test_flagged_answers_are_told_and_count_only_in_the_raw_figure() -> None:
    one = histogram(0, 0, 0, 0, 0, 10, flagged=(0, 10))
    assert (figures(one).n, figures(one).flagged, figures(one).index) == (10, 10, 100)
    raw = figures(one, raw=True)
    assert (raw.n, raw.flagged, raw.index) == (20, 10, 50)
    assert raw.distribution == {1: 10, 2: 0, 3: 0, 4: 0, 5: 10}


def test_below_ten_nobody_outside_sees_more_than_n() -> None:
    shown = show(histogram(0, 0, 0, 0, 0, 9, flagged=(0, 3)), inside=False)
    assert (shown.n, shown.flagged, shown.suppressed, shown.few) == (9, 3, True, True)
    assert (shown.distribution, shown.csat, shown.index, shown.index_interval, shown.nps) == (None,) * 5


def test_below_ten_the_office_sees_its_distribution_and_no_percentage() -> None:
    shown = show(histogram(0, 0, 0, 0, 0, 9), inside=True)
    assert (shown.suppressed, shown.few) == (False, True)
    assert shown.distribution == {1: 0, 2: 0, 3: 0, 4: 0, 5: 9}
    assert (shown.csat, shown.index, shown.index_interval, shown.nps) == (None,) * 4


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("scale", ["smiley5", "nps11"])
def test_from_ten_on_everybody_sees_everything(inside: bool, scale: str) -> None:
    shown = show(histogram(0, 0, 0, 0, 5, 5, scale=scale), inside=inside)
    assert (shown.suppressed, shown.few, shown.n) == (False, False, FEWEST)
    assert shown.distribution
    assert shown.index
    assert shown.index_interval
    assert (shown.csat is None, shown.nps is None) == ((True, False) if scale == "nps11" else (False, True))


def test_the_raw_figure_is_suppressed_by_its_own_n() -> None:
    one = histogram(0, 0, 0, 0, 0, 6, flagged=(0, 4))
    assert show(one, inside=False).suppressed
    assert not show(one, inside=False, raw=True).suppressed


def test_an_offices_score_for_everybody() -> None:
    whole = office_score("hall", "2026-11-21", [histogram(*COUNTS)])
    assert (whole.office, whole.day, whole.n, whole.index) == ("hall", "2026-11-21", 1169, pytest.approx(79.577, abs=5e-4))
    assert (whole.csat, whole.low, whole.high) == pytest.approx((0.81009, 0.7866, 0.8315), abs=5e-5)
    few = office_score("hall", "2026-11-21", [histogram(0, 0, 0, 0, 0, 9)])
    assert few.model_dump(exclude_none=True) == {"office": "hall", "day": "2026-11-21", "n": 9}
    assert office_score("hall", "2026-11-21", []).n == 0
    two = office_score("hall", "2026-11-21", [histogram(0, 3), histogram(*COUNTS)])
    assert two.n == 1169, "different questions are never added together"


def test_the_metric_has_a_version() -> None:
    assert METRIC == 1
