"""What the screen does about a disk that keeps nothing: it owns up, asks nothing more, and looks again every few seconds."""
# mypy: disable-error-code="import-untyped"

import sqlite3
from collections.abc import Callable
from pathlib import Path

import structlog
from kivy.clock import Clock
from pydantic import ValidationError

from kiosk import recovery
from kiosk.outbox import Outbox, OutboxFull

RETRY_S = 5.0

log = structlog.get_logger()


class Trouble:
    """`here` while nothing can be kept; `sorry` while the citizen whose answer was lost is told so. `changed()` shows it."""

    def __init__(self, outbox: Outbox, folder: Path, changed: Callable[[], None]) -> None:
        self.here = self.sorry = False
        self._outbox, self._folder, self._changed = outbox, folder, changed

    def kept(self, act: Callable[[], bool]) -> bool:
        """Whether something was given and is durable; what cannot be kept is owned up to."""
        try:
            return act()
        except (OutboxFull, sqlite3.Error, OSError, ValueError) as error:
            log.error("answer not kept", error=_told(error), kind=type(error).__name__)
            self.begin()
            return False

    def begin(self) -> None:
        """Ask nothing from now on."""
        self.here = self.sorry = True
        self._changed()
        Clock.schedule_once(self.look, RETRY_S)

    def look(self, *_: object) -> None:
        """Ask again only when an answer could be kept: room in the outbox, and a disk that takes a write."""
        self.here, self.sorry = not recovery.has_room(self._outbox, self._folder), False
        self._changed()
        if self.here:
            Clock.schedule_once(self.look, RETRY_S)


def _told(error: Exception) -> str:
    """For the log: an error that quotes what it was given would put a citizen's words there."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['type']}" for one in error.errors(include_input=False))
    return str(error)
