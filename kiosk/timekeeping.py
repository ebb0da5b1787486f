"""What the link does for the clock: hears receipts, remembers the boot on disk, dates what waits.

A kiosk that does not know the time asks for it, once a minute, by sending an event again that
is stored already: the repeated receipt comes live. A new kiosk has none. If NTP does not come
either, its first votes are sent after ten minutes without a date (`unsure`), and their
receipt dates whatever follows. These minutes count while a collector listens: to hold votes
while nobody takes them costs nothing.
"""

import sqlite3
from datetime import datetime

import structlog

from broker_config.messages import HealthClock
from kiosk.clock import STEP_S, Clock, Moment
from kiosk.outbox import Outbox

log = structlog.get_logger()

HOLD_S = 600.0
NOTE_S = 600.0
ASK_S = 60.0
ASLEEP_S = 30.0


class Timekeeper:
    """One link's. All times are the clock's seconds since the boot; `_held`: how many of them something has waited."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self.outbox, self.clock = outbox, clock
        self._held = 0.0
        self._stepped: float | None = None
        self._noted: tuple[float, float | None] | None = None
        self._ask_at = 0.0

    def heard(self, now: datetime, *, retained: bool) -> None:
        """A receipt's time. What was read after a long sleep may have lain there all the while."""
        asleep = self._stepped is None or self.clock.monotonic() - self._stepped > ASLEEP_S
        (self.clock.heard_late if retained or asleep else self.clock.heard)(now)

    def step(self, *, listening: bool) -> None:
        """Let time pass. `listening`: a collector would take what is sent."""
        if self._stepped is None:
            self.clock.recall(*self.outbox.boots.known(self.clock.boot))
        now = self.clock.now()
        passed = now.seconds - (now.seconds if self._stepped is None else self._stepped)
        self._stepped = now.seconds
        if self._is_news(now):
            self._note(now)
        if not self.outbox.waits():
            self._held = 0.0
            return
        self._held += passed if listening and passed <= ASLEEP_S else 0.0
        if now.at or self._held >= HOLD_S:
            log.info("votes that waited for the time are dated", known=bool(now.at))
            self.outbox.note(self.clock, settle=True)
            self._held = 0.0

    def asks(self) -> bool:
        """True when the time is unknown and nobody was asked for a minute."""
        now = self.clock.now()
        if now.at or now.seconds < self._ask_at:
            return False
        self._ask_at = now.seconds + ASK_S
        return True

    def prune(self) -> None:
        """Drop old events, by a known time only: a clock that jumped ahead would drop what may still be asked for."""
        now = self.clock.now().at
        if now:
            self.outbox.prune(now)

    def health(self) -> HealthClock:
        """Whether the system clock is kept, and how far it is ahead of the collector's."""
        offset = self.clock.offset()
        synced = self.clock.now().quality == "synced"
        return HealthClock(synced=synced, offset_ms=None if offset is None else round(offset.total_seconds() * 1000))

    def stop(self) -> None:
        """This boot has run until now."""
        self._note(self.clock.now())

    def _is_news(self, now: Moment) -> bool:
        if self._noted is None:
            return True
        when, start = self._noted
        known = self.clock.start
        moved = known is not None and (start is None or abs(known - start) > STEP_S)
        return moved or now.seconds - when >= NOTE_S

    def _note(self, now: Moment) -> None:
        self._noted = now.seconds, self.clock.start
        try:
            self.outbox.note(self.clock)
        except sqlite3.Error as error:  # a full disk must not keep the link from its work
            log.warning("the time was not noted", error=str(error))
