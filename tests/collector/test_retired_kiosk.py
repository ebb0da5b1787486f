"""Of a retired kiosk the broker keeps nothing: not when it is retired, not after a restart, not when its last will comes late."""

from typing import Any

from broker_config import topics
from broker_config.messages import State
from collector.access import Viewer
from collector.fleet import Fleet
from collector.store.sqlite import SqliteStore
from tests.collector.deliveries import NOW, rating, sent

ADMIN = Viewer("admin", "admin", None)
KEPT = {topics.config("hall-1"), topics.receipt("hall-1"), topics.state("hall-1")}


class Said:
    """What was published, retained."""

    def __init__(self) -> None:
        self.retained: dict[str, bytes] = {}

    def __call__(self, topic: str, payload: bytes, *, retain: bool = False, **_more: Any) -> Any:
        if retain:
            self.retained[topic] = payload


def of_hall_1(said: Said) -> dict[str, bytes]:
    return {topic: payload for topic, payload in said.retained.items() if topic in KEPT}


def test_what_was_retained_is_cleared_and_stays_so(store: SqliteStore) -> None:
    sent(store, rating(1))
    said = Said()
    fleet = Fleet(said, store, lambda: NOW)
    fleet.connected()
    assert said.retained[topics.config("hall-1")]
    store.retire_kiosk(ADMIN, "hall-1", NOW)
    fleet.tick(10.0)
    assert of_hall_1(said) == dict.fromkeys(KEPT, b"")
    said.retained.clear()
    will = State(state="lost", session="5e55", version="1").wire()
    fleet.receive(topics.Topic("kiosk", "hall-1", "state"), will)
    assert said.retained[topics.state("hall-1")] == b""
    assert "hall-1" not in {receipt.kiosk for receipt in store.receipts()}


def test_a_collector_that_was_away_clears_it_when_it_starts(store: SqliteStore) -> None:
    store.retire_kiosk(ADMIN, "hall-1", NOW)
    said = Said()
    Fleet(said, store, lambda: NOW).connected()
    assert of_hall_1(said) == dict.fromkeys(KEPT, b"")
    assert said.retained[topics.config("hall-2")]


def test_one_that_is_taken_back_is_configured_again(store: SqliteStore) -> None:
    said = Said()
    fleet = Fleet(said, store, lambda: NOW)
    fleet.connected()
    store.retire_kiosk(ADMIN, "hall-1", NOW)
    fleet.tick(10.0)
    (kiosk,) = store.registered(ADMIN, "hall-1")
    store.take_kiosk_back(ADMIN, kiosk.kiosk, "2026-11-21", NOW)
    fleet.tick(20.0)
    assert said.retained[topics.config("hall-1")]
