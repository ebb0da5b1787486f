"""Where everything stands on a device that is no kiosk yet: letters and fields as large as the panel has room for."""

from typing import Any

from kiosk.code_entry import LONGEST_GROUPED
from kiosk.letters import longest_em, word_em
from kiosk.screens.keyboard import gap_of, least_high, most_high
from kiosk.screens.tiles import LINE_EM, SHRINKS, lines_of

ROW_MM, HIGHEST_ROW_MM = 9.0, 16.0
HEAD_MM = 16.0
WIDEST_MM = 300.0
LETTERS = 0.5  # of a field's height
CODE_EM = 0.62  # of a code's characters, on average

Box = tuple[float, float, float, float]


def place(screen: Any) -> None:
    """The keyboard at the foot; above it, in the middle of what is left, the title, what is asked or was told, and the fields."""
    theme, apart = screen.theme, gap_of(screen.theme)
    wide = min(screen.width - 2 * theme.margin, theme.mm(WIDEST_MM))
    left, rows = screen.x + (screen.width - wide) / 2, 3 if theme.height > theme.width else 2
    fixed, least = 2 * theme.margin + (rows + 2) * apart, theme.mm(ROW_MM)
    spare = max(0.0, theme.height - fixed - least_high(theme) - rows * least - theme.mm(HEAD_MM))
    keys = min(most_high(theme), least_high(theme) + spare * 0.4)
    row = min(theme.mm(HIGHEST_ROW_MM), least + spare * 0.3 / rows)
    room = theme.height - fixed - keys - rows * row
    screen.keyboard.pos, screen.keyboard.size = (
        (screen.x + theme.margin, screen.y + theme.margin),
        (screen.width - 2 * theme.margin, keys),
    )
    head = min(room, _head(screen, (left, 0, wide, room), row))
    foot = screen.y + theme.margin + keys + 2 * apart + (room - head) * 0.4
    _fields(screen, (left, foot, wide, rows * row + (rows - 1) * apart), row, rows)
    top = foot + rows * row + rows * apart
    _head(screen, (left, top, wide, head), row)


def _head(screen: Any, box: Box, row: float) -> float:
    """Title and message on the left, the languages on the right; returns how high that is at the least."""
    theme, (left, foot, wide, high) = screen.theme, box
    top, size = foot + high, min(theme.note, row * 0.5)
    right = left + wide
    for button in reversed(screen.languages):
        button.font_size = size
        button.size = longest_em([button.text]) * size + size * 1.2, row
        button.right, button.top = right, top
        right -= button.width + theme.gap
    room, title = right - left, screen.title
    title.font_size = min(theme.question, high * 0.4 / LINE_EM, room / (word_em(title.text, True) * 1.03))
    _write(title, room, left, top)
    below = top - title.height - title.font_size * 0.1
    message, most = screen.message, min(theme.body, title.font_size)
    for shrink in SHRINKS:
        message.font_size = max(theme.mm(2.2), most * shrink)
        lines = lines_of([message.text], room / message.font_size, bold=message.bold)
        if lines and lines * LINE_EM * message.font_size <= below - foot:
            break
    _write(message, room, left, below)
    return max(row, float(top - message.y))


def _fields(screen: Any, box: Box, row: float, rows: int) -> None:
    """Each with its name on the left; the button beside both, or in portrait below them."""
    theme, (left, foot, wide, high) = screen.theme, box
    apart, button = gap_of(theme), screen.register
    beside = rows == 2
    button.font_size = min(theme.body, row * 0.55, wide * 0.22 / longest_em([button.text]))
    button.width = longest_em([button.text]) * button.font_size * 1.08 + button.font_size * 1.8
    button.height = high if beside else row
    button.x, button.y = left + wide - button.width, foot
    letters = min(theme.note, row * LETTERS)
    name = (longest_em([label.text for label in screen.names]) + 0.8) * letters
    field = wide - name - (button.width + theme.gap if beside else 0)
    size = min(row * LETTERS, field / (LONGEST_GROUPED * CODE_EM + 1.2))
    top = foot + high
    for label, entry in zip(screen.names, (screen.server, screen.code), strict=True):
        label.font_size, label.text_size = letters, (name, row)
        label.size, label.pos = (name, row), (left, top - row)
        entry.font_size, entry.size, entry.pos = size, (field, row), (left + name, top - row)
        entry.frame()
        top -= row + apart


def _write(label: Any, wide: float, left: float, top: float) -> None:
    label.text_size = (wide, None)
    label.texture_update()
    label.size = wide, label.texture_size[1]
    label.x, label.top = left, top
