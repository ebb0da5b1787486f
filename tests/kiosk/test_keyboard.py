"""The keyboard: its layouts as data, and its keys under real fingers."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from desk import LANGUAGES, SIZES, Desk

from kiosk.keyboard import layouts
from kiosk.keyboard.layouts import Board
from kiosk.texts import own_name, texts

ALPHABETS = {
    "lt": "aąbcčdeęėfghiįyjklmnoprsštuųūvzž" + "qwx",
    "en": "abcdefghijklmnopqrstuvwxyz",
    "pl": "aąbcćdeęfghijklłmnńoóprsśtuwyzźż" + "qvx",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'",
}
EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
AT_EVERY_SIZE = pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")


@pytest.fixture(scope="module")
def one_desk(window: Any) -> Iterator[Desk]:
    with Desk(window) as desk:
        yield desk


@pytest.fixture
def desk(one_desk: Desk) -> Desk:
    one_desk.fresh()
    return one_desk


def characters(board: Board, *, shifted: bool = False) -> set[str]:
    return {key.text for row in layouts.rows(board, shifted) for key in row if key.kind == "char"}


# ── layouts ─────────────────────────────────────────────────────────────────────────────


@EVERY_LANGUAGE
def test_the_whole_alphabet_is_on_the_first_page_in_both_cases(language: str) -> None:
    board = layouts.board(LANGUAGES, language)
    assert set(ALPHABETS[language]) <= characters(board)
    assert set(ALPHABETS[language].upper()) <= characters(board, shifted=True)


@EVERY_LANGUAGE
def test_no_character_is_there_twice(language: str) -> None:
    for page in (layouts.board(LANGUAGES, language), layouts.press_page(layouts.board(LANGUAGES, language))):
        found = [key.text for row in layouts.rows(page, False) for key in row if key.kind == "char"]
        assert len(found) == len(set(found))


def test_the_lowest_row_stays_in_its_place_on_every_page() -> None:
    for language in LANGUAGES:
        letters = layouts.board(LANGUAGES, language)
        boards = (letters, layouts.press_page(letters), layouts.press_languages(letters))
        found = [layouts.rows(board, False) for board in boards]
        assert {len(rows) for rows in found} == {layouts.ROWS}
        assert len({tuple((key.kind, key.width) for key in rows[-1]) for rows in found}) == 1


def test_every_row_of_letters_is_equally_wide() -> None:
    for language in LANGUAGES:
        assert len({layouts.columns(row) for row in layouts.rows(layouts.board(LANGUAGES, language), False)[:3]}) == 1


def test_only_languages_with_a_layout_are_offered() -> None:
    assert layouts.board(["de", "lt", "pl"], "de") == Board(("lt", "pl"), "lt")
    assert layouts.board(["de"], "de") == Board(("en",), "en")
    assert layouts.choose_language(layouts.board(["lt", "pl"], "pl"), "uk").language == "pl"


@pytest.mark.parametrize(
    ("before", "begins"),
    [("", True), ("  ", True), ("Ačiū", False), ("Ačiū ", False), ("Ačiū.", False), ("Ačiū. ", True), ("Ačiū! ", True),
     ("Kodėl?  ", True), ("„Ačiū.“ ", True), ("na… ", True), ("1. ", True), ("a, ", False)],
)  # fmt: skip
def test_where_a_sentence_begins(before: str, begins: bool) -> None:
    assert layouts.begins_sentence(before) is begins


def test_shift_goes_once_then_locks_then_is_off() -> None:
    board, seen = Board(), []
    for _ in range(4):
        board = layouts.press_shift(board)
        seen.append(board.shift)
    assert seen == ["once", "lock", "off", "once"]
    assert layouts.press_char(Board(shift="once")).shift == "auto"
    assert layouts.press_char(Board(shift="lock")).shift == "lock"
    assert not layouts.is_shifted(Board(shift="off"), "")


def test_the_font_has_every_character(window: Any) -> None:
    from kivy.core.text import Label

    def drawn(text: str) -> bytes:
        label = Label(text=text, font_size=40)
        label.refresh()
        return bytes(label.texture.pixels)

    missing = drawn("\U000f0000")
    assert drawn("⌫") == missing  # what a missing one looks like
    boards = [layouts.board(LANGUAGES, language) for language in LANGUAGES]
    for board in [*boards, layouts.press_page(boards[0])]:
        for one in characters(board) | characters(board, shifted=True):
            assert drawn(one) != missing, one


# ── fingers ─────────────────────────────────────────────────────────────────────────────


@EVERY_LANGUAGE
def test_every_key_types_what_is_on_it(desk: Desk, language: str) -> None:
    desk.show(language=language)
    desk.write("^^")
    capitals = desk.characters()
    desk.write("".join(capitals))
    assert desk.text == "".join(capitals)
    desk.write("^")
    small = desk.characters()
    desk.write("".join(small))
    desk.tap(desk.key("page"))
    signs = desk.characters()
    desk.write("".join(signs))
    assert desk.text == "".join(capitals + small + signs)
    assert set(ALPHABETS[language] + ALPHABETS[language].upper() + "0123456789") <= set(desk.text)


def test_a_key_shows_what_it_types_and_can_be_spoken(desk: Desk) -> None:
    own = texts("lt")
    said = {"space": own.key_space, "delete": own.key_delete, "languages": "Lietuvių", "page": "123", "shift": "Shift"}
    for cap in desk.keyboard.caps:
        assert cap.spoken == said.get(cap.kind, cap.value)
        assert cap.text == ("" if cap.kind in ("shift", "delete") else cap.spoken)


def test_a_sentence_begins_with_a_capital_by_itself(desk: Desk) -> None:
    for one in "gerai. ačiū, labai":
        desk.write(next(cap.value for cap in desk.keyboard.caps if cap.value.lower() == one))
    assert desk.text == "Gerai. Ačiū, labai"


def test_shift_once_and_locked(desk: Desk) -> None:
    desk.show(comment="a")
    desk.write("b^Cd^^EF")
    assert (desk.text, desk.key("shift").chosen, desk.key("shift").locked) == ("abCdEF", True, True)
    desk.write("^g")
    assert (desk.text, desk.key("shift").chosen, desk.key("shift").locked) == ("abCdEFg", False, False)


def test_a_press_types_nothing_until_it_is_lifted_and_then_at_once(desk: Desk) -> None:
    cap = desk.key("A")
    finger = desk.press(*cap.center)
    assert (cap.pressed, desk.text) == (True, "")
    desk.lift(finger)
    assert (cap.pressed, desk.text) == (False, "A")


def test_the_same_key_twice_in_no_time_types_twice(desk: Desk) -> None:
    desk.show(comment="a")
    desk.write("llllll")
    assert desk.text == "allllll"


def test_sliding_off_a_key_types_nothing(desk: Desk) -> None:
    finger = desk.press(*desk.key("A").center)
    desk.slide(finger, *desk.key("L").center)
    assert not desk.key("A").pressed
    desk.lift(finger)
    assert (desk.text, [cap for cap in desk.keyboard.caps if cap.pressed]) == ("", [])


@pytest.mark.parametrize("first_up", [0, 1])
def test_two_thumbs_type_in_the_order_they_came_down(desk: Desk, first_up: int) -> None:
    desk.show(comment="x")
    fingers = [desk.press(*desk.key(one).center) for one in "ab"]
    desk.lift(fingers[first_up])
    desk.lift(fingers[1 - first_up])
    assert desk.text == "xab"
    assert not any(cap.pressed for cap in desk.keyboard.caps)


def test_two_thumbs_alternate_for_a_whole_line(desk: Desk) -> None:
    desk.show(comment="x")
    last = None
    for one in "labas rytas":
        finger = desk.press(*desk.key(one).center)
        if last:
            desk.lift(last)
        last = finger
    desk.lift(last)
    assert desk.text == "xlabas rytas"


def test_a_thumb_that_slid_off_stays_off_when_the_other_comes(desk: Desk) -> None:
    desk.show(comment="x")
    first = desk.press(*desk.key("a").center)
    desk.slide(first, *desk.key("l").center)
    desk.lift(desk.press(*desk.key("b").center))
    desk.slide(first, *desk.key("a").center)
    assert not desk.key("a").pressed
    desk.lift(first)
    assert desk.text == "xb"


def test_shift_can_be_held_while_a_letter_is_typed(desk: Desk) -> None:
    desk.show(comment="x")
    thumb = desk.press(*desk.key("shift").center)
    desk.lift(desk.press(*desk.key("a").center))
    desk.lift(thumb)
    desk.write("b")
    assert desk.text == "xAb"


def test_no_touch_falls_between_two_keys(desk: Desk) -> None:
    desk.show(comment="x")
    left, right = desk.key("f"), desk.key("g")
    middle = (left.right + right.x) / 2
    desk.lift(desk.press(middle - 2, left.center_y))
    desk.lift(desk.press(middle + 2, left.center_y))
    assert desk.text == "xfg"


# ── delete ──────────────────────────────────────────────────────────────────────────────


def waits_to_delete(desk: Desk) -> bool:
    return bool(desk.keyboard._hold.is_triggered or desk.keyboard._again.is_triggered)


def test_delete_takes_one_away(desk: Desk) -> None:
    desk.show(comment="ačiū")
    desk.tap(desk.key("delete"))
    assert desk.text == "ači"
    desk.show(comment="")
    desk.tap(desk.key("delete"))
    assert desk.text == ""


def test_a_held_delete_repeats_no_faster_than_ten_a_second(desk: Desk) -> None:
    from kivy.clock import Clock

    desk.show(comment="a" * 9)
    widgets, at = list(desk.stage.walk()), list[float]()
    desk.keyboard.bind(on_delete=lambda _: at.append(Clock.get_time()))
    finger = desk.press(*desk.key("delete").center)
    while len(at) < 4:
        desk.frame()
    desk.lift(finger)
    assert desk.text == "a" * 5
    assert min(b - a for a, b in itertools.pairwise(at)) > 0.099
    assert not waits_to_delete(desk)
    assert list(desk.stage.walk()) == widgets


@pytest.mark.parametrize("how", ["lift", "slide", "clear", "other"])
def test_deletion_ends_with_the_hold(desk: Desk, how: str) -> None:
    desk.show(comment="aaa")
    finger = desk.press(*desk.key("delete").center)
    assert waits_to_delete(desk)
    if how == "lift":
        desk.lift(finger)
    elif how == "slide":
        desk.slide(finger, *desk.key("a").center)
    elif how == "clear":
        desk.screen.clear()
    else:
        desk.press(*desk.key("a").center)
    assert not waits_to_delete(desk)
    assert desk.text == {"lift": "aa", "slide": "aaa", "clear": "", "other": "aa"}[how]


# ── layouts and pages on the screen ─────────────────────────────────────────────────────


def test_the_citizens_language_comes_first_and_any_offered_one_can_be_chosen(desk: Desk) -> None:
    desk.show(language="pl")
    assert "ł" in desk.characters() or "Ł" in desk.characters()
    desk.tap(desk.key("languages"))
    offered = [cap for cap in desk.keyboard.caps if cap.kind == "language"]
    assert {cap.text for cap in offered} == {own_name(code) for code in LANGUAGES}
    assert [cap.value for cap in offered if cap.chosen] == ["pl"]
    desk.tap(desk.key("uk"))
    desk.write("Ї")
    assert (desk.text, desk.key("languages").text) == ("Ї", "Українська")
    assert desk.screen.title == texts("pl").comment_title


def test_another_citizens_language_brings_its_own_layout(desk: Desk) -> None:
    desk.tap(desk.key("languages"))
    desk.tap(desk.key("ru"))
    desk.show(language="en")
    assert set(desk.characters()) >= set("QWERTY")


def test_one_language_needs_no_key_for_languages(window: Any) -> None:
    with Desk(window, ["lt"]) as desk:
        assert "languages" not in {cap.kind for cap in desk.keyboard.caps}


def test_digits_are_one_key_away_and_back(desk: Desk) -> None:
    letters = desk.characters()
    desk.tap(desk.key("page"))
    assert set("1234567890") <= set(desk.characters())
    desk.tap(desk.key("page"))
    assert desk.characters() == letters


def test_keys_are_made_once(desk: Desk) -> None:
    def all_boards() -> list[Any]:
        for language in LANGUAGES:
            for kind in ("languages", language, "page", "page", "shift", "shift", "shift"):
                desk.tap(desk.key(kind))
        return list(desk.keyboard.children)

    assert all_boards() == all_boards()


# ── sizes ───────────────────────────────────────────────────────────────────────────────


def pages(desk: Desk) -> Iterator[list[Any]]:
    """The keys of every page of every language."""
    for language in LANGUAGES:
        desk.show(language=language)
        for kind in ("page", "page", "languages", "languages"):
            desk.tap(desk.key(kind))
            yield desk.keyboard.caps


@pytest.mark.parametrize(
    ("size", "dpi"), [*((size, 125) for size in SIZES), ((800, 480), 133), ((1280, 800), 149), ((1920, 1080), 141)]
)
def test_keys_are_twelve_millimetres_or_nine_on_a_low_panel_and_two_apart(desk: Desk, size: tuple[int, int], dpi: int) -> None:
    """A panel is low under 120 mm: a seven-inch one is 97 mm or less."""
    desk.resize(*size, dpi=dpi)
    panel = desk.screen.theme
    least = 9 if panel.in_mm(panel.height) < 120 else 12
    for caps in pages(desk):
        assert min(panel.in_mm(min(cap.size)) for cap in caps) >= least
        for a, b in itertools.combinations(caps, 2):
            assert panel.in_mm(max(b.x - a.right, a.x - b.right, b.y - a.top, a.y - b.top)) > 1.99, (a.spoken, b.spoken)


@AT_EVERY_SIZE
def test_every_key_has_room_for_what_is_on_it_and_lies_on_the_keyboard(desk: Desk, size: tuple[int, int]) -> None:
    desk.resize(*size)
    board = desk.keyboard
    for caps in pages(desk):
        for cap in caps:
            cap.texture_update()
            assert cap.texture_size[0] <= cap.width, cap.text
            assert cap.texture_size[1] <= cap.height, cap.text
            assert board.x <= cap.x
            assert cap.right <= board.right
            assert board.y - 1 <= cap.y
            assert cap.top <= board.top + 1
