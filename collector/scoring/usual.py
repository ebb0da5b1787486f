"""Pure: the usual range of a weekday."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from collector.scoring.score import FEWEST
from collector.scoring.variation import MOST_RATINGS, Believed, Day, believe, chances, expect

FEWEST_DAYS = 4
FEWEST_RATINGS = 4 * FEWEST


@dataclass(frozen=True)
class Usual:
    """Fractions 0–1. `middle`: the share of all earlier days together; `low`–`high`: where a day lies; `days`: from how many."""

    middle: float
    low: float
    high: float
    days: int


def usual_range(days: Sequence[Day], n: int, level: float = 0.95) -> Usual | None:
    """Where the share of a day with n ratings lies with the probability `level`, given earlier days of the same weekday.

    The outer ends of the beta-binomial mixture of `variation`, so at least `level` lies within. None without
    ratings, and where nothing can be called usual yet: under four days with ratings, or under forty ratings in all.
    """
    history = enough(days)
    return range_around(history, believe([expect(history)])[0], n, level) if history and n > 0 else None


def enough(days: Sequence[Day]) -> list[Day] | None:
    """The days with ratings, if they are enough to call anything usual."""
    history = [day for day in days if day.n > 0]
    return history if len(history) >= FEWEST_DAYS and sum(day.n for day in history) >= FEWEST_RATINGS else None


def range_around(history: Sequence[Day], believed: Sequence[Believed], n: int, level: float = 0.95) -> Usual:
    """The range of a day with n ratings, from what is believed of it."""
    size, outside = min(n, MOST_RATINGS), (1 - level) / 2
    upward = list(accumulate(chances(believed, size)))
    low = next(x for x, chance in enumerate(upward) if chance > outside)
    high = next(x for x, chance in enumerate(upward) if upward[-1] - chance <= outside)
    middle = sum(day.positive for day in history) / sum(day.n for day in history)
    return Usual(middle, min(low / size, middle), max(high / size, middle), len(history))
