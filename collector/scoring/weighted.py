"""Pure: one index of several components (waiting, clarity, …), weighted as the institution has set it."""

from collections.abc import Sequence
from dataclasses import dataclass

from collector.scoring.intervals import Interval
from collector.scoring.score import FEWEST


@dataclass(frozen=True)
class Component:
    """A component's index 0–100 with its interval and n. Weights are not negative and need no particular sum."""

    name: str
    weight: float
    n: int
    index: float | None
    interval: Interval | None


@dataclass(frozen=True)
class WeightedIndex:
    """0–100. `of`: the names that went in; `left_out`: those with too few answers, so that the reader knows."""

    value: float
    low: float
    high: float
    of: tuple[str, ...]
    left_out: tuple[str, ...]


def weighted_index(components: Sequence[Component]) -> WeightedIndex | None:
    """Σ wᵢ·sᵢ / Σ wᵢ over the components with at least ten answers; None when none with a weight is left.

    The components are told by the same citizens in the same visits, so their errors go together. The interval is the
    weighted mean of the components' own: a sum never spreads more than its parts (Minkowski's inequality), however they
    hang together. As if they were independent it would be narrower, and not true.
    """
    counted = [(one, one.index, one.interval) for one in components if one.n >= FEWEST]
    ready = [(one, index, interval) for one, index, interval in counted if index is not None and interval is not None]
    total = sum(one.weight for one, _, _ in ready)
    if total <= 0:
        return None
    names = tuple(one.name for one, _, _ in ready)
    return WeightedIndex(
        value=sum(one.weight * index for one, index, _ in ready) / total,
        low=sum(one.weight * interval.low for one, _, interval in ready) / total,
        high=sum(one.weight * interval.high for one, _, interval in ready) / total,
        of=names,
        left_out=tuple(one.name for one in components if one.name not in names),
    )
