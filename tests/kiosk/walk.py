"""Walks every screen of one size and tells what is too small, too near, out of reach, cut or covered, as JSON.

python walk.py 1280x800 FOLDER lt:plain en:larger …
"""

import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk import operator_poses
from kiosk.offscreen import configure, offscreen
from kiosk.poses import POSES, pose
from kiosk.state import Access
from kiosk.theme import theme
from tests import everything

DPI = {(1280, 800): 125, (1920, 1080): 92, (1080, 1920): 92, (800, 480): 133}
LOOKS = {"plain": Access(), "contrast": Access(contrast=True), "larger": Access(larger=True), "low": Access(low=True)}
NOTICES = ("waiting", "broken")
SETTLED = 3
FACE_MM, NUMBER_MM, BUTTON_MM, GAP_MM, KEY_MM, KEY_GAP_MM = 20.0, 12.0, 9.0, 5.0, 9.0, 2.0
REACH, REACH_MM = 0.6, 130.0
ROUNDED = 0.02  # millimetres that whole pixels may take


class Walk:
    def __init__(self, size: tuple[int, int], folder: Path) -> None:
        self.app, self.size, self.display = offscreen(folder, size), size, {"dpi": DPI[size], "qr": "https://www.example.lt/n"}
        self.faults: list[str] = []
        self.targets = 0

    def screens(self, seen_as: list[str]) -> None:
        """Services of three lengths, every scale, every pose, and the notices, in each `language:look`."""
        for language, _, look in (one.partition(":") for one in seen_as):
            for many in (2, 5, 24):
                self._configured(many, ("smiley5", "thumbs"))
                self._look(["services"], language, look, f"of {many}")
            self._look(list(POSES), language, look)
            for scale in ("smiley4", "smiley3", "stars5", "nps11", "thumbs"):
                self._configured(1, (scale, scale))
                self._look(["idle", "further"], language, look, scale)
            self._configured(2, ("smiley5",))
            self._notices(language, look)

    def _configured(self, services: int, scales: tuple[str, ...]) -> None:
        given = everything.config(services=services, scales=scales, display=self.display).model_dump(mode="json")
        configure(self.app, given | {"kiosk": self.app.station.outbox.kiosk})

    def _look(self, names: list[str], language: str, look: str, which: str = "") -> None:
        station = self.app.station
        for name in names:
            station.state = pose(name, station.config, station._monotonic(), language, LOOKS[look])
            self._judge(f"{name} {which} {language} {look}".replace("  ", " "), low=LOOKS[look].low)
            for page in range(1, 9 if name == "services" else 1):
                station.turn(page)
                self._judge(f"{name} {which}, page {page + 1} {language} {look}", low=LOOKS[look].low)

    def _notices(self, language: str, look: str) -> None:
        self.app.trouble.here = True
        self._look(["idle"], language, look, "but broken")
        self.app.trouble.here = False
        config, self.app.station.config, self.app.station.state = self.app.station.config, None, None
        self._judge(f"waiting {language}", low=False)
        self.app.station.config = config

    def operating(self) -> None:
        """The PIN and the service screen; the app leaves them alone while somebody is there."""
        self.app.operator.inside, panel = True, theme(*self.size, self.display)
        for language in ("lt", "en"):
            for called, screen in operator_poses.screens(language, panel):
                self.app.stage.bring(screen)
                self.app.front, self.app.stage.reach = screen, 0
                self._judge(f"{called} {language}", low=False)
        self.app.operator.inside = False

    def _judge(self, where: str, *, low: bool) -> None:
        self._settle()
        found = pressables(self.app.front)
        self.targets += len(found)
        mm = 25.4 / DPI[self.size]
        reach = max(REACH * self.size[1], REACH_MM / mm) if low else self.size[1]
        for fault in itertools.chain(
            too_small(found, mm), too_near(found, mm), outside(found, self.size[0], reach), texts_cut(self.app.front, self.size)
        ):
            self.faults.append(f"{where}: {fault}")

    def _settle(self) -> None:
        from kivy.base import EventLoop
        from kivy.graphics.opengl import glFinish

        self.app.refresh()
        for _ in range(SETTLED):
            EventLoop.idle()
            glFinish()


# ── what is there ───────────────────────────────────────────────────────────────────────


def pressables(front: Any) -> list[Any]:
    """What a finger can press now; a whole screen that ends at any touch is none."""
    from kiosk.screens.touch import Pressable

    found = [
        one
        for one in front.walk(restrict=True)
        if isinstance(one, Pressable) and not getattr(one, "plain", False) and one is not front
    ]
    return [one for one in found if one.opacity and min(one.size) > 1 and (hasattr(one, "face") or getattr(one, "text", "…"))]


def name(widget: Any) -> str:
    text = getattr(widget, "spoken", "") or getattr(widget, "text", "") or getattr(widget, "name", "")
    return f"{type(widget).__name__} {str(text)[:30]!r}"


def is_key(widget: Any) -> bool:
    """A key of the keyboard: it has a rule of its own."""
    return type(widget).__name__.endswith("Cap")


# ── what may be wrong with it ───────────────────────────────────────────────────────────


def too_small(found: list[Any], mm: float) -> Iterator[str]:
    """Pictures 20 mm, numbers 12, buttons and keys 9, both ways."""
    for one in found:
        seen = getattr(one, "face", one)
        picture = NUMBER_MM if getattr(seen, "scale", "") == "nps11" else FACE_MM
        least = KEY_MM if is_key(one) else BUTTON_MM if seen is one else picture
        if min(seen.size) * mm < least - ROUNDED:
            yield f"{name(one)} is {seen.width * mm:.1f} × {seen.height * mm:.1f} mm, not {least:g}"


def too_near(found: list[Any], mm: float) -> Iterator[str]:
    for a, b in itertools.combinations(found, 2):
        least = KEY_GAP_MM if is_key(a) and is_key(b) else GAP_MM if not is_key(a) and not is_key(b) else 2 * KEY_GAP_MM
        apart = max(b.x - a.right, a.x - b.right, b.y - a.top, a.y - b.top) * mm
        if apart < least - ROUNDED:
            yield f"{name(a)} and {name(b)} are {apart:.1f} mm apart, not {least:g}"


def outside(found: list[Any], width: float, top: float) -> Iterator[str]:
    for one in found:
        if one.x < -1 or one.y < -1 or one.right > width + 1 or one.top > top + 1:
            yield f"{name(one)} is out of reach: {one.x:.0f}…{one.right:.0f}, {one.y:.0f}…{one.top:.0f}"


def texts_cut(front: Any, size: tuple[int, int]) -> Iterator[str]:
    """Texts within their widgets, widgets within the window, no word broken, nothing on anything else."""
    from kivy.uix.label import Label

    shown = [one for one in front.walk(restrict=True) if isinstance(one, Label) and one.text and one.opacity]
    for one in shown:
        wide, high = one.texture_size
        if wide > one.width + 1 or high > one.height + 1:
            yield f"{name(one)} is cut: {wide} × {high} in {one.width:.0f} × {one.height:.0f}"
        if one.x < -1 or one.y < -1 or one.right > size[0] + 1 or one.top > size[1] + 1:
            yield f"{name(one)} leaves the window"
        if any(wide_word > one.width + 1 for wide_word in _widths(one)):
            yield f"{name(one)} breaks inside a word"
    for a, b in itertools.combinations(_drawn(front, shown), 2):
        if min(a.right, b.right) - max(a.x, b.x) > 1 and min(a.top, b.top) - max(a.y, b.y) > 1:
            yield f"{name(a)} lies on {name(b)}"


def _drawn(front: Any, labels: list[Any]) -> list[Any]:
    """Labels, pictures, the QR code and what can be pressed, each once."""
    kinds = ("Picture", "Qr", "Tick", "Icon")
    return [*labels, *(one for one in front.walk(restrict=True) if type(one).__name__ in kinds and min(one.size) > 1)]


def _widths(label: Any) -> list[float]:
    from kivy.core.text import Label as Letters

    letters = Letters(font_size=label.font_size, bold=label.bold)
    return [letters.get_extents(word)[0] for word in label.text.replace("[u]", "").replace("[/u]", "").split()]


if __name__ == "__main__":
    wide, _, high = sys.argv[1].partition("x")
    walk = Walk((int(wide), int(high)), Path(sys.argv[2]))
    walk.screens(sys.argv[3:])
    walk.operating()
    print(json.dumps({"targets": walk.targets, "faults": walk.faults}, ensure_ascii=False))
