"""Pure: the rows of keys of every language, and what becomes of shift and page as keys are pressed.

A board always has four rows. A key's width is in columns of its own row; all rows are equally
wide in all, so that the lowest one stays in its place whatever stands above it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kiosk.texts import FALLBACK, own_name

Kind = Literal["char", "space", "shift", "delete", "page", "languages", "language", "blank"]
Page = Literal["letters", "digits", "languages"]
Shift = Literal["auto", "off", "once", "lock"]

ROWS = 4
PARTED = 0.15  # between a language's own letters and the keys that everybody knows
SENTENCE_ENDS = ".!?…"
CLOSING = "\"'“”)»"


@dataclass(frozen=True, slots=True)
class Key:
    """`text` is what a `char` types and what the others show; `value` the code of a `language`."""

    kind: Kind
    text: str = ""
    width: float = 1.0
    value: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Three rows of letters; `own`: what the language adds to them, in a block of three rows on the right."""

    top: str
    middle: str
    bottom: str
    own: tuple[str, str, str] = ("", "", "")
    sign: str = "ABC"


_QWERTY = Layout("qwertyuiop", "asdfghjkl", "zxcvbnm")
LAYOUTS = {
    "lt": replace(_QWERTY, own=("ąčę", "ėįš", "ųūž")),
    "pl": replace(_QWERTY, own=("ąćę", "łńó", "śźż")),
    "en": _QWERTY,
    "ru": Layout("йцукенгшщзхъ", "фывапролджэё", "ячсмитьбю", sign="АБВ"),
    "uk": Layout("йцукенгшщзхї", "фівапролджєґ", "ячсмитьбю'", sign="АБВ"),
}
INSTALLER = "installer"  # not a language: one board for addresses and codes
_INSTALLERS = ("1234567890-", "qwertyuiop:", "asdfghjkl", "zxcvbnm.")
_DIGITS = ("1234567890", "-:;()/„“\"'", "@&%€+=–…")


@dataclass(frozen=True, slots=True)
class Board:
    """What a keyboard shows. `languages`: those it offers, never none; `shift`: "auto" shifts where a sentence begins."""

    languages: tuple[str, ...] = (FALLBACK,)
    language: str = FALLBACK
    page: Page = "letters"
    shift: Shift = "auto"


def board(languages: Sequence[str], language: str) -> Board:
    """A fresh board for a citizen's language; languages without a layout are not offered, English is there if none has one."""
    offered = tuple(code for code in languages if code in LAYOUTS) or (FALLBACK,)
    return Board(offered, language if language in offered else offered[0])


def installers(*, capitals: bool) -> Board:
    """The board for whoever sets the kiosk up: an address in small letters, a code in capitals."""
    return Board((INSTALLER,), INSTALLER, shift="lock" if capitals else "off")


# ── what is pressed ─────────────────────────────────────────────────────────────────────


def press_shift(now: Board) -> Board:
    """Once shifts the next letter, twice all that follow, the third time none."""
    after: dict[Shift, Shift] = {"auto": "once", "off": "once", "once": "lock", "lock": "off"}
    return replace(now, shift=after[now.shift])


def press_char(now: Board) -> Board:
    """A character was typed: shift is over unless it is locked."""
    return now if now.shift == "lock" or now.language == INSTALLER else replace(now, shift="auto")


def press_page(now: Board) -> Board:
    """From the letters to digits and signs; from anything else to the letters."""
    return replace(now, page="digits" if now.page == "letters" else "letters")


def press_languages(now: Board) -> Board:
    """To the choice of a language, and back from it."""
    return replace(now, page="letters" if now.page == "languages" else "languages")


def choose_language(now: Board, language: str) -> Board:
    """Another language's letters; what is not offered changes nothing."""
    return replace(now, language=language, page="letters") if language in now.languages else now


def is_shifted(now: Board, before: str) -> bool:
    """Whether the next letter is a capital. `before`: the text up to the cursor."""
    return now.shift in ("once", "lock") or (now.shift == "auto" and begins_sentence(before))


def begins_sentence(before: str) -> bool:
    """Whether a sentence begins after this text: at its start, and after a full stop and a space."""
    return not before.strip() or (before[-1].isspace() and before.rstrip().rstrip(CLOSING)[-1:] in tuple(SENTENCE_ENDS))


# ── what is shown ───────────────────────────────────────────────────────────────────────


def rows(now: Board, shifted: bool) -> list[list[Key]]:
    """The keys from the top row down, each row from the left."""
    if now.language == INSTALLER:
        return _installers(shifted)
    if now.page == "languages":
        upper = _choices(now.languages)
    elif now.page == "digits":
        upper = [_chars(_DIGITS[0]), _chars(_DIGITS[1]), [*_chars(_DIGITS[2]), Key("delete", width=2)]]
    else:
        upper = _letters(LAYOUTS[now.language], shifted)
    return [*upper, _lowest(now)]


def columns(row: Sequence[Key]) -> float:
    """The width of a whole row."""
    return sum(key.width for key in row)


def _letters(layout: Layout, shifted: bool) -> list[list[Key]]:
    wide = len(layout.top)
    indent = [Key("blank", width=(wide - len(layout.middle)) / 2)] if wide > len(layout.middle) else []
    edge = (wide - len(layout.bottom)) / 2
    main = [
        _chars(layout.top, shifted),
        [*indent, *_chars(layout.middle, shifted), *indent],
        [Key("shift", width=edge), *_chars(layout.bottom, shifted), Key("delete", width=edge)],
    ]
    parted = [Key("blank", width=PARTED)] if any(layout.own) else []
    return [[*row, *parted, *_chars(own, shifted)] for row, own in zip(main, layout.own, strict=True)]


def _installers(shifted: bool) -> list[list[Key]]:
    """Digits and letters at once, and the signs of an address."""
    first, second, third, last = (_chars(row, shifted) for row in _INSTALLERS)
    aside = Key("blank", width=0.5)
    return [first, second, [aside, *third, *_chars("/"), aside], [*last, Key("char", ".lt", 1.25), Key("delete", width=1.75)]]


def _lowest(now: Board) -> list[Key]:
    sign = "123" if now.page == "letters" else LAYOUTS[now.language].sign
    several = len(now.languages) > 1
    languages = [Key("languages", own_name(now.language), 2.25)] if several else []
    return [Key("page", sign, 1.5), *languages, *_chars(","), Key("space", width=4 if several else 6.25), *_chars(".!?")]


def _choices(languages: Sequence[str]) -> list[list[Key]]:
    """Two beside each other; three rows are enough for six."""
    keys = [Key("language", own_name(code), value=code) for code in languages]
    pairs = [[*keys[at : at + 2], Key("blank")][:2] for at in range(0, len(keys), 2)]
    return [*pairs, *[[Key("blank")]] * ROWS][: ROWS - 1]


def _chars(text: str, shifted: bool = False) -> list[Key]:
    return [Key("char", one.upper() if shifted else one) for one in text]
