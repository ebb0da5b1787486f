"""Ways to see and hear better: chosen with a finger, in force on every screen, and gone with the citizen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from configs import config, question
from stations import Time, Witness, station
from test_screens import assert_laid_out

from kiosk import visit
from kiosk.state import Access
from kiosk.theme import CONTRAST, LIGHT

OnScreen = Callable[..., Any]
LANGUAGES = ["lt", "en", "pl", "ru", "uk"]
WHY = [{"id": name, "text": {"lt": name}} for name in ("staff", "time")]
ASKED = {"id": "q", "questions": [question(reasons={"good": WHY, "bad": WHY})], "comment": True}


@pytest.fixture
def kiosk(on_screen: OnScreen, tmp_path: Path, outbox: Witness, clock: Time) -> Any:
    return on_screen(station(tmp_path, outbox, clock, config(questionnaire=ASKED, languages=LANGUAGES)))


def icons(kiosk: Any) -> dict[str, Any]:
    return dict(kiosk.app.front.ids.foot.icons)


def tap(kiosk: Any, widget: Any) -> None:
    kiosk.tap(*widget.center)
    kiosk.settle()
    kiosk.app.refresh()
    kiosk.settle()


def test_each_way_is_one_touch_away_and_says_its_name(kiosk: Any) -> None:
    assert list(icons(kiosk)) == ["contrast", "larger", "speak", "lower"]
    assert [icon.spoken for icon in icons(kiosk).values()] == ["Kontrastas", "Didesnis", "Skaityti", "Žemiau"]
    tap(kiosk, icons(kiosk)["contrast"])
    assert kiosk.app.panel.palette == CONTRAST
    assert icons(kiosk)["contrast"].chosen
    tap(kiosk, icons(kiosk)["larger"])
    assert kiosk.app.panel.larger
    tap(kiosk, icons(kiosk)["lower"])
    assert kiosk.app.stage.reach < kiosk.window.height
    assert kiosk.app.front.top <= kiosk.app.stage.reach
    assert_laid_out(kiosk)
    for name in ("contrast", "larger", "lower"):
        tap(kiosk, icons(kiosk)[name])
    assert kiosk.app.station.state.access == Access()
    assert kiosk.app.panel.palette == LIGHT


def test_the_voice_goes_through_its_steps(kiosk: Any) -> None:
    volumes = []
    for _ in range(5):
        tap(kiosk, icons(kiosk)["speak"])
        volumes.append(kiosk.app.station.state.access.volume)
    kiosk.app.do(kiosk.app.station.choose_access, Access())
    assert volumes == [2, 3, 1, 0, 2]


def test_after_the_visit_everything_is_as_it_was(kiosk: Any, clock: Time) -> None:
    tap(kiosk, icons(kiosk)["contrast"])
    tap(kiosk, kiosk.app.front.ids.foot.buttons[1])
    clock.now += 1
    kiosk.tap(*kiosk.face(2))
    kiosk.until(lambda: kiosk.app.shown == "reasons")
    assert (kiosk.app.panel.palette, kiosk.app.station.state.language) == (CONTRAST, "en")
    for _ in range(200):
        clock.now += 5
        kiosk.app.tick()
        if kiosk.app.station.state.visit is None:
            break
    assert kiosk.app.station.state == visit.idle(kiosk.app.station.config, kiosk.app.station.state.since, 1001.0)
    assert kiosk.app.panel.palette == LIGHT


def test_on_a_small_panel_they_are_folded_and_the_languages_come_back(kiosk: Any, clock: Time) -> None:
    kiosk.resize(800, 480)
    assert list(icons(kiosk)) == ["privacy", "access"]
    assert len(kiosk.app.front.ids.foot.buttons) == 5
    tap(kiosk, icons(kiosk)["access"])
    assert list(icons(kiosk)) == ["access", "contrast", "larger", "speak", "lower"]
    assert kiosk.app.front.ids.foot.buttons == []
    assert_laid_out(kiosk)
    clock.now += 30
    kiosk.app.tick()
    kiosk.settle()
    assert list(icons(kiosk)) == ["privacy", "access"]


def test_without_a_voice_there_is_no_control_for_it(
    on_screen: OnScreen, tmp_path: Path, outbox: Witness, clock: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    kiosk = on_screen(station(tmp_path, outbox, clock, config(languages=LANGUAGES)))
    assert list(icons(kiosk)) == ["contrast", "larger", "lower"]


def test_a_comment_is_typed_sent_and_says_what_was_removed(kiosk: Any, clock: Time, outbox: Witness) -> None:
    import json

    kiosk.tap(*kiosk.face(5))
    kiosk.until(lambda: kiosk.app.shown == "reasons")
    kiosk.settle()
    clock.now += 1
    tap(kiosk, kiosk.app.front.ids.skip)
    assert kiosk.app.shown == "comment"
    caps = {cap.value: cap for cap in kiosk.app.front.ids.keyboard.caps if cap.kind == "char"}
    kiosk.tap(*caps["Š"].center)
    assert kiosk.app.station.state.comment == "Š"
    kiosk.app.front.type("auniai: 8 612 34567")
    kiosk.settle()
    clock.now += 1
    tap(kiosk, kiosk.app.front.ids.send)
    assert kiosk.app.shown == "thanks"
    assert kiosk.app.front.removed == "Iš komentaro pašalinome asmens duomenis: telefono numeris."
    assert_laid_out(kiosk)
    due = outbox.due(outbox.stream(), 0)
    assert due
    assert json.loads(due.payload)["events"][1]["text"] == "Šauniai: [telefonas]"


def test_the_line_on_anonymity_leads_to_the_notice_and_back(kiosk: Any, clock: Time) -> None:
    for size in ((1280, 800), (800, 480), (1080, 1920)):
        kiosk.resize(*size)
        clock.now += 1
        line = kiosk.app.rating.ids.privacy
        tap(kiosk, icons(kiosk)["privacy"] if line.plain else line)
        assert (kiosk.app.shown, kiosk.app.front.title) == ("privacy", "Kas vyksta su jūsų atsakymu")
        assert_laid_out(kiosk)
        clock.now += 1
        tap(kiosk, kiosk.app.front.ids.back)
        assert kiosk.app.shown == "rating"
