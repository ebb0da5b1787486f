"""Pure: offices side by side, as bands and possible places, never as a naive rank.

A rank puts offices in an order that mostly chance has made: next week's would be another. What ratings do tell is which
offices are surely apart. So every office gets an interval such that all of them hold at once with 95 % (Šidák's z
for as many offices as are compared), and only what these intervals tell apart is said:

- an office surely stands behind those whose whole interval lies above its own, and before those below: between
  lies the range of places that it may hold (M. Klein, T. Wright and J. Wieczorek, JRSS C 69, 2020);
- offices whose intervals all share a point are one band. A band has no order inside.

Two neighbouring bands may hold two offices that are not surely apart: the places say so. Nobody is ranked on few ratings:
wide intervals would only join the bands of all others.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from collector.scoring.intervals import Z95, Interval, wilson
from collector.scoring.score import Estimate

FEWEST_RANKED = 100


@dataclass(frozen=True)
class Standing:
    """An office (or a service of an office) with its positive and all answers."""

    key: str
    positive: int
    n: int


@dataclass(frozen=True)
class Placed:
    """`csat`: the share with its own 95 % interval; `joint`: the wider one that holds for all offices at once.

    `best`–`worst`: the places that the office may hold, 1 being the most satisfied.
    """

    key: str
    n: int
    csat: Estimate
    joint: Interval
    best: int
    worst: int


@dataclass(frozen=True)
class Bands:
    """The most satisfied band first, the offices of a band by key; `apart`: those with too few ratings, by key."""

    bands: tuple[tuple[Placed, ...], ...]
    apart: tuple[Standing, ...]


def bands(standings: Iterable[Standing], level: float = 0.95) -> Bands:
    """Put offices into bands; under a hundred ratings an office stands apart."""
    ordered = sorted(standings, key=lambda one: one.key)
    ranked = _placed([one for one in ordered if one.n >= FEWEST_RANKED], level)
    return Bands(tuple(_grouped(ranked)), tuple(one for one in ordered if one.n < FEWEST_RANKED))


def joint_z(offices: int, level: float = 0.95) -> float:
    """The z with which the intervals of that many independent offices all hold at once (Z. Šidák, JASA 62, 1967)."""
    return NormalDist().inv_cdf((1 + level ** (1 / offices)) / 2)


def _placed(standings: Sequence[Standing], level: float) -> list[Placed]:
    if not standings:
        return []
    z = joint_z(len(standings), level)
    joint = [_interval(one, z) for one in standings]
    lows, highs = sorted(interval.low for interval in joint), sorted(interval.high for interval in joint)
    return [
        Placed(
            key=one.key,
            n=one.n,
            csat=Estimate(one.positive / one.n, *_interval(one)),
            joint=interval,
            best=1 + len(lows) - bisect_right(lows, interval.high),
            worst=len(highs) - bisect_left(highs, interval.low),
        )
        for one, interval in zip(standings, joint, strict=True)
    ]


def _interval(standing: Standing, z: float = Z95) -> Interval:
    return wilson(standing.positive, standing.n, z) or Interval(0.0, 1.0)


def _grouped(ranked: Iterable[Placed]) -> Iterable[tuple[Placed, ...]]:
    """From the highest share down: an office joins the band as long as one point lies in all of the band's intervals."""
    band: list[Placed] = []
    shared = Interval(0.0, 1.0)
    for one in sorted(ranked, key=lambda placed: (-placed.csat.value, placed.key)):
        shared = Interval(max(shared.low, one.joint.low), min(shared.high, one.joint.high))
        if shared.low > shared.high:
            yield _band(band)
            band, shared = [], one.joint
        band.append(one)
    if band:
        yield _band(band)


def _band(members: Iterable[Placed]) -> tuple[Placed, ...]:
    return tuple(sorted(members, key=lambda placed: placed.key))
