"""What the kiosk says aloud, and the sound files that espeak-ng makes of it.

Interface and questionnaire texts are spoken, and single characters as they are typed. A comment
as a whole never comes here, and what is passed with `keep=False` is deleted once it was played.
"""

import hashlib
import os
import re
import subprocess
import tempfile
import wave
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

import structlog

FALLBACK = "en"
PROGRAM = "espeak-ng"
WORDS_PER_MINUTE = 150
TIME_LIMIT_S = 2.0
MOST_BYTES = 8_000_000  # about three minutes of speech: every screen in five languages

_FAILURES = (OSError, subprocess.SubprocessError)
_LISTED = re.compile(r"^ *\d+ +(\S+)|\((\S+) \d+\)", re.MULTILINE)

log = structlog.get_logger()


# ── what is said ────────────────────────────────────────────────────────────────────────


def option(number: int, words: str, state: str = "") -> str:
    """One answer, service or reason behind its key: "1: Labai blogai.", "3: Personalas, pasirinkta."."""
    return f"{number}: {', '.join(part for part in (words.strip().rstrip('.'), state) if part)}."


def options(
    title: str, words: Sequence[str], hint: str = "", *, first: int = 1, chosen: Collection[int] = (), state: str = ""
) -> list[str]:
    """A screen's sentences: its title, each option behind its key, and how to answer.

    `first` is the first option's key. An option without words is not said, but keeps its key.
    The keys in `chosen` are said with `state`.
    """
    spoken = [option(key, text, state if key in chosen else "") for key, text in enumerate(words, first) if text.strip()]
    return [part for part in (title, *spoken, hint) if part]


def sayable(text: str) -> str:
    """A text without what espeak-ng would obey: control characters, and phoneme codes in double brackets."""
    visible = "".join(c if c.isprintable() else " " for c in text.replace("\N{SOFT HYPHEN}", ""))
    return " ".join(visible.replace("[", " [").split())


# ── the voice ───────────────────────────────────────────────────────────────────────────


def speech_folder(kiosk_folder: Path) -> Path:
    """Where sounds are kept: in memory where the system offers it (XDG_RUNTIME_DIR), else in the kiosk's folder."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if not runtime:
        return kiosk_folder / "speech"
    return Path(runtime) / f"nuomone-speech-{hashlib.sha256(str(kiosk_folder.resolve()).encode()).hexdigest()[:8]}"


class Voice:
    """Sound files for texts. What is kept is made once; beyond `most_bytes` the longest unused go.

    Nothing here raises when espeak-ng is missing or broken: there is no sound, and the log says so once.
    Each call may take up to 2 s for each time it asks espeak-ng (10 to 20 ms when all is well).
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most_bytes = folder, most_bytes
        self._voices: frozenset[str] | None = None
        self._failing = False
        for left in folder.glob("passing-*.wav"):
            discard(left)

    def available(self, language: str = FALLBACK) -> bool:
        """Whether espeak-ng is there and speaks the language. It is asked once."""
        if self._voices is None:
            try:
                self._voices = _voices()
            except _FAILURES as error:
                self._voices = frozenset()
                self._failed(error)
        return language in self._voices

    def utterance(self, text: str, language: str, *, keep: bool = True) -> Path | None:
        """A WAV file of the text, None when there is nothing to hear. English speaks for a language that is missing.

        Without `keep` the file is the caller's, to `discard` after use.
        """
        if not (plain := sayable(text)):
            return None
        try:
            self._voices = self._voices or _voices()
            voice = language if language in self._voices else FALLBACK
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._kept(plain, voice) if keep else self._made(plain, voice)
        except _FAILURES as error:
            self._failed(error)
            return None
        self._failing = False
        return path

    def _kept(self, text: str, voice: str) -> Path:
        name = hashlib.sha256(f"{voice} {WORDS_PER_MINUTE}\n{text}".encode()).hexdigest()[:32]
        path = self._folder / f"kept-{name}.wav"
        if _is_whole(path):
            path.touch()
        else:
            self._made(text, voice).replace(path)
            self._make_room(path)
        return path

    def _made(self, text: str, voice: str) -> Path:
        handle, name = tempfile.mkstemp(".wav", "passing-", self._folder)
        os.close(handle)
        path = Path(name)
        try:
            _synthesise(text, voice, path)
        except _FAILURES:
            discard(path)
            raise
        return path

    def _make_room(self, newest: Path) -> None:
        """Delete what was longest not used, never the newest."""
        room = self._most_bytes - newest.stat().st_size
        others = [(file, file.stat()) for file in self._folder.glob("kept-*.wav") if file != newest]
        for file, stat in sorted(others, key=lambda other: other[1].st_mtime_ns, reverse=True):
            room -= stat.st_size
            if room < 0:
                file.unlink()

    def _failed(self, error: Exception) -> None:
        if not self._failing:
            log.error("no speech", error=str(error))
        self._failing = True


def discard(path: Path) -> None:
    """Delete a sound that is not kept. What cannot be deleted goes when the kiosk starts again."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _voices() -> frozenset[str]:
    """The languages that espeak-ng speaks. Raises OSError, SubprocessError."""
    listed = _run(["--voices"])
    return frozenset(name for names in _LISTED.findall(listed) for name in names if name)


def _synthesise(text: str, voice: str, path: Path) -> None:
    """Write the text as a WAV file. It goes through stdin, so that none of it is an option. Raises OSError, SubprocessError."""
    naming = ["--punct"] if len(text) == 1 else []  # a lone "!" is said by its name
    _run(["-v", voice, "-s", str(WORDS_PER_MINUTE), "-b", "1", *naming, "-w", str(path), "--stdin"], text)
    if not _is_whole(path):
        raise OSError(f"{PROGRAM} wrote no whole sound file")


def _run(options: list[str], text: str = "") -> str:
    done = subprocess.run([PROGRAM, *options], input=text.encode(), capture_output=True, timeout=TIME_LIMIT_S, check=False)
    if done.returncode:
        raise ChildProcessError(f"{PROGRAM} ended with {done.returncode}: {done.stderr[:200].decode(errors='replace').strip()}")
    return done.stdout.decode(errors="replace")


def _is_whole(path: Path) -> bool:
    """Whether a WAV file holds all the samples that its header promises: a full disk cuts it short."""
    try:
        with wave.open(str(path)) as sound:
            promised: int = sound.getnframes() * sound.getnchannels() * sound.getsampwidth()
        return 0 < promised < path.stat().st_size
    except (OSError, EOFError, wave.Error):
        return False
