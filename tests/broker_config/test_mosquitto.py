"""The rules on the real Mosquitto: who may say what, who hears what, and who gets in."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from broker_config import topics
from broker_config.acl import Identity
from broker_config.mosquitto import Mosquitto
from tests.broker_config.conftest import COLLECTOR, IDENTITIES, KIOSK, OBSERVER, OTHER_KIOSK, QUEUE
from tests.brokers import Client, Refused, client, wait_for

ACCEPTED, NOT_AUTHORIZED = {0, 16}, 135  # 16: nobody listens
DONE = topics.collector_state(COLLECTOR.id)  # everybody may read it, so it ends the reading test
SCORE, VISITS = topics.score("vilnius"), topics.visits(QUEUE.id)
FROM_KIOSK = (topics.events, topics.state, topics.health, topics.reply)
TO_KIOSK = (topics.receipt, topics.config, topics.command, topics.prompt)

OF_KIOSK = {build(KIOSK.id) for build in (*FROM_KIOSK, *TO_KIOSK)}
OF_OTHER = {build(OTHER_KIOSK.id) for build in (*FROM_KIOSK, *TO_KIOSK)}
EXISTING = sorted(OF_KIOSK | OF_OTHER | {SCORE, VISITS, DONE})
# Names that a pattern would have opened: a user of another role in the place of a kiosk, a collector or a queue system.
BORROWED = [
    topics.events(OBSERVER.id),
    topics.state(OBSERVER.id),
    topics.events(COLLECTOR.id),
    topics.reply(QUEUE.id),
    topics.visits(KIOSK.id),
    topics.visits(COLLECTOR.id),
    topics.collector_state(KIOSK.id),
    topics.collector_state(OBSERVER.id),
    topics.collector_state("collector-2"),
    f"{topics.ROOT}/kiosk/{KIOSK.id}",
    f"{topics.events(KIOSK.id)}/more",
    topics.ROOT,
    "elsewhere",
]

WRITES: dict[Identity, set[str]] = {
    KIOSK: {build(KIOSK.id) for build in FROM_KIOSK},
    COLLECTOR: {build(k.id) for build in (*TO_KIOSK, topics.state) for k in (KIOSK, OTHER_KIOSK)} | {SCORE, DONE},
    OBSERVER: set(),
    QUEUE: {VISITS},
}
# A collector may clear the retained state of whatever once was a kiosk.
CLEARS = {topics.state(OBSERVER.id)}
READS: dict[Identity, set[str]] = {
    KIOSK: {build(KIOSK.id) for build in (*TO_KIOSK, topics.state)} | {DONE},
    COLLECTOR: {build(k.id) for build in FROM_KIOSK for k in (KIOSK, OTHER_KIOSK)} | {SCORE, VISITS, DONE},
    OBSERVER: {topics.state(KIOSK.id), topics.state(OTHER_KIOSK.id), SCORE, DONE},
    QUEUE: {DONE},
}
WRITERS = {topic: writer for writer in (QUEUE, COLLECTOR, KIOSK) for topic in WRITES[writer]} | {
    build(OTHER_KIOSK.id): OTHER_KIOSK for build in FROM_KIOSK
}


def short(value: object) -> str:
    return value.role if isinstance(value, Identity) else str(value).removeprefix(f"{topics.ROOT}/")


@pytest.fixture(scope="module")
def clients(real_broker: Mosquitto) -> Iterator[dict[Identity, Client]]:
    with ExitStack() as stack:
        yield {identity: stack.enter_context(client(real_broker, identity)) for identity in IDENTITIES}


@pytest.fixture(scope="module")
def heard(real_broker: Mosquitto, clients: dict[Identity, Client]) -> Iterator[dict[Identity, set[str]]]:
    """What reaches a client of each role that subscribes to everything, when every topic is published once."""
    with ExitStack() as stack:
        listeners = {identity: stack.enter_context(client(real_broker, identity)) for identity in READS}
        for listener in listeners.values():
            listener.subscribe("#", "$SYS/#")
        for topic in [*(topic for topic in EXISTING if topic != DONE), DONE]:
            assert clients[WRITERS[topic]].publish(topic, "x") in ACCEPTED
        for listener in listeners.values():
            wait_for(lambda listener=listener: DONE in listener.topics())
        yield {identity: set(listener.topics()) for identity, listener in listeners.items()}


@pytest.mark.parametrize("topic", [*EXISTING, *BORROWED], ids=short)
@pytest.mark.parametrize("identity", WRITES, ids=short)
def test_who_may_publish(clients: dict[Identity, Client], identity: Identity, topic: str) -> None:
    allowed = topic in WRITES[identity] or (identity is COLLECTOR and topic in CLEARS)
    code = clients[identity].publish(topic, "x")
    assert (code in ACCEPTED) if allowed else (code == NOT_AUTHORIZED)


@pytest.mark.parametrize("topic", EXISTING, ids=short)
@pytest.mark.parametrize("identity", READS, ids=short)
def test_who_may_read(heard: dict[Identity, set[str]], identity: Identity, topic: str) -> None:
    assert (topic in heard[identity]) is (topic in READS[identity])


def test_nobody_hears_anything_else(heard: dict[Identity, set[str]]) -> None:
    assert heard == READS


def test_a_retained_configuration_reaches_its_own_kiosk_only(real_broker: Mosquitto, clients: dict[Identity, Client]) -> None:
    clients[COLLECTOR].publish(topics.config(KIOSK.id), "for hall-1", retain=True)
    clients[COLLECTOR].publish(topics.config(OTHER_KIOSK.id), "for hall-2", retain=True)
    clients[COLLECTOR].publish(DONE, "x", retain=True)
    with client(real_broker, KIOSK) as kiosk:
        kiosk.subscribe(topics.config(OTHER_KIOSK.id), topics.config(KIOSK.id), DONE)
        wait_for(lambda: DONE in kiosk.topics() and topics.config(KIOSK.id) in kiosk.topics())
        assert topics.config(OTHER_KIOSK.id) not in kiosk.topics()


def test_collectors_share_the_load(real_broker: Mosquitto, clients: dict[Identity, Client]) -> None:
    with client(real_broker, COLLECTOR) as one, client(real_broker, COLLECTOR) as two:
        for collector in (one, two):
            collector.subscribe(topics.SHARED_EVENTS)
        for number in range(10):
            clients[KIOSK].publish(topics.events(KIOSK.id), str(number))
        wait_for(lambda: len(one.received) + len(two.received) == 10)
        assert one.received
        assert two.received


@pytest.mark.parametrize(
    ("identity", "password"),
    [(KIOSK, "wrong"), (KIOSK, ""), (Identity("kiosk", "stranger", "x"), None), (None, None)],
    ids=["wrong password", "empty password", "stranger", "anonymous"],
)
def test_without_the_password_nobody_connects(real_broker: Mosquitto, identity: Identity | None, password: str | None) -> None:
    with pytest.raises(Refused) as refused, client(real_broker, identity, password=password):
        pass
    assert refused.value.code == NOT_AUTHORIZED


def test_a_payload_of_64_kib_passes_and_a_much_larger_one_ends_the_connection(real_broker: Mosquitto) -> None:
    topic = topics.events(KIOSK.id)
    with client(real_broker, COLLECTOR) as collector, client(real_broker, KIOSK) as kiosk:
        collector.subscribe(topic)
        for size in (64 * 1024, 64 * 1024 + 1):  # the second one is for the collector to refuse, and to record
            assert kiosk.publish(topic, b"x" * size) in ACCEPTED
        wait_for(lambda: [len(message.payload) for message in collector.received] == [64 * 1024, 64 * 1024 + 1])
        kiosk.paho.publish(topic, b"x" * 80_000, 1)
        wait_for(kiosk.disconnected.is_set)
    assert len(collector.received) == 2


def test_a_last_will_obeys_the_rules(real_broker: Mosquitto) -> None:
    with client(real_broker, COLLECTOR) as collector:
        collector.subscribe(topics.ALL_KIOSK_STATES)
        with client(real_broker, KIOSK, will=(topics.state(OTHER_KIOSK.id), b"forged")) as forger:
            forger.drop()
        with client(real_broker, KIOSK, will=(topics.state(KIOSK.id), b"lost")) as kiosk:
            kiosk.drop()
            wait_for(lambda: (topics.state(KIOSK.id), b"lost") in [(m.topic, m.payload) for m in collector.received])
        assert b"forged" not in [message.payload for message in collector.received]
