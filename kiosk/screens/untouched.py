"""A time limit that every touch sets back: what an operator left open closes by itself."""
# mypy: disable-error-code="import-untyped"

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock


class Untouched:
    """Calls `then` when `seconds` have passed since `touched` was last called."""

    def __init__(self, seconds: float, then: Callable[[], None]) -> None:
        self._seconds, self._then = seconds, then
        self._limit: Any = None

    def touched(self) -> None:
        """Begin to count, or begin anew."""
        self.stop()
        self._limit = Clock.schedule_once(lambda _: self._then(), self._seconds)

    def stop(self) -> None:
        if self._limit:
            self._limit.cancel()
        self._limit = None
