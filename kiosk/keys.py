"""Pure: what a key means on a screen. A USB button box is a keyboard with the keys 1–5, Tab, Enter and Backspace."""

from dataclasses import dataclass
from typing import Literal

TAB, ENTER, ESCAPE, BACKSPACE, SPACE = 9, 13, 27, 8, 32
KEYPAD_ENTER, F2 = 271, 283
DOWN, UP, RIGHT, LEFT = 274, 273, 275, 276
_KEYPAD_0, _KEYPAD_MINUS, _KEYPAD_PLUS = 256, 269, 270

Act = Literal["nothing", "choose", "next", "previous", "press", "back", "delete", "speak", "louder", "quieter"]


_EVERYWHERE: dict[int, Act] = {
    **dict.fromkeys((DOWN, RIGHT), "next"),
    **dict.fromkeys((UP, LEFT), "previous"),
    **dict.fromkeys((ENTER, KEYPAD_ENTER), "press"),
    ESCAPE: "back",
    F2: "speak",
}
_ELSEWHERE: dict[int, Act] = {
    SPACE: "press",
    ord("s"): "speak",
    **dict.fromkeys((ord("+"), ord("="), _KEYPAD_PLUS), "louder"),
    **dict.fromkeys((ord("-"), _KEYPAD_MINUS), "quieter"),
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """`choose` has the digit as `number`. What is typed into a comment comes as text, not as a key."""

    act: Act
    number: int = 0


def meaning(key: int, modifiers: list[str], *, writing: bool) -> Meaning:
    """What a key does. `key`: Kivy's code. While `writing`, letters and digits belong to the comment."""
    if key == TAB:
        return Meaning("previous" if "shift" in modifiers else "next")
    if key in _EVERYWHERE:
        return Meaning(_EVERYWHERE[key])
    if key == BACKSPACE:
        return Meaning("delete" if writing else "back")
    for zero in (ord("0"), _KEYPAD_0):
        if zero <= key <= zero + 9 and not writing:
            return Meaning("choose", key - zero)
    return Meaning("nothing" if writing else _ELSEWHERE.get(key, "nothing"))
