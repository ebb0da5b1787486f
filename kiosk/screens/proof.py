"""Proof that what is drawn reaches the screen: a corner changes its colour, and the pixel is read back from the frame."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from collections.abc import Callable
from typing import Any

import structlog
from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels

from kiosk.theme import Colour
from kiosk.window import Frames

NEAR = 3  # of 255: how far a channel may be rounded

log = structlog.get_logger()


class Proof:
    """Counts frames, and those in which the corner had the colour that it was given: `corner` tells it."""

    def __init__(self, frames: Frames, corner: Callable[[], Colour]) -> None:
        self.frames = frames
        self._corner, self._due = corner, False

    def expect(self) -> None:
        """The corner was recoloured: the next frame must show it."""
        if self._due:
            log.error("no frame was drawn since the last proof of rendering")
        self._due = True

    def flipped(self, *_: Any) -> None:
        """A frame is complete and about to be shown; an idle window has none."""
        self.frames.count += 1
        if not self._due:
            return
        wanted, self._due = self._corner(), False
        seen = glReadPixels(0, 0, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE)[:3]
        if all(abs(round(255 * part) - byte) <= NEAR for part, byte in zip(wanted, seen, strict=False)):
            self.frames.proven += 1
        else:
            log.error("the screen does not show what was drawn", wanted=wanted[:3], seen=list(seen))
