"""What changed between two periods."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from collector.scoring.change import change
from collector.scoring.intervals import newcombe, nps_difference, wilson
from collector.scoring.pooled import Merged
from collector.scoring.shown import Shown, show

COUNTS = st.lists(st.integers(0, 60), min_size=11, max_size=11)


def shown(*counts: int, scale: str = "smiley5", inside: bool = True) -> Shown:
    """Counts by value, 0 first."""
    return show(Merged((), scale, (*counts, *(0,) * (11 - len(counts))), (0,) * 11), inside=inside)


def share(good: int, n: int) -> Shown:
    return shown(0, n - good, 0, 0, 0, good)


def nps(promoters: int, detractors: int, n: int) -> Shown:
    return shown(detractors, 0, 0, 0, 0, 0, 0, n - promoters - detractors, 0, promoters, scale="nps11")


def test_the_example_of_the_method() -> None:
    found = change(share(56, 70), share(48, 80))
    assert found is not None
    assert found.direction == "more"
    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_fewer_and_unclear() -> None:
    fewer, unclear = change(share(48, 80), share(56, 70)), change(share(40, 50), share(80, 102))
    assert fewer is not None
    assert unclear is not None
    assert (fewer.direction, unclear.direction) == ("fewer", "unclear")
    assert fewer.value == pytest.approx(-0.2)


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (None, share(40, 50)),
        (share(40, 50), None),
        (share(8, 9), share(40, 50)),
        (share(40, 50), share(0, 0)),
        (share(40, 50), shown(10, 40, scale="thumbs")),
        (shown(0, 4, 4, scale="smiley3", inside=False), shown(0, 40, 40, scale="smiley3", inside=False)),
    ],
)
def test_nothing_is_said_of_few_or_of_different_scales(now: Shown | None, before: Shown | None) -> None:
    assert change(now, before) is None


def test_a_promoter_score_has_the_normal_interval_of_a_difference() -> None:
    found = change(nps(60, 20, 100), nps(30, 40, 90))
    assert found is not None
    assert found.value == pytest.approx(40 + 100 / 9)
    answers = [[1] * 60 + [-1] * 20 + [0] * 20, [1] * 30 + [-1] * 40 + [0] * 20]
    error = sum(stats.tvar(one) * (len(one) - 1) / len(one) ** 2 for one in answers) ** 0.5
    assert (found.low, found.high) == pytest.approx((found.value - 195.9964 * error, found.value + 195.9964 * error), abs=1e-3)
    assert found.direction == "more"
    assert nps_difference(1, 0, 0, 1, 0, 1) is None
    assert nps_difference(1, 0, 1, 1, 0, 0) is None


# ── oracles and properties ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("a", "b"), [((56, 70), (48, 80)), ((9, 10), (3, 10)), ((0, 20), (5, 400)), ((30, 30), (29, 30)), ((1, 500), (499, 500))]
)
def test_wilson_and_newcombe_are_those_of_statsmodels(a: tuple[int, int], b: tuple[int, int]) -> None:
    assert wilson(*a) == pytest.approx(proportion_confint(*a, method="wilson"), abs=1e-6)
    assert newcombe(*a, *b) == pytest.approx(confint_proportions_2indep(*a, *b, method="newcomb", compare="diff"), abs=1e-6)


@given(COUNTS, COUNTS, st.sampled_from(["smiley5", "smiley3", "thumbs", "nps11"]))
@settings(max_examples=80, deadline=None)
def test_whatever_the_counts(now: list[int], before: list[int], scale: str) -> None:
    size = {"smiley5": 6, "smiley3": 4, "thumbs": 2, "nps11": 11}[scale]
    one, other = shown(*now[:size], scale=scale), shown(*before[:size], scale=scale)
    found, turned = change(one, other), change(other, one)
    if found is None or turned is None:
        assert min(one.n, other.n) < 10
        return
    most = 200 if scale == "nps11" else 1
    assert -most <= found.low - 1e-9
    assert found.low - 1e-9 <= found.value <= found.high + 1e-9
    assert found.high <= most + 1e-9
    assert (turned.value, turned.low, turned.high) == pytest.approx((-found.value, -found.high, -found.low), abs=1e-9)


@given(st.integers(0, 40), st.integers(2, 5))
@settings(max_examples=40, deadline=None)
def test_more_ratings_make_it_narrower(good: int, times: int) -> None:
    few, many = change(share(good, 40), share(30, 40)), change(share(good * times, 40 * times), share(30 * times, 40 * times))
    assert few is not None
    assert many is not None
    assert many.high - many.low < few.high - few.low
