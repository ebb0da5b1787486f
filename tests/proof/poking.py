"""Somebody who touches and types without sense or end, and what must still hold of the kiosk afterwards."""

import random
import statistics
import subprocess

from tests.displays import Screen
from tests.pointer import Pointer
from tests.processes import resident_mb

WARM_UP = 2000
PAUSE_MS = 15  # on average; some are far longer, many shorter
KEYS = (
    *(f"F{n}" for n in range(1, 13)), *"0123456789", *"abcdefghijklmnopqrstuvwxyz", "Escape", "Tab", "Return", "space",
    "BackSpace", "Delete", "Insert", "Home", "End", "Page_Up", "Page_Down", "Left", "Right", "Up", "Down", "Print", "Menu",
    "Pause", "KP_Enter", "KP_1", "KP_Add", "minus", "equal", "slash", "comma", "Super_L", "Caps_Lock", "Num_Lock",
)  # fmt: skip
CHORDS = (
    ("F4", "Alt_L"), ("q", "Control_L"), ("w", "Control_L"), ("c", "Control_L"), ("v", "Control_L"), ("z", "Control_L"),
    ("Delete", "Control_L", "Alt_L"), ("BackSpace", "Control_L", "Alt_L"), ("F1", "Control_L", "Alt_L"),
    ("Tab", "Alt_L"), ("Tab", "Shift_L"), ("Escape", "Control_L"), ("e", "Control_L"), ("d", "Super_L"), ("F12", "Shift_L"),
)  # fmt: skip
DIGITS = "38609190012"  # what would be removed if it were sent


class Poker:
    """Seeded. Half of its touches hit something that the screen map names, so that it gets everywhere."""

    def __init__(self, pointer: Pointer, screen: Screen, size: tuple[int, int], seed: int) -> None:
        self._pointer, self._screen, self._size = pointer, screen, size
        self._draw = random.Random(seed)

    def poke(self, count: int) -> None:
        """Touches and keys, some milliseconds apart; returns when the X server has made them all."""
        ways = (self._aim, self._tap, self._drag, self._button, self._key, self._chord, self._digits)
        for way in self._draw.choices(ways, (45, 20, 10, 4, 14, 4, 3), k=count):
            way(int(self._draw.expovariate(1 / PAUSE_MS)))
            self._pointer.sync()

    def _aim(self, after_ms: int) -> None:
        found = self._screen.targets()
        self._pointer.tap(*(self._draw.choice(found) if found else self._anywhere()), after_ms=after_ms)

    def _tap(self, after_ms: int) -> None:
        self._pointer.tap(*self._anywhere(), after_ms=after_ms)

    def _drag(self, after_ms: int) -> None:
        self._pointer.move(*self._anywhere(), after_ms)
        self._pointer.press()
        for _ in range(self._draw.randint(1, 6)):
            self._pointer.move(*self._anywhere(), self._draw.randint(0, 4))
        self._pointer.release()

    def _button(self, after_ms: int) -> None:
        """Another of a mouse's buttons, its wheel, or two at once."""
        button = self._draw.randint(2, 9)
        self._pointer.move(*self._anywhere(), after_ms)
        self._pointer.press(button)
        if self._draw.random() < 0.5:
            self._pointer.press()
            self._pointer.release()
        self._pointer.release(button)

    def _key(self, after_ms: int) -> None:
        self._pointer.key(self._draw.choice(KEYS), after_ms=after_ms)

    def _chord(self, after_ms: int) -> None:
        key, *held = self._draw.choice(CHORDS)
        self._pointer.key(key, *held, after_ms=after_ms)

    def _digits(self, after_ms: int) -> None:
        for number, digit in enumerate(DIGITS):
            self._pointer.key(digit, after_ms=0 if number else after_ms)

    def _anywhere(self) -> tuple[int, int]:
        return self._draw.randrange(self._size[0]), self._draw.randrange(self._size[1])


def poke(poker: Poker, pid: int, count: int) -> list[float]:
    """All pokes; the process's memory in MB after every hundred."""
    samples = []
    for _ in range(count // 100):
        poker.poke(100)
        samples.append(resident_mb(pid))
    return samples


def growth(samples: list[float]) -> float:
    """By how many MB the last quarter of the samples after the warm-up lies above the first; medians."""
    flat = samples[WARM_UP // 100 :]
    quarter = len(flat) // 4
    return statistics.median(flat[-quarter:]) - statistics.median(flat[:quarter])


def assert_in_front(display: str, pointer: Pointer, size: tuple[int, int]) -> None:
    """The kiosk's window has the focus, covers the screen, nothing lies on it in any corner; it was asked to close before."""
    window = _xdotool(display, "getwindowfocus")
    assert _xdotool(display, "getwindowname", window) == "Kiosk"
    pointer.ask_to_close(int(window))
    shape = _xdotool(display, "getwindowgeometry", "--shell", window).split()
    assert {"X=0", "Y=0", f"WIDTH={size[0]}", f"HEIGHT={size[1]}"} <= set(shape)
    for corner in ((0, 0), (size[0] - 1, 0), (0, size[1] - 1), (size[0] - 1, size[1] - 1), (size[0] // 2, size[1] // 2)):
        pointer.move(*corner)
        pointer.sync()
        assert f"WINDOW={window}" in _xdotool(display, "getmouselocation", "--shell").split()


def _xdotool(display: str, *words: str) -> str:
    return subprocess.run(
        ["xdotool", *words],
        env={"DISPLAY": display, "PATH": "/usr/bin:/bin"},
        check=True,
        timeout=10,
        capture_output=True,
        text=True,
    ).stdout.strip()
