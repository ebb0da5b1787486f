"""Where pictures and words stand in a box of `(x, y, width, height)` pixels: words under, beside, or at the ends only."""

from collections.abc import Sequence
from typing import Any

from kiosk.fitting import FACE_MM, MOST_WORDED, SPACE_EM, Shape, half
from kiosk.theme import Theme

LARGEST_MM = 75.0
LARGEST_BESIDE_MM = 46.0
LARGEST_NUMBER_MM = 40.0

Box = tuple[float, float, float, float]
Lines = list[list[Any]]


def place(answers: Sequence[Any], box: Box, theme: Theme, shape: Shape) -> None:
    """Set every answer, lowest first, with its `face` and its `word`."""
    lines = _lines(list(answers), shape)
    if len(answers) > MOST_WORDED or shape == "ends":
        _ends(lines, box, theme)
    elif shape == "column" or (shape == "rows" and _side_beside(lines, box, theme) >= _side_under(lines, box, theme)):
        _beside(lines, box, theme)
    else:
        _under(lines, box, theme)


def _lines(answers: list[Any], shape: Shape) -> Lines:
    """From the top down; in a column the best is above."""
    if shape == "column":
        return [[answer] for answer in reversed(answers)]
    first = half(len(answers)) if shape == "rows" else len(answers)
    return [line for line in (answers[:first], answers[first:]) if line]


def _under(lines: Lines, box: Box, theme: Theme) -> None:
    """Words under their pictures, all on as many lines as the longest needs: the pictures stay alike."""
    side, wide = _side_under(lines, box, theme), _cell(lines, box, theme)
    deep = _deep(_each(lines), theme)
    for answer, (x, y) in _cells(lines, box, theme, (wide, side + deep)):
        answer.pos, answer.size = (x, y), (wide, side + deep)
        answer.face.size, answer.face.pos = (side, side), (x + (wide - side) / 2, y + deep)
        answer.word.x, answer.word.top = x, y + deep - theme.space


def _side_under(lines: Lines, box: Box, theme: Theme) -> float:
    wide = _cell(lines, box, theme)
    _write(_each(lines), wide)
    for answer in _each(lines):
        _letters(answer.word, wide, "center")
    high = (box[3] - (len(lines) - 1) * theme.gap) / len(lines) - _deep(_each(lines), theme)
    return min(wide, high, theme.mm(LARGEST_MM))


def _beside(lines: Lines, box: Box, theme: Theme) -> None:
    """Words to the right of their pictures."""
    side, space = _side_beside(lines, box, theme), theme.body * SPACE_EM
    wide = side + space + max(answer.word.width for answer in _each(lines))
    for answer, (x, y) in _cells(lines, box, theme, (wide, side)):
        answer.pos, answer.size = (x, y), (wide, side)
        answer.face.pos, answer.face.size = (x, y), (side, side)
        answer.word.x, answer.word.center_y = x + side + space, y + side / 2


def _side_beside(lines: Lines, box: Box, theme: Theme) -> float:
    cell, space = _cell(lines, box, theme), theme.body * SPACE_EM
    room = cell - theme.mm(FACE_MM) - space
    _write(_each(lines), room)
    for answer in _each(lines):
        _letters(answer.word, None, "left")
    words: float = max(answer.word.width for answer in _each(lines))
    high = (box[3] - (len(lines) - 1) * theme.gap) / len(lines)
    spare = cell - space - words
    return min(high, max(min(spare, theme.mm(FACE_MM)), spare - space), theme.mm(LARGEST_BESIDE_MM))


def _ends(lines: Lines, box: Box, theme: Theme) -> None:
    """Only the first and the last answer have words, below all pictures, each with half of the width."""
    everyone, cell, room = _each(lines), _cell(lines, box, theme), (box[2] - theme.gap) / 2
    for answer in everyone:
        answer.word.text = answer.text if answer in (everyone[0], everyone[-1]) else ""
        _letters(answer.word, room, "right" if answer is everyone[-1] else "left")
    deep = _deep(everyone, theme)
    numbers = len(everyone) > MOST_WORDED
    most = min(cell, theme.mm(LARGEST_NUMBER_MM if numbers else LARGEST_MM))
    high = min(most, (box[3] - deep - (len(lines) - 1) * theme.gap) / len(lines))
    wide = most if numbers else high
    above = (box[0], box[1] + deep, box[2], box[3] - deep)
    for answer, (x, y) in _cells(lines, above, theme, (wide, high)):
        answer.pos = answer.face.pos = x, y
        answer.size = answer.face.size = wide, high
    foot = min(answer.y for answer in everyone) - theme.space
    left, right = min(answer.x for answer in everyone), max(answer.right for answer in everyone)
    everyone[0].word.x, everyone[0].word.top = left, foot
    everyone[-1].word.right, everyone[-1].word.top = right, foot


def _cells(lines: Lines, box: Box, theme: Theme, size: tuple[float, float]) -> list[tuple[Any, tuple[float, float]]]:
    """The lower left corner of each answer of a size: lines in the middle of the box, across it as far apart as it allows."""
    x, y, wide, high = box
    step, count = _cell(lines, box, theme) + theme.gap, max(map(len, lines))
    if count > 1:
        step = min(step, size[0] + max(theme.gap, size[0] * 0.5))
    top = y + (high + len(lines) * (size[1] + theme.gap) - theme.gap) / 2
    found = []
    for row, line in enumerate(lines):
        left = x + (wide - (len(line) - 1) * step - size[0]) / 2
        foot = top - (row + 1) * size[1] - row * theme.gap
        found += [(answer, (left + column * step, foot)) for column, answer in enumerate(line)]
    return found


def _cell(lines: Lines, box: Box, theme: Theme) -> float:
    """The width that each answer of the longest line may have."""
    count = max(map(len, lines))
    return (box[2] - (count - 1) * theme.gap) / count


def _each(lines: Lines) -> list[Any]:
    return sorted((answer for line in lines for answer in line), key=lambda answer: answer.value)


def _deep(answers: list[Any], theme: Theme) -> float:
    """The room that words take below pictures."""
    return max(answer.word.height + theme.space if answer.word.text else 0 for answer in answers)


def _write(answers: list[Any], room: float) -> None:
    """Where one answer of two words needs two lines, they all take two: the outer pictures stay alike."""
    for answer in answers:
        answer.word.text = answer.text
        _letters(answer.word, None, "center")
    if any(answer.word.width > room for answer in answers):
        for answer in answers:
            answer.word.text = answer.text.replace(" ", "\n", 1)


def _letters(label: Any, wide: float | None, align: str) -> None:
    label.text_size, label.halign = (wide, None), align
    label.texture_update()
    label.size = wide or label.texture_size[0], label.texture_size[1]
