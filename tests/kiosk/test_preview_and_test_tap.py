"""A configuration that is only shown, and a tap that is nobody's: what the station keeps of either."""

import json
from pathlib import Path
from typing import Any

import pytest
from configs import config, question
from stations import Time, Witness, station

from kiosk.station import Station

TRIED = config(number=9, kiosk="another", questionnaire={"id": "tried", "questions": [question(id="tried")]}, languages=["en"])


def events(outbox: Witness) -> list[dict[str, Any]]:
    return [json.loads(body) for (body,) in outbox.db.execute("SELECT body FROM event ORDER BY seq")]


@pytest.fixture
def kiosk(tmp_path: Path, outbox: Witness, clock: Time) -> Station:
    return station(tmp_path, outbox, clock)


def test_nothing_that_is_given_to_a_preview_is_kept(kiosk: Station, outbox: Witness, clock: Time) -> None:
    kiosk.preview(TRIED, 60)
    assert (kiosk.previewing, kiosk.config, kiosk.own) == (True, TRIED, config())
    assert kiosk.state
    assert kiosk.state.language == "en"
    assert kiosk.answer(2)
    clock.now += 1
    kiosk.write("some words")
    assert kiosk.send()
    clock.now += 1
    assert kiosk.state.screen == "thanks"
    assert (len(outbox), events(outbox)) == (0, [])


def test_after_its_time_the_kiosks_own_comes_back_even_in_mid_visit(kiosk: Station, outbox: Witness, clock: Time) -> None:
    kiosk.answer(4)
    clock.now += 3
    kiosk.tick()
    kiosk.preview(TRIED, 60)
    clock.now += 57
    kiosk.answer(1)
    clock.now += 3
    assert kiosk.tick() is None
    assert (kiosk.previewing, kiosk.config, kiosk.is_free) == (False, config(), True)
    kiosk.answer(5)
    first, second = events(outbox)
    assert (first["value"], second["value"], second["gap_ms"]) == (4, 5, 63_000), "the preview was no visit"


def test_a_new_configuration_ends_a_preview(kiosk: Station, tmp_path: Path, outbox: Witness, clock: Time) -> None:
    kiosk.preview(TRIED, 300)
    kiosk.answer(1)
    newer = config(number=2, languages=["en"])
    kiosk.propose(newer.wire())
    assert kiosk.tick() == newer
    assert (kiosk.previewing, kiosk.config, len(outbox)) == (False, newer, 0)


def test_a_restart_ends_a_preview_and_the_disk_never_knew_of_it(
    kiosk: Station, tmp_path: Path, outbox: Witness, clock: Time
) -> None:
    kiosk.preview(TRIED, 300)
    kiosk.tick()
    again = Station(tmp_path, outbox, monotonic=clock)
    assert (again.previewing, again.config) == (False, config())


def test_a_second_preview_takes_the_place_of_the_first(kiosk: Station, clock: Time) -> None:
    kiosk.preview(TRIED, 60)
    other = config(number=3, languages=["en", "lt"])
    kiosk.preview(other, 10)
    assert (kiosk.config, kiosk.own) == (other, config())
    clock.now += 10
    kiosk.tick()
    assert kiosk.config == config()


def test_a_kiosk_that_waits_for_its_configuration_can_show_another(tmp_path: Path, outbox: Witness, clock: Time) -> None:
    kiosk = Station(tmp_path, outbox, monotonic=clock)
    kiosk.preview(TRIED, 10)
    assert kiosk.answer(3)
    clock.now += 10
    kiosk.tick()
    assert (kiosk.config, kiosk.state, kiosk.own, len(outbox)) == (None, None, None, 0)


def test_a_prompt_during_a_preview_is_asked_about_afterwards(kiosk: Station, outbox: Witness, clock: Time) -> None:
    kiosk.preview(TRIED, 10)
    kiosk.prompt("queue-1", "residence", 60)
    assert kiosk.answer(3)
    clock.now += 10
    kiosk.tick()
    assert kiosk.answer(5)
    assert [(event["visit"], event["trigger"]) for event in events(outbox)] == [("queue-1", "prompt")]


@pytest.mark.parametrize(
    ("scale", "middle"), [("smiley5", 3), ("smiley4", 2), ("smiley3", 2), ("stars5", 3), ("thumbs", 0), ("nps11", 5)]
)
def test_a_test_tap_is_a_middle_rating_marked_as_one(
    tmp_path: Path, outbox: Witness, clock: Time, scale: str, middle: int
) -> None:
    asked = {"id": "q", "questions": [question(scale=scale, words={})]}
    kiosk = station(tmp_path, outbox, clock, config(questionnaire=asked))
    assert kiosk.test_tap() == 1
    (event,) = events(outbox)
    assert (event["value"], event["trigger"], event["service"], event["gap_ms"]) == (middle, "test", "residence", None)


def test_a_test_tap_disturbs_nobodys_visit_and_nobodys_gap(kiosk: Station, outbox: Witness, clock: Time) -> None:
    kiosk.answer(4)
    clock.now += 1
    before = kiosk.state
    assert kiosk.test_tap() == 2
    assert kiosk.state == before
    clock.now += 9
    kiosk.tick()
    kiosk.answer(5)
    first, tested, last = events(outbox)
    assert len({event["visit"] for event in (first, tested, last)}) == 3
    assert (tested["gap_ms"], last["gap_ms"]) == (1000, 10_000)


def test_a_test_tap_during_a_preview_is_the_kiosks_own(kiosk: Station, outbox: Witness) -> None:
    kiosk.preview(TRIED, 60)
    kiosk.test_tap()
    assert [(event["question"], event["language"]) for event in events(outbox)] == [("overall", "lt")]
    assert outbox.db.execute("SELECT config FROM event").fetchall() == [(config().config,)]


def test_without_a_configuration_there_is_nothing_to_tap(tmp_path: Path, outbox: Witness, clock: Time) -> None:
    with pytest.raises(ValueError, match="no configuration"):
        Station(tmp_path, outbox, monotonic=clock).test_tap()
