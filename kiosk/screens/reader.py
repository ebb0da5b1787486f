"""The screen read aloud, for a citizen who asked for it."""
# mypy: disable-error-code="import-untyped"

from dataclasses import replace
from typing import Any

from kiosk import visit
from kiosk.screens.sound import Speaker
from kiosk.speech import options
from kiosk.station import Station
from kiosk.texts import texts

_HEADING = ("office", "service", "question", "title", "after", "removed", "kept", "text")


class Reader:
    """Reads what is in front in the citizen's language, and falls silent with the visit."""

    def __init__(self, station: Station, speaker: Speaker) -> None:
        self._station, self._speaker = station, speaker
        self._heard: tuple[Any, ...] = ()

    def read(self, name: str, screen: Any) -> None:
        """A screen is read when it comes, when its language or page changes, and when the voice is switched on."""
        state = self._station.state
        if state is None:
            return
        heard = (name, state.asked, state.language, state.page, bool(state.access.volume))
        was, self._heard = self._heard, heard
        if heard != was and state.access.volume:
            self.say(lines(screen, state.language))
        elif was and was[-1] and not state.access.volume:
            self._speaker.stop()

    def say(self, said: list[str], *, keep: bool = True) -> None:
        """In the citizen's language, if the citizen wants to hear. Without `keep` (what is typed) no sound file stays."""
        state = self._station.state
        if state and state.access.volume:
            self._speaker.volume = state.access.volume / visit.LOUDEST
            self._speaker.say(said, state.language, keep=keep)

    def key(self, act: str) -> None:
        """The keys for it: `speak` switches it on and off, `louder` and `quieter` go a step."""
        state = self._station.state
        if state:
            now = state.access.volume
            wanted = {"speak": 0 if now else 2, "louder": now + 1, "quieter": now - 1}[act]
            self._station.choose_access(replace(state.access, volume=max(0, min(visit.LOUDEST, wanted))))


def lines(screen: Any, language: str) -> list[str]:
    """A screen's sentences in the order in which they are read: its heading, each choice with its key, how to answer."""
    ids, own = screen.ids, texts(language)
    heading = " ".join(f"{line}." for name in _HEADING if (line := str(getattr(screen, name, "")).rstrip(".")))
    shown = ids.answers.answers if "answers" in ids else ids.tiles.tiles if "tiles" in ids else []
    if not shown:
        return [heading, *([str(screen.notice)] if getattr(screen, "notice", "") else [])]
    chosen = [key for key, tile in enumerate(shown, 1) if getattr(tile, "chosen", False)]
    first = 0 if len(shown) > 9 and "answers" in ids else 1
    hint = own.press_number.format(first=first, last=min(9, len(shown)))
    return options(heading, [one.spoken for one in shown], hint, first=first, chosen=chosen, state=own.chosen)
