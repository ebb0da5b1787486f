"""Pure: small cells (a counter, a language) merge, so that nobody's few answers can be read or reckoned out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from collector.scoring.score import FEWEST, Counts

Cell = TypeVar("Cell", bound=Counts)


@dataclass(frozen=True)
class Merged:
    """Several cells as one histogram. `names`: which ones, sorted."""

    names: tuple[str, ...]
    scale: str
    counted: tuple[int, ...]
    flagged: tuple[int, ...]


def merge_small(cells: Sequence[tuple[str, Cell]]) -> tuple[list[tuple[str, Cell]], Merged | None]:
    """Split into cells that may be shown, in their order, and one of all the others. Cells without answers are absent.

    Cells below ten counted answers are merged. If together they are still below ten, the smallest of the shown cells
    joins them: otherwise the total minus what is shown would tell them (complementary suppression: L. Willenborg and
    T. de Waal, Elements of Statistical Disclosure Control, 2001). Only when there is nothing to join is the
    merged cell small, and then it is the total. All cells are answers to one question: ValueError when scales differ.
    """
    if len({cell.scale for _, cell in cells}) > 1:
        raise ValueError("Different scales are never added together.")
    by_size = sorted(((name, cell) for name, cell in cells if _answers(cell)), key=lambda one: (sum(one[1].counted), one[0]))
    small = [one for one in by_size if sum(one[1].counted) < FEWEST]
    if small and sum(sum(cell.counted) for _, cell in small) < FEWEST:
        small = by_size[: len(small) + 1]
    hidden = {name for name, _ in small}
    shown = [(name, cell) for name, cell in cells if _answers(cell) and name not in hidden]
    return shown, merged(small) if small else None


def _answers(cell: Counts) -> int:
    return sum(cell.counted) + sum(cell.flagged)


def merged(cells: Sequence[tuple[str, Counts]]) -> Merged:
    """One cell or more, by name, added together."""
    return Merged(
        names=tuple(sorted(name for name, _ in cells)),
        scale=cells[0][1].scale,
        counted=tuple(map(sum, zip(*(cell.counted for _, cell in cells), strict=True))),
        flagged=tuple(map(sum, zip(*(cell.flagged for _, cell in cells), strict=True))),
    )
