"""The whole visit on the screen: services, reasons, further questions; laid out and touched without a display."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from configs import config, question
from stations import Time, Witness, station
from test_screens import SIZE_AND_LANGUAGE, SIZES, OnScreen, assert_laid_out

from broker_config.messages import KioskConfig
from kiosk.poses import sample

LANGUAGES = ["lt", "en", "pl", "ru", "uk"]
SAMPLE = sample()
WHY = SAMPLE["questionnaire"]["questions"][0]["reasons"]["good"]
MAIN = question(reasons={"good": WHY, "bad": WHY[:5], "ask_good": {"lt": "Kas pavyko?"}, "ask_bad": {"lt": "Kas nepavyko?"}})
TRUST = question(id="trust", scale="thumbs", words={"lt": ["Ne", "Taip"]})


def several(count: int, **more: Any) -> KioskConfig:
    names = [service["name"] for service in SAMPLE["services"]]
    services = [{"id": f"s{n}", "name": names[n % len(names)]} for n in range(count)]
    asked = {"id": "standard", "questions": [MAIN, TRUST], "comment": False}
    return config(services=services, languages=LANGUAGES, questionnaire=asked, **more)


class Citizen:
    """Taps what is on the screen, each time a second later."""

    def __init__(self, screen: Any, time: Time, kept: Witness) -> None:
        self.screen, self.app, self.time, self.kept = screen, screen.app, time, kept

    def tap(self, widget: Any) -> None:
        self.time.now += 1
        self.screen.settle()
        self.screen.tap(*widget.center)
        self.screen.settle()

    def tile(self, value: str) -> None:
        self.tap(next(tile for tile in self.tiles if tile.value == value))

    def face(self, value: int) -> None:
        self.time.now += 1
        self.screen.settle()
        self.screen.tap(*self.screen.face(value))
        self.screen.until(lambda: self.app.shown != "rating" or self.app.rating.ids.answers.answers[0].face.look == "plain")
        self.screen.settle()

    @property
    def tiles(self) -> list[Any]:
        return list(self.app.deck.screens[self.app.shown].ids.tiles.tiles)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for (body,) in self.kept.db.execute("SELECT body FROM event ORDER BY seq")]


@pytest.fixture
def citizen(request: Any, on_screen: OnScreen, tmp_path: Path, outbox: Witness, clock: Time) -> Citizen:
    made = on_screen(station(tmp_path, outbox, clock, several(getattr(request, "param", 2))))
    outbox.shown = lambda: made.app.shown
    return Citizen(made, clock, outbox)


# ── layout ──────────────────────────────────────────────────────────────────────────────


def assert_targets(citizen: Citizen) -> None:
    """Tiles of 12 mm and more, all targets 5 mm apart."""
    screen = citizen.app.deck.screens[citizen.app.shown]
    buttons = [screen.ids[name] for name in ("back", "skip", "done", "earlier", "later") if name in screen.ids]
    languages = screen.ids["languages"].buttons if "languages" in screen.ids else []
    targets = [*citizen.tiles, *languages, *[button for button in buttons if button.text]]
    assert all(screen.theme.in_mm(min(target.size)) >= 12 for target in targets)
    for a, b in itertools.combinations(targets, 2):
        across = max(b.x - a.right, a.x - b.right)
        assert screen.theme.in_mm(max(across, b.y - a.top, a.y - b.top)) > 4.99, (a.text, b.text)


@SIZES
@pytest.mark.parametrize("citizen", [2, 5, 7, 24], indirect=True)
def test_services_find_their_room(citizen: Citizen, size: tuple[int, int]) -> None:
    citizen.screen.resize(*size)
    seen = []
    for _ in range(10):
        assert_laid_out(citizen.screen)
        assert_targets(citizen)
        assert len(citizen.tiles) <= 8
        assert citizen.tiles[-1].value == ""
        seen += [tile.value for tile in citizen.tiles[:-1]]
        if not citizen.app.deck.screens["services"].ids.later.text:
            break
        citizen.tap(citizen.app.deck.screens["services"].ids.later)
    assert seen == [one.id for one in citizen.app.station.config.services]


@SIZE_AND_LANGUAGE
def test_reasons_and_further_questions_find_their_room(citizen: Citizen, size: tuple[int, int], language: str) -> None:
    citizen.screen.resize(*size)
    citizen.app.do(citizen.app.station.choose_language, language)
    citizen.tile("s1")
    assert_laid_out(citizen.screen)
    citizen.face(4)
    assert citizen.app.shown == "reasons"
    for name in ("staff", "ease", "other"):
        citizen.tile(name)
    assert_laid_out(citizen.screen)
    assert_targets(citizen)
    assert citizen.app.deck.screens["reasons"].theme.in_mm(citizen.app.deck.screens["reasons"].ids.done.height) >= 15
    citizen.tap(citizen.app.deck.screens["reasons"].ids.done)
    assert (citizen.app.shown, citizen.app.rating.ids.skip.text != "") == ("rating", True)
    assert_laid_out(citizen.screen)
    citizen.tap(citizen.app.rating.ids.skip)
    assert citizen.app.shown == "thanks"
    assert_laid_out(citizen.screen)


# ── touching ────────────────────────────────────────────────────────────────────────────


def test_a_whole_visit_is_kept_step_by_step(citizen: Citizen) -> None:
    citizen.tile("s1")
    assert citizen.events == []
    citizen.face(4)
    citizen.tile("staff")
    citizen.tile("ease")
    assert len(citizen.events) == 1
    citizen.tap(citizen.app.deck.screens["reasons"].ids.done)
    citizen.face(1)
    assert citizen.app.shown == "thanks"
    rating, reasons, trust = citizen.events
    assert (rating["type"], rating["service"], rating["value"]) == ("rating", "s1", 4)
    assert (reasons["type"], reasons["reasons"], reasons["value"]) == ("reasons", ["staff", "ease"], 4)
    assert (trust["question"], trust["value"], trust["service"]) == ("trust", 1, "s1")
    assert len({event["visit"] for event in citizen.events}) == 1
    assert [before == after for before, after in citizen.kept.seen] == [True] * 3, "durable before the next screen"


def test_a_chip_shows_that_it_is_chosen_and_a_fourth_is_not(citizen: Citizen) -> None:
    citizen.tile("")
    citizen.face(5)
    for name in ("staff", "ease", "other", "premises"):
        citizen.tile(name)
    assert [tile.value for tile in citizen.tiles if tile.chosen] == ["staff", "ease", "other"]
    assert all(tile.check for tile in citizen.tiles if tile.chosen)
    citizen.tile("ease")
    assert [tile.value for tile in citizen.tiles if tile.chosen] == ["staff", "other"]
    assert not any(tile.faint for tile in citizen.tiles)


def test_a_release_beside_a_chip_chooses_nothing(citizen: Citizen) -> None:
    citizen.tile("s0")
    citizen.face(5)
    citizen.time.now += 1
    first, second = citizen.tiles[:2]
    citizen.screen.release(citizen.screen.press(*first.center), *second.center)
    assert citizen.app.station.state.chosen == ()


def test_a_finger_that_rests_while_another_leads_on_presses_nothing(citizen: Citizen) -> None:
    citizen.tile("s1")
    language = citizen.app.rating.ids.foot.buttons[1]
    finger = citizen.screen.press(*language.center)
    citizen.face(4)
    citizen.screen.release(finger, *language.center)
    assert (citizen.app.shown, citizen.app.station.state.language, language.pressed) == ("reasons", "lt", False)


def test_a_finger_on_a_face_answers_no_question_that_came_under_it(citizen: Citizen) -> None:
    citizen.tile("s1")
    citizen.face(4)
    citizen.tap(citizen.app.deck.screens["reasons"].ids.back)
    at = citizen.screen.face(1)
    finger = citizen.screen.press(*at)
    citizen.face(5)
    citizen.tap(citizen.app.deck.screens["reasons"].ids.skip)
    assert citizen.app.shown == "rating"
    citizen.time.now += 1
    citizen.screen.release(finger, *at)
    assert [(event["question"], event["value"]) for event in citizen.events] == [("overall", 4), ("overall", 5)]


@pytest.mark.parametrize("citizen", [24], indirect=True)
def test_a_finger_on_a_service_chooses_none_of_the_next_page(citizen: Citizen) -> None:
    at = citizen.tiles[0].center
    finger = citizen.screen.press(*at)
    citizen.tap(citizen.app.deck.screens["services"].ids.later)
    citizen.screen.release(finger, *at)
    assert (citizen.app.shown, citizen.app.station.state.page) == ("services", 1)


def test_reasons_left_alone_are_kept_and_the_next_citizen_meets_a_fresh_screen(citizen: Citizen) -> None:
    citizen.app.do(citizen.app.station.choose_language, "en")
    citizen.tile("s1")
    citizen.face(2)
    citizen.tile("staff")
    citizen.time.now += 10
    citizen.app.tick()
    assert [event["type"] for event in citizen.events] == ["rating", "reasons"]
    assert citizen.app.shown == "thanks"
    citizen.time.now += 3
    citizen.app.tick()
    assert (citizen.app.shown, citizen.app.station.state.language) == ("services", "lt")
    citizen.tile("s0")
    citizen.face(4)
    assert not any(tile.chosen for tile in citizen.tiles)


def test_back_leads_to_the_screen_before_however_long_the_visit_takes(citizen: Citizen) -> None:
    citizen.tile("s1")
    citizen.tap(citizen.app.rating.ids.back)
    assert citizen.app.shown == "services"
    citizen.tile("s0")
    citizen.face(1)
    citizen.tap(citizen.app.deck.screens["reasons"].ids.back)
    assert citizen.app.shown == "rating"
    assert {answer.face.look for answer in citizen.app.rating.ids.answers.answers} == {"plain"}
    citizen.face(5)
    assert [event["value"] for event in citizen.events] == [1, 5]
    assert len({event["visit"] for event in citizen.events}) == 1
    for name in ("staff", "ease", "other"):
        citizen.tile(name)
        citizen.time.now += 9
    citizen.app.tick()
    citizen.tap(citizen.app.deck.screens["reasons"].ids.back)
    assert citizen.app.shown == "rating"


def test_reasons_that_cannot_be_kept_are_owned_up_to_and_kept_later(citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.screens.trouble.RETRY_S", 0.01)
    citizen.tile("s1")
    citizen.face(2)
    citizen.tile("staff")
    citizen.kept.max_events = 1
    citizen.tap(citizen.app.deck.screens["reasons"].ids.done)
    assert citizen.app.shown == "broken"
    citizen.time.now += 60
    citizen.kept.max_events = 10
    citizen.screen.until(lambda: not citizen.app.trouble.here)
    citizen.app.tick()
    assert citizen.app.shown == "thanks"
    assert citizen.events[-1]["reasons"] == ["staff"]
