"""The usual range of a weekday, against scipy's beta-binomial and against simulated days."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from collector.scoring.intervals import wilson
from collector.scoring.usual import usual_range
from collector.scoring.variation import RHOS, TYPICAL, Believed, Day, believe, chances, expect
from tests.collector.ordinary_days import Office

CALM = [Day(41, 50)] * 13
DAYS = st.integers(0, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)).map(lambda pair: Day(*pair)))


# ── oracles ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("a", "b", "n"), [(8.2, 1.8, 54), (0.6, 300.0, 200), (400.0, 0.5, 10), (0.3, 0.4, 30), (2.0, 3.0, 1)])
def test_the_chances_are_scipys(a: float, b: float, n: int) -> None:
    assert chances([Believed(1.0, a, b)], n) == pytest.approx(
        list(stats.betabinom.pmf(range(n + 1), n, a, b)), rel=1e-8, abs=1e-15
    )


def test_a_mixtures_chances_are_the_weighted_ones_and_sum_to_one() -> None:
    believed = [Believed(0.7, 8.2, 1.8), Believed(0.3, 50.0, 20.0)]
    told = sum(one.weight * stats.betabinom.pmf(range(41), 40, one.a, one.b) for one in believed)
    assert chances(believed, 40) == pytest.approx(list(told))
    assert sum(chances(believe([expect(CALM)])[0], 2000)) == pytest.approx(1, abs=1e-5)


def test_how_well_a_rho_explains_the_days_is_the_integral_over_every_usual_share() -> None:
    """The formula takes one point for the integral; scipy integrates. Constant factors do not matter."""
    history = [Day(41, 50), Day(44, 50), Day(35, 50), Day(43, 50), Day(30, 38), Day(47, 60)]

    def integral(rho: float) -> float:
        def at(middle: float) -> float:
            a, b = middle * (1 / rho - 1), (1 - middle) * (1 / rho - 1)
            return float(np.prod([stats.betabinom.pmf(x, n, a, b) for x, n in history])) * float(stats.beta.pdf(middle, 0.5, 0.5))

        return float(integrate.quad(at, 0.6, 0.97, epsrel=1e-4)[0])

    some = [at for at, rho in enumerate(RHOS) if rho in {0.002, 0.02, 0.1}]
    found = [expect(history)[at].fit for at in some]
    told = [float(np.log(integral(RHOS[at]))) for at in some]
    assert [one - found[0] for one in found] == pytest.approx([one - told[0] for one in told], abs=0.1)


def test_before_any_day_every_rho_has_its_weight() -> None:
    assert len(RHOS) == len(TYPICAL)
    assert sum(TYPICAL) == pytest.approx(1)


# ── simulation ──────────────────────────────────────────────────────────────────────────


def test_at_least_95_of_100_ordinary_days_lie_within() -> None:
    random = np.random.default_rng(7)
    within = total = 0
    for share, rho, n, days in product((0.5, 0.82, 0.95, 1.0), (0.0, 0.005, 0.02), (20, 54, 200), (4, 13)):
        for _ in range(12):
            one = Office(1, share, rho, n, days).candidates(random)[0]
            usual = usual_range(one.history, one.today.n)
            assert usual is not None
            within += usual.low <= one.today.positive / one.today.n <= usual.high
            total += 1
    assert within >= 0.95 * total


# ── examples ────────────────────────────────────────────────────────────────────────────


def test_the_range_allows_for_the_days_own_chance_and_is_wider_than_it() -> None:
    usual, chance = usual_range(CALM, 50), wilson(41, 50)
    assert usual is not None
    assert chance is not None
    assert (usual.middle, usual.days) == (0.82, 13)
    assert usual.high - usual.low > chance.high - chance.low
    assert (usual.low, usual.high) == pytest.approx((0.69, 0.93), abs=0.025)


def test_the_more_days_are_known_the_narrower() -> None:
    widths = [_width(CALM[:days], 50) for days in (4, 8, 13)]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > widths[-1]


def test_days_that_differ_make_it_wider() -> None:
    assert _width([Day(50, 50), Day(32, 50)] * 6, 50) > 1.5 * _width([Day(41, 50)] * 12, 50)


def test_without_enough_history_nothing_is_usual() -> None:
    assert usual_range([], 50) is None
    assert usual_range(CALM[:3], 50) is None
    assert usual_range([*CALM[:3], Day(0, 0)], 50) is None, "a day without ratings is no day"
    assert usual_range([Day(9, 9)] * 4, 50) is None
    assert usual_range([Day(9, 10)] * 4, 50) is not None
    assert usual_range(CALM, 0) is None


def test_very_many_ratings_are_reckoned_as_fewer() -> None:
    """A little too wide, never too narrow, and quick."""
    days = [Day(820_000 + at, 1_000_000) for at in range(5)]
    usual = usual_range(days, 1_000_000)
    assert usual is not None
    assert 0.7 < usual.low < 0.82 < usual.high < 0.9


# ── properties ──────────────────────────────────────────────────────────────────────────


@given(st.lists(DAYS, max_size=9), st.integers(0, 80))
@settings(max_examples=60, deadline=None)
def test_whatever_the_counts_and_their_order(days: list[Day], n: int) -> None:
    usual = usual_range(days, n)
    if usual is None:
        assert n == 0 or sum(day.n for day in days) < 40 or sum(day.n > 0 for day in days) < 4
        return
    assert 0 <= usual.low <= usual.middle <= usual.high <= 1
    turned = usual_range(days[::-1], n)
    assert turned == usual
    mirrored = usual_range([Day(day.n - day.positive, day.n) for day in days], n)
    assert mirrored is not None
    assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((usual.low, usual.high))
    wide = usual_range(days, n, level=0.99)
    assert wide is not None
    assert wide.low <= usual.low <= usual.high <= wide.high


@given(st.integers(5, 50), st.integers(1, 20))
@settings(max_examples=30, deadline=None)
def test_the_range_shrinks_with_n(positive: int, times: int) -> None:
    days = [Day(positive, 50), Day(min(50, positive + 3), 50)] * 4
    assert _width(days, 40 * (times + 1)) <= _width(days, 40 * times) + 1 / (40 * times)


def _width(days: list[Day], n: int) -> float:
    usual = usual_range(days, n)
    assert usual is not None
    return usual.high - usual.low
