"""Pure: cells too small to be shown by themselves are shown together."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import add

from collector.scoring.score import FEWEST, Counts


@dataclass(frozen=True)
class Pooled:
    """Several histograms of one scale added together."""

    scale: str
    counted: tuple[int, ...]
    flagged: tuple[int, ...]


def pool(cells: Sequence[Counts]) -> Pooled:
    """The sum of one cell or more."""
    counted, flagged = cells[0].counted, cells[0].flagged
    for cell in cells[1:]:
        counted = tuple(map(add, counted, cell.counted))
        flagged = tuple(map(add, flagged, cell.flagged))
    return Pooled(cells[0].scale, counted, flagged)


def merge_small(cells: Sequence[tuple[str, Counts]]) -> tuple[list[tuple[str, Counts]], Pooled | None]:
    """The cells of at least ten answers, largest first, and the others together.

    The others must come to ten as well, and be of more than one cell: else whoever knows the
    total finds a small cell by subtraction. So the smallest of the large ones joins them.
    """
    ordered = sorted(cells, key=lambda cell: (-sum(cell[1].counted), cell[0]))
    kept = [cell for cell in ordered if sum(cell[1].counted) >= FEWEST]
    small = [cell for cell in ordered if sum(cell[1].counted) < FEWEST]
    while small and kept and (len(small) == 1 or sum(sum(cell.counted) for _, cell in small) < FEWEST):
        small.append(kept.pop())
    return kept, pool([cell for _, cell in small]) if small else None
