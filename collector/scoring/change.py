"""Pure: what changed between two periods, and whether that may be chance."""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

from broker_config.messages import SCALES
from collector.scoring.intervals import Interval, newcombe
from collector.scoring.score import Estimate
from collector.scoring.shown import Shown


@dataclass(frozen=True)
class Change:
    """Now minus before with its 95 % interval: of shares as a fraction, of net promoter scores in points.

    `unclear`: the interval contains zero.
    """

    direction: Literal["more", "fewer", "unclear"]
    value: float
    low: float
    high: float


def change(now: Shown | None, before: Shown | None) -> Change | None:
    """The difference of two independent periods of one scale. None where either has too few answers for a figure.

    Shares by Newcombe's method 10 (Statistics in Medicine 17, 1998); net promoter scores by adding their variances.
    """
    if now is None or before is None or now.scale != before.scale:
        return None
    if now.csat and before.csat:
        interval = newcombe(_positive(now), now.n, _positive(before), before.n)
        return _change(now.csat.value - before.csat.value, interval) if interval else None
    if now.nps and before.nps:
        value = now.nps.value - before.nps.value
        half = sqrt(_half(now.nps) ** 2 + _half(before.nps) ** 2)
        return _change(value, Interval(value - half, value + half))
    return None


def _change(value: float, interval: Interval) -> Change:
    direction: Literal["more", "fewer", "unclear"] = "unclear"
    if interval.low > 0 or interval.high < 0:
        direction = "more" if interval.low > 0 else "fewer"
    return Change(direction, value, interval.low, interval.high)


def _positive(shown: Shown) -> int:
    return sum((shown.distribution or {}).get(value, 0) for value in SCALES[shown.scale].positive)


def _half(estimate: Estimate) -> float:
    return max(estimate.high - estimate.value, estimate.value - estimate.low)
