"""Which receipts stay with the broker for whoever connects later."""

from typing import Any

from broker_config import topics
from broker_config.messages import Receipt
from collector.access import Viewer
from collector.acknowledge import Acknowledger
from collector.store.sqlite import SqliteStore
from tests.collector.deliveries import NOW, OTHER_STREAM, STREAM, rating, sent


class Said:
    """What was published: every receipt, and whether it was retained."""

    def __init__(self) -> None:
        self.receipts: list[tuple[Receipt, bool]] = []
        self.topics: list[str] = []

    def __call__(self, topic: str, payload: bytes, *, retain: bool) -> None:
        if topic.endswith("/receipt"):
            self.topics.append(topic)
            self.receipts.append((Receipt.model_validate_json(payload), retain))


def test_restart_is_told_to_whoever_is_connected_and_not_kept(store: SqliteStore) -> None:
    said = Said()
    acknowledger = Acknowledger(said, store, lambda: NOW)
    told: list[dict[str, Any]] = [rating(1, value=5), rating(1, value=2), rating(2)]
    for second, event in enumerate(told):
        acknowledger.stored(sent(store, event))
        acknowledger.tick(2.0 * second)
    assert [(receipt.through, receipt.restart, retained) for receipt, retained in said.receipts] == [
        (1, False, True),
        (1, True, False),
        (2, False, True),
    ]


def test_a_kiosk_that_is_retired_before_its_receipt_is_due_gets_none(store: SqliteStore) -> None:
    said = Said()
    acknowledger = Acknowledger(said, store, lambda: NOW)
    acknowledger.stored(sent(store, rating(1)))
    acknowledger.tick(0.0)
    acknowledger.stored(sent(store, rating(2)))
    acknowledger.stored(sent(store, rating(1), kiosk="hall-2"))
    store.retire_kiosk(Viewer("admin", "admin", None), "hall-1", NOW)
    acknowledger.tick(5.0)
    assert said.topics == [topics.receipt("hall-1"), topics.receipt("hall-2")]


def test_only_the_newest_streams_receipt_is_kept(store: SqliteStore) -> None:
    sent(store, rating(1), stream=STREAM)
    sent(store, rating(1, visit="another"), stream=OTHER_STREAM)
    said = Said()
    Acknowledger(said, store, lambda: NOW).connected()
    assert [(receipt.stream, retained) for receipt, retained in said.receipts] == [(STREAM, False), (OTHER_STREAM, True)]
