"""Pure: what of a stream is on its way, and what to send next.

The broker's acknowledgement paces the sending; only a receipt ends it. `Flight` holds one
stream's batches from publish to receipt, and decides when to send them again.
"""

import random
from dataclasses import dataclass, field

FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 300.0
TRIES_BEFORE_SINGLE = 3


@dataclass
class Flight:
    """`cursor`: the highest seq sent since the last rewind. `singly_to`: up to here, send event by event."""

    cursor: int = 0
    tries: int = 0
    singly_to: int = 0
    batches: list[tuple[int, int]] = field(default_factory=list)
    wait_until: float | None = None

    def batch_limit(self, most: int) -> int:
        """One event a batch while a batch that got no receipt is taken apart."""
        return 1 if self.cursor < self.singly_to else most

    def sent(self, first: int, last: int, now: float, jitter: random.Random) -> None:
        """A batch `first`..`last` went out."""
        self.cursor = last
        self.batches.append((first, last))
        if self.wait_until is None:
            self.wait_until = now + self._wait(jitter)

    def receipted(self, through: int, now: float, jitter: random.Random) -> None:
        """Everything up to `through` is stored: that much less is on its way."""
        before = len(self.batches)
        self.batches = [b for b in self.batches if b[1] > through]
        self.cursor = max(self.cursor, through)
        if len(self.batches) < before or not self.batches:
            self.tries = 0
            self.wait_until = now + self._wait(jitter) if self.batches else None
        if through >= self.singly_to:
            self.singly_to = 0

    def overdue(self, now: float) -> bool:
        """No receipt came in time for the oldest batch on its way."""
        return self.wait_until is not None and now >= self.wait_until

    def rewind(self, through: int) -> None:
        """Begin again above `through`: a new connection, or a collector that stands lower."""
        self.cursor, self.batches, self.wait_until = through, [], None

    def retry(self, through: int) -> None:
        """Send again, and after three batches without a receipt event by event."""
        self.tries += 1
        if self.tries >= TRIES_BEFORE_SINGLE and self.batches:
            self.singly_to = max(self.singly_to, self.batches[0][1])
        self.rewind(through)

    def _wait(self, jitter: random.Random) -> float:
        """Full jitter above the first wait: 5 s, then up to 10, 20 … 300 s."""
        ceiling: float = min(FIRST_WAIT_S * 2.0**self.tries, LONGEST_WAIT_S)
        return FIRST_WAIT_S + jitter.random() * (ceiling - FIRST_WAIT_S)
