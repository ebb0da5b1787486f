"""Long comments in a script that takes two bytes a letter: batches keep to the contract's 60,000 bytes."""

import json
from pathlib import Path

from broker_config import topics
from broker_config.messages import MAX_BATCH_BYTES
from tests.brokers import client
from tests.delivery.scenes import WATCHER, configured, rating, scene, start_ingest, stored, wait_for_health

SENTENCE = "Очень долго ждали, но сотрудница всё объяснила спокойно и помогла заполнить заявление. "


def _comment(number: int) -> dict[str, object]:
    body = rating(4)
    del body["gap_ms"], body["trigger"]
    return body | {"type": "comment", "text": f"Отзыв {number}: " + SENTENCE * 7, "language": "ru"}


def test_two_hundred_long_cyrillic_comments_arrive_in_batches_of_at_most_60000_bytes(tmp_path: Path) -> None:
    with scene(tmp_path) as system, client(system.broker, WATCHER) as watcher:
        watcher.subscribe(topics.events("hall-1"))
        start_ingest(system)
        (kiosk,) = configured(system, "hall-1")
        assert kiosk.station.config
        comments = [_comment(number) for number in range(200)]
        assert all(len(str(comment["text"])) > 500 for comment in comments)
        kiosk.outbox.extend(comments, kiosk.station.config.config)
        kiosk.wait_until_drained()
        wait_for_health(system, ["hall-1"])
        sizes = [len(message.payload) for message in watcher.received]
        assert max(sizes) <= MAX_BATCH_BYTES
        assert max(sizes) > MAX_BATCH_BYTES - 2000
        seqs = [event["seq"] for message in watcher.received for event in json.loads(message.payload)["events"]]
        assert seqs == list(range(1, 201))
        texts = [text for (text,) in stored(system, "SELECT detail FROM event WHERE kind=3 ORDER BY seq")]
        assert texts == [comment["text"] for comment in comments]
        assert system.adds_up()
        assert system.rebuild() == 0
