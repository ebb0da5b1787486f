"""Statistics of days that are over, remembered: the same history is asked for at every view of a page."""

from collections.abc import Sequence
from functools import lru_cache

from collector.scoring.standout import Candidate, StandOut, stands_out
from collector.scoring.usual import Usual, usual_range
from collector.scoring.variation import Day


def usual(history: Sequence[Day], n: int) -> Usual | None:
    """See `usual_range`."""
    return _usual(tuple(history), n)


def outstanding(candidates: Sequence[Candidate]) -> list[StandOut]:
    """See `stands_out`."""
    return list(_outstanding(tuple(candidates)))


@lru_cache(8192)
def _usual(history: tuple[Day, ...], n: int) -> Usual | None:
    return usual_range(history, n)


@lru_cache(2048)
def _outstanding(candidates: tuple[Candidate, ...]) -> tuple[StandOut, ...]:
    return tuple(stands_out(candidates))
