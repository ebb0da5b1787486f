"""Whoever stops in order says `offline`; only who dies is `lost`."""

import json
from pathlib import Path

from broker_config import topics
from tests.brokers import client, wait_for
from tests.delivery.scenes import WATCHER, configured, scene, start_ingest
from tests.system import EVERYBODY


def test_collector_and_kiosk_stop_in_order_while_messages_still_come(tmp_path: Path) -> None:
    with scene(tmp_path) as system:
        ingest = start_ingest(system)
        first, second = configured(system, "hall-1", "hall-2")
        with client(system.broker, WATCHER) as watcher:
            watcher.subscribe(topics.ALL_KIOSK_STATES, topics.ALL_COLLECTOR_STATES)

            def said(topic: str) -> list[str]:
                return [json.loads(m.payload)["state"] for m in list(watcher.received) if m.topic == topic]

            for _ in range(20):
                first.tap()
                second.tap()
            assert ingest.stop() == 0
            first.stop()
            wait_for(lambda: said(topics.collector_state("collector"))[-1:] == ["offline"])
            wait_for(lambda: said(topics.state("hall-1"))[-1:] == ["offline"])
            ingest = start_ingest(system)
            ingest.kill()
            wait_for(lambda: said(topics.collector_state("collector"))[-1:] == ["lost"])
        assert "lost" not in said(topics.state("hall-1"))


def test_the_will_of_an_earlier_connection_changes_nothing(tmp_path: Path) -> None:
    """After a power cut the broker notices late that the old connection is gone: the kiosk has long been back."""
    with scene(tmp_path) as system:
        start_ingest(system)
        configured(system, "hall-1")
        with client(system.broker, WATCHER) as watcher:
            watcher.subscribe(topics.ALL_KIOSK_STATES)
            wait_for(lambda: watcher.received)
            stale = json.dumps({"state": "lost", "session": "abc", "version": "0.1.0"})
            watcher.publish(topics.state("hall-1"), stale, retain=True)
            wait_for(lambda: json.loads(watcher.received[-1].payload)["state"] == "online" and len(watcher.received) >= 3)
            with system.store() as store:
                assert [k["state"] for k in store.kiosks(EVERYBODY) if k["id"] == "hall-1"] == ["online"]
