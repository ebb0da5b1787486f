"""The screens as they are laid out and touched, in a window without a display."""

import gc
import itertools
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from configs import config
from stations import Time, Witness, station

from kiosk.outbox import Outbox
from kiosk.station import Station
from kiosk.window import Wires

# Every size in Lithuanian, every language at one size: by the proofs, and some of it always. The walk through all
# screens (test_targets.py) sees every size and every language in every run.
SIZE_AND_LANGUAGE = pytest.mark.parametrize(
    ("size", "language"),
    [
        ((1280, 800), "lt"),
        ((1080, 1920), "lt"),
        ((800, 480), "uk"),
        pytest.param((1920, 1080), "lt", marks=pytest.mark.proof),
        pytest.param((800, 480), "lt", marks=pytest.mark.proof),
        pytest.param((1280, 800), "en", marks=pytest.mark.proof),
        pytest.param((800, 480), "pl", marks=pytest.mark.proof),
        pytest.param((1280, 800), "ru", marks=pytest.mark.proof),
    ],
    ids=lambda one: one if isinstance(one, str) else f"{one[0]}x{one[1]}",
)
SIZES = pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (1080, 1920), (800, 480)], ids=lambda s: f"{s[0]}x{s[1]}")
SIZES_IN_TWO_LANGUAGES = pytest.mark.parametrize(
    ("size", "language"),
    [
        ((1280, 800), "lt"),
        ((1920, 1080), "en"),
        ((1080, 1920), "lt"),
        ((800, 480), "en"),
        pytest.param((1280, 800), "en", marks=pytest.mark.proof),
        pytest.param((1920, 1080), "lt", marks=pytest.mark.proof),
        pytest.param((1080, 1920), "en", marks=pytest.mark.proof),
        pytest.param((800, 480), "lt", marks=pytest.mark.proof),
    ],
    ids=lambda one: one if isinstance(one, str) else f"{one[0]}x{one[1]}",
)
OnScreen = Callable[..., Any]


@pytest.fixture
def kiosk(on_screen: OnScreen, tmp_path: Path, outbox: Witness, clock: Time) -> Any:
    screen = on_screen(station(tmp_path, outbox, clock))
    outbox.shown = lambda: screen.app.shown
    return screen


# ── layout ──────────────────────────────────────────────────────────────────────────────


def visible(root: Any) -> list[Any]:
    """Everything with letters or a picture on it."""
    from kivy.uix.label import Label

    from kiosk.drawings.picture import Picture

    return [w for w in root.walk() if (isinstance(w, Label) and w.text) or isinstance(w, Picture)]


def overlap(a: Any, b: Any) -> bool:
    return bool(min(a.right, b.right) - max(a.x, b.x) > 1 and min(a.top, b.top) - max(a.y, b.y) > 1)


def assert_laid_out(screen: Any) -> None:
    seen = visible(screen.app.stage)
    assert seen
    for widget in seen:
        where = getattr(widget, "text", "") or type(widget).__name__
        assert min(widget.pos) >= 0, where
        assert widget.right <= screen.window.width, where
        assert widget.top <= screen.window.height, where
        if hasattr(widget, "texture_size"):
            assert widget.texture_size[0] <= widget.width + 1, f"{where} is cut"
            assert widget.texture_size[1] <= widget.height + 1, f"{where} is cut"
            assert_whole_words(widget)
    for a, b in itertools.combinations(seen, 2):
        assert not overlap(a, b), f"{getattr(a, 'text', a)} lies on {getattr(b, 'text', b)}"


def assert_whole_words(label: Any) -> None:
    from kivy.core.text import Label as Letters

    letters = Letters(font_size=label.font_size, bold=label.bold)
    for word in label.text.split():
        assert letters.get_extents(word)[0] <= label.width + 1, f"{label.text} breaks inside a word"


@SIZES_IN_TWO_LANGUAGES
def test_every_screen_has_room_for_its_texts(kiosk: Any, size: tuple[int, int], language: str) -> None:
    kiosk.resize(*size)
    kiosk.app.do(kiosk.app.station.choose_language, language)
    kiosk.settle()
    assert_laid_out(kiosk)
    kiosk.app.answer(3)
    kiosk.until(lambda: kiosk.app.shown == "thanks")
    kiosk.settle()
    assert_laid_out(kiosk)
    kiosk.app.trouble.begin()
    kiosk.settle()
    assert_laid_out(kiosk)


@SIZES
def test_without_a_configuration_it_says_so(on_screen: OnScreen, tmp_path: Path, outbox: Outbox, size: tuple[int, int]) -> None:
    kiosk = on_screen(Station(tmp_path, outbox))
    kiosk.resize(*size)
    assert kiosk.app.shown == "waiting"
    assert_laid_out(kiosk)


@SIZES
def test_faces_are_twenty_millimetres_and_five_apart(kiosk: Any, size: tuple[int, int]) -> None:
    kiosk.resize(*size)
    answers = kiosk.app.rating.ids.answers
    panel = answers.theme
    assert all(panel.in_mm(answer.face.width) >= 20 for answer in answers.answers)
    for a, b in itertools.pairwise(answers.answers):
        apart = max(b.x - a.right, b.y - a.top)
        assert panel.in_mm(apart) > 4.999
        assert max(b.face.x - a.face.right, b.face.y - a.face.top) >= apart - 0.01
    assert len({round(answer.face.width) for answer in answers.answers}) == 1


@SIZES
def test_buttons_are_large_enough(kiosk: Any, size: tuple[int, int]) -> None:
    kiosk.resize(*size)
    panel = kiosk.app.rating.theme
    for button in [*kiosk.app.rating.ids.foot.buttons, kiosk.app.deck.screens["thanks"].ids.back]:
        assert panel.in_mm(min(button.size)) >= 12


def test_the_largest_screens_keep_letters_at_six_millimetres(kiosk: Any) -> None:
    for size in ((1280, 800), (1920, 1080), (1080, 1920)):
        kiosk.resize(*size)
        assert kiosk.app.rating.theme.shrink == 1.0


# ── touching ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", [1, 2, 3, 4, 5])
def test_an_answer_is_durable_before_thanks(kiosk: Any, outbox: Witness, value: int) -> None:
    kiosk.tap(*kiosk.face(value))
    assert outbox.seen == [("rating", "rating")]
    kiosk.until(lambda: kiosk.app.shown == "thanks")
    assert [json.loads(body)["value"] for (body,) in outbox.db.execute("SELECT body FROM event")] == [value]


def test_the_chosen_face_stays_lit_until_thanks_and_never_after(kiosk: Any, clock: Time) -> None:
    kiosk.tap(*kiosk.face(2))
    assert [answer.face.look for answer in kiosk.app.rating.ids.answers.answers] == ["faded", "chosen", "faded", "faded", "faded"]
    kiosk.until(lambda: kiosk.app.shown == "thanks")
    clock.now += 3
    kiosk.app.tick()
    assert kiosk.app.shown == "rating"
    assert {answer.face.look for answer in kiosk.app.rating.ids.answers.answers} == {"plain"}


def test_time_lost_between_answer_and_thanks_leaves_a_fresh_screen(kiosk: Any, clock: Time) -> None:
    kiosk.tap(*kiosk.face(2))
    clock.now += 60
    kiosk.app.tick()
    kiosk.settle()
    assert (kiosk.app.shown, kiosk.app.stage.deaf) == ("rating", False)
    assert {answer.face.look for answer in kiosk.app.rating.ids.answers.answers} == {"plain"}


def test_the_word_answers_as_its_face_does(kiosk: Any, outbox: Witness) -> None:
    kiosk.tap(*kiosk.app.rating.ids.answers.answers[3].word.center)
    assert outbox.stream().last_seq == 1


def test_a_press_answers_nothing_until_it_is_let_go(kiosk: Any, outbox: Witness) -> None:
    finger = kiosk.press(*kiosk.face(4))
    kiosk.frame()
    assert [answer.face.look for answer in kiosk.app.rating.ids.answers.answers] == ["faded", "faded", "faded", "chosen", "faded"]
    assert outbox.seen == []
    kiosk.release(finger, *kiosk.face(4))
    assert len(outbox.seen) == 1


def test_a_release_outside_is_no_answer(kiosk: Any, outbox: Witness) -> None:
    finger = kiosk.press(*kiosk.face(1))
    kiosk.release(finger, *kiosk.face(5))
    kiosk.settle()
    assert (outbox.seen, kiosk.app.shown) == ([], "rating")
    assert {answer.face.look for answer in kiosk.app.rating.ids.answers.answers} == {"plain"}


def test_a_finger_may_outlive_what_it_rests_on(kiosk: Any, outbox: Witness) -> None:
    from kivy.uix.widget import Widget

    finger, passing = kiosk.press(*kiosk.face(4)), Widget()
    finger.grab(passing)
    del passing
    gc.collect()
    kiosk.app.stage.let_go()
    kiosk.release(finger, *kiosk.face(4))
    assert outbox.seen == []


def test_the_gap_between_two_faces_is_no_answer(kiosk: Any, outbox: Witness) -> None:
    (left, y), (right, _) = kiosk.face(2), kiosk.face(3)
    kiosk.tap((left + right) / 2, y)
    assert outbox.seen == []


def test_a_double_strike_is_one_answer_and_leaves_thanks_up(kiosk: Any, outbox: Witness, clock: Time) -> None:
    kiosk.tap(*kiosk.face(5))
    kiosk.tap(*kiosk.face(5))
    kiosk.until(lambda: kiosk.app.shown == "thanks")
    kiosk.tap(*kiosk.face(5))
    kiosk.frame()
    assert (len(outbox.seen), kiosk.app.shown) == (1, "thanks")


def test_any_touch_ends_the_thanks_and_no_answer_is_left_to_see(kiosk: Any, outbox: Witness) -> None:
    kiosk.tap(*kiosk.face(1))
    kiosk.until(lambda: kiosk.app.shown == "thanks")
    kiosk.settle()
    kiosk.tap(600, 600)
    assert kiosk.app.shown == "rating"
    assert {answer.face.look for answer in kiosk.app.rating.ids.answers.answers} == {"plain"}
    assert len(outbox.seen) == 1


def test_thanks_end_by_themselves(kiosk: Any, clock: Time) -> None:
    kiosk.app.answer(4)
    clock.now += 2.6
    kiosk.app.tick()
    assert kiosk.app.shown == "rating"


def test_a_correction_belongs_to_the_same_visit(kiosk: Any, outbox: Witness, clock: Time) -> None:
    kiosk.tap(*kiosk.face(1))
    kiosk.until(lambda: kiosk.app.shown == "thanks")
    kiosk.settle()
    clock.now += 1
    kiosk.tap(*kiosk.app.deck.screens["thanks"].ids.back.center)
    assert kiosk.app.shown == "rating"
    kiosk.settle()
    kiosk.tap(*kiosk.face(5))
    events = [json.loads(body) for (body,) in outbox.db.execute("SELECT body FROM event")]
    assert [event["value"] for event in events] == [1, 5]
    assert events[0]["visit"] == events[1]["visit"]


def test_the_language_is_the_citizens_own(kiosk: Any, outbox: Witness) -> None:
    kiosk.tap(*kiosk.app.rating.ids.foot.buttons[1].center)
    kiosk.settle()
    assert kiosk.app.rating.question == "How was the service today?"
    assert [button.chosen for button in kiosk.app.rating.ids.foot.buttons] == [False, True]
    kiosk.tap(*kiosk.face(5))
    assert json.loads(outbox.db.execute("SELECT body FROM event").fetchone()[0])["language"] == "en"


# ── trouble ─────────────────────────────────────────────────────────────────────────────


def test_a_full_outbox_is_owned_up_to_and_mends(kiosk: Any, outbox: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.screens.trouble.RETRY_S", 0.01)
    outbox.max_events = 0
    kiosk.tap(*kiosk.face(5))
    assert kiosk.app.shown == "broken"
    assert outbox.stream().last_seq == 0
    kiosk.settle()
    assert kiosk.app.shown == "broken"
    outbox.max_events = 10
    kiosk.until(lambda: kiosk.app.shown == "rating")
    kiosk.settle()
    kiosk.tap(*kiosk.face(5))
    assert outbox.stream().last_seq == 1


def test_an_unreadable_outbox_does_not_end_the_kiosk(kiosk: Any, outbox: Witness) -> None:
    outbox.close()
    kiosk.tap(*kiosk.face(5))
    kiosk.app.tick()
    assert kiosk.app.shown == "broken"


def propose(kiosk: Any, payload: bytes) -> None:
    """As the network's thread does."""
    thread = threading.Thread(target=kiosk.app.propose_config, args=(payload,))
    thread.start()
    thread.join()
    kiosk.frame()


def test_a_configuration_comes_between_visits(on_screen: OnScreen, tmp_path: Path, outbox: Outbox, clock: Time) -> None:
    applied: list[str] = []
    kiosk = on_screen(station(tmp_path, outbox, clock), Wires(on_config=lambda given: applied.append(given.config)))
    fresh = config(2, display={"theme": "dark"}, languages=["en"])
    kiosk.app.answer(5)
    propose(kiosk, fresh.wire())
    kiosk.app.tick()
    assert applied == []
    clock.now += 3
    kiosk.app.tick()
    kiosk.app.tick()
    assert applied == [fresh.config]
    kiosk.settle()
    assert kiosk.app.rating.question == "How was the service today?"
    assert kiosk.app.rating.ids.foot.buttons == [], "one language needs no switch"


def test_a_refused_configuration_changes_nothing(on_screen: OnScreen, tmp_path: Path, outbox: Outbox, clock: Time) -> None:
    refused: list[tuple[bytes, str]] = []
    kiosk = on_screen(station(tmp_path, outbox, clock), Wires(on_refused=lambda payload, why: refused.append((payload, why))))
    propose(kiosk, b"{}")
    kiosk.app.tick()
    assert refused[0][0] == b"{}"
    assert refused[0][1]
    assert kiosk.app.shown == "rating"


# ── proof of life, and the map for real pointers ────────────────────────────────────────


def test_a_still_screen_draws_nothing_and_a_beat_draws_one_frame(kiosk: Any) -> None:
    kiosk.settle()
    before = kiosk.app.frames.count
    for _ in range(5):
        kiosk.frame()
    assert kiosk.app.frames.count == before
    kiosk.app.stage.beat()
    for _ in range(5):
        kiosk.frame()
    assert kiosk.app.frames.count == before + 1


def test_the_map_tells_where_to_tap(
    on_screen: OnScreen, tmp_path: Path, outbox: Outbox, clock: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUOMONE_SCREEN_MAP", "1")
    kiosk = on_screen(station(tmp_path, outbox, clock))
    path = tmp_path / "screen.json"
    kiosk.app.tick()
    kiosk.app.tick()
    told = json.loads(path.read_text())
    assert (told["screen"], told["size"], sorted(told["faces"]), sorted(told["languages"])) == (
        "rating", [1280, 800], ["1", "2", "3", "4", "5"], ["en", "lt"],
    )  # fmt: skip
    x, y = told["faces"]["2"]
    kiosk.tap(x, 800 - y)
    kiosk.until(lambda: kiosk.app.tick() or json.loads(path.read_text())["screen"] == "thanks")
    assert json.loads(path.read_text())["back"]


def test_without_a_display_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.window import NoDisplay, require_display

    monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(NoDisplay, match="DISPLAY is not set"):
        require_display()
    monkeypatch.setenv("DISPLAY", ":4711")
    with pytest.raises(NoDisplay, match=":4711"):
        require_display()
