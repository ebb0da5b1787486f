"""Hour by weekday: the number and its n are written in each cell, the colour is a fifth of the scale."""

import re
from collections.abc import Iterator

import altair as alt
import pytest
import vl_convert

from collector.web import charts
from collector.web.charts.frame import PALETTES
from collector.web.charts.rhythm import step
from collector.web.texts import texts
from tests.collector.drawn_world import contrast, rows, shown, words_of

LT, EN = texts("lt"), texts("en")
CELLS = [
    charts.Cell(2, 12, shown(12, 28)),
    charts.Cell(0, 8, shown(45, 5)),
    charts.Cell(0, 9, shown(3, 1)),
    charts.Cell(4, 9, shown(0, 0)),
]


@pytest.fixture(scope="module")
def pictures() -> Iterator[charts.Pictures]:
    made = charts.Pictures()
    yield made
    made.close()


@pytest.mark.parametrize("cells", [CELLS, []], ids=["some", "none"])
def test_the_description_is_valid_and_compiles_without_a_warning(
    cells: list[charts.Cell], capfd: pytest.CaptureFixture[str]
) -> None:
    spec = charts.rhythm(cells, LT)
    alt.LayerChart.from_dict(spec, validate=True)
    vl_convert.vegalite_to_vega(spec, vl_version="6.4", show_warnings=True)
    assert capfd.readouterr() == ("", "")


def test_weekdays_with_ratings_from_monday_on_and_every_hour_between() -> None:
    encoding = charts.rhythm(CELLS, EN)["encoding"]
    assert encoding["x"]["scale"]["domain"] == ["Monday", "Wednesday"]
    assert encoding["y"]["scale"]["domain"] == ["08–09", "09–10", "10–11", "11–12", "12–13"]
    assert charts.rhythm(CELLS, LT, size="narrow")["encoding"]["x"]["scale"]["domain"] == ["Pr", "Tr"]


def test_a_cell_has_its_number_and_its_n_written_in_it(pictures: charts.Pictures) -> None:
    said = words_of(pictures.svg(charts.rhythm(CELLS, LT)))
    assert {"90", "n = 50", "30", "n = 40"} <= set(said)


def test_a_cell_below_ten_has_its_n_and_a_dashed_outline_and_no_colour(pictures: charts.Pictures) -> None:
    (few,) = [row for layer in charts.rhythm(CELLS, LT)["layer"] for row in layer["data"]["values"] if row["step"] == 0][:1]
    assert (few["number"], few["under"], few["score"], few["n"]) == ("", "n = 4", "dar per mažai", "4")
    svg = pictures.svg(charts.rhythm([CELLS[2]], LT))
    assert words_of(svg).count("n = 4") == 1
    assert svg.count("stroke-dasharray") == 1
    assert not any(colour in svg for colour in PALETTES["light"].steps)


@pytest.mark.parametrize(
    ("good", "bad", "expected"),
    [(0, 20, 1), (19, 81, 1), (20, 80, 2), (40, 60, 3), (60, 40, 4), (79, 21, 4), (80, 20, 5), (20, 0, 5)],
)
def test_a_colour_is_a_fifth_of_the_scale(good: int, bad: int, expected: int) -> None:
    assert step(shown(good, bad)) == expected


def test_cells_with_the_same_number_have_the_same_colour() -> None:
    assert step(shown(796, 204)) == step(shown(80, 20)) == 5


@pytest.mark.parametrize(("good", "bad", "expected"), [(0, 20, 1), (10, 10, 3), (20, 0, 5)])
def test_the_fifths_of_an_nps_go_from_minus_to_plus_hundred(good: int, bad: int, expected: int) -> None:
    assert step(shown(good, bad, "nps11")) == expected


def test_an_nps_is_written_with_its_sign() -> None:
    (row,) = rows(charts.rhythm([charts.Cell(0, 8, shown(5, 15, "nps11"))], EN), "score")
    assert (row["number"], row["score"]) == ("−50", "−50")


def test_what_is_said_under_the_pointer() -> None:
    tooltip = charts.rhythm(CELLS, LT)["encoding"]["tooltip"]
    assert [one["title"] for one in tooltip] == ["Savaitės diena", "Valanda", "Patenkinti", "Beveik tikrai", "Vertinimai"]
    first = rows(charts.rhythm(CELLS[1:2], LT), "score")[0]
    assert [first[one["field"]] for one in tooltip] == ["Pirmadienis", "08–09", "90\u00a0%", "79–96\u00a0%", "50"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_number_can_be_read_on_its_colour(theme: charts.Theme) -> None:
    palette = PALETTES[theme]
    assert min(contrast(*pair) for pair in zip(palette.steps, palette.on, strict=True)) >= 4.5
    assert contrast(palette.quiet, palette.paper) >= 4.5


def test_seven_days_fit_a_phone(pictures: charts.Pictures) -> None:
    week = [charts.Cell(day, 9, shown(900, 133)) for day in range(7)]
    spec = charts.rhythm(week, LT, size="narrow")
    svg = pictures.svg(spec)
    assert float(re.findall(r'width="([\d.]+)"', svg)[0]) < 390
    assert words_of(svg).count("1\u00a0033") == 7
    assert charts.rhythm(week, LT)["encoding"]["x"]["scale"]["domain"][0] == "Pr"
