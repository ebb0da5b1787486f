"""The comment screen: its text, its limit, what it forgets, and how it is laid out."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from desk import LANGUAGES, SIZES, Desk
from test_screens import assert_laid_out

from kiosk.texts import texts

SECRET = "Slaptai"


@pytest.fixture(scope="module")
def one_desk(window: Any) -> Iterator[Desk]:
    with Desk(window) as desk:
        yield desk


@pytest.fixture
def desk(one_desk: Desk) -> Desk:
    one_desk.fresh()
    return one_desk


# ── text ────────────────────────────────────────────────────────────────────────────────


def test_every_change_of_the_text_is_told_once(desk: Desk) -> None:
    desk.write("Ab")
    desk.tap(desk.key("delete"))
    assert desk.told == [("on_write", "A"), ("on_write", "Ab"), ("on_write", "A")]
    assert desk.screen.counter == "1 / 500"


def test_showing_a_state_tells_nobody_and_leaves_the_cursor(desk: Desk) -> None:
    desk.show(comment="Gera diena")
    field = desk.screen.ids.field
    field.cursor = (4, 0)
    desk.show()
    assert (desk.told, field.cursor, desk.text) == ([], (4, 0), "Gera diena")


def test_physical_keys_have_two_doors(desk: Desk) -> None:
    desk.screen.type("Labas")
    desk.screen.delete()
    assert desk.told[-1] == ("on_write", "Laba")


@pytest.mark.parametrize("way", ["keys", "typed", "at once", "state", "in the middle"])
def test_no_way_in_leads_past_five_hundred_characters(desk: Desk, way: str) -> None:
    full = "ž" * 499
    if way == "keys":
        desk.show(comment=full)
        desk.write("abc")
    elif way == "typed":
        for _ in range(60):
            desk.screen.type("žžžžžžžžž ")
    elif way == "at once":
        desk.screen.type("ž" * 5000)
    elif way == "state":
        desk.show(comment="ž" * 600)
    else:
        desk.show(comment=full)
        desk.screen.ids.field.cursor = (3, 0)
        desk.screen.type("abc")
        assert desk.text[:5] == "žžžaž"
    assert (len(desk.text), desk.screen.counter) == (500, "500 / 500")


def test_what_comes_from_elsewhere_is_one_line_of_composed_characters(desk: Desk) -> None:
    desk.screen.type("Ac\u030ciu\u0304\r\nlabai\tge\x00rai\x1b")
    assert desk.text == "Ačiū  labai gerai"


def test_any_editing_anywhere_gives_the_text_it_should(desk: Desk) -> None:
    """Kivy wraps lines as one types; what it makes of them must stay the text."""
    field, said, at = desk.screen.ids.field, "", 0
    dice = random.Random(4)
    for step in range(300):
        if step % 9 == 0:
            at = dice.randint(0, len(said))
            field.cursor = field.get_cursor_from_index(at)
            at = field.cursor_index()
        if dice.random() < 0.7:
            new = dice.choice(["a", "ilgesnis žodis ", " ", ". ", "Ы", "žą"])[: 500 - len(said)]
            desk.screen.type(new)
            said, at = said[:at] + new + said[at:], at + len(new)
        elif at:
            desk.screen.delete()
            said, at = said[: at - 1] + said[at:], at - 1
        assert (desk.text, field.cursor_index()) == (said, at), step


def test_a_finger_moves_the_cursor_and_typing_goes_on_there(desk: Desk) -> None:
    desk.show(comment="Labas rytas")
    desk.settle()
    field = desk.screen.ids.field
    field.cursor = (6, 0)
    x, y = field.cursor_pos
    field.cursor = (0, 0)
    desk.lift(desk.press(x, y - 5))
    assert field.cursor == (6, 0)
    desk.write("o")
    assert desk.text == "Labas orytas"
    desk.lift(desk.press(field.x + 1, y - 5))
    assert desk.keyboard.shifted


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_the_cursor_is_always_in_sight(desk: Desk, size: tuple[int, int]) -> None:
    desk.resize(*size)
    desk.screen.type("Ilgas sakinys be galo. " * 30)
    desk.settle()
    field = desk.screen.ids.field
    assert field.cursor_index() == 500
    assert field.y <= field.cursor_pos[1] - field.line_height
    assert field.cursor_pos[1] <= field.top
    assert field.x <= field.cursor_pos[0] <= field.right
    field.cursor = (0, 0)
    desk.settle()
    assert field.top - field.padding[1] - field.cursor_pos[1] < 1


# ── buttons ─────────────────────────────────────────────────────────────────────────────


def test_the_buttons_lead_on_and_back(desk: Desk) -> None:
    desk.show(comment="a")
    for name in ("send", "skip", "back"):
        desk.tap(desk.screen.ids[name])
    assert desk.told == [("on_send",), ("on_skip",), ("on_back",)]
    desk.show(back=False)
    desk.settle()
    assert desk.screen.ids.back.text == ""


@pytest.mark.parametrize("blank", ["", "   "])
def test_nothing_can_be_sent_while_there_is_nothing(desk: Desk, blank: str) -> None:
    desk.show(comment=blank)
    send = desk.screen.ids.send
    desk.tap(send)
    assert (desk.told, send.pressed) == ([], False)
    assert send.opacity < 1
    desk.screen.type("a")
    desk.tap(send)
    assert desk.told[-1] == ("on_send",)
    assert send.opacity == 1


# ── what is forgotten ───────────────────────────────────────────────────────────────────


def traces(thing: Any, depth: int = 4) -> list[str]:
    """Where the secret still stands in an object's own attributes, and in what these hold."""
    if isinstance(thing, str):
        return [thing] if SECRET in thing else []
    if depth == 0:
        return []
    if isinstance(thing, dict):
        parts = [*thing.keys(), *thing.values()]
    elif isinstance(thing, list | tuple | set):
        parts = list(thing)
    else:
        parts = list(getattr(thing, "__dict__", {}).values())
    return [found for part in parts for found in traces(part, depth - 1)]


def everywhere(desk: Desk) -> list[str]:
    from kivy.cache import Cache

    found = traces(Cache._objects)
    for widget in desk.screen.walk():
        found += traces(widget) + traces({name: widget.property(name).get(widget) for name in widget.properties()})
    return found


@pytest.mark.parametrize("how", ["clear", "taken away"])
def test_nothing_is_left_of_what_a_citizen_wrote(desk: Desk, how: str) -> None:
    desk.screen.type(f"{SECRET} {SECRET}")
    desk.screen.delete()
    desk.settle()
    desk.tap(desk.key("languages"))
    desk.tap(desk.key("ru"))
    desk.write("^^")
    assert everywhere(desk)
    told = len(desk.told)
    if how == "clear":
        desk.screen.clear()
    else:
        desk.stage.clear_widgets()
    desk.settle()
    field = desk.screen.ids.field
    assert everywhere(desk) == []
    assert (desk.text, field._undo, field._redo, desk.screen.counter) == ("", [], [], "0 / 500")
    assert desk.keyboard.board.language == "lt"
    assert desk.keyboard.board.shift == "auto"
    assert len(desk.told) == told


def test_a_finger_left_on_a_key_writes_nothing_for_the_next(desk: Desk) -> None:
    finger = desk.press(*desk.key("A").center)
    desk.screen.clear()
    desk.lift(finger)
    assert (desk.text, desk.told) == ("", [])


def test_no_clipboard_no_selection_no_menu(desk: Desk) -> None:
    from kivy.uix import textinput

    desk.show(comment="Labas rytas")
    desk.settle()
    field, before = desk.screen.ids.field, list(desk.window.children)
    x, y = field.x + 60, field.top - 60
    for _ in range(4):
        desk.lift(desk.press(x, y))
    finger = desk.press(x, y)
    desk.slide(finger, x + 200, y)
    desk.settle()
    desk.lift(finger)
    assert (field.selection_text, field._long_touch_ev, list(desk.window.children)) == ("", None, before)
    assert (textinput.Clipboard, textinput.CutBuffer) == (None, None)


def test_no_shortcut_of_a_physical_keyboard_reaches_the_text(desk: Desk) -> None:
    desk.show(comment="Labas")
    for letter in "acvxzr":
        desk.window.dispatch("on_key_down", ord(letter), 0, letter, ["ctrl"])
        desk.window.dispatch("on_key_up", ord(letter), 0)
    desk.window.dispatch("on_textinput", "v")
    desk.settle()
    assert (desk.text, desk.screen.ids.field.selection_text, desk.told) == ("Labas", "", [])


# ── layout ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_everything_has_its_room_in_every_language(desk: Desk, size: tuple[int, int]) -> None:
    desk.resize(*size)
    ids, panel = desk.screen.ids, desk.screen.theme
    for language in LANGUAGES:
        desk.show(language=language, comment="Ž" * 500)
        desk.settle()
        assert_laid_out(desk)
        assert ids.notice.text == texts(language).comment_notice
        assert ids.frame.height >= 1.5 * ids.field.line_height + 2 * ids.field.padding[1] - 1
        assert ids.frame.y >= ids.keyboard.top
        assert ids.keyboard.y - ids.foot.top >= panel.gap - 1
        for name in ("back", "skip", "send"):
            assert panel.in_mm(min(ids[name].size)) > 11.99


def test_letters_keep_six_millimetres_on_the_larger_panels(desk: Desk) -> None:
    for size in SIZES[:3]:
        desk.resize(*size)
        assert desk.screen.theme.shrink == 1.0


def test_the_panel_can_be_dark(desk: Desk) -> None:
    from kiosk.theme import DARK

    desk.resize(1280, 800, theme="dark")
    assert {cap.palette for cap in desk.keyboard.caps} == {DARK}
    assert tuple(desk.screen.ids.field.foreground_color) == DARK.ink


# ── what it costs ───────────────────────────────────────────────────────────────────────


def test_a_key_rebuilds_nothing_and_a_still_screen_draws_nothing(desk: Desk) -> None:
    desk.settle()
    widgets, flips = list(desk.stage.walk()), list[int]()
    desk.window.bind(on_flip=lambda *_: flips.append(1))
    desk.write("Ab")
    desk.settle()
    assert list(desk.stage.walk()) == widgets
    drawn = len(flips)
    assert drawn
    for _ in range(5):
        desk.frame()
    assert len(flips) == drawn
