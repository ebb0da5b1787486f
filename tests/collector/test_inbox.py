"""What came over MQTT and waits."""

from types import SimpleNamespace
from typing import Any

from broker_config import topics
from collector.inbox import MOST_OF_ONE, Inbox
from tests.collector.deliveries import NOW


def inbox() -> Inbox:
    store: Any = SimpleNamespace()
    return Inbox(store, lambda: NOW)


def test_a_kiosk_that_never_stops_talking_is_heard_so_often_and_the_others_wholly() -> None:
    waiting = inbox()
    for n in range(1000):
        waiting.append(topics.reply("loud-1"), b"%d" % n)
    waiting.append(topics.state("quiet-1"), b"here")
    for n in range(40):
        waiting.append(topics.visits("queue"), b"%d" % n)
    heard = [(topic.id, payload) for topic, payload in waiting.others()]
    assert [payload for name, payload in heard if name == "loud-1"] == [b"%d" % n for n in range(MOST_OF_ONE)]
    assert ("quiet-1", b"here") in heard
    assert sum(name == "queue" for name, _ in heard) == 40, "a queue system speaks for a whole house"
    assert len(waiting) == 0


def test_in_the_next_batch_it_is_heard_again() -> None:
    waiting = inbox()
    for _ in range(2):
        for n in range(MOST_OF_ONE + 1):
            waiting.append(topics.health("loud-1"), b"%d" % n)
        assert len(list(waiting.others())) == MOST_OF_ONE
