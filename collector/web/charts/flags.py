"""What happened on the time axis: numbered flags for notes, dashed rules for changes of what is measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from collector.web.charts.frame import LETTERS, Palette, Spec

LANE = 24
PAD = 12  # between the plot's edges and the first and last place
_LABEL = 12
_LETTER = 0.58 * _LABEL  # a letter's usual breadth
_LINE = LETTERS + 4
_BADGE = 20
_GAP = 8


@dataclass(frozen=True)
class Happened:
    """Something at a place of the axis; `label` is what is written there, `text` what it means."""

    day: date
    label: str
    text: str


@dataclass(frozen=True)
class Flags:
    """Layers for the trend. `lanes`: how many rows the notes need between plot and axis."""

    layers: list[Spec]
    lanes: int


@dataclass(frozen=True)
class _Laid:
    """A label in its lane, from 0. `left`: written to the left of its place."""

    one: Happened
    lane: int
    left: bool


def flags(
    notes: Sequence[Happened], marks: Sequence[Happened], places: list[date], size: tuple[int, int], colours: Palette
) -> Flags:
    """Notes as numbers in lanes below the plot, marks as rules with their texts above it; none over another."""
    width, height = size
    numbers = _laid(notes, places, width, centred=True)
    layers = [*_notes(numbers, height, colours), *_marks(_laid(marks, places, width, centred=False), colours)]
    return Flags(layers, max((laid.lane + 1 for laid in numbers), default=0))


def _laid(happened: Sequence[Happened], places: list[date], width: int, *, centred: bool) -> list[_Laid]:
    """Each in the first lane where it has room. What is not centred is written to the left where it lies past the middle."""
    taken, found = list[list[tuple[float, float]]](), list[_Laid]()
    for one in sorted(happened, key=lambda one: one.day):
        at, wide = _at(one.day, places, width), max(_BADGE, _LETTER * len(one.label))
        left = not centred and at > width / 2
        begin = at - wide if left else at - wide / 2 if centred else at
        lane = next((i for i, row in enumerate(taken) if _is_free(row, begin - _GAP, begin + wide + _GAP)), len(taken))
        taken += [[]] if lane == len(taken) else []
        taken[lane].append((begin, begin + wide))
        found.append(_Laid(one, lane, left))
    return found


def _is_free(row: list[tuple[float, float]], begin: float, end: float) -> bool:
    return all(end <= b or begin >= e for b, e in row)


def _at(day: date, places: list[date], width: int) -> float:
    whole = (places[-1] - places[0]).days
    return PAD + (width - 2 * PAD) * ((day - places[0]).days / whole if whole else 0.5)


def _notes(notes: list[_Laid], height: int, colours: Palette) -> list[Spec]:
    rows = [_row(laid, height + LANE * laid.lane + LANE // 2) for laid in notes]
    stem = {"type": "rule", "color": colours.ink, "opacity": 0.35, "strokeWidth": 1}
    badge = {"type": "point", "filled": True, "color": colours.ink, "size": 300, "opacity": 1}
    number = {"type": "text", "color": colours.paper, "fontSize": _LABEL, "fontWeight": 600, "baseline": "middle"}
    said = {"y": _PIXELS, "tooltip": {"field": "text", "type": "nominal"}}
    layers = [(stem, {"y": {"value": 0}, "y2": {"value": height}}), (badge, said), (number, said | {"text": _LABELS})]
    return [{"data": {"values": rows}, "mark": mark, "encoding": encoding} for mark, encoding in layers if rows]


def _marks(marks: list[_Laid], colours: Palette) -> list[Spec]:
    rule = {"type": "rule", "color": colours.ink, "strokeWidth": 1, "strokeDash": [4, 3]}
    text = {"type": "text", "color": colours.ink, "fontSize": _LABEL, "baseline": "bottom"}
    written = {"y": _PIXELS, "text": _LABELS}
    layers: list[tuple[list[_Laid], Spec, Spec]] = [
        (marks, rule, {"y": {"value": 0}, "y2": {"value": "height"}}),
        ([laid for laid in marks if not laid.left], text | {"align": "left"}, written),
        ([laid for laid in marks if laid.left], text | {"align": "right"}, written),
    ]
    return [
        {"data": {"values": [_row(laid, -4 - _LINE * laid.lane) for laid in some]}, "mark": mark, "encoding": encoding}
        for some, mark, encoding in layers
        if some
    ]


def _row(laid: _Laid, pixels: int) -> dict[str, Any]:
    return {"start": laid.one.day.isoformat(), "label": laid.one.label, "text": laid.one.text, "pixels": pixels}


_PIXELS = {"field": "pixels", "type": "quantitative", "scale": None}
_LABELS = {"field": "label", "type": "nominal"}
