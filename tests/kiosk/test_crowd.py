"""Invented citizens: what they say is valid, in order, in opening hours, and the same each time."""

import itertools
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from configs import config, question

from broker_config.messages import EVENT, SCALES, utc_text
from kiosk.crowd import WORSE_FOR, Crowd

TODAY = date(2026, 11, 20)  # a Friday
UNTIL = datetime(2026, 11, 20, 11, tzinfo=UTC)
HOURS = {"mon": ["08:00", "18:00"], "tue": ["08:00", "17:00"], "thu": ["08:00", "17:00"], "fri": ["08:00", "15:45"]}
VILNIUS = ZoneInfo("Europe/Vilnius")
REASONS = [{"id": name, "text": {"lt": name}} for name in ("waiting-time", "staff")]


def crowd(scale: str = "smiley5", worse: str = "", seed: int = 1, **other: Any) -> Crowd:
    services = [{"id": name, "name": {"lt": name}} for name in ("residence", "benefits")]
    asked = question(
        scale=scale,
        words={},
        reasons={"good": [*REASONS, {"id": "quick", "text": {}}], "bad": [*REASONS, {"id": "rude", "text": {}}]},
    )
    questionnaire = {"id": "standard", "questions": [asked]}
    return Crowd(config(services=services, questionnaire=questionnaire, hours=HOURS, **other), seed, TODAY, worse)


def history(one: Crowd, days: int = 60) -> list[dict[str, Any]]:
    return list(one.history(days, UNTIL))


def local(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["at"]).astimezone(VILNIUS)


def ratings(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] == "rating"]


@pytest.mark.parametrize("scale", sorted(SCALES))
def test_every_event_is_valid_and_on_its_scale(scale: str) -> None:
    events = history(crowd(scale), 20)
    assert len(events) > 100
    assert {event["type"] for event in history(crowd(scale))} == {"rating", "reasons", "comment"}
    for seq, body in enumerate(events, 1):
        event = EVENT.validate_python({"seq": seq} | body | {"at": datetime.fromisoformat(body["at"])})
        assert SCALES[scale].low <= event.value <= SCALES[scale].high  # type: ignore[union-attr]


@pytest.mark.parametrize("scale", sorted(SCALES))
def test_the_reasons_are_on_the_side_of_the_answer(scale: str) -> None:
    positive = SCALES[scale].positive or (9, 10)
    given = [event for event in history(crowd(scale)) if event["type"] == "reasons"]
    assert given
    for event in given:
        wrong = "rude" if event["value"] in positive else "quick"
        assert wrong not in event["reasons"], event


def test_ratings_come_in_order_in_opening_hours_and_not_after_now() -> None:
    found = ratings(history(crowd()))
    times = [event["at"] for event in found]
    assert times == sorted(times)
    assert max(times) < utc_text(UNTIL)
    for event in found:
        at = local(event)
        day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[at.weekday()]
        assert day in HOURS, f"{day} is closed"
        assert HOURS[day][0] <= f"{at:%H:%M}" < HOURS[day][1]


def test_where_no_hours_are_known_weekdays_are_open() -> None:
    one = Crowd(config(), 1, TODAY)
    assert {local(event).weekday() for event in ratings(history(one))} == {0, 1, 2, 3, 4}


def test_gaps_are_those_of_the_times() -> None:
    found = ratings(history(crowd(), 10))
    for before, after in itertools.pairwise(found):
        apart = datetime.fromisoformat(after["at"]) - datetime.fromisoformat(before["at"])
        if local(before).date() == local(after).date():
            assert after["gap_ms"] == round(apart.total_seconds() * 1000)
        else:
            assert after["gap_ms"] is None, "the kiosk was switched on in the morning"


def test_a_visits_events_share_its_answer() -> None:
    for event in history(crowd()):
        assert event["service"] in ("residence", "benefits")
    by_visit: dict[str, list[dict[str, Any]]] = {}
    for event in history(crowd()):
        by_visit.setdefault(event["visit"], []).append(event)
    for events in by_visit.values():
        assert len({(e["service"], e["question"], e["value"], e["language"]) for e in events}) == 1
        assert events[0]["type"] == "rating"


def test_the_same_seed_says_the_same() -> None:
    def said(one: Crowd) -> list[dict[str, Any]]:
        return [{k: v for k, v in event.items() if k != "visit"} for event in history(one)]

    assert said(crowd()) == said(crowd())
    assert said(crowd()) != said(crowd(seed=2))
    visits = [event["visit"] for event in ratings(history(crowd()))]
    assert len(set(visits)) == len(visits)


def test_a_service_that_went_bad_did_so_three_weeks_ago() -> None:
    def share(events: list[dict[str, Any]], service: str, late: bool) -> float:
        since = TODAY - WORSE_FOR
        values = [e["value"] for e in ratings(events) if e["service"] == service and (local(e).date() > since) == late]
        return sum(value >= 4 for value in values) / len(values)

    events = history(crowd(worse="benefits"), 90)
    assert share(events, "benefits", late=True) < share(events, "benefits", late=False) - 0.1
    assert abs(share(events, "residence", late=True) - share(events, "residence", late=False)) < 0.15


def test_a_kiosk_without_services_is_rated_all_the_same() -> None:
    one = Crowd(config(services=[]), 1, TODAY)
    assert {event["service"] for event in history(one, 5)} == {""}


def test_a_day_back_is_a_day() -> None:
    days = {local(event).date() for event in ratings(history(crowd(), 7))}
    assert min(days) >= TODAY - timedelta(days=7)
    assert max(days) == TODAY


def test_now_and_then_somebody_taps_twice_or_a_child_plays_with_the_faces() -> None:
    found = ratings(history(crowd(), 250))
    quick = sum(event["gap_ms"] is not None and event["gap_ms"] < 5000 for event in found)
    assert 0.002 < quick / len(found) < 0.05
    minutes = Counter(event["at"][:16] for event in found)
    playing = [n for n in minutes.values() if n >= 8]
    assert 1 <= len(playing) <= 10
    assert max(playing) <= 20
