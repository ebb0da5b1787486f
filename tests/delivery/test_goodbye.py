"""Whoever stops in order says `offline`; only who dies is `lost`."""

import json
from pathlib import Path

from broker_config import topics
from tests.brokers import client, wait_for
from tests.delivery.scenes import WATCHER, configured, scene, start_ingest


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
