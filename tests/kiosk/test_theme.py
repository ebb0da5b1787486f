"""Colours are told apart, letters have their millimetres."""

import pytest

from kiosk.fitting import shape
from kiosk.theme import CAPITALS, DARK, LIGHT, Palette, Theme, colour, contrast, for_notices, mix, theme

PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
VIDUTINISKAI_EM = 5.2


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(colour("#000000"), colour("#FFFFFF")) == pytest.approx(21)
    assert contrast(colour("#777777"), colour("#FFFFFF")) == pytest.approx(4.48, abs=0.01)
    assert contrast(LIGHT.ink, LIGHT.paper) == contrast(LIGHT.paper, LIGHT.ink)


@PALETTES
def test_text_stands_out(palette: Palette) -> None:
    for text in (palette.ink, palette.quiet, palette.brand):
        assert contrast(text, palette.paper) >= 4.5
    assert contrast(palette.brand, palette.line) >= 4.5  # a button's word while it is pressed


@PALETTES
def test_faces_stand_out_and_so_do_their_features(palette: Palette) -> None:
    assert contrast(palette.outline, palette.paper) >= 3
    for fill in palette.steps:
        assert contrast(palette.feature, fill) >= 3
    assert contrast(palette.teeth, palette.feature) >= 3


@PALETTES
def test_the_number_on_a_tile_can_be_read(palette: Palette) -> None:
    for fill in palette.steps:
        assert contrast(palette.ink, mix(palette.paper, fill, 0.25)) >= 4.5


@pytest.mark.parametrize("count", [2, 3, 4, 5, 11])
def test_any_scale_goes_from_the_worst_colour_to_the_best(count: int) -> None:
    assert (LIGHT.step(0, count), LIGHT.step(count - 1, count)) == (LIGHT.steps[0], LIGHT.steps[-1])


def test_letters_are_six_millimetres_at_half_a_metre() -> None:
    panel = Theme(1280, 800)
    assert panel.letters_mm == pytest.approx(6.1, abs=0.02)
    assert panel.in_mm(panel.body * CAPITALS) == pytest.approx(panel.letters_mm)
    assert panel.question == pytest.approx(1.6 * panel.body)
    assert panel.note >= 0.75 * panel.body


def test_letters_grow_with_the_distance_and_the_density() -> None:
    assert theme(1280, 800, {"viewing_mm": 1000}).body == pytest.approx(2 * theme(1280, 800, {}).body)
    assert theme(1280, 800, {"dpi": 250}).body == pytest.approx(2 * theme(1280, 800, {"dpi": 125}).body)


@pytest.mark.parametrize("display", [{"dpi": 0}, {"dpi": -3}, {"dpi": "fine"}, {"dpi": None}, {"theme": 7}])
def test_a_senseless_display_falls_back(display: dict[str, object]) -> None:
    assert theme(1280, 800, display) == Theme(1280, 800)


def test_dark_is_asked_for() -> None:
    assert theme(1280, 800, {"theme": "dark"}).palette is DARK


def test_the_default_density_makes_1280_by_800_a_panel_of_ten_to_thirteen_inches() -> None:
    panel = Theme(1280, 800)
    assert 10 <= (1280**2 + 800**2) ** 0.5 / panel.dpi <= 13


@pytest.mark.parametrize(
    ("size", "form", "whole"),
    [((1280, 800), "row", True), ((1920, 1080), "row", True), ((1080, 1920), "column", True), ((800, 480), "row", False)],
)
def test_letters_keep_their_height_wherever_they_can(size: tuple[int, int], form: str, whole: bool) -> None:
    found, shrink = shape(Theme(*size), 5, VIDUTINISKAI_EM)
    assert (found, shrink == 1.0) == (form, whole)


def test_notices_shrink_only_on_low_panels() -> None:
    assert for_notices(Theme(1280, 800)).shrink == 1.0
    assert for_notices(Theme(800, 480)).shrink < 1.0
