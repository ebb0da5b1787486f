"""The other screens with larger letters and in low reach: nothing is cut off, nothing lies on anything else."""

import itertools
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from test_answers import LOOKS, settle
from test_flow import LANGUAGES, several
from test_screens import SIZES, assert_laid_out

from kiosk import visit
from kiosk.theme import CONTRAST, DARK, LIGHT, contrast, for_notices, theme


@pytest.fixture
def screens(window: Any) -> dict[str, Any]:
    import kiosk.app  # noqa: F401 - what the kv files name
    from kiosk.screens import load, notice, reasons, services, thanks

    for name in ("touch", "tiles", "services", "reasons", "thanks", "notice"):
        load(name)
    return {"services": services.Services(), "reasons": reasons.Reasons(), "thanks": thanks.Thanks(), "notice": notice.Notice()}


def laid_out(screen: Any, size: tuple[int, int], reach: int) -> None:
    from kiosk.screens.stage import Stage

    stage = Stage(size=size, size_hint=(None, None))
    stage.reach = reach
    stage.bring(screen)
    settle()
    assert screen.top == pytest.approx(reach)
    assert_laid_out(SimpleNamespace(app=SimpleNamespace(stage=stage), window=SimpleNamespace(width=size[0], height=reach)))
    stage.clear_widgets()


@SIZES
@pytest.mark.parametrize("looks", LOOKS, ids=str)
def test_every_other_screen_has_room_for_its_texts(screens: dict[str, Any], size: tuple[int, int], looks: Any) -> None:
    panel = theme(*size, {}, looks)
    for language, count in itertools.product(LANGUAGES, (2, 7)):
        given = several(count)
        state = replace(visit.idle(given, 0.0), language=language)
        screens["services"].show(given, state, False, panel)
        laid_out(screens["services"], size, panel.height)
        screens["reasons"].show(given, replace(state, service="s1", value=4), True, panel)
        laid_out(screens["reasons"], size, panel.height)
        screens["thanks"].show(given, replace(state, removed=("telefonas", "asmens kodas")), True, panel)
        laid_out(screens["thanks"], size, panel.height)
        screens["notice"].broken("hall-1", language, for_notices(panel))
        laid_out(screens["notice"], size, panel.height)


@pytest.mark.parametrize("palette", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "contrast"])
@pytest.mark.parametrize("pressed", [False, True])
@pytest.mark.parametrize("shown", ["plain", "chosen", "faint"])
def test_a_tile_can_be_read_in_every_state(screens: Any, palette: Any, pressed: bool, shown: str) -> None:
    from kiosk.screens.tiles import Tile

    tile = Tile(palette=palette, pressed=pressed, chosen=shown == "chosen", faint=shown == "faint", checkable=True)
    assert contrast(tile.color, tile.ground) >= (7 if palette is CONTRAST else 4.5)
    if shown == "chosen":
        assert contrast(tile.ring, tile.ground) >= 3
    turned = Tile(palette=palette, pressed=not pressed, chosen=tile.chosen, faint=tile.faint)
    assert turned.ground != tile.ground


@pytest.mark.parametrize("palette", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "contrast"])
@pytest.mark.parametrize("pressed", [False, True])
@pytest.mark.parametrize("kind", [{}, {"chosen": True}, {"framed": True}, {"framed": True, "solid": True}], ids=str)
def test_a_button_can_be_read_in_every_state(screens: Any, palette: Any, pressed: bool, kind: dict[str, bool]) -> None:
    from kiosk.screens.touch import TextButton

    button = TextButton(palette=palette, pressed=pressed, **kind)
    assert contrast(button.color, button.ground) >= (7 if palette is CONTRAST else 4.5)
    assert TextButton(palette=palette, pressed=not pressed, **kind).ground != button.ground


@pytest.mark.parametrize("palette", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "contrast"])
def test_a_key_can_be_read_in_every_state(window: Any, palette: Any) -> None:
    from kiosk.screens import load
    from kiosk.screens.caps import Cap

    load("keyboard")
    for kind, chosen, pressed in itertools.product(("char", "shift", "delete", "page"), (False, True), (False, True)):
        key = Cap(palette=palette, kind=kind, chosen=chosen, pressed=pressed)
        assert contrast(key.color, key.fill) >= (7 if palette is CONTRAST else 4.5), (kind, chosen, pressed)
