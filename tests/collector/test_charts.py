"""The trend: what it says, in both languages and themes; silent where nothing was measured."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise, product
from typing import Any

import altair as alt
import jsonschema
import pytest
import vl_convert

from collector.scoring.intervals import wilson
from collector.web import charts
from collector.web.charts.slots import following, milliseconds, slot
from collector.web.texts import texts
from tests.collector.drawn_world import MONDAY, days, lines, rows, shown, words_of

LT, EN = texts("lt"), texts("en")
NOTE = charts.Mark(MONDAY + timedelta(days=1), "Sugedo eilių sistema")
CHANGE = charts.Mark(MONDAY + timedelta(days=3), "Klausimynas 4")


@pytest.fixture(scope="module")
def pictures() -> Iterator[charts.Pictures]:
    made = charts.Pictures()
    yield made
    made.close()


def weeks(n: int) -> list[charts.Point]:
    return [charts.Point(MONDAY + timedelta(weeks=i), shown(80, 20)) for i in range(n)]


def months(*starts: date) -> list[charts.Point]:
    return [charts.Point(start, shown(80, 20)) for start in starts]


def domain(spec: charts.Spec) -> tuple[int, int]:
    """First and last moment of the time axis."""
    scale = spec["encoding"]["x"]["scale"]
    return int(scale["domainMin"]["expr"]), int(scale["domainMax"]["expr"])


EVERY = {
    "days": charts.trend(days(0, 1, 2, 4), "day", LT, notes=[NOTE, NOTE], marks=[CHANGE], before=days(0, 1, good=30)),
    "weeks": charts.trend(weeks(60), "week", EN, theme="dark"),
    "months": charts.trend(months(date(2026, 1, 1), date(2026, 3, 1)), "month", LT, size="narrow"),
    "nps": charts.trend(days(0, 1, scale="nps11"), "day", EN),
    "nothing": charts.trend([], "day", LT),
}


@pytest.mark.parametrize("name", EVERY)
def test_the_description_is_valid_and_compiles_without_a_warning(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    alt.LayerChart.from_dict(EVERY[name], validate=True)
    vl_convert.vegalite_to_vega(EVERY[name], vl_version="6.4", show_warnings=True)
    assert capfd.readouterr() == ("", "")


def test_a_description_that_is_wrong_would_be_noticed(capfd: pytest.CaptureFixture[str]) -> None:
    banded = json.loads(json.dumps(EVERY["days"]))
    banded["encoding"]["x"]["scale"]["type"] = "band"
    vl_convert.vegalite_to_vega(banded, vl_version="6.4", show_warnings=True)
    assert "WARN" in "".join(capfd.readouterr())
    wrong = json.loads(json.dumps(EVERY["days"]))
    wrong["layer"][0]["mark"]["type"] = "blob"
    with pytest.raises(jsonschema.ValidationError):
        alt.LayerChart.from_dict(wrong, validate=True)


def test_a_point_is_the_share_with_wilsons_interval_and_says_it_in_the_readers_language() -> None:
    (row, *_) = rows(charts.trend(days(0, good=40, bad=10), "day", LT), "low")
    interval = wilson(40, 50)
    assert interval
    assert (row["value"], row["low"], row["high"]) == (0.8, interval.low, interval.high)
    (said,) = rows(charts.trend(days(0, good=40, bad=10), "day", LT), "then")
    assert (said["when"], said["score"], said["interval"], said["n"]) == ("2026-11-02", "80\u00a0%", "67–89\u00a0%", "50")
    (said,) = rows(charts.trend(days(0, good=40, bad=10), "day", EN), "then")
    assert (said["score"], said["interval"]) == ("80%", "67–89%")


def test_what_is_said_under_the_pointer_has_its_names_in_the_readers_language() -> None:
    def names(spec: charts.Spec) -> list[str]:
        return [one["title"] for one in spec["layer"][-1]["encoding"]["tooltip"]]

    assert names(charts.trend(days(0), "day", EN)) == ["Day", "Satisfied", "Almost certainly", "Ratings"]
    assert names(charts.trend(days(0), "week", LT))[0] == "Savaitė"
    assert names(charts.trend(days(0, scale="nps11"), "month", LT))[:2] == ["Mėnuo", "NPS"]


def test_the_axis_is_in_the_readers_language_and_names_mondays(pictures: charts.Pictures) -> None:
    points = days(0, 1, 2, 3, 4, *range(7, 12), *range(14, 19))
    lithuanian, english = (words_of(pictures.svg(charts.trend(points, "day", words))) for words in (LT, EN))
    assert "100\u00a0%" in lithuanian
    assert "100%" in english
    assert [word for word in english if "-" in word] == ["11-02", "11-09", "11-16"]


def test_weeks_and_months_are_named_as_such(pictures: charts.Pictures) -> None:
    assert {"2026-W45", "2026-W46"} <= set(words_of(pictures.svg(charts.trend(weeks(2), "week", LT))))
    two = months(date(2026, 10, 1), date(2026, 11, 1))
    assert {"2026-10", "2026-11"} <= set(words_of(pictures.svg(charts.trend(two, "month", LT))))
    (said, _) = rows(charts.trend(two, "month", LT), "then")
    assert said["when"] == "2026-10"


@pytest.mark.parametrize(("n", "size"), list(product((7, 31, 90, 365), ("wide", "narrow"))))
def test_the_names_of_the_axis_stay_apart(n: int, size: charts.Size) -> None:
    for grain, broad in (("day", 45), ("week", 70), ("month", 55)):
        start, points = MONDAY, list[charts.Point]()
        for _ in range(n):
            points.append(charts.Point(slot(start, grain), shown(40, 5)))
            start = following(start, grain)
        spec = charts.trend(points, grain, LT, size=size)
        values = json.loads(spec["encoding"]["x"]["axis"]["values"]["expr"])
        first, last = domain(spec)
        closest = min((b - a for a, b in pairwise(values)), default=last - first)
        assert closest / (last - first) * spec["width"] >= broad
        assert len(values) >= 2


def test_the_line_and_its_band_break_where_days_are_missing(pictures: charts.Pictures) -> None:
    svg = pictures.svg(charts.trend(days(0, 1, 2, 3, 4, 7, 8), "day", LT))
    assert (lines(svg, "line"), lines(svg, "area")) == (2, 2)


@pytest.mark.parametrize(("grain", "whole"), [("week", weeks(5)), ("month", months(*(date(2026, m, 1) for m in range(8, 13))))])
def test_it_breaks_where_a_week_or_month_is_missing(grain: charts.Grain, whole: list[charts.Point]) -> None:
    assert {row["run"] for row in rows(charts.trend(whole, grain, LT), "run")} == {1}
    holed = [*whole[:2], *whole[3:]]
    assert [row["run"] for row in rows(charts.trend(holed, grain, LT), "run")] == [1, 1, 2, 2]


def test_days_with_few_ratings_are_left_out() -> None:
    points = [*days(0, 1, 2), *days(3, good=4, bad=1), *days(4, 5)]
    assert [row["run"] for row in rows(charts.trend(points, "day", LT), "run")] == [1, 1, 1, 2, 2]


def test_a_day_alone_still_shows_its_interval(pictures: charts.Pictures) -> None:
    assert pictures.svg(charts.trend(days(0, 1, 3), "day", LT)).count('stroke-width="8"') == 1


def test_an_nps_has_its_own_axis_with_its_zero_drawn(pictures: charts.Pictures) -> None:
    spec = charts.trend(days(0, 1, scale="nps11", good=20, bad=60), "day", EN)
    assert spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == [-100, 100]
    assert [row["value"] for row in rows(spec, "run")] == [-50, -50]
    said = words_of(pictures.svg(spec))
    assert {"−100", "−50", "0", "50", "100"} <= set(said)
    zero = spec["layer"][0]
    assert (zero["mark"]["type"], zero["encoding"]["y"]["datum"]) == ("rule", 0)
    assert rows(spec, "then")[0]["score"] == "−50"


def test_the_whole_period_is_on_the_axis_and_nothing_outside_of_it() -> None:
    span = (MONDAY - timedelta(days=2), MONDAY + timedelta(days=20))
    spec = charts.trend(days(0, 1, 30), "day", LT, span=span, before=days(-5, 3))
    assert domain(spec) == tuple(milliseconds(day) for day in span)
    starts = {row["start"] for layer in spec["layer"] for row in layer["data"]["values"]}
    assert starts == {"2026-11-02", "2026-11-03", "2026-11-05"}


# ── notes, marks, the period before ───────────────────────────────────────────


def test_notes_are_numbers_and_marks_are_words(pictures: charts.Pictures) -> None:
    plain = pictures.svg(charts.trend(days(0, 1, 2, 3), "day", LT))
    flagged = pictures.svg(charts.trend(days(0, 1, 2, 3), "day", LT, notes=[NOTE], marks=[CHANGE]))
    assert set(words_of(flagged)) - set(words_of(plain)) == {"1", "Klausimynas 4"}
    assert "Sugedo" not in flagged
    assert flagged.count("stroke-dasharray") == 1


def test_a_note_keeps_its_number_when_another_lies_outside() -> None:
    notes = [charts.Mark(MONDAY - timedelta(days=90), "before"), NOTE]
    spec = charts.trend(days(0, 1, 2, 3), "day", LT, notes=notes)
    assert [(row["label"], row["text"]) for row in rows(spec, "label")] == [("2", "Sugedo eilių sistema")]


def test_a_note_stands_at_the_week_it_lies_in() -> None:
    spec = charts.trend(weeks(3), "week", LT, notes=[charts.Mark(MONDAY + timedelta(days=10), "a Thursday")])
    assert [row["start"] for row in rows(spec, "label")] == ["2026-11-09"]


def test_notes_of_one_day_stand_below_each_other_and_the_axis_below_them() -> None:
    spec = charts.trend(days(0, 1, 2, 3), "day", LT, notes=[NOTE, NOTE, NOTE])
    heights = [row["pixels"] for row in rows(spec, "label")]
    assert heights == sorted(set(heights))
    assert spec["encoding"]["x"]["axis"]["offset"] == 72 > max(heights) - spec["height"]


def test_labels_of_marks_are_never_written_over_each_other(pictures: charts.Pictures) -> None:
    near = [charts.Mark(MONDAY + timedelta(days=i), f"Klausimynas {i}") for i in (1, 2, 3)]
    spec = charts.trend(days(*range(5)), "day", LT, marks=near, size="narrow")
    labels = {row["label"]: row["pixels"] for layer in spec["layer"] for row in layer["data"]["values"] if "label" in row}
    assert len(set(labels.values())) == 3
    whole = ET.fromstring(pictures.svg(spec))
    assert float(whole.attrib["width"]) < 390


def test_the_period_before_is_a_thin_quiet_line_and_is_said_beside(pictures: charts.Pictures) -> None:
    spec = charts.trend(days(0, 1), "day", LT, before=days(0, good=30, bad=10))
    assert lines(pictures.svg(charts.trend(days(0, 1), "day", LT)), "line") == 1
    assert lines(pictures.svg(spec), "line") == 2
    assert [row["then"] for row in rows(spec, "then")] == ["75\u00a0% (n = 40)", "–"]
    assert spec["layer"][-1]["encoding"]["tooltip"][-1]["title"] == "Ankstesnis laikotarpis"


# ── looks ─────────────────────────────────────────────────────────────────────


def test_dark_and_light_differ_and_the_narrow_one_is_narrow(pictures: charts.Pictures) -> None:
    light, dark = (pictures.svg(charts.trend(days(0, 1, 2), "day", LT, theme=theme)) for theme in ("light", "dark"))
    assert "#0B5D57" in light
    assert "#4FB3A9" in dark
    assert "#0B5D57" not in dark
    narrow = ET.fromstring(pictures.svg(charts.trend(days(0, 1, 2), "day", LT, size="narrow")))
    assert float(narrow.attrib["width"]) < 390


def test_letters_are_not_tiny(pictures: charts.Pictures) -> None:
    svg = pictures.svg(charts.trend(days(0, 1, 2, 3), "day", LT, size="narrow", notes=[NOTE], marks=[CHANGE]))
    assert min(map(float, re.findall(r'font-size="([\d.]+)px"', svg))) >= 12


@pytest.mark.parametrize("name", EVERY)
def test_a_picture_asks_nothing_of_anybody(name: str, pictures: charts.Pictures) -> None:
    svg = pictures.svg(EVERY[name])
    addresses = set(re.findall(r"https?://[^\"'\s)]+", svg))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.search(r"<script|<image|<foreignObject|@import|url\(", svg)


@pytest.mark.parametrize(("good", "bad", "floor"), [(90, 10, 0.5), (45, 5, 0.5), (60, 60, 0.0), (11, 9, 0.0)])
def test_the_axis_begins_at_one_half_only_where_every_interval_lies_above(good: int, bad: int, floor: float) -> None:
    assert charts.axis_floor([shown(90, 10), shown(good, bad)]) == floor
    spec: dict[str, Any] = charts.trend([*days(0, good=90, bad=10), *days(1, good=good, bad=bad)], "day", LT)
    assert spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == [floor, 1]


def test_the_axis_begins_at_zero_without_scores() -> None:
    assert charts.axis_floor([shown(3, 1)]) == 0.0
