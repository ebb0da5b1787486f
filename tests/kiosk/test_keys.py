"""What each key means, and that a button box and a keyboard reach everything that a finger reaches."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from configs import config, question
from stations import Time, Witness, station

from kiosk import keys
from kiosk.keys import BACKSPACE, ENTER, ESCAPE, F2, SPACE, TAB, Meaning

OnScreen = Callable[..., Any]
F1 = 282
WHY = [{"id": name, "text": {"lt": name}} for name in ("staff", "time", "other")]
ASKED = {
    "id": "q",
    "questions": [question(reasons={"good": WHY, "bad": WHY}), question(id="advice", scale="nps11", words={})],
    "comment": True,
}
LANGUAGES = ["lt", "en", "pl", "ru", "uk"]


@pytest.mark.parametrize(
    ("key", "modifiers", "act", "number"),
    [
        (ord("1"), [], "choose", 1),
        (ord("5"), [], "choose", 5),
        (261, [], "choose", 5),
        (TAB, [], "next", 0),
        (TAB, ["shift"], "previous", 0),
        (ENTER, [], "press", 0),
        (271, [], "press", 0),
        (SPACE, [], "press", 0),
        (BACKSPACE, [], "back", 0),
        (ESCAPE, [], "back", 0),
        (F2, [], "speak", 0),
        (ord("s"), [], "speak", 0),
        (ord("+"), [], "louder", 0),
        (ord("-"), [], "quieter", 0),
        (F1, [], "nothing", 0),
        (ord("q"), [], "nothing", 0),
    ],
)
def test_what_a_key_means(key: int, modifiers: list[str], act: keys.Act, number: int) -> None:
    assert keys.meaning(key, modifiers, writing=False) == Meaning(act, number)


def test_in_a_comment_letters_digits_and_backspace_write() -> None:
    assert {keys.meaning(key, [], writing=True).act for key in (ord("1"), ord("s"), SPACE, ord("-"), 261)} == {"nothing"}
    assert keys.meaning(BACKSPACE, [], writing=True).act == "delete"
    assert keys.meaning(ESCAPE, [], writing=True).act == "back"
    assert keys.meaning(TAB, [], writing=True).act == "next"


@pytest.fixture
def kiosk(on_screen: OnScreen, tmp_path: Path, outbox: Witness, clock: Time) -> Any:
    return on_screen(station(tmp_path, outbox, clock, config(questionnaire=ASKED, languages=LANGUAGES)))


@pytest.fixture
def press(kiosk: Any, clock: Time) -> Callable[..., None]:
    def press(key: int, *modifiers: str) -> None:
        clock.now += 1
        kiosk.window.dispatch("on_key_down", key, 0, "", list(modifiers))
        kiosk.window.dispatch("on_key_up", key, 0)
        kiosk.settle()
        kiosk.app.refresh()
        kiosk.settle()

    return press


def later(kiosk: Any, clock: Time, act: Callable[[], None]) -> None:
    clock.now += 1
    kiosk.app.do(act)
    kiosk.settle()


def events(outbox: Witness) -> list[dict[str, Any]]:
    import json

    due = outbox.due(outbox.stream(), 0)
    return json.loads(due.payload)["events"] if due else []


def test_a_visit_by_button_box(kiosk: Any, press: Callable[..., None], outbox: Witness, clock: Time) -> None:
    press(ord("2"))
    assert kiosk.app.shown == "reasons"
    press(ord("3"))
    press(ord("1"))
    press(ENTER)
    assert (kiosk.app.shown, kiosk.app.station.state.asked) == ("rating", 1)
    press(ord("0"))
    assert kiosk.app.shown == "comment"
    press(TAB, "shift")
    press(ESCAPE)
    assert kiosk.app.shown == "rating"
    press(ord("7"))
    later(kiosk, clock, kiosk.app.station.skip)
    assert kiosk.app.shown == "thanks"
    press(ENTER)
    assert (kiosk.app.shown, kiosk.app.station.state.visit) == ("rating", None)
    rating, reasons, advice, again = events(outbox)
    assert (rating["value"], rating["trigger"], reasons["reasons"]) == (2, "key", ["other", "staff"])
    assert (advice["value"], again["value"], again["trigger"]) == (0, 7, "key")


def test_a_finger_after_a_key_is_a_finger(kiosk: Any, press: Callable[..., None], outbox: Witness, clock: Time) -> None:
    press(ord("1"))
    kiosk.app.do(kiosk.app.station.dismiss)
    kiosk.settle()
    clock.now += 5
    kiosk.tap(*kiosk.face(5))
    assert [one["trigger"] for one in events(outbox)] == ["key", "tap"]


def test_tab_reaches_everything_and_comes_round(kiosk: Any, press: Callable[..., None]) -> None:
    seen = []
    for _ in range(30):
        press(TAB)
        at = kiosk.app.keyed.focus.at
        assert at
        if at in seen:
            break
        seen.append(at)
    assert at is seen[0]
    assert [one.spoken for one in seen if hasattr(one, "face")] == [
        "Labai blogai",
        "Blogai",
        "Vidutiniškai",
        "Gerai",
        "Labai gerai",
    ]
    spoken = [one.spoken for one in seen]
    assert {"Lietuvių", "English", "Polski", "Русский", "Українська", "Kontrastas", "Didesnis", "Žemiau"} <= set(spoken)
    assert all(spoken), "whatever has the focus has a name"
    press(TAB, "shift")
    assert kiosk.app.keyed.focus.at is seen[-1]


def test_the_focus_is_seen_and_enter_presses_it(kiosk: Any, press: Callable[..., None], outbox: Witness) -> None:
    plain = pixels(kiosk)
    while getattr(kiosk.app.keyed.focus.at, "value", None) != 4:
        press(TAB)
    ringed = pixels(kiosk)
    changed = [(x, y) for x, y in ring_points(kiosk) if ringed[y][x] != plain[y][x]]
    assert len(changed) > 30, "a ring is drawn around the target"
    press(ENTER)
    assert [(one["value"], one["trigger"]) for one in events(outbox)] == [(4, "key")]
    assert kiosk.app.keyed.focus.at is None


def pixels(kiosk: Any) -> list[list[bytes]]:
    from kiosk.offscreen import shown

    (width, height), raw = shown()
    return [[raw[4 * (y * width + x) : 4 * (y * width + x) + 3] for x in range(width)] for y in range(height)]


def ring_points(kiosk: Any) -> list[tuple[int, int]]:
    """Along the left and right of the target, where the ring runs."""
    at, out = kiosk.app.keyed.focus.at, max(2.0, 0.8 * kiosk.app.panel.mm(1)) * 1.5
    high = range(int(at.y + at.height * 0.4), int(at.y + at.height * 0.6))
    return [(round(x), y) for y in high for x in (at.x - out, at.right + out)]


@pytest.mark.parametrize("key", [F1, ESCAPE, 285, 292])
def test_no_key_leads_out(kiosk: Any, press: Callable[..., None], key: int) -> None:
    stopped: list[int] = []
    kiosk.app.stop = lambda: stopped.append(1)
    press(key)
    press(key, "alt")
    press(ord("q"), "ctrl")
    assert (stopped, kiosk.app.shown, kiosk.app.stage.screen) == ([], "rating", kiosk.app.rating)
    assert kiosk.app.open_settings() is False


def test_the_voice_has_its_keys(kiosk: Any, press: Callable[..., None]) -> None:
    said: list[list[str]] = []
    kiosk.app.reader.say = lambda lines, **_: said.append(lines)
    press(F2)
    assert kiosk.app.station.state.access.volume == 2
    assert said[0][0].startswith("Marijampolės savivaldybės administracija. Gyvenamosios vietos deklaravimas. Kaip vertinate")
    assert said[0][1:6] == ["1: Labai blogai.", "2: Blogai.", "3: Vidutiniškai.", "4: Gerai.", "5: Labai gerai."]
    press(ord("+"))
    press(ord("+"))
    assert kiosk.app.station.state.access.volume == 3
    press(TAB)
    assert said[-1] == [kiosk.app.keyed.focus.at.spoken]
    for _ in range(3):
        press(ord("-"))
    assert kiosk.app.station.state.access.volume == 0


def test_a_physical_keyboard_writes_into_the_comment(kiosk: Any, press: Callable[..., None], clock: Time) -> None:
    press(ord("4"))
    later(kiosk, clock, kiosk.app.station.skip)
    later(kiosk, clock, kiosk.app.station.skip)
    assert kiosk.app.shown == "comment"
    for letter in "Ačiū!":
        kiosk.window.dispatch("on_textinput", letter)
    press(BACKSPACE)
    assert kiosk.app.station.state.comment == "Ačiū"
    assert kiosk.app.deck.screens["comment"].ids.send.text
