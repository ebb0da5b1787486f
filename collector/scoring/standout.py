"""Pure: what stands out of a day. On an ordinary day it says nothing, however many services an office has."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from collector.scoring.score import FEWEST
from collector.scoring.usual import Usual, enough, range_around
from collector.scoring.variation import MOST_RATINGS, Believed, Day, believe, chances, expect


@dataclass(frozen=True)
class Candidate:
    """A service, or the office as a whole: its day, and earlier days of the same weekday."""

    key: str
    today: Day
    history: Sequence[Day]


@dataclass(frozen=True)
class StandOut:
    """A day outside of the usual. `share` 0–1; `p`: the chance of so much on an ordinary day, for all that was looked at."""

    key: str
    direction: Literal["fell", "rose"]
    share: float
    n: int
    usual: Usual
    p: float


@dataclass(frozen=True)
class _Surprise:
    """One candidate's own chance of a day as far out as this, to either side."""

    candidate: Candidate
    history: Sequence[Day]
    believed: Sequence[Believed]
    fell: bool
    p: float

    def told(self, p: float) -> StandOut:
        positive, n = self.candidate.today
        usual = range_around(self.history, self.believed, n)
        return StandOut(self.candidate.key, "fell" if self.fell else "rose", positive / n, n, usual, p)


def stands_out(candidates: Sequence[Candidate], alpha: float = 0.05) -> list[StandOut]:
    """What an ordinary day would show with a probability of at most `alpha`, most surprising first; mostly nothing.

    A candidate is judged from ten ratings today and a usual range (see `usual_range`). The chances of all who are
    judged are corrected together by Holm's method, which holds even where they hang together, as an office and its
    services do.
    """
    surprises = _surprises(candidates)
    corrected = holm([one.p for one in surprises])
    return [one.told(p) for one, p in zip(surprises, corrected, strict=True) if p <= alpha]


def holm(ascending: Sequence[float]) -> list[float]:
    """The chances, smallest first, corrected for their number (S. Holm, Scandinavian Journal of Statistics 6, 1979)."""
    alone = [p * (len(ascending) - at) for at, p in enumerate(ascending)]
    return [min(1.0, p) for p in accumulate(alone, max)]


def _surprises(candidates: Sequence[Candidate]) -> list[_Surprise]:
    """Those who can be judged, most surprising first."""
    judged = [(one, history) for one in candidates if one.today.n >= FEWEST and (history := enough(one.history))]
    believed = believe([expect(history) for _, history in judged])
    surprises = [_surprise(one, history, held) for (one, history), held in zip(judged, believed, strict=True)]
    return sorted(surprises, key=lambda surprise: (surprise.p, surprise.candidate.key))


def _surprise(candidate: Candidate, history: Sequence[Day], believed: Sequence[Believed]) -> _Surprise:
    positive, n = candidate.today
    size = min(n, MOST_RATINGS)
    chance, at = chances(believed, size), round(positive * size / n)
    fewer, more = sum(chance[: at + 1]), sum(chance[at:])
    return _Surprise(candidate, history, believed, fewer < more, min(1.0, 2 * min(fewer, more)))
