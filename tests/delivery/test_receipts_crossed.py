"""Receipts out of order, of other streams, and from a collector that stands lower."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_config import topics
from kiosk.delivery import Delivery
from kiosk.outbox import Outbox
from tests.brokers import Client, client
from tests.delivery.scenes import (
    BRISK,
    WATCHER,
    Carrier,
    assert_counted_once,
    configured,
    rating,
    receipt,
    scene,
    start_ingest,
)

CONFIG = "1-00000000"


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    journal = Outbox(tmp_path / "outbox.sqlite", "hall-1", "test")
    journal.extend([rating() for _ in range(10)], CONFIG)
    yield journal
    journal.close()


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


@pytest.fixture
def delivery(outbox: Outbox, carrier: Carrier) -> Delivery:
    """Ten events, all sent in one batch at second 0, and receipted."""
    sender = Delivery(outbox, lower_s=5.0)
    sender.send(carrier, 0.0)
    assert carrier.take() == [list(range(1, 11))]
    sender.obey(receipt(outbox.stream().id, 10), 0.0)
    return sender


def test_a_lower_receipt_followed_by_a_higher_one_is_no_rewind(outbox: Outbox, carrier: Carrier, delivery: Delivery) -> None:
    stream = outbox.stream().id
    delivery.obey(receipt(stream, 4), 1.0)
    delivery.send(carrier, 5.9)
    delivery.obey(receipt(stream, 10), 5.9)
    delivery.send(carrier, 100.0)
    assert carrier.take() == []
    assert outbox.stream().through == 10


def test_a_lower_receipt_alone_is_obeyed_after_its_wait(outbox: Outbox, carrier: Carrier, delivery: Delivery) -> None:
    delivery.obey(receipt(outbox.stream().id, 4), 1.0)
    delivery.send(carrier, 5.9)
    assert carrier.take() == []
    delivery.send(carrier, 6.0)
    assert carrier.take() == [[5, 6, 7, 8, 9, 10]]
    assert outbox.stream().through == 4


def test_the_same_lower_receipt_again_does_not_prolong_the_wait(outbox: Outbox, carrier: Carrier, delivery: Delivery) -> None:
    for now in (1.0, 3.0, 5.5):
        delivery.obey(receipt(outbox.stream().id, 4), now)
    delivery.send(carrier, 6.0)
    assert carrier.take() == [[5, 6, 7, 8, 9, 10]]


def test_receipts_of_foreign_streams_are_ignored(outbox: Outbox, carrier: Carrier, delivery: Delivery) -> None:
    before = outbox.streams()
    for through, restart in ((0, False), (10, False), (99, False), (10, True)):
        delivery.obey(receipt("f" * 32, through, restart=restart), 1.0)
    delivery.send(carrier, 100.0)
    assert carrier.take() == []
    assert outbox.streams() == before


def test_restart_renumbers_everything_once(outbox: Outbox, carrier: Carrier, delivery: Delivery) -> None:
    """Receipts may have meant the clone's events, so those it had receipts for go out again too."""
    old = outbox.stream().id
    for _ in range(2):
        delivery.obey(receipt(old, 10, restart=True), 1.0)
    assert [len(outbox.streams()), outbox.depth(outbox.stream())] == [2, 10]
    delivery.send(carrier, 2.0)
    (payload,) = carrier.payloads
    assert json.loads(payload)["stream"] == outbox.stream().id != old
    assert carrier.batches == [list(range(1, 11))]


def test_what_comes_for_a_stream_that_is_not_current_changes_nothing(outbox: Outbox, delivery: Delivery) -> None:
    old = outbox.stream().id
    delivery.obey(receipt(old, 10, restart=True), 1.0)
    before = outbox.streams()
    delivery.obey(receipt(old, 10, restart=True), 2.0)
    delivery.obey(receipt(old, 99), 2.0)
    assert outbox.streams() == before


def test_a_receipt_above_what_was_sent_renumbers_what_has_none(outbox: Outbox, carrier: Carrier, delivery: Delivery) -> None:
    old = outbox.stream().id
    outbox.extend([rating() for _ in range(5)], CONFIG)
    delivery.obey(receipt(old, 12), 1.0)
    delivery.send(carrier, 1.0)
    assert outbox.stream().id != old
    assert carrier.take() == [[1, 2, 3, 4, 5]]
    assert outbox.streams()[0].last_seq == 10


def test_stale_receipts_on_the_wire_lose_nothing_and_count_nothing_twice(tmp_path: Path) -> None:
    """Published in the collector's name: a lower one with the right one after it, then a lower one alone."""
    with scene(tmp_path) as system, client(system.broker, WATCHER) as watcher:
        start_ingest(system)
        (kiosk,) = configured(system, "hall-1")
        for value in (1, 2, 3):
            kiosk.tap(value)
        kiosk.wait_until_drained()
        watcher.subscribe(topics.events("hall-1"), topics.health("hall-1"))
        stream = kiosk.outbox.stream().id
        for through in (1, 3):
            watcher.paho.publish(topics.receipt("hall-1"), receipt(stream, through).wire(), 1, retain=True)
        told = watcher.topics().count(topics.health("hall-1"))
        enough = told + 3 + round(BRISK.lower_s / BRISK.health_s)  # by the kiosk's own clock the wait is over
        system.wait_until(lambda: watcher.topics().count(topics.health("hall-1")) >= enough)
        assert _sent(watcher) == []
        watcher.publish(topics.receipt("hall-1"), receipt(stream, 1).wire(), retain=True)
        system.wait_until(lambda: _sent(watcher))
        assert _sent(watcher) == [[2, 3]]
        assert_counted_once(system, 3, kiosk)
        assert kiosk.outbox.stream().through == 3


def _sent(watcher: Client) -> list[list[int]]:
    batches = [m.payload for m in list(watcher.received) if m.topic == topics.events("hall-1")]
    return [[event["seq"] for event in json.loads(batch)["events"]] for batch in batches]
