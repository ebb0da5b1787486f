"""Which events go out next, and what a receipt means. Knows the outbox; knows no network.

The rules are the contract's: everything above `through`, in order, with a bounded number
on its way; again when no receipt comes; event by event after three batches without one.
"""

import random
from collections.abc import Callable
from typing import Protocol

import structlog

from broker_config.messages import MAX_BATCH_EVENTS, Receipt
from kiosk.batches import Stream
from kiosk.flight import Flight
from kiosk.outbox import Outbox

log = structlog.get_logger()


class Carrier(Protocol):
    """What takes a batch to the broker."""

    def has_room(self) -> bool:
        """May another batch go out before the broker acknowledges one?"""

    def carry(self, payload: bytes) -> None:
        """Publish one events message, QoS 1."""


class Delivery:
    """Drains one kiosk's outbox. `lower_s`: how long a lower receipt waits for a higher one."""

    def __init__(
        self,
        outbox: Outbox,
        *,
        lower_s: float = 5.0,
        batch_events: int = MAX_BATCH_EVENTS,
        jitter: random.Random | None = None,
        on_restart: Callable[[], None] = lambda: None,
    ) -> None:
        self.outbox, self._lower_s, self._batch_events, self._on_restart = outbox, lower_s, batch_events, on_restart
        self._jitter = jitter or random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._flights: dict[int, Flight] = {}
        self._lower: dict[str, tuple[int, float]] = {}

    def forget_flights(self) -> None:
        """The connection is gone: whatever was on its way is sent again."""
        self._flights.clear()

    def send(self, carrier: Carrier, now: float) -> None:
        """Send what is due on every stream, as long as the carrier has room."""
        self._obey_lower(now)
        for stream in self.outbox.streams():
            flight = self._flight(stream)
            if flight.overdue(now):
                flight.retry(stream.through)
            while flight.cursor < stream.ready and carrier.has_room():
                if not self._send_next(stream, flight, carrier, now):
                    break

    def probe(self, carrier: Carrier, now: float) -> None:
        """No collector is announced: one batch all the same, in case only the announcement is missing."""
        for stream in self.outbox.streams():
            if stream.ready > stream.through:
                flight = self._flight(stream)
                flight.rewind(stream.through)
                if self._send_next(stream, flight, carrier, now):
                    break

    def ask(self, carrier: Carrier) -> None:
        """Send an event again that is stored already: the receipt is repeated, and comes live."""
        found = (self.outbox.stored(stream) for stream in reversed(self.outbox.streams()))
        due = next((one for one in found if one), None)
        if due:
            carrier.carry(due.payload)

    def obey(self, receipt: Receipt, now: float) -> None:
        """Take a receipt: higher, lower, above what was sent, or with `restart`."""
        stream = next((s for s in self.outbox.streams() if s.id == receipt.stream), None)
        if stream is None:
            return
        current = stream.no == self.outbox.stream().no
        if receipt.restart and current:
            log.warning("the collector holds other content under our numbers: starting a new stream", stream=stream.id)
            self._restart(everything=True)
        elif receipt.through > stream.sent:
            if current:
                log.warning("a receipt above what was sent: this disk was put back; starting a new stream", stream=stream.id)
                self._restart(everything=False)
        elif receipt.through < stream.through:
            self._lower.setdefault(stream.id, (receipt.through, now + self._lower_s))
        else:
            self._advance(stream, receipt.through, now)

    def _advance(self, stream: Stream, through: int, now: float) -> None:
        self._lower.pop(stream.id, None)
        if through > stream.through:
            self.outbox.receipted(stream.id, through)
        self._flight(stream).receipted(through, now, self._jitter)

    def _obey_lower(self, now: float) -> None:
        """A collector restored from a backup stands lower: give it again what it lost."""
        for stream, (through, when) in list(self._lower.items()):
            if now >= when:
                del self._lower[stream]
                self.outbox.receipted(stream, through)
                self._flights.clear()

    def _restart(self, *, everything: bool) -> None:
        self.outbox.restart(everything=everything)
        self._flights.clear()
        self._lower.clear()
        self._on_restart()

    def _send_next(self, stream: Stream, flight: Flight, carrier: Carrier, now: float) -> bool:
        above = max(flight.cursor, stream.through)
        due = self.outbox.due(stream, above, flight.batch_limit(self._batch_events))
        if due is None:
            flight.cursor = stream.ready
            return False
        self.outbox.sending(due)
        carrier.carry(due.payload)
        flight.sent(due.first, due.last, now, self._jitter)
        return True

    def _flight(self, stream: Stream) -> Flight:
        return self._flights.setdefault(stream.no, Flight(cursor=stream.through))
