"""An ordinary day says nothing, at least 19 days of 20; a real fall is said."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from collector.scoring.standout import Candidate, holm, stands_out
from collector.scoring.variation import Day
from tests.collector.ordinary_days import Office, saying

WEEKS = [Day(45, 54), Day(43, 52), Day(46, 57), Day(40, 49), Day(47, 56), Day(44, 55), Day(42, 51)]
SHARES, RHOS, RATINGS, HISTORIES = (0.5, 0.82, 0.95, 1.0), (0.0, 0.005, 0.02), (12, 54, 200), (4, 13)
DAYS = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)).map(lambda pair: Day(*pair)))
CANDIDATES = st.lists(st.tuples(DAYS, st.lists(DAYS, max_size=8)), max_size=4).map(
    lambda found: [Candidate(str(at), today, history) for at, (today, history) in enumerate(found)]
)


def within_simulations_error(said: int, days: int, rate: float = 0.05) -> bool:
    """A rate of at most 5 % would bring more than this less than once in ten thousand runs."""
    return said <= int(stats.binom.ppf(0.9999, days, rate))


# ── simulation ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("services", "each"), [(1, 20), (5, 4), (30, 1)])
def test_ordinary_days_say_nothing_19_days_of_20(services: int, each: int) -> None:
    """Days whose own share differs by up to ±5 points around 82 % (ρ = 0.02); 3 to over 200 ratings a service and day."""
    random = np.random.default_rng(20261121)
    kinds = list(product(SHARES, RHOS, RATINGS, HISTORIES))
    said = sum(saying(Office(services, *kind), each, random) for kind in kinds)
    assert said <= 0.05 * each * len(kinds)


@pytest.mark.parametrize(("services", "days"), [(1, 500), (5, 60)])
def test_ordinary_days_of_the_hardest_kind(services: int, days: int) -> None:
    """Most ratings, most differing days, a share in the middle: a p-chart, which knows only chance, would cry wolf."""
    said = saying(Office(services, 0.5, 0.02, 200, 13), days, np.random.default_rng(1))
    assert within_simulations_error(said, days)


def test_few_ratings_and_short_histories_stay_silent() -> None:
    random = np.random.default_rng(2)
    assert saying(Office(30, 0.82, 0.02, 4, 13), 20, random) <= 2, "only the office as a whole has ten ratings"
    assert saying(Office(5, 0.82, 0.02, 54, 3), 20, random) == 0


def test_a_real_fall_is_found() -> None:
    """From 82 % to 61 % of 54, thirteen weeks known: most such days speak, nearly all of those that measure 61 %."""
    random = np.random.default_rng(3)
    days = [Office(1, 0.82, 0.002, 54, 13).candidates(random)[0] for _ in range(200)]
    fallen = [Candidate("", Day(int(random.binomial(54, 0.61)), 54), day.history) for day in days]
    measured = [Candidate("", Day(33, 54), day.history) for day in days]
    assert sum(bool(stands_out([day])) for day in fallen) >= 0.72 * 200
    assert sum(bool(stands_out([day])) for day in measured) >= 0.93 * 200


def test_a_fall_among_many_services_is_found_and_named() -> None:
    random = np.random.default_rng(4)
    found = 0
    for _ in range(30):
        services = Office(5, 0.82, 0.002, 54, 13).candidates(random)
        services[2] = Candidate("benefits", Day(int(random.binomial(54, 0.5)), 54), services[2].history)
        found += [one.key for one in stands_out(services)][:1] == ["benefits"]
    assert found >= 26


# ── examples ────────────────────────────────────────────────────────────────────────────


def test_what_is_said_of_a_fall() -> None:
    calm = [Candidate(f"calm-{at}", Day(44, 54), WEEKS) for at in range(4)]
    (one,) = stands_out([*calm, Candidate("benefits", Day(33, 54), [*WEEKS, *WEEKS])])
    assert (one.key, one.direction, one.n, one.share) == ("benefits", "fell", 54, 33 / 54)
    assert one.usual.middle == pytest.approx(0.82, abs=0.005)
    assert one.share < one.usual.low
    assert 0 < one.p <= 0.05


def test_the_most_surprising_comes_first_and_rises_are_said_too() -> None:
    found = stands_out([Candidate("rose", Day(200, 200), WEEKS), Candidate("fell", Day(20, 200), WEEKS)])
    assert [(one.key, one.direction) for one in found] == [("fell", "fell"), ("rose", "rose")]
    assert found[0].p < found[1].p


def test_the_more_services_are_looked_at_the_less_one_of_them_says() -> None:
    """34 of 54 speaks for itself; it does not where thirty others could have done the same by chance."""
    one = Candidate("benefits", Day(34, 54), WEEKS)
    assert stands_out([one])
    assert not stands_out([one, *(Candidate(f"calm-{at}", Day(44, 54), WEEKS) for at in range(30))])


def test_few_ratings_or_a_short_history_are_not_judged() -> None:
    bad = Day(0, 30)
    assert stands_out([Candidate("benefits", bad, WEEKS)])
    assert not stands_out([Candidate("benefits", Day(0, 9), WEEKS)])
    assert not stands_out([Candidate("benefits", bad, WEEKS[:3])])
    assert not stands_out([Candidate("benefits", bad, [Day(9, 9)] * 4)]), "36 ratings"
    assert not stands_out([])


def test_those_who_are_not_judged_cost_the_others_nothing() -> None:
    one = Candidate("benefits", Day(34, 54), WEEKS)
    silent = [Candidate(f"silent-{at}", Day(3, 5), WEEKS) for at in range(30)]
    assert stands_out([one, *silent]) == stands_out([one])


# ── properties ──────────────────────────────────────────────────────────────────────────


@given(CANDIDATES)
@settings(max_examples=40, deadline=None)
def test_whatever_the_counts_and_their_order(candidates: list[Candidate]) -> None:
    found = stands_out(candidates)
    turned = [Candidate(one.key, one.today, list(reversed(one.history))) for one in reversed(candidates)]
    assert [(one.key, one.p) for one in stands_out(turned)] == [(one.key, pytest.approx(one.p)) for one in found]
    for one in found:
        assert not one.usual.low <= one.share <= one.usual.high, "what stands out lies outside of its usual range"
        assert one.direction == ("fell" if one.share < one.usual.low else "rose")


@pytest.mark.parametrize("number", [1, 2, 7, 31])
def test_the_correction_is_that_of_statsmodels(number: int) -> None:
    chances = sorted(np.random.default_rng(number).random(number) ** 4)
    assert holm(chances) == pytest.approx(list(multipletests(chances, method="holm")[1]))
    assert holm([]) == []
