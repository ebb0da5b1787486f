"""Pure: an institution's weighted index over several questions, Σ wᵢ·sᵢ / Σ wᵢ.

After the Interior Ministry's order 1V-339 of 2009, under which institutions choose components and weights themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from collector.scoring.shown import Shown


@dataclass(frozen=True)
class Component:
    """A question, its weight, and its figures; None where it was not answered."""

    key: str
    weight: float
    shown: Shown | None


@dataclass(frozen=True)
class Weighted:
    """0–100 with its interval. `missing`: components left out because too few answered them."""

    value: float
    low: float
    high: float
    missing: tuple[str, ...]


def weighted(components: Sequence[Component]) -> Weighted | None:
    """The index of the components that have a figure; None where none has.

    The answers come from the same visits and go together, so that the errors may add up: the
    half-widths are weighted and summed as if they did, which is the widest that they can be.
    """
    known = [(c.weight, c.shown.index, c.shown.index_interval) for c in components if c.shown and c.shown.index is not None]
    missing = tuple(c.key for c in components if not c.shown or c.shown.index is None)
    total = sum(weight for weight, _, _ in known)
    if not total:
        return None
    value = sum(weight * index for weight, index, _ in known) / total
    low = sum(weight * (interval.low if interval else 0.0) for weight, _, interval in known) / total
    high = sum(weight * (interval.high if interval else 100.0) for weight, _, interval in known) / total
    return Weighted(value, low, high, missing)
