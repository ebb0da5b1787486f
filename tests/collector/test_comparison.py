"""What stands out: said only where the numbers carry it."""

import pytest

from collector.scoring.shown import Shown, show
from collector.store.base import Histogram
from collector.web.pages.comparison import against_rest, weakest
from collector.web.pages.office_page import Row


def shown(good: int, bad: int, *, inside: bool = True) -> Shown:
    return show(Histogram({}, "overall", "smiley5", (0, bad, 0, 0, good, 0, 0, 0, 0, 0, 0), (0,) * 11), inside=inside)


@pytest.mark.parametrize(
    ("day", "week", "said"),
    [
        (shown(56, 14), shown(56 + 48, 14 + 32), "more"),  # Newcombe's own example: 56/70 against 48/80
        (shown(48, 32), shown(56 + 48, 14 + 32), "fewer"),
        (shown(40, 10), shown(40 + 80, 10 + 22), "unclear"),
        (shown(4, 1), shown(50, 10), None),
        (shown(40, 10), shown(44, 11), None),  # five ratings on the other days
        (None, shown(50, 10), None),
        (shown(50, 10), None, None),
    ],
)
def test_the_day_against_the_other_days(day: Shown | None, week: Shown | None, said: str | None) -> None:
    assert against_rest(day, week) == said


def test_a_service_stands_out_when_its_whole_interval_lies_below_the_offices() -> None:
    low, well = Row("benefits", shown(3, 2), shown(40, 40)), Row("permits", shown(9, 1), shown(300, 20))
    assert weakest([well, low], shown(340, 60)) == low


def test_nothing_stands_out_by_chance_or_without_a_week() -> None:
    near = Row("benefits", shown(3, 2), shown(8, 4))
    assert weakest([near], shown(340, 60)) is None
    assert weakest([Row("benefits", shown(3, 2))], shown(340, 60)) is None
    assert weakest([near], None) is None
