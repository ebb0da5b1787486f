"""One key of the keyboard: a character or a word on it, or a drawn sign where the font has none."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from collections.abc import Sequence
from typing import Any

from kivy.properties import AliasProperty, BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.label import Label

from kiosk.letters import longest_em
from kiosk.screens.touch import Pressable
from kiosk.theme import LIGHT, Colour, mix

SIGN = 0.36  # a drawn sign's height, of the key's lesser side
LETTER = 0.54  # a letter's font size, of the same
WORD = 0.42  # a word's, of the key's height
FILL = 0.5  # how far a letter's key goes from paper to line
CHOSEN = 0.25
ARROW = ((0.5, 1), (1, 0.5), (0.72, 0.5), (0.72, 0), (0.28, 0), (0.28, 0.5), (0, 0.5))
SHAFT = ((0.28, 0), (0.28, 0.52), (0.72, 0.52), (0.72, 0))
BAR = ((0.28, -0.28), (0.28, -0.16), (0.72, -0.16), (0.72, -0.28))
LABEL = ((-0.25, 0.5), (0.2, 1), (1.25, 1), (1.25, 0), (0.2, 0))
CROSS = ((0.45, 0.72), (0.89, 0.28)), ((0.45, 0.28), (0.89, 0.72))


class Cap(Pressable, Label):
    """`spoken`: its character or word. Its reach goes half the gap beyond what is drawn: no touch falls between two keys."""

    palette = ObjectProperty(LIGHT, rebind=True)
    kind = StringProperty("")
    value = StringProperty("")
    spoken = StringProperty("")
    chosen = BooleanProperty(False)
    reach = NumericProperty(0)

    def _fill(self) -> Colour:
        colours = self.palette
        if colours.hollow:  # an outline, turned over under a finger and where chosen
            return colours.ink if self.pressed or self.chosen else colours.paper  # type: ignore[no-any-return]
        if self.pressed:
            return colours.brand  # type: ignore[no-any-return]
        if self.chosen:
            return mix(colours.line, colours.brand, CHOSEN)
        return mix(colours.paper, colours.line, FILL if self.kind in ("char", "space", "language") else 1.0)

    fill = AliasProperty(_fill, bind=("palette", "pressed", "chosen", "kind"))

    def fit(self, side: float) -> None:
        """Characters as large as keys with this lesser side have room for; words as large as fit."""
        if self.kind in ("char", "language"):
            self.font_size = int(side * LETTER)
        elif self.text:
            self.font_size = int(min(side * LETTER, self.height * WORD, self.width * 0.86 / longest_em([self.text])))

    def collide_point(self, x: float, y: float) -> bool:
        """Whether a finger there means this key."""
        beside, above = abs(x - self.center_x) - self.width / 2, abs(y - self.center_y) - self.height / 2
        return bool(self.kind) and max(beside, above) <= self.reach

    def on_touch_move(self, touch: Any) -> bool:
        return not touch.ud.get("typed") and super().on_touch_move(touch)

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is self and touch.ud.get("typed"):
            touch.ungrab(self)
            return True
        return super().on_touch_up(touch)

    def finish(self, touch: Any, *, typing: bool = True) -> None:
        """Type now, if the finger is still on the key; or not at all. The touch's release no longer counts."""
        held, self.pressed = self.pressed, False
        touch.ud["typed"] = True
        if held and typing:
            self.dispatch("on_tap")

    def outline(self, *shapes: Sequence[tuple[float, float]]) -> list[float]:
        """Points of a unit square as pixels around the key's middle."""
        side = min(self.size) * SIGN
        left, foot = self.center_x - side / 2, self.center_y - side / 2
        return [n for shape in shapes for x, y in shape for n in (left + x * side, foot + y * side)]


class ShiftCap(Cap):
    """An arrow upwards: filled while letters are capitals (`chosen`), with a bar below while that stays so (`locked`)."""

    locked = BooleanProperty(False)
    arrow = AliasProperty(lambda self: self.outline(ARROW), bind=("pos", "size"))
    filling = AliasProperty(
        lambda self: self.outline(ARROW[:2], ARROW[-1:]) if self.chosen else [0] * 6, bind=("arrow", "chosen")
    )
    shaft = AliasProperty(lambda self: self.outline(SHAFT) if self.chosen else [0] * 8, bind=("arrow", "chosen"))
    bar = AliasProperty(lambda self: self.outline(BAR) if self.locked else [0] * 8, bind=("arrow", "locked"))


class DeleteCap(Cap):
    """A label pointing left, with a cross."""

    label = AliasProperty(lambda self: self.outline(LABEL), bind=("pos", "size"))
    falling = AliasProperty(lambda self: self.outline(CROSS[0]), bind=("pos", "size"))
    rising = AliasProperty(lambda self: self.outline(CROSS[1]), bind=("pos", "size"))
