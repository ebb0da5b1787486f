"""How the answers of a question are set on a panel, and how far letters give way so that everything has its room."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kiosk.theme import GAP_MM, LARGER, TARGET_MM, Theme

FACE_MM = 20.0
MOST_WORDED = 5  # scales with more answers have numbers, and words at their ends only
HEAD_EM = 7.7  # all lines of the rating screen but the answers' own, two of them the question's, in font sizes of an answer
WORDS_EM = 2.8  # two lines of a word under its picture
WORD_EM = 1.7  # one line of it
SPACE_EM = 0.5  # between a picture and the word beside it
LEAST = 0.35  # smaller than so much of the usual height no word is worth its place

Shape = Literal["row", "column", "rows", "ends"]
WORTH: dict[Shape, float] = {"row": 1.0, "column": 0.9, "rows": 0.85}  # larger letters must make up for a form less plain


@dataclass(frozen=True, slots=True)
class Ems:
    """Widths and heights in font sizes of an answer: the longest word, the longest answer (0: in two lines), all other lines."""

    word: float
    line: float
    head: float


def shape(
    plain: Theme,
    count: int,
    word_em: float,
    foot_em: float = 0.0,
    feet: int = 0,
    head_em: float = HEAD_EM,
    *,
    beside: float = 0.0,
    line_em: float = 0.0,
) -> tuple[Shape, float]:
    """How `count` answers are set, and the factor by which letters shrink for it.

    `word_em`: the longest word's width at font size 1, `line_em` that of the longest answer in
    one line (0: all have two); `foot_em`: that of all `feet` buttons
    at the foot, at the size of a note, and `beside` what else stands there, in pixels;
    `head_em`: the height of all other lines. The pictures keep their 20 mm, so letters give
    way: the shape is the one that leaves them largest, a row if it comes near. As a last
    resort only the ends are labelled. Two rows may have words under or beside the pictures.
    """
    wide = plain.width - 2 * plain.margin
    spare = LARGER if plain.larger else 1.0  # the foot may keep its usual letters when all others are larger
    foot = min(1.0, spare * (wide - beside - (feet - 1) * plain.gap) / (foot_em * plain.note)) if foot_em else 1.0
    if count > MOST_WORDED:
        form, letters = _numbers(plain, count, Ems(word_em, 0.0, head_em))
    else:
        ems = Ems(word_em, line_em, head_em)
        form, letters = max(_worded(plain, count, ems), key=lambda way: WORTH[way[0]] * way[1])
        if letters * (LARGER if plain.larger else 1.0) < LEAST and count > 2 and plain.in_mm(_cell(plain, count)) >= FACE_MM:
            form, letters = "ends", _under(plain, 2, 1, ems, plain.mm(FACE_MM) * 1.2)
    return form, min(foot, letters)


def half(count: int) -> int:
    """How many answers stand in the first of two rows."""
    return -(-count // 2)


def _worded(plain: Theme, count: int, ems: Ems) -> Iterator[tuple[Shape, float]]:
    """Each shape with the letters that it leaves, the plainest first."""
    face = plain.mm(FACE_MM)
    yield "row", _under(plain, count, 1, ems, face * 1.2)
    yield "column", _beside(plain, 1, count, ems)
    if count >= 4:
        across = half(count)
        yield "rows", max(_beside(plain, across, 2, ems), _under(plain, across, 2, ems, 2 * face + plain.gap))


def _numbers(plain: Theme, count: int, ems: Ems) -> tuple[Shape, float]:
    """Two rows unless all tiles have 20 mm in one; in two they may be lower than they are wide, but not than a button."""
    if plain.in_mm(_cell(plain, count)) >= FACE_MM:
        return "row", _under(plain, 2, 1, ems, plain.mm(FACE_MM) * 1.2)
    return "rows", _under(plain, 2, 1, ems, plain.mm(2 * TARGET_MM + GAP_MM) * 1.2)


def _under(plain: Theme, columns: int, lines: int, ems: Ems, pictures: float) -> float:
    """Letters for words under their pictures, all in two lines or all in one, whichever leaves them larger."""
    two = min(_high(plain, pictures, ems.head + lines * WORDS_EM), _cell(plain, columns) / (ems.word * plain.body))
    if not ems.line:
        return two
    return max(two, min(_high(plain, pictures, ems.head + lines * WORD_EM), _cell(plain, columns) / (ems.line * plain.body)))


def _beside(plain: Theme, columns: int, rows: int, ems: Ems) -> float:
    """Letters for words beside their pictures."""
    face = plain.mm(FACE_MM)
    wide = (_cell(plain, columns) - face) / ((ems.word + SPACE_EM) * plain.body)
    return min(wide, _high(plain, rows * face + (rows - 1) * plain.gap, ems.head))


def _cell(plain: Theme, columns: int) -> float:
    return (plain.width - 2 * plain.margin - (columns - 1) * plain.gap) / columns


def _high(plain: Theme, pictures: float, lines_em: float) -> float:
    """Letters for so many lines in what pictures and buttons leave of the height; never more than the whole of them."""
    left = plain.height - 2 * plain.margin - plain.target - pictures
    return max(0.1, min(1.0, left / (max(1.0, lines_em) * plain.body)))
