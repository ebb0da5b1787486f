"""The screen read aloud, for a citizen who asked for it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk import visit
from kiosk.screens import aloud
from kiosk.station import Station

Say = Callable[[list[str], str, float], None]


class Voice:
    """`say(lines, language, volume 0–1)`; without lines it is silence."""

    def __init__(self, station: Station, say: Say) -> None:
        self._station, self._say = station, say
        self._heard: tuple[Any, ...] = ()

    def read(self, name: str, screen: Any) -> None:
        """A screen is read when it comes, when its language or page changes, and when the voice is switched on."""
        state = self._station.state
        if state is None:
            return
        heard = (name, state.asked, state.language, state.page, bool(state.access.volume))
        was, self._heard = self._heard, heard
        if heard == was:
            return
        if state.access.volume:
            self.say(aloud.lines(screen, state.language))
        elif was and was[-1]:
            self._say([], "", 0.0)

    def say(self, lines: list[str]) -> None:
        """In the citizen's language, if the citizen wants to hear."""
        state = self._station.state
        if state and state.access.volume:
            self._say(lines, state.language, state.access.volume / visit.LOUDEST)

    def key(self, act: str) -> None:
        """The keys for it: `speak` switches it on and off, `louder` and `quieter` go a step."""
        state = self._station.state
        if state:
            now = state.access.volume
            wanted = {"speak": 0 if now else 2, "louder": now + 1, "quieter": now - 1}[act]
            self._station.choose_access(replace(state.access, volume=max(0, min(visit.LOUDEST, wanted))))
