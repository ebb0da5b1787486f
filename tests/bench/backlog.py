"""A kiosk's backlog of a million events, and a broker with somebody who receipts all that comes."""

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from broker_config import topics
from broker_config.acl import Identity
from broker_config.messages import CollectorState, KioskConfig, Receipt
from kiosk import recovery
from tests import brokers, everything
from tests.delivery.scenes import rating

LIMIT = 999_000  # a little room for the taps: at a million the kiosk asks nothing more
RECEIPT_S = 1.0
COLLECTOR, KIOSK = Identity("collector", "collector", "pw"), Identity("kiosk", everything.KIOSK, "pw")


@dataclass
class Draining:
    """`events`: how many have been receipted."""

    port: int
    events: int = 0


def fill(folder: Path, config: KioskConfig, events: int) -> None:
    """As many unsent events in a kiosk's outbox, written past its checks: one by one it would take an hour."""
    outbox, _ = recovery.open_outbox(folder, everything.KIOSK, "test")
    outbox.remember(config.config, config.model_dump_json())
    stream = outbox.stream().no
    outbox.close()
    bodies = [json.dumps(rating(1 + n % 5, service="s0", question="q0"), separators=(",", ":")) for n in range(1000)]
    at = json.loads(bodies[0])["at"]
    db = sqlite3.connect(folder / recovery.NAME)
    rows = ((stream, seq, at, config.config, bodies[seq % 1000]) for seq in range(1, events + 1))
    with db:
        db.executemany("INSERT INTO event (stream, seq, at, config, body) VALUES (?, ?, ?, ?, ?)", rows)
        db.execute("UPDATE stream SET last_seq=? WHERE no=?", (events, stream))
    db.close()


@contextlib.contextmanager
def draining(folder: Path) -> Iterator[Draining]:
    """A broker, and a client in the collector's place that does nothing but receipt, once a second as the contract says."""
    with brokers.mosquitto(folder, (COLLECTOR, KIOSK)) as broker, brokers.client(broker, COLLECTOR) as client:
        counted, said = Draining(broker.port), 0.0

        def receipt(_client: object, _data: object, message: object) -> None:
            nonlocal said
            if time.monotonic() - said < RECEIPT_S:
                return
            told, said = json.loads(message.payload), time.monotonic()  # type: ignore[attr-defined]
            counted.events = through = told["events"][-1]["seq"]
            sent = Receipt(stream=told["stream"], through=through, now=datetime.now(UTC))
            client.paho.publish(topics.receipt(everything.KIOSK), sent.wire(), 1, retain=True)

        client.paho.on_message = receipt
        client.subscribe(topics.events(everything.KIOSK))
        client.publish(topics.collector_state("collector"), CollectorState(state="online").wire(), retain=True)
        yield counted
