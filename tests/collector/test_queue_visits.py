"""A queue system's visits: tallied by local hour, a prompt at the counter, and what cannot be accepted is kept aside."""

import json
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from broker_config.messages import Prompt, utc_text
from collector.queue_visits import QueueVisits
from collector.store.sqlite import SqliteStore
from tests.collector.deliveries import NOW


class Desk:
    """QueueVisits over a store, and what it published."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.published: list[tuple[str, bytes]] = []
        self.visits = QueueVisits(self._publish, store, lambda: NOW)

    def _publish(self, topic: str, payload: bytes, *, qos: int) -> None:
        assert qos == 0
        self.published.append((topic, payload))

    def ended(self, **changes: Any) -> None:
        visit = {"office": "hall", "counter": "hall-window", "service": "social-benefits", "ended": utc_text(NOW)}
        self.visits.receive("queue", json.dumps(visit | {"waited_s": 300, "served_s": 420} | changes).encode())

    def tallies(self) -> list[tuple[Any, ...]]:
        return self.store._conn.execute("SELECT * FROM tally_visit").fetchall()


@pytest.fixture
def desk(store: SqliteStore) -> Desk:
    return Desk(store)


def test_visits_of_an_hour_are_one_row(desk: Desk) -> None:
    desk.ended()
    desk.ended(waited_s=100, served_s=80)
    local = NOW.astimezone(ZoneInfo("Europe/Vilnius"))
    assert desk.tallies() == [("hall", "social-benefits", local.date().isoformat(), local.hour, 2, 400, 500)]


def test_the_kiosks_of_the_counter_are_woken_with_a_fresh_token(desk: Desk) -> None:
    desk.ended()
    desk.ended()
    woken = {topic for topic, _ in desk.published}
    assert woken == {f"nuomone/v1/kiosk/hall-{n}/prompt" for n in (1, 2, 3, 4)}
    prompts = [Prompt.model_validate_json(payload) for _, payload in desk.published]
    assert {prompt.service for prompt in prompts} == {"social-benefits"}
    assert len({prompt.visit for prompt in prompts}) == len(prompts)


def test_an_old_visit_or_one_without_counter_wakes_nobody(desk: Desk) -> None:
    desk.ended(ended=utc_text(NOW - timedelta(minutes=2)))
    desk.ended(counter="")
    assert not desk.published
    assert sum(row[4] for row in desk.tallies()) == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"office": "moon"}, "unknown office moon"),
        ({"service": "fishing"}, "unknown service fishing"),
        ({"ended": utc_text(NOW + timedelta(minutes=11))}, "more than 10 minutes"),
        ({"ended": "0001-01-01T00:00:00+02:00"}, "before 2025"),
        ({"waited_s": 2**53 - 1}, "more than a day"),
        ({"ticket": "A17"}, "Extra inputs are not permitted"),
    ],
)
def test_what_cannot_be_accepted_is_in_quarantine_under_the_source(desk: Desk, changes: dict[str, str], reason: str) -> None:
    desk.ended(**changes)
    assert not desk.tallies()
    (row,) = desk.store.quarantine()
    assert (row["kiosk"], row["seq"]) == ("queue", 0)
    assert reason in row["reason"]


def test_quarantine_ends_after_ninety_days(desk: Desk) -> None:
    desk.ended(office="moon")
    assert desk.store.expire_quarantine(NOW + timedelta(days=89)) == 0
    assert desk.store.expire_quarantine(NOW + timedelta(days=91)) == 1
    assert not desk.store.quarantine()
