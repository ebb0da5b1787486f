"""Colours are told apart, letters have their millimetres."""

import pytest

from kiosk.drawings.inks import TILE_TINT, inks
from kiosk.fitting import shape
from kiosk.theme import (
    CAPITALS,
    CONTRAST,
    DARK,
    LIGHT,
    Looks,
    Palette,
    Theme,
    colour,
    contrast,
    for_notices,
    mix,
    reach,
    theme,
)

PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "contrast"])
VIDUTINISKAI_EM = 5.2


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(colour("#000000"), colour("#FFFFFF")) == pytest.approx(21)
    assert contrast(colour("#777777"), colour("#FFFFFF")) == pytest.approx(4.48, abs=0.01)
    assert contrast(LIGHT.ink, LIGHT.paper) == contrast(LIGHT.paper, LIGHT.ink)


def for_text(palette: Palette) -> float:
    return 7 if palette is CONTRAST else 4.5


@PALETTES
def test_text_stands_out(palette: Palette) -> None:
    for text in (palette.ink, palette.quiet, palette.brand):
        assert contrast(text, palette.paper) >= for_text(palette)
    assert contrast(palette.on_pressed, palette.pressed) >= for_text(palette)
    assert contrast(palette.on_chosen, palette.chosen) >= for_text(palette)
    assert contrast(palette.paper, palette.brand) >= for_text(palette)  # a filled button's word


@PALETTES
def test_what_is_chosen_or_has_the_focus_stands_out(palette: Palette) -> None:
    assert contrast(palette.focus, palette.paper) >= 3
    assert contrast(palette.mark, palette.chosen) >= 3
    assert contrast(palette.brand, palette.paper) >= 3
    assert contrast(palette.quiet, palette.paper) >= 3  # the frame of a tile


def test_high_contrast_is_black_white_and_one_yellow() -> None:
    used = {getattr(CONTRAST, name) for name in Palette.__slots__ if name not in ("steps", "hollow")} | set(CONTRAST.steps)
    assert used == {colour("#000000"), colour("#FFFFFF"), colour("#FFD60A")}
    assert contrast(CONTRAST.focus, CONTRAST.ink) < contrast(CONTRAST.focus, CONTRAST.paper)


@PALETTES
@pytest.mark.parametrize("look", ["plain", "chosen", "faded"])
def test_pictures_stand_out_and_so_do_their_features(palette: Palette, look: str) -> None:
    for step in palette.steps:
        drawn = inks(palette, step, look)
        assert contrast(drawn.outline, palette.paper) >= 3
        assert contrast(drawn.feature, drawn.fill) >= 3
        assert contrast(drawn.teeth, drawn.feature) >= 3
        tile = inks(palette, mix(palette.paper, step, TILE_TINT), look)
        assert contrast(tile.number, tile.fill) >= (3 if look == "faded" else for_text(palette))


@PALETTES
def test_the_chosen_picture_does_not_look_like_the_others(palette: Palette) -> None:
    for step in palette.steps:
        assert contrast(inks(palette, step, "chosen").outline, inks(palette, step, "faded").outline) >= 2


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


@pytest.mark.parametrize("display", [{}, {"theme": "dark"}])
def test_high_contrast_goes_before_light_and_dark(display: dict[str, str]) -> None:
    assert theme(1280, 800, display, Looks(contrast=True)).palette is CONTRAST


def test_larger_letters_are_four_tenths_higher() -> None:
    larger, plain = theme(1280, 800, {}, Looks(larger=True)), theme(1280, 800, {})
    assert larger.letters_mm == pytest.approx(1.4 * plain.letters_mm)
    for name in ("body", "question", "note", "space"):
        assert getattr(larger, name) == pytest.approx(1.4 * getattr(plain, name))
    assert (larger.gap, larger.target) == (plain.gap, plain.target)


@pytest.mark.parametrize(
    ("height", "dpi", "larger", "pixels"),
    [
        (1920, 92, False, 1152),
        (1920, 92, True, 1152),
        (1080, 125, False, 648),
        (800, 125, False, 640),
        (800, 125, True, 680),
        (480, 125, False, 480),
        (480, 125, True, 480),
    ],
)
def test_low_reach_is_the_lower_part_but_keeps_room_for_letters(height: int, dpi: float, larger: bool, pixels: int) -> None:
    assert reach(height, dpi, True, larger) == pixels
    assert reach(height, dpi, False, larger) == height
    assert theme(1000, height, {"dpi": dpi}, Looks(low=True, larger=larger)).height == pixels


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


@pytest.mark.parametrize("count", [2, 3, 4, 5, 11])
def test_letters_never_grow_beyond_their_height_nor_vanish(count: int) -> None:
    for wide, high in ((200, 200), (480, 800), (5000, 3000)):
        found, shrink = shape(Theme(wide, high), count, VIDUTINISKAI_EM)
        assert 0 < shrink <= 1, found


def test_notices_shrink_only_on_low_panels() -> None:
    assert for_notices(Theme(1280, 800)).shrink == 1.0
    assert for_notices(Theme(800, 480)).shrink < 1.0


def test_a_display_that_cannot_be_is_not_believed() -> None:
    plain = theme(1280, 800, {})
    for impossible in ({"dpi": 1e9}, {"dpi": 1}, {"viewing_mm": 1e9}, {"dpi": -5}, {"dpi": "150"}, {"viewing_mm": 3}):
        assert theme(1280, 800, impossible) == plain
    assert theme(1280, 800, {"dpi": 150, "viewing_mm": 700}) != plain
