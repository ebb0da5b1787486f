"""Offices side by side: bands and possible places."""

from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from collector.scoring.bands import Standing, bands, joint_z

OFFICES = st.lists(st.integers(0, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=14).map(
    lambda found: [Standing(f"office-{at:02}", positive, n) for at, (positive, n) in enumerate(found)]
)


def test_offices_that_are_surely_apart_stand_in_bands_of_their_own() -> None:
    found = bands(
        [Standing("poor", 500, 1000), Standing("good", 900, 1000), Standing("alike", 905, 1000), Standing("new", 90, 99)]
    )
    assert [[one.key for one in band] for band in found.bands] == [["alike", "good"], ["poor"]]
    assert [(one.key, one.best, one.worst) for band in found.bands for one in band] == [
        ("alike", 1, 2),
        ("good", 1, 2),
        ("poor", 3, 3),
    ]
    assert [one.key for one in found.apart] == ["new"]


def test_an_office_between_two_others_may_hold_the_places_of_both() -> None:
    """First and third are apart, the second is not from either: it stands in one band, its places tell the rest."""
    found = bands([Standing("a", 870, 1000), Standing("b", 825, 1000), Standing("c", 785, 1000)])
    assert [[one.key for one in band] for band in found.bands] == [["a", "b"], ["c"]]
    places = {one.key: (one.best, one.worst) for band in found.bands for one in band}
    assert places == {"a": (1, 2), "b": (1, 3), "c": (2, 3)}


def test_an_office_carries_its_own_interval_and_the_joint_one() -> None:
    found = bands([Standing("a", 80, 100), Standing("b", 90, 100)])
    one = found.bands[0][0]
    assert (one.key, one.n, one.csat.value) == ("a", 100, 0.8)
    assert (one.csat.low, one.csat.high) == pytest.approx(proportion_confint(80, 100, method="wilson"), abs=1e-6)
    alpha = 1 - 0.95**0.5
    assert one.joint == pytest.approx(proportion_confint(80, 100, alpha=alpha, method="wilson"), abs=1e-6)


def test_the_joint_z_is_scipys() -> None:
    assert joint_z(1) == pytest.approx(1.959964, abs=1e-6)
    assert joint_z(500) == pytest.approx(stats.norm.isf((1 - 0.95 ** (1 / 500)) / 2))


def test_without_offices_there_are_no_bands() -> None:
    assert bands([]).bands == ()
    assert bands([Standing("new", 0, 0)]).apart == (Standing("new", 0, 0),)


def test_all_places_hold_at_once_19_times_of_20() -> None:
    """Twelve offices with known true shares: how often some office's true place lies outside of its range."""
    random = np.random.default_rng(11)
    true = np.sort(random.uniform(0.7, 0.9, 12))[::-1]
    missed = 0
    for _ in range(300):
        found = bands([Standing(f"{at:02}", int(random.binomial(400, share)), 400) for at, share in enumerate(true)])
        placed = {one.key: one for band in found.bands for one in band}
        missed += any(not placed[f"{at:02}"].best <= at + 1 <= placed[f"{at:02}"].worst for at in range(12))
    assert missed <= 0.05 * 300


def test_alike_offices_are_one_band_nearly_always() -> None:
    random = np.random.default_rng(12)
    split = sum(
        len(bands([Standing(str(at), int(random.binomial(400, 0.8)), 400) for at in range(60)]).bands) > 1 for _ in range(100)
    )
    assert split <= 5


def test_five_hundred_offices_are_placed_quickly() -> None:
    random = np.random.default_rng(13)
    offices = [Standing(f"{at:03}", int(random.binomial(900, 0.6 + at / 2000)), 900) for at in range(500)]
    before = process_time()
    for _ in range(5):
        found = bands(offices)
    assert (process_time() - before) / 5 < 0.03
    assert 3 <= len(found.bands) < 50


@given(OFFICES)
@settings(max_examples=80, deadline=None)
def test_whatever_the_counts_and_their_order(offices: list[Standing]) -> None:
    found = bands(offices)
    assert bands(offices[::-1]) == found
    ranked = [one for band in found.bands for one in band]
    assert sorted([one.key for one in ranked] + [one.key for one in found.apart]) == [one.key for one in offices]
    for band in found.bands:
        assert max(one.joint.low for one in band) <= min(one.joint.high for one in band), "a band's intervals share a point"
    for above, below in zip(found.bands, found.bands[1:], strict=False):
        assert min(one.csat.value for one in above) >= max(one.csat.value for one in below)
    for one in ranked:
        assert one.best == 1 + sum(other.joint.low > one.joint.high for other in ranked)
        assert one.worst == len(ranked) - sum(other.joint.high < one.joint.low for other in ranked)
        assert 0 <= one.joint.low <= one.csat.low + 1e-7
        assert one.csat.low - 1e-12 <= one.csat.value <= one.csat.high + 1e-12
        assert one.csat.high - 1e-7 <= one.joint.high <= 1
