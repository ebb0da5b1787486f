"""A kiosk without screen and network: what is shown after what is durable, and when a configuration is applied."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from configs import config, question

from broker_config.messages import Clock
from kiosk import configuration, visit
from kiosk.outbox import Outbox, OutboxFull
from kiosk.pace import IDLE_S, UNHURRIED_S
from kiosk.station import Station


class Time:
    """Monotonic seconds and a wall clock that pass when told."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.wall: tuple[datetime, Clock] = (datetime(2026, 11, 21, 9, 15, 2, 123_000, tzinfo=UTC), "synced")

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    opened = Outbox(tmp_path / "outbox.sqlite", "hall-1", "m", max_events=3)
    yield opened
    opened.close()


def station(folder: Path, outbox: Outbox, time: Time) -> Station:
    return Station(folder, outbox, monotonic=time.monotonic, wall=lambda: time.wall)


@pytest.fixture
def ready(tmp_path: Path, outbox: Outbox, time: Time) -> Station:
    """A station with the first configuration applied."""
    made = station(tmp_path, outbox, time)
    made.propose(config(1).wire())
    assert made.tick() == config(1)
    return made


def events(outbox: Outbox) -> list[dict[str, Any]]:
    found = outbox.due(outbox.stream(), 0)
    return json.loads(found.payload)["events"] if found else []


def test_without_a_configuration_nothing_can_be_answered(tmp_path: Path, outbox: Outbox, time: Time) -> None:
    empty = station(tmp_path, outbox, time)
    assert empty.state is None
    assert not empty.answer(4)
    empty.back()
    empty.dismiss()
    empty.choose_language("lt")
    assert empty.tick() is None
    assert len(outbox) == 0


def test_an_answer_is_durable_when_thanks_are_shown(ready: Station, outbox: Outbox) -> None:
    assert ready.answer(4)
    assert ready.state
    assert ready.state.screen == "thanks"
    (event,) = events(outbox)
    token = event.pop("visit")
    assert len(token) == 16
    assert event == {
        "seq": 1,
        "type": "rating",
        "at": "2026-11-21T09:15:02.123Z",
        "clock": "synced",
        "gap_ms": None,
        "service": "residence",
        "question": "overall",
        "value": 4,
        "language": "lt",
        "trigger": "tap",
    }
    assert not ready.answer(5), "thanks take no answer"
    assert len(outbox) == 1


def test_what_cannot_be_kept_is_not_thanked_for(ready: Station, outbox: Outbox, time: Time) -> None:
    for _ in range(3):
        assert ready.answer(4)
        ready.dismiss()
        time.now += 10
    with pytest.raises(OutboxFull):
        ready.answer(4)
    assert ready.state
    assert visit.is_idle(ready.state, ready.config)
    assert len(outbox) == 3


def test_a_correction_is_a_second_event_of_the_same_visit(ready: Station, outbox: Outbox, time: Time) -> None:
    ready.answer(1, trigger="key")
    time.now += 2
    ready.back()
    time.now += 2
    ready.choose_language("en")
    ready.answer(5)
    first, second = events(outbox)
    assert first["visit"] == second["visit"]
    assert (second["value"], second["language"], second["trigger"], second["gap_ms"]) == (5, "en", "key", None)


def test_a_clock_that_was_never_set_says_so(ready: Station, outbox: Outbox, time: Time) -> None:
    time.wall = (datetime(2026, 11, 21, tzinfo=UTC), "unsure")
    ready.answer(4)
    (event,) = events(outbox)
    assert (event["clock"], event["at"]) == ("unsure", event["at_earliest"]) == ("unsure", event["at_latest"])


# ── reasons ─────────────────────────────────────────────────────────────────────────────

WHY = [{"id": name, "text": {}} for name in ("staff", "ease")]
ASKED = {"id": "standard", "questions": [question(reasons={"good": WHY, "bad": WHY})], "comment": False}


@pytest.fixture
def asking(ready: Station) -> Station:
    """A counter with two services, and a question with reasons."""
    ready.propose(config(2, services=[{"id": name, "name": {}} for name in ("one", "two")], questionnaire=ASKED).wire())
    ready.tick()
    return ready


def screen(of: Station) -> str:
    assert of.state
    return of.state.screen


def test_reasons_are_durable_when_the_next_screen_is_shown(asking: Station, outbox: Outbox, time: Time) -> None:
    asking.choose_service("two")
    time.now += 1
    assert asking.answer(4)
    time.now += 1
    asking.choose_reason("ease")
    assert (screen(asking), len(outbox)) == ("reasons", 1)
    assert asking.done()
    rating, reasons = events(outbox)
    assert (screen(asking), rating["service"]) == ("thanks", "two")
    assert reasons == {
        "seq": 2,
        "type": "reasons",
        "at": "2026-11-21T09:15:02.123Z",
        "clock": "synced",
        "visit": rating["visit"],
        "service": "two",
        "question": "overall",
        "value": 4,
        "language": "lt",
        "reasons": ["ease"],
    }
    assert not asking.done()


def test_reasons_that_cannot_be_kept_stay_chosen(asking: Station, outbox: Outbox, time: Time) -> None:
    asking.answer(2, service="one")
    time.now += 1
    asking.choose_reason("staff")
    outbox.max_events = 1
    with pytest.raises(OutboxFull):
        asking.done()
    assert asking.state
    assert (asking.state.screen, asking.state.chosen) == ("reasons", ("staff",))
    time.now += 60
    with pytest.raises(OutboxFull):
        asking.tick()
    outbox.max_events = 3
    assert asking.lapse()
    assert (screen(asking), [event["type"] for event in events(outbox)]) == ("thanks", ["rating", "reasons"])


def test_headless_it_answers_from_idle_and_goes_home_from_anywhere(asking: Station, outbox: Outbox) -> None:
    for service in ("one", None, "two"):
        asking.dismiss()
        assert screen(asking) == "services"
        assert asking.answer(5, service=service)
        assert screen(asking) == "reasons"
    assert [event["service"] for event in events(outbox)] == ["one", "", "two"]


def test_a_chosen_service_keeps_a_configuration_waiting(asking: Station) -> None:
    asking.choose_service("one")
    asking.propose(config(3).wire())
    assert asking.tick() is None
    assert asking.may_go_back
    asking.back()
    assert asking.tick() == config(3)


# ── configurations ──────────────────────────────────────────────────────────────────────


def test_a_configuration_is_applied_between_visits_only(ready: Station, outbox: Outbox, time: Time) -> None:
    ready.answer(4)
    ready.propose(config(2).wire())
    assert ready.tick() is None
    assert ready.config == config(1)
    ready.back()
    assert ready.tick() is None, "a visit being corrected is still open"
    ready.answer(5)
    time.now += 2.5
    assert ready.tick() == config(2)
    assert ready.tick() is None, "once"
    ready.answer(3)
    rows = outbox.db.execute("SELECT config FROM event ORDER BY seq").fetchall()
    assert [row[0] for row in rows] == [config(1).config] * 2 + [config(2).config]


def test_a_visit_after_the_change_still_knows_its_gap(ready: Station, outbox: Outbox, time: Time) -> None:
    ready.answer(4)
    ready.dismiss()
    ready.propose(config(2).wire())
    ready.tick()
    time.now += 7
    ready.answer(4)
    assert outbox.db.execute("SELECT body FROM event WHERE seq=2").fetchone()[0].count('"gap_ms":7000') == 1


def test_a_lower_number_is_applied_too_and_the_same_one_is_answered_again(ready: Station) -> None:
    ready.propose(config(9).wire())
    assert ready.tick() == config(9)
    ready.propose(config(3).wire())
    assert ready.tick() == config(3)
    ready.propose(config(3).wire())
    assert ready.tick() == config(3), "so that the reply is sent again"


def test_the_newest_of_two_proposals_is_applied(ready: Station) -> None:
    ready.propose(config(2).wire())
    ready.propose(config(3).wire())
    assert ready.tick() == config(3)
    assert ready.tick() is None


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"", "payload: Invalid JSON"),
        (b"\xff", "payload: Invalid JSON"),
        (b"{}", "config: Field required"),
        (config(2, kiosk="hall-2").wire(), "it is for kiosk hall-2, this is hall-1"),
        (config(2).wire().replace(b'"counter":""', b'"counter":"other"'), "the hash in 2-[0-9a-f]{8} is not that of the payload"),
        (config(2).wire().replace(b'"languages":["lt","en"]', b'"languages":[]'), "languages: List should have at least 1 item"),
        (config(2).wire()[:-1] + b',"colour":"red"}', "colour: Extra inputs are not permitted"),
        (
            config(2).wire().replace(b'"display":{}', b'"display":' + b"[" * 500 + b"]" * 500),
            "payload: Invalid JSON: recursion limit",
        ),
        (
            config(2).wire().replace(b'"display":{}', b'"display":{"x":' + b"9" * 5000 + b"}"),
            "payload: Invalid JSON: number out of range",
        ),
        (config(2).wire().replace(b'"display":{}', b'"display":{"x":"\\ud800"}'), "payload: Invalid JSON"),
    ],
)
def test_a_refused_configuration_leaves_the_old_one(ready: Station, payload: bytes, why: str) -> None:
    with pytest.raises(configuration.Refused, match=f"^{why}"):
        ready.propose(payload)
    assert ready.tick() is None
    assert ready.config == config(1)
    assert ready.answer(4)


def test_a_refused_one_does_not_displace_a_good_one_that_waits(ready: Station) -> None:
    ready.propose(config(2).wire())
    with pytest.raises(configuration.Refused):
        ready.propose(b"{}")
    assert ready.tick() == config(2)


def test_the_last_good_one_survives_a_restart_without_a_network(
    ready: Station, tmp_path: Path, outbox: Outbox, time: Time
) -> None:
    ready.propose(config(2).wire())
    ready.tick()
    again = station(tmp_path, outbox, time)
    assert again.config == config(2)
    assert again.state
    assert visit.is_idle(again.state, again.config)
    assert again.answer(4)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\x00" * 300,
        config(2).wire()[:200],
        config(2, kiosk="hall-2").wire(),
        config(2).wire().replace("Marijampolė".encode(), b"Kaunas"),
    ],
)
def test_a_spoilt_file_is_ignored_and_replaced_by_the_next_good_one(
    tmp_path: Path, outbox: Outbox, time: Time, content: bytes
) -> None:
    (tmp_path / "config.json").write_bytes(content)
    fresh = station(tmp_path, outbox, time)
    assert fresh.config is None
    assert not fresh.answer(4)
    fresh.propose(config(3).wire())
    assert fresh.tick() == config(3)
    assert station(tmp_path, outbox, time).config == config(3)


def test_a_folder_that_takes_nothing_leaves_the_old_one_and_is_reported_once(
    ready: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(configuration, "save", full)
    ready.propose(config(2).wire())
    with pytest.raises(OSError, match="No space"):
        ready.tick()
    assert ready.config == config(1)
    assert ready.tick() is None
    monkeypatch.undo()
    ready.propose(config(2).wire())  # it comes again with the next connection
    assert ready.tick() == config(2)


def test_a_configuration_waits_for_a_citizen_who_has_only_chosen_a_language(ready: Station, time: Time) -> None:
    ready.choose_language("en")
    ready.propose(config(2, languages=["lt"]).wire())
    assert ready.tick() is None
    time.now += IDLE_S
    assert ready.tick() == config(2, languages=["lt"])
    assert ready.state
    assert ready.state.language == "lt"


COMMENTED = {"id": "standard", "questions": [question()], "comment": True}


@pytest.fixture
def commenting(ready: Station, time: Time) -> Station:
    """A citizen on the comment screen."""
    ready.propose(config(2, questionnaire=COMMENTED).wire())
    ready.tick()
    ready.answer(2)
    time.now += 2
    return ready


def test_a_comment_is_durable_without_its_personal_data_when_the_next_screen_is_shown(
    commenting: Station, outbox: Outbox
) -> None:
    commenting.write("Skambinkite 8 612 34567, rašykite jonas@example.lt")
    assert commenting.send()
    rating, comment = events(outbox)
    assert comment["text"] == "Skambinkite [telefonas], rašykite [el. paštas]"
    same = ("visit", "service", "question", "value", "language")
    assert [comment[name] for name in same] == [rating[name] for name in same]
    assert commenting.state
    assert (commenting.state.screen, commenting.state.comment) == ("thanks", "")
    assert set(commenting.state.removed) == {"telefonas", "el. paštas"}


def test_a_comment_that_was_left_is_kept_and_says_what_was_removed(commenting: Station, outbox: Outbox, time: Time) -> None:
    commenting.write("Mano kodas 33309240064")
    time.now += UNHURRIED_S
    assert commenting.lapse()
    assert events(outbox)[1]["text"] == "Mano kodas [asmens kodas]"
    assert commenting.state
    assert (commenting.state.screen, commenting.state.removed) == ("thanks", ("asmens kodas",))


def test_a_comment_that_was_skipped_is_nowhere(commenting: Station, outbox: Outbox) -> None:
    commenting.write("ne")
    commenting.skip()
    assert commenting.state
    assert (commenting.state.screen, len(outbox)) == ("thanks", 1)
    assert "ne" not in repr(commenting.state).replace("None", "")


def test_a_comment_that_cannot_be_kept_stays_on_the_screen(commenting: Station) -> None:
    commenting.outbox.max_events = 1
    commenting.write("Labai ačiū")
    with pytest.raises(OutboxFull):
        commenting.send()
    assert commenting.state
    assert (commenting.state.screen, commenting.state.comment) == ("comment", "Labai ačiū")


def test_a_prompted_answer_carries_the_prompts_visit(ready: Station, outbox: Outbox, time: Time) -> None:
    ready.prompt("token-of-the-queue", "residence", 60)
    time.now += 59
    ready.tick()
    assert ready.answer(5)
    assert [(one["visit"], one["trigger"]) for one in events(outbox)] == [("token-of-the-queue", "prompt")]


def test_a_configuration_may_come_while_a_prompt_is_on_the_screen(ready: Station) -> None:
    ready.prompt("token", "residence", 60)
    ready.propose(config(2).wire())
    assert ready.tick() == config(2)
