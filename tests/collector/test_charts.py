"""The trend as SVG: readable in both themes and languages, silent where nothing was measured."""

import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest

from collector.scoring.shown import Shown, show
from collector.store.base import Histogram
from collector.web import charts
from collector.web.texts import texts

MONDAY = date(2026, 11, 2)


def shown(good: int, bad: int) -> Shown:
    counts = (0, bad, 0, 0, good, 0, 0, 0, 0, 0, 0)
    return show(Histogram({}, "overall", "smiley5", counts, (0,) * 11), inside=True)


def days(*offsets: int, good: int = 40, bad: int = 5) -> list[tuple[str, Shown]]:
    return [((MONDAY + timedelta(days=offset)).isoformat(), shown(good, bad)) for offset in offsets]


def words_of(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def paths(svg: str, mark: str) -> int:
    root = ET.fromstring(svg)
    return sum(1 for path in root.iter("{http://www.w3.org/2000/svg}path") if path.get("aria-roledescription") == mark)


def test_the_axis_is_in_the_readers_language_and_names_mondays() -> None:
    points = days(0, 1, 2, 3, 4, 7, 8)
    lithuanian, english = words_of(charts.trend(points, texts("lt"))), words_of(charts.trend(points, texts("en")))
    assert "100\u00a0%" in lithuanian
    assert "100%" in english
    assert [word for word in english if "-" in word] == ["11-02", "11-09"]


def test_the_line_and_its_band_break_where_days_are_missing() -> None:
    svg = charts.trend(days(0, 1, 2, 3, 4, 7, 8), texts("lt"))
    assert paths(svg, "line mark") == 2
    assert paths(svg, "area mark") == 2


def test_days_with_few_ratings_are_left_out() -> None:
    points = [*days(0, 1, 2), *days(3, good=4, bad=1), *days(4, 5)]
    assert paths(charts.trend(points, texts("lt")), "line mark") == 2


def test_a_day_alone_still_shows_its_interval() -> None:
    svg = charts.trend(days(0, 1, 3), texts("lt"))
    assert svg.count('stroke-width="8"') == 1


def test_dark_and_light_differ_and_the_narrow_one_is_narrow() -> None:
    points = days(0, 1, 2)
    light, dark = charts.trend(points, texts("lt")), charts.trend(points, texts("lt"), dark=True)
    assert "#0B5D57" in light
    assert "#4FB3A9" in dark
    assert "#0B5D57" not in dark
    narrow = ET.fromstring(charts.trend(points, texts("lt"), narrow=True))
    assert float(narrow.attrib["width"]) < 390


def test_letters_are_not_tiny() -> None:
    assert 'font-size="13px"' in charts.trend(days(0, 1, 2), texts("lt"), narrow=True)


def test_nothing_to_draw_is_drawn_without_a_fault() -> None:
    assert ET.fromstring(charts.trend([], texts("lt"))).tag.endswith("svg")


@pytest.mark.parametrize(("good", "bad", "floor"), [(90, 10, 0.5), (45, 5, 0.5), (60, 60, 0.0), (11, 9, 0.0)])
def test_the_axis_begins_at_one_half_only_where_every_interval_lies_above(good: int, bad: int, floor: float) -> None:
    assert charts.axis_floor([shown(90, 10), shown(good, bad)]) == floor


def test_the_axis_begins_at_zero_without_scores() -> None:
    assert charts.axis_floor([shown(3, 1)]) == 0.0
