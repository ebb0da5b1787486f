"""Pure: what changed between two periods."""

from dataclasses import dataclass
from typing import Literal

from broker_config.messages import SCALES
from collector.scoring.intervals import Interval, newcombe, nps_difference
from collector.scoring.score import FEWEST
from collector.scoring.shown import Shown


@dataclass(frozen=True)
class Change:
    """Now minus before with its 95 % interval: of shares −1…1, of NPS −200…200. "unclear" where the interval holds 0."""

    direction: Literal["more", "fewer", "unclear"]
    value: float
    low: float
    high: float


def change(now: Shown | None, before: Shown | None) -> Change | None:
    """The difference of two periods that share no rating; None where either has few, or where scale or question differ.

    Shares by Newcombe's method, NPS by the normal interval of a difference.
    """
    if now is None or before is None or min(now.n, before.n) < FEWEST:
        return None
    if (now.scale, now.question) != (before.scale, before.question):
        return None
    if now.nps and before.nps:
        return _change(now.nps.value - before.nps.value, nps_difference(*_nps_counts(now), *_nps_counts(before)))
    if now.csat and before.csat:
        return _change(now.csat.value - before.csat.value, newcombe(_positive(now), now.n, _positive(before), before.n))
    return None


def _change(value: float, interval: Interval | None) -> Change | None:
    if interval is None:
        return None
    direction: Literal["more", "fewer", "unclear"] = "more" if interval.low > 0 else "fewer" if interval.high < 0 else "unclear"
    return Change(direction, value, interval.low, interval.high)


def _positive(shown: Shown) -> int:
    return _count(shown, SCALES[shown.scale].positive)


def _nps_counts(shown: Shown) -> tuple[int, int, int]:
    return _count(shown, (9, 10)), _count(shown, range(7)), shown.n


def _count(shown: Shown, values: tuple[int, ...] | range) -> int:
    return sum((shown.distribution or {}).get(value, 0) for value in values)
