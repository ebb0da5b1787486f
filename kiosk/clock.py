"""The kiosk's time: what the machine knows of UTC, and how far that may be trusted.

A machine without a battery wakes in 1970, or at the moment it was switched off. Its system
clock is therefore read only while somebody vouches for it:

- `synced`: the kernel says that NTP keeps the clock. Under the setting `system` somebody else
  keeps it, as a container's host does; then it is believed as long as it is plausible and does
  not jump.
- `estimated`: the moment at which this boot began is known from before, and the seconds since
  then are counted. It is known from a time when the clock was vouched for, or from a receipt
  that came live: then the collector wrote its `now` just before.
- None: nobody knows yet. A receipt that the broker had retained, or one that was read after a
  long sleep, was written at some time in the past: its `now` says only "not before".

Seconds since the boot never jump and go on through a suspend. So the one thing to be learnt
is when the boot began, and a jump of the system clock is a change of just that.
"""

import ctypes
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

PLAUSIBLE = datetime(2025, 1, 1, tzinfo=UTC).timestamp()
IMPLAUSIBLE = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
STEP_S = 5.0
_TIME_ERROR = 5
_TIMEX_BYTES = 512  # more than any struct timex has; all zero asks and sets nothing


class Keeper(StrEnum):
    """Who keeps the system clock right. `auto`: NTP where systemd runs; elsewhere, as in a container, somebody outside."""

    AUTO = "auto"
    NTP = "ntp"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened: `seconds` into a boot, and in UTC unless nobody knew."""

    boot: str
    seconds: float
    at: datetime | None
    quality: Literal["synced", "estimated"] | None


def utc_now() -> datetime:
    """The system clock, right or wrong."""
    return datetime.now(UTC)


def since_boot() -> float:
    """Seconds since the machine started, those of a suspend included."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def boot_id() -> str:
    """Another one after each start of the machine; where the system has none, after each start of the process."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return f"process-{secrets.token_hex(8)}"


def kernel_synced() -> bool:
    """Whether the kernel says that its clock is disciplined; see adjtimex(2)."""
    libc = _libc()
    return libc is not None and libc.adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES)) not in (-1, _TIME_ERROR)


@cache
def _libc() -> ctypes.CDLL | None:
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "adjtimex") else None


def machine_clock(keeper: Keeper) -> "Clock":
    """The clock of this machine."""
    if keeper is Keeper.AUTO:
        keeper = Keeper.NTP if Path("/run/systemd/system").exists() else Keeper.SYSTEM
    return Clock(trust_system=keeper is Keeper.SYSTEM)


class Clock:
    """One boot's time; any thread may ask it.

    `start`: when the boot began, in seconds since 1970, or None. `not_before`: it did not begin earlier than this.
    """

    def __init__(
        self,
        *,
        wall: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = since_boot,
        boot: str = "",
        synced: Callable[[], bool] = kernel_synced,
        trust_system: bool = True,
    ) -> None:
        self.boot = boot or boot_id()
        self.monotonic, self._wall, self._synced, self._trust_system = monotonic, wall, synced, trust_system
        self.start: float | None = None
        self.not_before = PLAUSIBLE
        self._told: float | None = None
        self._lock = threading.Lock()

    def now(self) -> Moment:
        """This moment, with its UTC as far as somebody vouches for it."""
        with self._lock:
            seconds, shown = self._read()
            if self._believes(seconds, shown):
                return Moment(self.boot, seconds, datetime.fromtimestamp(shown + seconds, UTC), "synced")
            if self.start is None:
                return Moment(self.boot, seconds, None, None)
            return Moment(self.boot, seconds, datetime.fromtimestamp(self.start + seconds, UTC), "estimated")

    def heard(self, now: datetime) -> None:
        """A receipt that was written a moment ago: unless somebody vouches for another time, this is the time."""
        if not PLAUSIBLE <= now.timestamp() < IMPLAUSIBLE:
            return
        with self._lock:
            seconds, shown = self._read()
            self._told = now.timestamp() - seconds
            if not self._believes(seconds, shown) or abs(shown - self._told) <= STEP_S:
                self.start = self._told

    def heard_late(self, now: datetime) -> None:
        """A receipt that was written at some time in the past."""
        if now.timestamp() < IMPLAUSIBLE:
            self.recall(None, now.timestamp() - self.monotonic())

    def recall(self, start: float | None, not_before: float) -> None:
        """What was known of this boot before, in an earlier process, or can be concluded from earlier boots."""
        with self._lock:
            self.start = start if self.start is None else self.start
            self.not_before = max(self.not_before, not_before)

    def offset(self) -> timedelta | None:
        """How far the system clock is ahead of the collector's as last heard; None while nothing was."""
        with self._lock:
            return None if self._told is None else timedelta(seconds=self._read()[1] - self._told)

    def _read(self) -> tuple[float, float]:
        """(seconds since the boot, when the boot began according to the system clock)."""
        seconds = self.monotonic()
        return seconds, self._wall().timestamp() - seconds

    def _believes(self, seconds: float, shown: float) -> bool:
        """Whether the system clock is right. A synchronised kernel stepped it rightly; another's step is not followed."""
        if not PLAUSIBLE <= shown + seconds < IMPLAUSIBLE:
            return False
        if self._synced():
            self.start = shown
            return True
        if not self._trust_system or shown < self.not_before - STEP_S:
            return False
        self.start = shown if self.start is None else self.start
        return abs(shown - self.start) <= STEP_S
