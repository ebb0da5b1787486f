"""Pure: the score of one histogram, and what of it may be shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from broker_config.messages import SCALES, Score
from collector.scoring.intervals import Interval, mean_index, nps, wilson

# The versions of the formulas, and the day from which each of them counts: a change is a mark on every trend.
METRICS = {1: date(2026, 1, 1)}
METRIC = max(METRICS)
FEWEST = 10


class Counts(Protocol):
    """A histogram as the store gives it: counts by value, 0 first."""

    @property
    def scale(self) -> str: ...
    @property
    def counted(self) -> tuple[int, ...]: ...
    @property
    def flagged(self) -> tuple[int, ...]: ...


@dataclass(frozen=True)
class Estimate:
    """A value and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Figures:
    """Everything said of one histogram. `csat` is a share 0–1, `index` 0–100, `nps` −100…100.

    `csat` is None for `nps11`, `nps` for every other scale. `distribution` is by value.
    """

    n: int
    flagged: int
    scale: str
    distribution: dict[int, int]
    csat: Estimate | None
    index: float | None
    index_interval: Interval | None
    nps: Estimate | None

    @property
    def is_few(self) -> bool:
        """Too few for a percentage to be shown."""
        return self.n < FEWEST


def figures(histogram: Counts, *, raw: bool = False) -> Figures:
    """Score a histogram; with `raw` the flagged answers are counted too."""
    scale = SCALES[histogram.scale]
    counts = [c + (f if raw else 0) for c, f in zip(histogram.counted, histogram.flagged, strict=True)]
    n = sum(counts)
    distribution = {value: counts[value] for value in range(scale.low, scale.high + 1)}
    index = mean_index({scale.index(value): count for value, count in distribution.items()})
    return Figures(
        n=n,
        flagged=sum(histogram.flagged),
        scale=histogram.scale,
        distribution=distribution,
        csat=_csat(distribution, scale.positive, n),
        index=index[0] if index else None,
        index_interval=index[1] if index else None,
        nps=_nps(distribution, n) if histogram.scale == "nps11" else None,
    )


def office_score(office: str, day: str, histograms: Sequence[Counts]) -> Score:
    """An office's score for everybody: of the main question with most answers; below n = 10 only n."""
    scored = max((figures(h) for h in histograms), key=lambda f: f.n, default=None)
    if scored is None or scored.is_few or scored.index is None:
        return Score(office=office, day=day, n=scored.n if scored else 0)
    csat = scored.csat
    return Score(
        office=office,
        day=day,
        n=scored.n,
        csat=csat.value if csat else None,
        low=csat.low if csat else None,
        high=csat.high if csat else None,
        index=scored.index,
    )


def _csat(distribution: dict[int, int], positive: Iterable[int], n: int) -> Estimate | None:
    wanted = tuple(positive)
    if not wanted or n == 0:
        return None
    good = sum(distribution[value] for value in wanted)
    interval = wilson(good, n)
    return Estimate(good / n, interval.low, interval.high) if interval else None


def _nps(distribution: dict[int, int], n: int) -> Estimate | None:
    promoters = sum(distribution[value] for value in (9, 10))
    detractors = sum(distribution[value] for value in range(7))
    found = nps(promoters, detractors, n)
    return Estimate(found[0], found[1].low, found[1].high) if found else None
