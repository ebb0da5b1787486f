"""The operator's way on the screen: the corner, the PIN, the table, the buttons; touched as an operator would."""

import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from configs import config
from test_screens import SIZES_IN_TWO_LANGUAGES, assert_whole_words, overlap

from kiosk import configuration, device, operator_texts, pin
from kiosk.gallery import DPI
from kiosk.operator_poses import FACTS, NOW
from kiosk.operator_texts import OperatorTexts
from kiosk.outbox import Outbox
from kiosk.service_facts import LinkFacts, gather, rows
from kiosk.station import Station
from kiosk.theme import theme

FOLDER = Path(operator_texts.__file__).parent
SOURCES = {str(field.default) for field in fields(OperatorTexts)}


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    made = Outbox(tmp_path / "outbox.db", "hall-1", "machine")
    yield made
    made.close()


class Desk:
    """A kiosk on the screen with the operator's screens wired to it as an app does."""

    def __init__(self, screen: Any, folder: Path) -> None:
        from kiosk.screens.operator import Operator

        self.screen, self.stage, self.did, self.shown = screen, screen.app.stage, list[str](), None
        self.operator = Operator(
            bring=self._bring,
            leave=self._leave,
            pin=lambda: pin.find(folder, {}),
            lockout=pin.Lockout(folder / "lockout.json"),
            facts=lambda: FACTS,
            language=lambda: "en",
            panel=lambda: theme(*(int(n) for n in screen.window.size), {}),
            restart=lambda: self.did.append("restart"),
            shut_down=lambda: self.did.append("shut down"),
        )
        self.corner = self.operator.corner
        self.corner.show(theme(1280, 800, {}))
        self._citizens = self.stage.children[0]
        self._leave()

    def _bring(self, shown: Any) -> None:
        self.shown = shown
        self.stage.clear_widgets()
        self.stage.add_widget(shown)
        self.settle()

    def _leave(self) -> None:
        self.shown = None
        self.stage.clear_widgets()
        self.stage.add_widget(self._citizens)
        self.stage.add_widget(self.corner)
        self.settle()

    def tap(self, widget: Any) -> None:
        self.screen.tap(*widget.center)
        self.settle()

    def lay_out(self, shown: Any) -> None:
        """Bring something, and let everything find its place."""
        if self.stage.children != [shown]:
            self.stage.clear_widgets()
            self.stage.add_widget(shown)
        self.settle()

    def settle(self) -> None:
        """What moves comes to rest; nothing is drawn, which would take most of a test's time."""
        from kivy.clock import Clock
        from kivy.lang import Builder

        for _ in range(8):
            Clock.tick()
            Builder.sync()
            Clock.tick_draw()

    def enter(self, digits: str) -> None:
        keys = {key.value: key for key in self.operator.pinpad.keys}
        for name in [*digits, "ok"]:
            self.tap(keys[name])

    def open(self) -> Any:
        self.operator.enter()
        self.enter("1234")
        assert self.shown is self.operator.service
        return self.operator.service


@pytest.fixture
def desk(on_screen: Callable[..., Any], tmp_path: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(pin, "_N", 16)
    configuration.save(tmp_path / "config.json", config())
    pin.keep(tmp_path, "1234")
    made = Desk(on_screen(Station(tmp_path, outbox)), tmp_path)
    yield made
    made.operator.close()


# ── layout ──────────────────────────────────────────────────────────────────────────────


def assert_laid_out(root: Any, width: int, height: int) -> None:
    from kivy.uix.label import Label

    seen = [widget for widget in root.walk() if isinstance(widget, Label) and widget.text.strip()]
    assert seen
    for widget in seen:
        assert min(widget.pos) >= 0, widget.text
        assert (widget.right <= width, widget.top <= height) == (True, True), widget.text
        assert widget.texture_size[0] <= widget.width + 1, f"{widget.text} is cut"
        assert widget.texture_size[1] <= widget.height + 1, f"{widget.text} is cut"
        assert_whole_words(widget)
    for a, b in itertools.combinations(seen, 2):
        assert not overlap(a, b), f"{a.text} lies on {b.text}"


@SIZES_IN_TWO_LANGUAGES
def test_every_screen_has_room_for_its_texts(desk: Desk, size: tuple[int, int], language: str) -> None:
    from kiosk.screens.screen_test import ScreenTest

    desk.screen.window.size = size
    panel = theme(*size, {"dpi": DPI[size]})
    pad, service, test = desk.operator.pinpad, desk.operator.service, ScreenTest()
    pad.show(language, panel)
    pad.press("1")
    desk.lay_out(pad)
    assert_laid_out(pad, *size)
    assert all(panel.in_mm(min(key.size)) >= 12 for key in pad.keys)
    for wait in (0.0, 3599.0):
        pad.wrong(wait)
        desk.lay_out(pad)
        assert_laid_out(pad, *size)
    longest = replace(FACTS, pending=999_999, link=replace(FACTS.link, connected=False), lockouts=100)
    service.show(longest, language, panel)
    for what in ("", "restart", "shut_down"):
        service.ask(what)
        desk.lay_out(service)
        assert_laid_out(service, *size)
    service.ask("")
    service.tell("The command “systemctl poweroff” failed with code 1: Access denied.")
    desk.lay_out(service)
    assert_laid_out(service, *size)
    test.show(language, panel)
    desk.lay_out(test)
    assert_laid_out(test, *size)
    test.hide()


# ── the corner ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def holds(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was held, with a hold of a tenth of a second."""
    monkeypatch.setattr("kiosk.screens.held_corner.HOLD_S", 0.1)
    held: list[str] = []
    desk.corner.bind(on_held=lambda _: held.append("held"))
    return held


def passed(desk: Desk) -> None:
    """Longer than a finger has to rest."""
    from kivy.clock import Clock

    end = Clock.get_time() + 0.2
    desk.screen.until(lambda: Clock.get_time() > end)


def test_the_corner_is_twenty_millimetres_at_the_top_right(desk: Desk) -> None:
    assert (desk.corner.right, desk.corner.top) == desk.screen.window.size
    assert desk.corner.width == pytest.approx(20 * 125 / 25.4)


def test_a_finger_that_rests_opens_the_pin_pad(desk: Desk, holds: list[str]) -> None:
    finger = desk.screen.press(1270, 790)
    assert desk.shown is None
    desk.screen.until(lambda: desk.shown is desk.operator.pinpad)
    desk.screen.release(finger, 1270, 790)
    assert (desk.shown, holds) == (desk.operator.pinpad, ["held"])
    desk.tap(desk.operator.pinpad.ids.close)
    desk.screen.press(1270, 790)
    desk.screen.until(lambda: desk.shown is desk.operator.pinpad)


@pytest.mark.parametrize("what", ["lifted", "moved out", "a second finger", "a finger that was there", "beside"])
def test_anything_else_opens_nothing(desk: Desk, holds: list[str], what: str) -> None:
    from kivy.base import EventLoop

    if what == "lifted":
        desk.screen.tap(1270, 790)
    elif what == "moved out":
        finger = desk.screen.press(1270, 790)
        for at in (0.5, 0.99):
            finger.move({"x": at, "y": at})
            EventLoop.post_dispatch_input("update", finger)
    elif what == "beside":
        desk.screen.press(1150, 790)
    else:
        places = [(1270, 790), (300, 300)]
        for place in reversed(places) if what == "a finger that was there" else places:
            desk.screen.press(*place)
    passed(desk)
    assert (desk.shown, holds) == (None, [])


def test_a_tap_reaches_what_lies_beneath(desk: Desk, holds: list[str]) -> None:
    seen: list[Any] = []
    desk.stage.children[-1].bind(on_touch_down=lambda *_: seen.append("down"))
    desk.screen.tap(1270, 790)
    assert seen == ["down"]


def test_without_a_pin_there_is_no_service_screen(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "service-pin").unlink()
    desk.operator.enter()
    assert (desk.shown, desk.operator.inside) == (None, False)


# ── the PIN pad ─────────────────────────────────────────────────────────────────────────


def test_the_right_pin_opens_the_service_screen(desk: Desk) -> None:
    desk.operator.enter()
    pad = desk.operator.pinpad
    keys = {key.value: key for key in pad.keys}
    for name in "129":
        desk.tap(keys[name])
    assert pad.dots == "•••"
    desk.tap(keys["ok"])
    assert (desk.shown, pad.dots) == (pad, "•••")
    desk.tap(keys["delete"])
    desk.enter("34")
    assert desk.shown is desk.operator.service
    assert pad.dots == ""


def test_wrong_pins_are_said_then_locked(desk: Desk) -> None:
    desk.operator.enter()
    pad = desk.operator.pinpad
    desk.enter("9999")
    assert (pad.message, pad.locked) == ("That PIN is wrong.", False)
    for name in [*"9999", "ok"] * 4:
        pad.press(name)
    assert re.fullmatch(r"Too many wrong PINs. Wait (60|59) s.", pad.message)
    desk.enter("1234")
    assert (desk.shown, pad.locked) == (pad, True)
    desk.tap(pad.ids.close)
    desk.operator.enter()
    assert (desk.shown, pad.locked) == (pad, True)


def test_the_wait_counts_down_and_lets_go(desk: Desk) -> None:
    desk.operator.pinpad.show("en", theme(1280, 800, {}), 0.05)
    assert desk.operator.pinpad.locked
    desk.screen.until(lambda: not desk.operator.pinpad.locked)
    assert desk.operator.pinpad.message == "Enter the PIN."


@pytest.mark.parametrize("name", ["pinpad", "service"])
def test_a_screen_left_alone_closes(desk: Desk, name: str) -> None:
    screen = getattr(desk.operator, name)
    desk.open() if name == "service" else desk.operator.enter()
    assert screen._limit._seconds == {"pinpad": 30, "service": 120}[name]
    screen._limit._seconds = 0.05
    desk.tap(screen.ids.title)
    desk.screen.until(lambda: desk.shown is None)
    assert not desk.operator.inside


# ── the service screen ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "did"), [("restart", "restart"), ("shut_down", "shut down")])
def test_a_yes_and_a_way_back(desk: Desk, name: str, did: str) -> None:
    service = desk.open()
    desk.tap(service.ids[name])
    desk.tap(service.ids.close)
    assert (desk.shown, service.asking, desk.did) == (service, "", [])
    desk.tap(service.ids[name])
    desk.tap(service.ids.test)
    assert desk.did == [did]


def test_a_device_that_does_not_obey_is_said(desk: Desk) -> None:
    def refuse() -> None:
        raise device.NotDone("Access denied.")

    service = desk.open()
    desk.operator._shut_down = refuse
    desk.tap(service.ids.shut_down)
    desk.tap(service.ids.test)
    assert service.ids.told.text == "It did not work: Access denied."


def test_the_table_follows_the_facts(desk: Desk) -> None:
    service = desk.open()
    desk.operator._facts = lambda: replace(FACTS, pending=77)
    desk.screen.until(lambda: "77" in [label.text for label in service.ids.table.children])


def test_close_leads_back_to_the_citizens(desk: Desk) -> None:
    service = desk.open()
    desk.tap(service.ids.close)
    assert (desk.shown, desk.operator.inside) == (None, False)


def test_the_screen_test_ends_after_three_touches_in_the_middle(desk: Desk) -> None:
    service = desk.open()
    desk.tap(service.ids.test)
    test = desk.operator.test
    assert desk.shown is test
    desk.screen.tap(5, 5)
    desk.screen.tap(1275, 795)
    columns, lines = test.grid
    assert test.touched == {(0, 0), (columns - 1, lines - 1)}
    for _ in range(3):
        assert desk.shown is test
        desk.screen.tap(640, 400)
    assert desk.shown is service
    desk.tap(service.ids.test)
    assert test.touched == set()


def test_the_screen_test_ends_by_itself_however_often_it_is_touched(desk: Desk) -> None:
    test = desk.operator.test
    assert test._limit._seconds == 30
    test._limit._seconds = 0.1
    service = desk.open()
    desk.tap(service.ids.test)

    def ended() -> bool:
        if desk.shown is test:
            desk.screen.tap(5, 5)
        return desk.shown is service

    desk.screen.until(ended)


# ── the facts ───────────────────────────────────────────────────────────────────────────


def test_facts_are_gathered_from_the_parts(outbox: Outbox) -> None:
    event = {
        "type": "rating", "at": "2026-11-21T09:15:02.123Z", "clock": "synced", "visit": "5b1e77c2a90d4f33", "gap_ms": None,
        "service": "residence", "question": "overall", "value": 4, "language": "lt", "trigger": "tap",
    }  # fmt: skip
    outbox.extend([event] * 3, "1-00000000")
    outbox.receipted(outbox.stream().id, 1)
    link = LinkFacts("broker:1883").seen(True, True, 1, NOW)
    facts = gather(outbox, config(), "lt", link, (NOW, "synced"), theme(1280, 800, {"dpi": 100}), frames=5, lockouts=1)
    assert (facts.kiosk, facts.office, facts.pending, facts.through) == (
        "hall-1",
        "Marijampolės savivaldybės administracija",
        2,
        1,
    )
    assert (facts.stream, facts.dpi, facts.frames, facts.lockouts) == (outbox.stream().id[:8], 100, 5, 1)
    assert f"{facts.now:%H:%M}" == "11:15"
    table = dict(rows(facts, OperatorTexts()))
    assert table["Connection"] == "connected since 11:15:02"
    assert table["Last receipt"] == "up to no. 1, before this start"
    assert table["Clock"] == "2026-11-21 11:15:02, synchronised"


def test_facts_are_told_when_everything_is_broken(outbox: Outbox) -> None:
    outbox.close()
    nowhere = config(office={"id": "o", "name": {"lt": "O"}, "timezone": "Mars/Olympus"})
    for given in (None, nowhere):
        facts = gather(outbox, given, "lt", LinkFacts("b:1"), (NOW, "unsure"), theme(1280, 800, {}), frames=0, lockouts=0)
        table = dict(rows(facts, OperatorTexts()))
        assert table["Waiting to be sent"] == table["Stream"] == "cannot be read"
        assert (table["Last receipt"], table["Connection"]) == ("none", "not connected since –")
        assert table["Clock"].endswith("09:15:02, uncertain")


def test_the_link_remembers_since_when() -> None:
    times = [NOW + timedelta(minutes=n) for n in range(5)]
    link = LinkFacts("broker:1883").seen(False, False, 7, times[0]).seen(True, True, 7, times[1]).seen(True, True, 7, times[2])
    assert (link.since, link.at) == (times[1], None)
    link = link.seen(True, False, 9, times[3])
    assert (link.since, link.at, link.collector_online) == (times[1], times[3], False)
    assert link.seen(False, False, 9, times[4]).since == times[4]


def test_yesterday_is_said_with_its_date() -> None:
    facts = replace(FACTS, link=replace(FACTS.link, at=datetime(2026, 11, 20, 23, 0, tzinfo=UTC)))
    assert dict(rows(facts, OperatorTexts()))["Last receipt"] == "up to no. 1204, 2026-11-20 23:00:00"


# ── the words ───────────────────────────────────────────────────────────────────────────


def test_every_source_text_is_marked_for_gettext() -> None:
    found = extract_from_file("python", FOLDER / "operator_texts.py", keywords={"N_": None})
    assert {message for _, message, _, _ in found} == SOURCES


@pytest.mark.parametrize("language", operator_texts.TRANSLATED)
def test_a_catalogue_has_every_text_and_no_other(language: str) -> None:
    with (FOLDER / "translations" / f"operator-{language}.po").open("rb") as file:
        found = {str(message.id): str(message.string) for message in read_po(file) if message.id}
    assert set(found) == SOURCES
    for source, translated in found.items():
        assert translated.strip(), source
        assert translated != source, source
        assert sorted(re.findall(r"{\w+}", source)) == sorted(re.findall(r"{\w+}", translated)), source


def test_other_languages_fall_back_to_english() -> None:
    assert operator_texts.operator_texts("ru") == OperatorTexts()
    assert operator_texts.operator_texts("lt").close == "Uždaryti"


def test_the_count_of_wrong_pins_lies_in_the_kiosks_folder(desk: Desk, tmp_path: Path) -> None:
    desk.operator.enter()
    desk.enter("9999")
    assert json.loads((tmp_path / "lockout.json").read_text())["wrong"] == 1
