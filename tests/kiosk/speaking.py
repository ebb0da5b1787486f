"""A process that speaks through SDL's mixer: `speaking.py SCENARIO FOLDER`. Its last line is what happened, as JSON."""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(sys.argv[2])
CARD = FOLDER / "card.raw"
LONG = "Kaip vertinate šiandienos aptarnavimą mūsų gyventojų aptarnavimo skyriuje?"
SHORT = "Gerai"

if sys.argv[1] == "in_a_window":
    from kiosk.window import prepare

    prepare(FOLDER, (640, 480), fullscreen=False)

from kivy.clock import Clock  # noqa: E402

from kiosk.screens import sound  # noqa: E402
from kiosk.speech import Voice  # noqa: E402

voice, player = Voice(FOLDER / "sounds"), sound.Player()
speaker = sound.Speaker(voice, player)


def until(true: Callable[[], Any], frame: Callable[[], Any] = Clock.tick) -> None:
    end = time.monotonic() + 12
    while not true():
        assert time.monotonic() < end, "it never came about"
        frame()


def handed_over() -> None:
    """What was asked for is made, and with the player."""
    speaker._worker.submit(int).result()
    Clock.tick()


def to_the_end() -> None:
    handed_over()
    until(lambda: not player._sound)


def on_card(seconds: float = 0.0) -> int:
    """Samples that the card has, once it has got so many seconds more."""
    end = CARD.stat().st_size + seconds * 44100 * 4
    until(lambda: CARD.stat().st_size >= end)
    return CARD.stat().st_size // 4


def in_turn() -> dict[str, Any]:
    import kivy.cache  # noqa: F401 - has a timer of its own, which every window has too

    threads, loaded = threading.active_count(), "kivy.core.audio" in sys.modules
    before = len(Clock.get_events())
    speaker.say([SHORT, LONG, "5"], "lt")
    to_the_end()
    return {"threads": threads, "loaded": loaded, "scheduled": len(Clock.get_events()) - before}


def interrupted_while_made() -> dict[str, Any]:
    """The first text's sound comes only after the second text was asked for."""
    begun, go_on, made = threading.Event(), threading.Event(), voice.utterance

    def late(*args: Any, **more: Any) -> Path | None:
        begun.set()
        go_on.wait(5)
        return made(*args, **more)

    voice.utterance = late  # type: ignore[method-assign]
    speaker.say([LONG, LONG], "lt")
    begun.wait(5)
    speaker.say([SHORT], "lt")
    go_on.set()
    to_the_end()
    return {}


def a_mistake() -> dict[str, Any]:
    speaker.say([None], "lt")  # type: ignore[list-item]
    handed_over()
    speaker.say([SHORT], "lt")
    to_the_end()
    return {}


def interrupted_while_heard() -> dict[str, Any]:
    speaker.say([LONG] * 4, "lt")
    until(lambda: player._sound)
    on_card(1.0)
    speaker.say([SHORT], "lt")
    to_the_end()
    return {}


def stopped() -> dict[str, Any]:
    speaker.say([LONG] * 4, "lt")
    until(lambda: player._sound)
    on_card(1.0)
    speaker.stop()
    at = on_card()
    on_card(3.0)
    return {"stopped": at}


def volumes() -> dict[str, Any]:
    marks = []
    for volume in (0.25, 0.5, 0.75, 1.0):
        speaker.volume = volume
        speaker.say([SHORT], "lt")
        to_the_end()
        marks.append(on_card(0.3))
    return {"marks": marks}


def louder_while_heard() -> dict[str, Any]:
    speaker.volume = 0.25
    speaker.say([LONG] * 4, "lt")
    until(lambda: player._sound)
    on_card(1.5)
    speaker.volume = 1.0
    at = on_card()
    to_the_end()
    return {"louder": at}


def typed() -> dict[str, Any]:
    """Characters: heard to the end, interrupted while they wait, and given up while they are made."""
    speaker.say(["a"], "lt", keep=False)
    to_the_end()
    speaker.say(["b", "c", "d"], "lt", keep=False)
    handed_over()
    waiting = sum(path.exists() for path, _ in player._waiting)
    speaker.stop()
    speaker.say(["e"], "lt", keep=False)
    speaker._worker.submit(int).result()
    made = len(list(voice._folder.iterdir()))
    speaker.stop()
    Clock.tick()
    return {"waiting": waiting, "made": made, "left": [file.name for file in voice._folder.iterdir()]}


def many() -> dict[str, Any]:
    """A few hundred utterances, each loaded, begun, and interrupted by the next."""
    Clock._max_fps = 0
    grown = []
    for count in range(int(os.environ.get("UTTERANCES", "400"))):
        speaker.say([SHORT], "lt")
        handed_over()
        assert player._sound
        if count % 100 == 99:
            grown.append(_memory_mb())
    speaker.stop()
    return {"memory_mb": grown}


def in_a_window() -> dict[str, Any]:
    """With frames drawn, as on a kiosk: each text ends or is given up, and the frames go on."""
    from kivy.base import EventLoop

    EventLoop.ensure_window()
    EventLoop.start()
    speaker.say(["5"], "lt")
    handed_over()
    until(lambda: not player._sound, EventLoop.idle)
    speaker.say(["5", SHORT], "lt")
    handed_over()
    speaker.volume = 0.5
    speaker.stop()
    before = Clock.frames
    until(lambda: Clock.frames > before, EventLoop.idle)
    return {}


def never_ends() -> dict[str, Any]:
    """The card takes the first samples, and then no more."""
    sound.GRACE_S = 0.1
    speaker.say(["5", SHORT], "lt")
    to_the_end()
    return {"waiting": len(player._waiting)}


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


told = globals()[sys.argv[1]]()
print(json.dumps(told), flush=True)
if sys.argv[1] == "never_ends":
    os._exit(0)  # SDL would wait for that card
