"""Pure: offices side by side, as bands instead of ranks.

A rank says that the seventh is better than the eighth, which most of the time is chance.
Here offices stand in one band where all their intervals share a point; and each has the range
of places that it may hold. The places follow from intervals that are right for all offices at
once (M. Klein, T. Wright, J. Wieczorek, JRSS A 183, 2020): an office is surely behind those
whose whole interval lies above its own, and surely before those whose interval lies below.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

from collector.scoring.intervals import Interval, wilson

FEWEST_RANKED = 100


class Competitor(NamedTuple):
    """An office with its positive answers and all its answers."""

    key: str
    positive: int
    n: int


@dataclass(frozen=True)
class Band:
    """`keys` from the highest share to the lowest; `places`: from which place to which each may stand, 1 the best."""

    keys: list[str]
    places: dict[str, tuple[int, int]]


def bands(competitors: Sequence[Competitor], level: float = 0.95) -> tuple[list[Band], list[str]]:
    """The bands from the best down, and the keys of those with fewer than 100 answers, which are not ordered.

    Intervals are Wilson's; those of the places are widened for the number of offices (Šidák), so
    that with probability `level` every office's range holds its true place.
    """
    ranked = sorted((c for c in competitors if c.n >= FEWEST_RANKED), key=lambda c: (-c.positive / c.n, c.key))
    few = [c.key for c in sorted(competitors, key=lambda c: c.key) if c.n < FEWEST_RANKED]
    places = _places(ranked, level)
    return [Band([c.key for c in group], {c.key: places[c.key] for c in group}) for group in _groups(ranked)], few


def _groups(ranked: Sequence[Competitor]) -> list[list[Competitor]]:
    """From the best down: the next joins while one point still lies in all intervals of the band."""
    groups: list[list[Competitor]] = []
    low, high = 0.0, 1.0
    for competitor in ranked:
        interval = _wilson(competitor)
        low, high = max(low, interval.low), min(high, interval.high)
        if not groups or low > high:
            groups.append([])
            low, high = interval
        groups[-1].append(competitor)
    return groups


def _places(ranked: Sequence[Competitor], level: float) -> dict[str, tuple[int, int]]:
    if not ranked:
        return {}
    z = NormalDist().inv_cdf((1 + level ** (1 / len(ranked))) / 2)
    intervals = [_wilson(competitor, z) for competitor in ranked]
    lows, highs = sorted(i.low for i in intervals), sorted(i.high for i in intervals)
    count = len(ranked)
    return {
        c.key: (1 + count - bisect_right(lows, interval.high), count - bisect_left(highs, interval.low))
        for c, interval in zip(ranked, intervals, strict=True)
    }


def _wilson(competitor: Competitor, z: float | None = None) -> Interval:
    interval = wilson(competitor.positive, competitor.n) if z is None else wilson(competitor.positive, competitor.n, z)
    assert interval is not None  # noqa: S101 - n is at least 100
    return interval
