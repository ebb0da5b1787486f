"""Commands go out once, answers come in, and a replay elsewhere is told to every kiosk: what ingest does of it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from broker_config import topics
from broker_config.messages import Reply
from collector.access import Viewer
from collector.fleet import Fleet
from collector.store.base import StoreError
from collector.store.sqlite import SqliteStore
from tests.collector.deliveries import NOW, rating, sent

ADMIN = Viewer("a", "admin", None)


class Ingesting:
    """The ingest process's fleet without a broker. `said`: (topic, payload, what else) of every command."""

    def __init__(self, store: SqliteStore) -> None:
        self.said: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
        self.replayed = 0
        self.fleet = Fleet(self._publish, store, lambda: NOW, on_replayed=self._on_replayed)
        self._at = 0.0

    def tick(self) -> None:
        self._at += 1.0
        self.fleet.tick(self._at)

    def reply(self, kiosk: str, **told: Any) -> None:
        topic = topics.parse(topics.reply(kiosk))
        assert topic is not None
        self.fleet.receive(topic, Reply.model_validate(told).wire())

    def _publish(self, topic: str, payload: bytes, **how: Any) -> None:
        if topic.endswith("/command"):
            self.said.append((topic, json.loads(payload), how))

    def _on_replayed(self) -> None:
        self.replayed += 1


def test_a_command_goes_out_once_and_its_answer_comes_in(store: SqliteStore) -> None:
    ingest = Ingesting(store)
    ident = store.send_command("a", "hall-1", "identify", {"seconds": 10}, 30, NOW - timedelta(seconds=5))
    for _ in range(3):
        ingest.tick()
    command = {"id": ident, "name": "identify", "args": {"seconds": 10}, "ttl_s": 25}
    assert ingest.said == [("nuomone/v1/kiosk/hall-1/command", command, {"qos": 0})]
    ingest.reply("hall-1", id=ident, ok=True, detail="done")
    assert store.commands(ADMIN, "hall-1")[0].progress(NOW) == "done"


def test_a_store_that_takes_nothing_sends_nothing_and_does_not_end_ingest(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest = Ingesting(store)
    store.send_command("a", "hall-1", "restart", {}, 30, NOW)

    def full(*_: Any) -> bool:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as now:
        now.setattr(store, "mark_sent", full)
        ingest.tick()
    assert ingest.said == []
    ingest.tick()
    assert len(ingest.said) == 1


def test_a_damaged_journal_is_on_the_timeline(store: SqliteStore) -> None:
    Ingesting(store).reply("hall-1", id="outbox", ok=False, detail="The journal was damaged.")
    assert ("outbox", "The journal was damaged.") in [(one.kind, one.detail) for one in store.timeline(ADMIN, "hall-1")]


def test_a_replay_by_another_process_is_told_once(store: SqliteStore) -> None:
    sent(store, rating(1, at="2026-11-21T13:00:00Z"))
    ingest = Ingesting(store)
    ingest.tick()
    assert ingest.replayed == 0
    other = SqliteStore(store._path)
    other.replay_for("a", "", NOW + timedelta(hours=1))
    other.close()
    ingest.tick()
    ingest.tick()
    assert ingest.replayed == 1
