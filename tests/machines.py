"""A computer whose battery, NTP and power switch are the test's."""

from collections.abc import Callable
from datetime import UTC, datetime

from kiosk.clock import Clock


class Machine:
    """`true`: what every right clock shows, in seconds since 1970. `wrong`: how far the system clock is ahead of it.

    `runs` is a clock that goes by itself; without one time stands still until `later`.
    """

    def __init__(self, true: datetime, *, ntp: bool = False, wrong: float = 0.0, runs: Callable[[], float] = lambda: 0.0) -> None:
        self._runs, self._ahead = runs, true.timestamp() - runs()
        self.ntp, self.wrong = ntp, wrong
        self._boots, self._booted = 1, self.true

    @property
    def true(self) -> float:
        return self._runs() + self._ahead

    @property
    def seconds(self) -> float:
        """Since the boot."""
        return self.true - self._booted

    def at(self, ago: float = 0.0) -> datetime:
        """The true time, now or some seconds ago."""
        return datetime.fromtimestamp(self.true - ago, UTC)

    def later(self, seconds: float) -> None:
        self._ahead += seconds

    def reboot(self, off: float = 0.0) -> None:
        """Without power for some seconds, then without NTP in 1970."""
        self.later(off)
        self._boots, self._booted = self._boots + 1, self.true
        self.ntp, self.wrong = False, -self.true

    def clock(self, *, trust_system: bool = False) -> Clock:
        """This boot's; after a reboot ask for another."""
        return Clock(
            wall=lambda: datetime.fromtimestamp(self.true + self.wrong, UTC),
            monotonic=lambda: self.seconds,
            boot=f"boot-{self._boots}",
            synced=lambda: self.ntp,
            trust_system=trust_system,
        )
