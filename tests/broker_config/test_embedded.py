"""The broker for demonstrations: passwords, rules, retained messages and last wills."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from broker_config import topics
from broker_config.acl import BrokerError, Identity, identities_json
from broker_config.embedded import Embedded
from tests.broker_config.conftest import COLLECTOR, IDENTITIES, KIOSK, OBSERVER, OTHER_KIOSK
from tests.brokers import Refused, client, free_port, wait_for


def test_a_message_goes_through(embedded_broker: Embedded) -> None:
    with client(embedded_broker, COLLECTOR) as collector, client(embedded_broker, KIOSK) as kiosk:
        assert collector.subscribe(topics.ALL_EVENTS) == [1]
        kiosk.publish(topics.events(KIOSK.id), "Ačiū")
        assert wait_for(lambda: collector.received)[0].payload.decode() == "Ačiū"


def test_a_retained_message_waits_for_its_reader_only(embedded_broker: Embedded) -> None:
    with client(embedded_broker, COLLECTOR) as collector:
        collector.publish(topics.config(KIOSK.id), "for hall-1", retain=True)
        with client(embedded_broker, KIOSK) as kiosk, client(embedded_broker, OTHER_KIOSK) as other:
            kiosk.subscribe(topics.config(KIOSK.id))
            wait_for(lambda: kiosk.topics() == [topics.config(KIOSK.id)])
            other.subscribe(topics.receipt(OTHER_KIOSK.id))
            collector.publish(topics.receipt(OTHER_KIOSK.id), "a marker")
            wait_for(lambda: other.received)
            assert other.topics() == [topics.receipt(OTHER_KIOSK.id)]


def test_a_last_will_is_published_and_kept(embedded_broker: Embedded) -> None:
    topic = topics.state(KIOSK.id)
    with client(embedded_broker, COLLECTOR) as collector:
        collector.subscribe(topic)
        with client(embedded_broker, KIOSK, will=(topic, b"lost")) as kiosk:
            kiosk.drop()
            wait_for(lambda: topic in collector.topics())
    with client(embedded_broker, OBSERVER) as observer:
        observer.subscribe(topics.ALL_KIOSK_STATES)
        wait_for(lambda: [m.payload for m in observer.received] == [b"lost"])


def test_the_same_rules_hold_as_on_mosquitto(embedded_broker: Embedded) -> None:
    with client(embedded_broker, COLLECTOR) as collector, client(embedded_broker, KIOSK) as kiosk:
        collector.subscribe(topics.ALL_EVENTS)
        # MQTT 3.1.1 has no way to say no: the message is acknowledged and goes nowhere.
        kiosk.publish(topics.events(OTHER_KIOSK.id), "forged")
        kiosk.publish(topics.events(KIOSK.id), "true")
        wait_for(lambda: collector.received)
        assert [m.payload for m in collector.received] == [b"true"]
        assert kiosk.subscribe(topics.config(OTHER_KIOSK.id), topics.ALL_EVENTS, "#", topics.ALL_COLLECTOR_STATES) == [
            128,
            128,
            128,
            1,
        ]


@pytest.mark.parametrize(("identity", "password"), [(KIOSK, "wrong"), (Identity("kiosk", "stranger", "x"), None), (None, None)])
def test_without_the_password_nobody_connects(embedded_broker: Embedded, identity: Identity | None, password: str | None) -> None:
    with pytest.raises(Refused), client(embedded_broker, identity, password=password):
        pass


def test_a_will_for_somebody_else_is_refused(embedded_broker: Embedded) -> None:
    with pytest.raises(Refused), client(embedded_broker, KIOSK, will=(topics.state(OTHER_KIOSK.id), b"lost")):
        pass


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_quickly_with_clients_connected(tmp_path: Path, number: signal.Signals) -> None:
    broker = Embedded(tmp_path, IDENTITIES, free_port())
    with broker, client(broker, KIOSK), client(broker, COLLECTOR) as collector:
        collector.subscribe(topics.ALL_EVENTS)
        began = time.monotonic()
        assert broker.pid is not None
        os.kill(broker.pid, number)
        broker.stop()
        assert time.monotonic() - began < 2


def test_it_says_what_is_wrong_in_one_sentence(tmp_path: Path, embedded_broker: Embedded) -> None:
    with pytest.raises(BrokerError, match=r"Nothing can listen on 127\.0\.0\.1"):
        Embedded(tmp_path, IDENTITIES, embedded_broker.port).start()
    file = tmp_path / "identities.json"
    file.write_text(identities_json([KIOSK]))
    arguments = ["embedded", "--port", str(embedded_broker.port), "--identities", str(file)]
    ended = subprocess.run([sys.executable, "-m", "broker_config", *arguments], capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert ended.stderr.startswith("nuomone-broker: Nothing can listen on 127.0.0.1")
    assert ended.stderr.count("\n") == 1
