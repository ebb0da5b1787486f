"""Pure: what stands out on an office's page. Says nothing where the numbers do not carry it."""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeVar

from broker_config.messages import SCALES
from collector.scoring.intervals import newcombe
from collector.scoring.score import FEWEST
from collector.scoring.shown import Shown

Change = Literal["more", "fewer", "unclear"]


class Place(Protocol):
    """A row with its pooled week."""

    @property
    def week(self) -> Shown | None: ...


Row = TypeVar("Row", bound=Place)


def against_rest(day: Shown | None, week: Shown | None) -> Change | None:
    """The day's share of satisfied against the week's other days, by Newcombe's interval. None where either has few."""
    if day is None or week is None or not day.csat or not week.csat or day.scale != week.scale:
        return None
    positive_day, positive_week = _positive(day), _positive(week)
    if week.n - day.n < FEWEST:
        return None
    change = newcombe(positive_day, day.n, positive_week - positive_day, week.n - day.n)
    if change is None or change.low <= 0 <= change.high:
        return "unclear"
    return "more" if change.low > 0 else "fewer"


def weakest(rows: Sequence[Row], week: Shown | None) -> Row | None:
    """The least satisfied row of the week, if its whole interval lies below the whole office's interval."""
    if week is None or week.csat is None:
        return None
    below = [(row.week.csat.value, at) for at, row in enumerate(rows) if row.week and row.week.csat]
    if not below:
        return None
    row = rows[min(below)[1]]
    return row if row.week and row.week.csat and row.week.csat.high < week.csat.low else None


def _positive(shown: Shown) -> int:
    return sum((shown.distribution or {}).get(value, 0) for value in SCALES[shown.scale].positive)
