"""Places, lengths and words of what the pages draw."""

from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_config.messages import SCALES
from collector.scoring.score import Estimate
from collector.scoring.shown import show
from collector.store.base import Histogram
from collector.web import formats
from collector.web.texts import texts

Counts = st.lists(st.integers(0, 500), min_size=11, max_size=11).map(tuple)


def histogram(scale: str, counts: tuple[int, ...]) -> Histogram:
    return Histogram({}, "q", scale, counts, (0,) * 11)


def test_bad_lies_left_of_the_zero_line_good_right_and_the_neutral_is_split() -> None:
    found = formats.steps(show(histogram("smiley5", (0, 1, 1, 2, 3, 3, 0, 0, 0, 0, 0)), inside=True))
    assert [(step.word, step.x, step.width) for step in found] == [
        ("Very bad", 70, 10),
        ("Bad", 80, 10),
        ("So-so", 90, 20),
        ("Good", 110, 30),
        ("Very good", 140, 30),
    ]


@given(st.sampled_from(sorted(SCALES)), Counts)
def test_every_bar_lies_within_its_length_and_shows_everybody(scale: str, counts: tuple[int, ...]) -> None:
    possible = range(SCALES[scale].low, SCALES[scale].high + 1)
    shown = show(histogram(scale, tuple(n if value in possible else 0 for value, n in enumerate(counts))), inside=True)
    found = formats.steps(shown)
    assert sum(step.n for step in found) == shown.n
    for step in found:
        assert step.x >= -0.01
        assert step.x + step.width <= 200.02
        if step.tone < 3:
            assert step.x + step.width <= 100.02
        if step.tone > 3:
            assert step.x >= 99.98


@pytest.mark.parametrize("scale", sorted(SCALES))
def test_every_value_of_every_scale_has_one_step(scale: str) -> None:
    values = [value for values, _, _ in formats.STEPS[scale] for value in values]
    assert values == list(range(SCALES[scale].low, SCALES[scale].high + 1))


def test_what_is_hidden_has_no_bar() -> None:
    assert formats.steps(show(histogram("smiley5", (0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0)), inside=False)) == []


def test_an_interval_is_written_in_the_readers_way() -> None:
    estimate = Estimate(0.86, 0.794, 0.907)
    assert formats.span(estimate, texts("lt")) == "79–91\u00a0%"
    assert formats.span(estimate, texts("en")) == "79–91%"
    assert texts("lt").gettext("almost certainly between %(low)s and %(high)s") % formats.bounds(estimate, texts("lt")) == (
        "beveik tikrai tarp 79 ir 91\u00a0%"
    )


def test_hours_and_moments_are_local() -> None:
    assert formats.clock_hour("9") == "09:00–10:00"
    there = ZoneInfo("Europe/Vilnius")
    assert formats.local_moment("2026-11-20T14:12:00.000Z", there.key) == datetime(2026, 11, 20, 16, 12, tzinfo=there)
    assert formats.local_moment("", there.key) is None


class Line(NamedTuple):
    office: dict[str, Any]


def test_offices_are_listed_by_name_with_accents_beside_their_letters() -> None:
    def office(name: str, institution: str) -> Line:
        return Line({"name": {"lt": name}, "institution": {"id": institution, "name": {"lt": institution}}})

    offices = [office("Šunskai", "b"), office("Teismas", "b"), office("Archyvas", "b"), office("Zarasai", "a")]
    groups = formats.by_institution(offices, texts("lt"))
    assert [[one.office["name"]["lt"] for one in group] for group in groups] == [["Zarasai"], ["Archyvas", "Šunskai", "Teismas"]]


@pytest.mark.parametrize(
    ("value", "scale", "written"),
    [(0.114, "", "+11"), (-0.02, "", "−2"), (-0.004, "", "−0.4"), (0.0004, "", "0"), (-12.4, "nps11", "−12"), (0.0, "", "0")],
)
def test_a_difference_is_written_in_points_with_its_sign(value: float, scale: str, written: str) -> None:
    assert formats.points(value, texts("en"), scale) == written
