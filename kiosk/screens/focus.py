"""The keyboard's focus: which target has it, and the ring around it. Without a key nobody sees any of it."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, SmoothLine

from kiosk.screens.touch import Pressable
from kiosk.theme import Palette

RING_MM = 0.8
CORNER = 24
LINE_PX = 8
GONE_S = 30.0


class Focus:
    """Draws on a widget's `canvas.after`; `at` is the target that has the focus."""

    def __init__(self, stage: Any) -> None:
        self.at: Pressable | None = None
        self._moved = 0.0
        self._drawn: tuple[object, ...] = ()
        with stage.canvas.after:
            self._colour = Color(0, 0, 0, 0)
            self._ring = SmoothLine(width=2)

    def move(self, screen: Any, step: int) -> Pressable | None:
        """To the next target of a screen in reading order, or the one before; after the last comes the first."""
        targets, self._moved = reachable(screen), Clock.get_time()
        if not targets:
            self.at = None
        elif self.at in targets:
            self.at = targets[(targets.index(self.at) + step) % len(targets)]
        else:
            self.at = targets[0 if step > 0 else -1]
        return self.at

    def age(self) -> None:
        """Who has pressed no key for half a minute has gone."""
        if self.at and Clock.get_time() - self._moved > GONE_S:
            self.leave()

    def leave(self) -> None:
        """A new screen, or a finger: nothing has the focus."""
        self.at = None

    def draw(self, palette: Palette, millimetre: float) -> None:
        """Bring the ring to where its target is now."""
        if self.at is None or not is_there(self.at):
            if self._drawn:
                self._colour.a, self._drawn = 0, ()
            return
        wide = max(2.0, RING_MM * millimetre)
        out = wide * 1.5
        x, y, w, h = self.at.x - out, self.at.y - out, self.at.width + 2 * out, self.at.height + 2 * out
        ring = (x, y, w, h, min(CORNER, self.at.height / 3) + out)
        if self._drawn != (*ring, palette.focus):
            self._ring.width, self._ring.rounded_rectangle, self._colour.rgba = wide / 2, ring, palette.focus
            self._drawn = (*ring, palette.focus)


def reachable(screen: Any) -> list[Pressable]:
    """Everything on a screen that can be pressed, line by line from the top."""
    found = [widget for widget in screen.walk(restrict=True) if isinstance(widget, Pressable) and is_there(widget)]
    return sorted(found, key=lambda target: (-round(target.center_y / LINE_PX), target.x))


def is_there(target: Pressable) -> bool:
    return bool(target.focusable and target.opacity and target.width > 1 and target.height > 1 and target.get_root_window())
