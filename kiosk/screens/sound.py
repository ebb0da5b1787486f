"""Speech that is heard: texts become sounds in a worker thread, and sounds are played one after another in Kivy's.

Nothing is loaded before the first word, nothing is scheduled while nothing is said.
"""
# mypy: disable-error-code="import-untyped"

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from kivy.clock import Clock

from kiosk.speech import Voice, discard

GRACE_S = 2.0

log = structlog.get_logger()


class Player:
    """Plays WAV files in turn, in the main thread. Without a sound card it stays silent, and the log says so once."""

    def __init__(self) -> None:
        self._volume = 1.0
        self._waiting: deque[tuple[Path, bool]] = deque()
        self._sound: Any = None
        self._limit: Any = None
        self._failing = False

    @property
    def volume(self) -> float:
        """0–1, of what is heard now and of what follows."""
        return self._volume

    @volume.setter
    def volume(self, volume: float) -> None:
        self._volume = volume
        if self._sound:
            self._sound.volume = volume

    def add(self, path: Path, *, keep: bool = True) -> None:
        """Play a file after those before it. Without `keep` it is deleted as soon as it is loaded, or given up."""
        self._waiting.append((path, keep))
        if not self._sound:
            self._next()

    def stop(self) -> None:
        """Silence at once, and nothing after it."""
        self._unload()
        while self._waiting:
            path, keep = self._waiting.popleft()
            if not keep:
                discard(path)

    def _next(self) -> None:
        self._unload()
        while self._waiting and not self._sound:
            self._play(*self._waiting.popleft())

    def _play(self, path: Path, keep: bool) -> None:
        from kivy.core.audio import SoundLoader

        sound = SoundLoader.load(str(path))
        if not keep:
            discard(path)
        if not sound or not sound.length:
            self._failed("a sound cannot be loaded: is there a sound card?")
            return
        self._sound = sound
        sound.volume = self._volume
        sound.bind(on_stop=self._ended)
        self._limit = Clock.schedule_once(self._overdue, sound.length + GRACE_S)
        sound.play()

    def _ended(self, *_: Any) -> None:
        self._failing = False
        self._next()

    def _overdue(self, *_: Any) -> None:
        """A sound card that went away never says that a sound has ended."""
        self._failed("a sound does not end")
        self.stop()

    def _unload(self) -> None:
        if not self._sound:
            return
        self._limit.cancel()
        sound, self._sound = self._sound, None
        sound.unbind(on_stop=self._ended)
        sound.unload()

    def _failed(self, why: str) -> None:
        if not self._failing:
            log.error("speech is not heard", error=why)
        self._failing = True


class Speaker:
    """Says texts. Call it from the main thread; a worker asks the voice, so that the screen never waits."""

    def __init__(self, voice: Voice, player: Player) -> None:
        self._voice, self._player = voice, player
        self._turn = 0
        self._worker = ThreadPoolExecutor(1, "speech")

    @property
    def volume(self) -> float:
        """0–1, of what is heard now and of what follows."""
        return self._player.volume

    @volume.setter
    def volume(self, volume: float) -> None:
        self._player.volume = volume

    def say(self, texts: Sequence[str], language: str, *, keep: bool = True) -> None:
        """Say these, and no longer what was being said. Without `keep` (typed characters) no sound file stays behind."""
        self.stop()
        made = self._worker.submit(self._make, self._turn, tuple(texts), language, keep)
        made.add_done_callback(_own_up)

    def stop(self) -> None:
        """Silence at once. What is still being made is never heard."""
        self._turn += 1
        self._player.stop()

    def _make(self, turn: int, texts: tuple[str, ...], language: str, keep: bool) -> None:
        """In the worker: each sound is handed over as soon as it is there, so that the first is heard soon."""
        for text in texts:
            if turn != self._turn:
                return
            path = self._voice.utterance(text, language, keep=keep)
            if path:
                Clock.schedule_once(partial(self._made, turn, path, keep))

    def _made(self, turn: int, path: Path, keep: bool, _dt: float) -> None:
        if turn == self._turn:
            self._player.add(path, keep=keep)
        elif not keep:
            discard(path)


def _own_up(made: "Future[None]") -> None:
    """An executor keeps its worker's exceptions to itself; a mistake of ours shall be seen."""
    if error := made.exception():
        log.error("speech failed", error=str(error), kind=type(error).__name__)
