"""The rhythm of a week: hours down, weekdays across, in each cell its score as a number and as one of five colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from babel.dates import get_day_names

from collector.scoring.shown import Shown
from collector.web.charts.frame import LETTERS, PALETTES, Palette, Size, Spec, Theme, frame
from collector.web.charts.saying import estimate, said, signed, titles
from collector.web.texts import Texts

_WIDTHS: dict[Size, int] = {"wide": 590, "narrow": 300}
_ROW = 40
_WORKING_DAYS = 5
_STEPS = 5
_FEW = 0


@dataclass(frozen=True)
class Cell:
    """The score of one hour 0–23 on one weekday, 0 (Monday) – 6, over a period."""

    weekday: int
    hour: int
    shown: Shown


def rhythm(cells: Sequence[Cell], words: Texts, *, theme: Theme = "light", size: Size = "wide") -> Spec:
    """A matrix as a Vega-Lite description: the weekdays that have ratings, and every hour from the first to the last.

    A colour is a fifth of the score's scale (share 0–1, NPS −100…100); the number in it is the
    score in percent, or the NPS, above its n. A cell with fewer than 10 ratings is empty but
    for a dashed outline and its n; where nobody rated there is none.
    """
    colours, there = PALETTES[theme], [cell for cell in cells if cell.shown.n]
    days = _weekdays(there, words, size)
    hours = sorted(cell.hour for cell in there)
    order = [_hour(hour) for hour in range(hours[0], hours[-1] + 1)] if hours else []
    n = "" if size == "narrow" and len(days) > _WORKING_DAYS else "n = "
    rows = [_row(cell, days[cell.weekday], n, words) for cell in there]
    titled = {"day": words.gettext("Weekday"), "hour": words.gettext("Hour")}
    titled |= titles(any(cell.shown.scale == "nps11" for cell in there), words)
    return frame(
        theme,
        words.language,
        width=_WIDTHS[size],
        height=_ROW * max(1, len(order)),
        encoding=_axes(list(days.values()), order)
        | {"tooltip": [_text(name) | {"title": title} for name, title in titled.items()]},
        layer=[layer for layer in _layers(rows, colours) if layer["data"]["values"]],
    )


def step(shown: Shown) -> int:
    """1 (very bad) – 5 (very good): the fifth of the scale in which the score lies; 0 where there is no score.

    It is the score as it is written, in whole percent: two cells with the same number have one colour.
    """
    found = estimate(shown)
    if found is None:
        return _FEW
    percent = (round(found.value) + 100) / 2 if shown.scale == "nps11" else round(100 * found.value)
    return min(_STEPS, int(percent * _STEPS // 100) + 1)


def _weekdays(cells: Sequence[Cell], words: Texts, size: Size) -> dict[int, str]:
    """Whole names where there is room for them."""
    there = sorted({cell.weekday for cell in cells})
    is_short = size == "narrow" or len(there) > _WORKING_DAYS
    names = get_day_names("abbreviated" if is_short else "wide", "stand-alone", locale=words.language)
    return {day: names[day].capitalize() for day in there}


def _hour(hour: int) -> str:
    return f"{hour:02}–{hour + 1:02}"


def _row(cell: Cell, day: str, n: str, words: Texts) -> dict[str, Any]:
    found = estimate(cell.shown)
    value = None if found is None else found.value if cell.shown.scale == "nps11" else 100 * found.value
    number = "" if value is None else signed(value, words)
    place = {"day": day, "hour": _hour(cell.hour), "step": step(cell.shown), "number": number}
    return place | said(cell.shown, words) | {"under": n + words.number(cell.shown.n)}


def _axes(days: list[str], hours: list[str]) -> Spec:
    bare = {"domain": False, "ticks": False, "grid": False, "labelPadding": 6}
    across = bare | {"orient": "top", "labelAngle": 0, "labelLimit": 0}
    return {
        "x": _text("day") | {"title": None, "scale": {"domain": days, "padding": 0.06}, "axis": across},
        "y": _text("hour") | {"title": None, "scale": {"domain": hours, "padding": 0.08}, "axis": bare},
    }


def _layers(rows: list[dict[str, Any]], colours: Palette) -> list[Spec]:
    scored, few = [row for row in rows if row["step"]], [row for row in rows if not row["step"]]
    cell = {"type": "rect", "cornerRadius": 3, "strokeWidth": 1}
    number = {"type": "text", "fontSize": LETTERS + 2, "fontWeight": 600, "dy": -6}
    small = {"type": "text", "fontSize": 11}
    layers = [
        (scored, cell | {"stroke": colours.ink}, {"color": _by_step(colours.steps)}),
        (scored, number, {"text": _text("number"), "color": _by_step(colours.on)}),
        (scored, small | {"dy": 9}, {"text": _text("under"), "color": _by_step(colours.on)}),
        (few, cell | {"stroke": colours.quiet, "fill": "transparent", "strokeDash": [2, 3]}, {}),
        (few, small | {"color": colours.quiet}, {"text": _text("under")}),
    ]
    return [{"data": {"values": some}, "mark": mark, "encoding": encoding} for some, mark, encoding in layers]


def _by_step(colours: Sequence[str]) -> Spec:
    """The colour itself stands in the encoding: a scale would be one for all layers."""
    conditions = [{"test": f"datum.step === {number}", "value": colour} for number, colour in enumerate(colours[:-1], 1)]
    return {"condition": conditions, "value": colours[-1]}


def _text(field: str) -> Spec:
    return {"field": field, "type": "nominal"}
