"""What an idle screen does by itself: prompts, more time, lights out, and the proof that frames are drawn."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from configs import config, question
from stations import Time, Witness, station
from test_screens import SIZE_AND_LANGUAGE, assert_laid_out

from broker_config.messages import Prompt
from kiosk import hours, pace
from kiosk.window import Wires

OnScreen = Callable[..., Any]
NIGHT = {"mon": ["08:00", "17:00"]}
SIZES = pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (1080, 1920), (800, 480)], ids="{0[0]}x{0[1]}".format)


@pytest.fixture
def showing(on_screen: OnScreen, tmp_path: Path, outbox: Witness, clock: Time) -> Callable[..., Any]:
    wires = Wires(clock=lambda: (datetime.now(UTC), "synced"))
    return lambda **other: on_screen(station(tmp_path, outbox, clock, config(**other)), wires)


@SIZES
def test_a_prompt_asks_about_its_service_by_name(showing: Callable[..., Any], size: tuple[int, int], clock: Time) -> None:
    kiosk = showing(services=[{"id": name, "name": {"lt": "Gyvenamosios vietos deklaravimas"}} for name in ("one", "two")])
    kiosk.resize(*size)
    assert kiosk.app.shown == "services"
    kiosk.app.propose_prompt(Prompt(visit="q1", service="two", ttl_s=60))
    kiosk.until(lambda: kiosk.app.shown == "rating")
    kiosk.settle()
    assert kiosk.app.rating.question == "Kaip įvertintumėte: Gyvenamosios vietos deklaravimas?"
    assert_laid_out(kiosk)
    clock.now += 60
    kiosk.app.tick()
    assert kiosk.app.shown == "services"


@SIZE_AND_LANGUAGE
def test_more_time_is_offered_and_granted(
    showing: Callable[..., Any], size: tuple[int, int], language: str, clock: Time, outbox: Witness
) -> None:
    kiosk = showing(languages=[language], questionnaire={"id": "q", "questions": [question()], "comment": True})
    kiosk.resize(*size)
    kiosk.tap(*kiosk.face(1))
    kiosk.until(lambda: kiosk.app.shown == "comment")
    kiosk.app.do(kiosk.app.station.write, "Labai ilgai laukiau")
    clock.now += pace.UNHURRIED_S - pace.WARN_S
    kiosk.app.tick()
    kiosk.settle()
    assert kiosk.app.shown == "still"
    assert_laid_out(kiosk)
    assert "20" in kiosk.app.front.after
    clock.now += 5
    kiosk.tap(*kiosk.app.front.ids.go_on.center)
    kiosk.settle()
    assert (kiosk.app.shown, kiosk.app.station.state.extended) == ("comment", 1)
    clock.now += pace.UNHURRIED_S - 1
    kiosk.app.tick()
    kiosk.settle()
    kiosk.tap(*kiosk.app.front.ids.close.center)
    assert (kiosk.app.shown, kiosk.app.station.state.visit) == ("rating", None), "the next citizen need not wait"
    assert len(outbox) == 2, "what was written is sent, as the screen had said"


def test_opening_hours() -> None:
    monday = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # 9 o'clock in Vilnius
    assert hours.is_open(NIGHT, "Europe/Vilnius", monday)
    assert not hours.is_open(NIGHT, "Europe/Vilnius", monday.replace(hour=5, minute=59))
    assert hours.is_open(NIGHT, "Europe/Vilnius", monday.replace(hour=6))
    assert not hours.is_open(NIGHT, "Europe/Vilnius", monday.replace(hour=15))
    assert not hours.is_open(NIGHT, "Europe/Vilnius", monday.replace(day=24)), "a day that is not named is closed"
    assert hours.is_open({}, "Europe/Vilnius", monday.replace(hour=0))
    odd = ({"mon": "always"}, {"mon": [8, 17]}, {"mon": 3}, {"monday": ["08:00", "17:00"]}, {"mon": ["8:00", "17:00"]})
    for unreadable in (*odd, {"mon": ["08:00"]}, {"mon": [["08:00", "12:00"], ["13:00", "17:00"]]}, {"from": "08:00"}):
        assert hours.is_open(unreadable, "Europe/Vilnius", monday.replace(hour=22)), unreadable
    assert hours.is_open(NIGHT, "Europe/Nowhere", monday)


def test_on_its_holidays_an_office_is_closed() -> None:
    monday = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    closed = {"holidays": ["2026-11-23"]}
    assert not hours.is_open(NIGHT | closed, "Europe/Vilnius", monday)
    assert hours.is_open(NIGHT | closed, "Europe/Vilnius", monday.replace(day=30))
    assert not hours.is_open(closed, "Europe/Vilnius", monday), "where no weekday is named the holidays alone are closed"
    assert hours.is_open(closed, "Europe/Vilnius", monday.replace(day=24))
    late = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)  # half past midnight in Vilnius
    assert not hours.is_open(closed, "Europe/Vilnius", late), "days are those of the office's clock"
    for unreadable in ("2026-11-23", [20261123], ["23.11.2026"], {"2026-11-23": True}, None):
        assert hours.is_open(NIGHT | {"holidays": unreadable}, "Europe/Vilnius", monday.replace(hour=22)), unreadable


def test_out_of_hours_the_screen_dims_and_the_first_touch_only_lights_it(
    showing: Callable[..., Any], outbox: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = showing(hours=NIGHT)
    monkeypatch.setattr(hours, "is_open", lambda *_: False)
    bright = light(kiosk)
    kiosk.app.beat()
    assert kiosk.app.stage.dimmed
    assert light(kiosk) < 0.35 * bright
    kiosk.tap(*kiosk.face(5))
    assert (len(outbox), kiosk.app.stage.dimmed, kiosk.app.shown) == (0, False, "rating")
    kiosk.app.beat()
    assert not kiosk.app.stage.dimmed, "somebody is there"
    kiosk.tap(*kiosk.face(5))
    assert len(outbox) == 1


def test_a_clock_that_nobody_vouches_for_puts_out_no_lights(
    on_screen: OnScreen, tmp_path: Path, outbox: Witness, clock: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = on_screen(station(tmp_path, outbox, clock, config(hours=NIGHT)))
    monkeypatch.setattr(hours, "is_open", lambda *_: False)
    kiosk.app.beat()
    assert not kiosk.app.stage.dimmed


def test_a_touch_or_a_key_is_somebody_there(showing: Callable[..., Any], clock: Time) -> None:
    why = [{"id": name, "text": {"lt": name}} for name in ("staff", "time")]
    asks = {"id": "q", "questions": [question(reasons={"good": why, "bad": why})]}
    kiosk = showing(questionnaire=asks)
    kiosk.tap(*kiosk.face(1))
    kiosk.until(lambda: kiosk.app.shown == "reasons")
    kiosk.settle()
    for _ in range(3):
        clock.now += pace.REASONS_S - 1
        kiosk.window.dispatch("on_key_down", 9, 0, "", [])
        kiosk.app.tick()
    clock.now += pace.REASONS_S - 1
    kiosk.tap(2, 2)
    clock.now += pace.REASONS_S - 1
    kiosk.app.tick()
    assert kiosk.app.shown == "reasons"
    clock.now += 1
    kiosk.app.tick()
    assert kiosk.app.shown != "reasons"


def test_the_focus_goes_with_a_finger_and_with_time(showing: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    kiosk = showing()
    focus = kiosk.app.keyed.focus
    for leave in (lambda: kiosk.tap(2, 2), kiosk.app.tick):
        monkeypatch.setattr("kiosk.screens.focus.GONE_S", 30.0)
        kiosk.window.dispatch("on_key_down", 9, 0, "", [])
        kiosk.app.tick()
        assert focus.at is not None
        monkeypatch.setattr("kiosk.screens.focus.GONE_S", -1.0)
        leave()
        assert focus.at is None


def test_a_touch_as_a_correction_closes_is_nobodys_vote(showing: Callable[..., Any], clock: Time, outbox: Witness) -> None:
    kiosk = showing(questionnaire={"id": "q", "questions": [question()], "comment": False})
    kiosk.tap(*kiosk.face(5))
    kiosk.until(lambda: kiosk.app.shown == "thanks")
    kiosk.settle()
    clock.now += 1
    kiosk.app.back()
    kiosk.settle()
    assert kiosk.app.shown == "rating"
    finger = kiosk.press(*kiosk.face(1))
    clock.now += 30
    kiosk.app.tick()
    assert kiosk.app.stage.deaf
    kiosk.release(finger, *kiosk.face(1))
    kiosk.settle()
    assert len(outbox) == 1


def light(kiosk: Any) -> float:
    from kiosk.offscreen import shown

    _, raw = shown()
    return sum(raw[::404]) / len(raw[::404])


def test_frames_are_proven_by_reading_them_back(showing: Callable[..., Any]) -> None:
    kiosk = showing()
    frames = kiosk.app.frames
    for _ in range(3):
        before = frames.proven
        kiosk.app.beat()
        kiosk.until(lambda was=before: frames.proven > was)
    assert frames.count >= frames.proven


def test_a_screen_that_changes_right_after_the_beat_is_proven_all_the_same(showing: Callable[..., Any]) -> None:
    kiosk = showing()
    for _ in range(2):
        before = kiosk.app.frames.proven
        kiosk.app.beat()
        kiosk.app.do(kiosk.app.station.choose_language, "en" if kiosk.app.station.state.language == "lt" else "lt")
        kiosk.app.stage.dim(not kiosk.app.stage.dimmed)
        for _ in range(5):
            kiosk.frame()
        assert kiosk.app.frames.proven == before + 1


def test_a_frame_that_does_not_show_what_was_drawn_proves_nothing(showing: Callable[..., Any]) -> None:
    from kivy.graphics import Color, InstructionGroup, Rectangle

    kiosk = showing()
    cover = InstructionGroup()
    cover.add(Color(1, 0, 1, 1))
    cover.add(Rectangle(pos=(0, 0), size=(50, 50)))
    kiosk.window.canvas.after.add(cover)
    before = kiosk.app.frames.proven
    kiosk.app.beat()
    for _ in range(5):
        kiosk.frame()
    kiosk.window.canvas.after.remove(cover)
    assert kiosk.app.frames.proven == before
    kiosk.app.beat()
    kiosk.until(lambda: kiosk.app.frames.proven > before)
