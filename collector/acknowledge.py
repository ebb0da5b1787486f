"""After the commit: receipts to kiosks, and the touched offices' scores, both coalesced."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from broker_config import topics
from broker_config.messages import Receipt
from collector.events import ReceiptDue
from collector.store.base import Recorded, Store

RECEIPT_GAP_S = 1.0
SCORE_GAP_S = 0.2

Publish = Callable[..., Any]


class Acknowledger:
    """The first receipt after a quiet second goes out at once; under load one a second for each stream."""

    def __init__(self, publish: Publish, store: Store, now: Callable[[], datetime]) -> None:
        self._publish, self._store, self._now = publish, store, now
        self._due: dict[tuple[str, str], ReceiptDue] = {}
        self._said: dict[tuple[str, str], float] = {}
        self._offices: set[str] = set()
        self._scored_at = 0.0
        self._zones: dict[str, str] = {}

    def connected(self) -> None:
        """At every start and reconnect: where every stream stands. A kiosk's newest stays retained."""
        self._said.clear()
        self._due.clear()
        for receipt in self._store.receipts():
            self._say(receipt, time.monotonic())
        self._zones = self._store.office_timezones()
        self._offices = set(self._zones)

    def stored(self, recorded: Recorded) -> None:
        """Note what a transaction did; `tick` says it."""
        for receipt in recorded.receipts:
            key = (receipt.kiosk, receipt.stream)
            waiting = self._due.get(key)
            restart = receipt.restart or (waiting is not None and waiting.restart)
            self._due[key] = replace(receipt, restart=restart)
        self._offices |= recorded.offices

    def heard_of(self, kiosk: str, stream: str) -> None:
        """A kiosk has receipts of a stream that nobody here gave: the store was put back from before it. Say where it stands."""
        if (kiosk, stream) not in self._said and (kiosk, stream) not in self._due:
            found = (r for r in self._store.receipts() if (r.kiosk, r.stream) == (kiosk, stream))
            self._due |= {(r.kiosk, r.stream): r for r in found}

    def tick(self, now: float, *, everything: bool = False) -> None:
        """Publish what is due. `now`: monotonic seconds."""
        due = [key for key in self._due if everything or now - self._said.get(key, -RECEIPT_GAP_S) >= RECEIPT_GAP_S]
        if due:
            self._store.refresh()
        for key in due:
            receipt = self._due.pop(key)
            if self._store.is_active(receipt.kiosk):  # of one that was retired meanwhile the broker keeps nothing
                self._say(receipt, now)
        if self._offices and (everything or now - self._scored_at >= SCORE_GAP_S):
            self._scored_at = now
            offices, self._offices = self._offices, set()
            for office in offices:
                self._score(office)

    def _say(self, receipt: ReceiptDue, now: float) -> None:
        self._said[receipt.kiosk, receipt.stream] = now
        message = Receipt(stream=receipt.stream, through=receipt.through, now=self._now(), restart=receipt.restart)
        self._publish(topics.receipt(receipt.kiosk), message.wire(), retain=receipt.newest and not receipt.restart)

    def _score(self, office: str) -> None:
        if office not in self._zones:
            self._zones = self._store.office_timezones()
        if office not in self._zones:
            return  # it is in no catalogue any more
        day = self._now().astimezone(ZoneInfo(self._zones[office])).date().isoformat()
        self._publish(topics.score(office), self._store.office_score(office, day).wire(), retain=True)
