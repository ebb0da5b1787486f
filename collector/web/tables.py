"""Tables of scores as CSV: what the screen shows, suppression included, in plain numbers."""

from collections.abc import Iterable, Sequence

from fastapi import Response

from collector.scoring.change import Change
from collector.scoring.shown import Shown
from collector.web.csv import csv_response

FIGURES = (
    "n",
    "flagged",
    "scale",
    "satisfied",
    "low",
    "high",
    "index",
    "nps",
    "change",
    "change_low",
    "change_high",
    "shown",
    *(f"answers_{value}" for value in range(11)),
)


def figures_csv(name: str, labels: Sequence[str], rows: Iterable[tuple[Sequence[object], Shown, Change | None]]) -> Response:
    """One line a row of the screen: its labels, then its figures; shares are fractions 0–1, what is not shown is empty."""
    lines = [[*label, *_figures(shown, change)] for label, shown, change in rows]
    return csv_response(f"{name}.csv", [*labels, *FIGURES], lines)


def _figures(shown: Shown, change: Change | None) -> list[object]:
    estimate = shown.csat or shown.nps
    answers = shown.distribution or {}
    return [
        shown.n,
        shown.flagged,
        shown.scale,
        shown.csat.value if shown.csat else "",
        estimate.low if estimate else "",
        estimate.high if estimate else "",
        "" if shown.index is None else shown.index,
        shown.nps.value if shown.nps else "",
        change.value if change else "",
        change.low if change else "",
        change.high if change else "",
        "suppressed" if shown.suppressed else "few" if shown.few else "all",
        *(answers.get(value, "") for value in range(11)),
    ]
