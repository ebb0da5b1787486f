"""Pure: what of a score a viewer may see. Below n = 10 nobody outside the office sees more than n."""

from dataclasses import dataclass

from collector.scoring.intervals import Interval
from collector.scoring.score import Counts, Estimate, Figures, figures


@dataclass(frozen=True)
class Shown:
    """Figures for one viewer. Inside the office few ratings show their distribution, but no percentage."""

    n: int
    flagged: int
    scale: str
    suppressed: bool
    few: bool
    distribution: dict[int, int] | None
    csat: Estimate | None
    index: float | None
    index_interval: Interval | None
    nps: Estimate | None
    question: str = ""


def show(histogram: Counts, *, inside: bool, raw: bool = False, question: str = "") -> Shown:
    """Score a histogram for a viewer inside or outside of its office. `question`: what was asked, where that is known."""
    return _shown(figures(histogram, raw=raw), inside, question)


def _shown(f: Figures, inside: bool, question: str) -> Shown:
    suppressed = f.is_few and not inside
    return Shown(
        n=f.n,
        flagged=f.flagged,
        scale=f.scale,
        suppressed=suppressed,
        few=f.is_few,
        distribution=None if suppressed else f.distribution,
        csat=None if f.is_few else f.csat,
        index=None if f.is_few else f.index,
        index_interval=None if f.is_few else f.index_interval,
        nps=None if f.is_few else f.nps,
        question=question,
    )
