"""Nobody listens for a while: a kiosk probes, and sends its backlog only when a collector is announced."""

import json
import time
from collections import Counter
from pathlib import Path

from broker_config import topics
from tests.brokers import client, wait_for
from tests.catalogues import KIOSKS
from tests.delivery.scenes import BRISK, WATCHER, append_many, assert_counted_once, configured, scene, start_ingest


def test_five_thousand_taps_wait_for_the_collector_and_are_counted_once(tmp_path: Path) -> None:
    with scene(tmp_path) as system, client(system.broker, WATCHER) as watcher:
        ingest = start_ingest(system)
        kiosks = configured(system, *KIOSKS)
        assert ingest.stop() == 0
        watcher.subscribe(topics.ALL_EVENTS, topics.collector_state("collector"))
        wait_for(lambda: any(json.loads(m.payload)["state"] != "online" for m in _states(watcher.received)))
        began = time.monotonic()
        for kiosk in kiosks:
            append_many(kiosk, 1000)
        wait_for(
            lambda: all(n >= 2 for n in _probes(watcher.received).values()) and len(_probes(watcher.received)) == len(KIOSKS), 15
        )
        probes, seconds = _probes(watcher.received), time.monotonic() - began
        assert max(probes.values()) <= seconds / BRISK.probe_s + 2
        firsts = {json.loads(m.payload)["events"][0]["seq"] for m in list(watcher.received) if m.topic.endswith("/events")}
        assert firsts == {1}
        assert system.counted() == 0
        start_ingest(system)
        assert_counted_once(system, 5000, *kiosks)


def _states(messages: list) -> list:
    return [m for m in list(messages) if m.topic == topics.collector_state("collector")]


def _probes(messages: list) -> Counter:
    return Counter(m.topic for m in list(messages) if m.topic.endswith("/events"))
