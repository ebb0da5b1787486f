"""Tables of scores as CSV: what the screen shows, suppression included, in plain numbers."""

from collections.abc import Iterable, Sequence
from typing import Protocol

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


WEEK = ("week_n", "week_satisfied", "week_low", "week_high")


class Mention(Protocol):
    """A reason as pages list it."""

    @property
    def id(self) -> str: ...
    @property
    def n(self) -> int: ...
    @property
    def share(self) -> float: ...


def figures_csv(name: str, labels: Sequence[str], rows: Iterable[tuple[Sequence[object], Shown, Change | None]]) -> Response:
    """One line a row of the screen: its labels, then its figures; shares are fractions 0–1, what is not shown is empty."""
    lines = [[*label, *_figures(shown, change)] for label, shown, change in rows]
    return csv_response(f"{name}.csv", [*labels, *FIGURES], lines)


def week(shown: Shown | None) -> tuple[object, ...]:
    """The pooled week beside a day, under the names of `WEEK`."""
    if shown is None or shown.csat is None:
        return (shown.n if shown else "", "", "", "")
    return shown.n, shown.csat.value, shown.csat.low, shown.csat.high


def reasons_csv(name: str, good: Iterable[Mention], bad: Iterable[Mention]) -> Response:
    """One line a reason: its side, id, n, and the share of its side's mentions that it comes to with those above it."""
    lines = [(side, one.id, one.n, one.share) for side, found in (("bad", bad), ("good", good)) for one in found]
    return csv_response(f"{name}.csv", ("side", "reason", "n", "so_far"), lines)


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
