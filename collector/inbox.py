"""What came over MQTT and is not stored yet."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from datetime import datetime

import structlog

from broker_config import topics
from collector.events import Delivery, Unreadable
from collector.intake import deliver, unreadable
from collector.quarantine_reasons import UNREGISTERED
from collector.store.base import Store

log = structlog.get_logger()

MOST_OF_ONE = 30  # messages of a batch; a kiosk that comes back tells its state, its streams and its configurations


class Inbox:
    """Events messages wait for their batch; everything else waits for the commit after it."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._events: deque[tuple[str, bytes]] = deque()
        self._others: deque[tuple[topics.Topic, bytes]] = deque()
        self._taken = 0

    def __len__(self) -> int:
        return len(self._events) + len(self._others)

    def append(self, topic: str, payload: bytes) -> None:
        parsed = topics.parse(topic)
        if parsed and parsed.kind == "events":
            self._events.append((parsed.id, payload))
        elif parsed:
            self._others.append((parsed, payload))

    def decided(self) -> list[Delivery | Unreadable]:
        """Every waiting events message as what to store of it. They wait on until `taken`."""
        self._taken = len(self._events)
        self._store.refresh()
        now = self._now()
        return [self._decide(kiosk, payload, now) for kiosk, payload in self._events]

    def taken(self) -> None:
        """What `decided` gave is committed."""
        for _ in range(self._taken):
            self._events.popleft()

    def others(self) -> Iterator[tuple[topics.Topic, bytes]]:
        """Everything that is no event, in turn; each is gone when the next one is asked for.

        Of one sender at most so many: a device that never stops talking must not keep the others' events waiting.
        """
        heard: Counter[str] = Counter()
        while self._others:
            topic, _ = self._others[0]
            heard[topic.id] += 1
            if heard[topic.id] <= MOST_OF_ONE or topic.owner != "kiosk":
                yield self._others[0]
            self._others.popleft()
        for kiosk, n in heard.items():
            if n > MOST_OF_ONE:
                log.warning("a kiosk says more than anybody can hear: the rest was dropped", kiosk=kiosk, dropped=n - MOST_OF_ONE)

    def _decide(self, kiosk: str, payload: bytes, now: datetime) -> Delivery | Unreadable:
        if not self._store.is_active(kiosk):
            return unreadable(kiosk, payload, UNREGISTERED)
        return deliver(kiosk, payload, lambda config: self._store.placed(kiosk, config), now)
