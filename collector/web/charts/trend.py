"""The trend: a score over days, weeks or months, its interval a soft band, its value a firm line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from collector.scoring.shown import Shown
from collector.web.charts.flags import LANE, PAD, Happened, flags
from collector.web.charts.frame import PALETTES, Palette, Size, Spec, Theme, frame
from collector.web.charts.saying import estimate, said, titles
from collector.web.charts.slots import AXIS_FORMATS, FORMATS, Grain, expression, milliseconds, named, slot, slots, stretches
from collector.web.texts import Texts

_SIZES: dict[Size, tuple[int, int]] = {"wide": (640, 220), "narrow": (300, 200)}
_HALF = 0.5
_MANY = 45


@dataclass(frozen=True)
class Point:
    """The score of one place of the time axis; `start` is its first day."""

    start: date
    shown: Shown


@dataclass(frozen=True)
class Mark:
    """Something that happened on a day, in a few words."""

    day: date
    text: str


def trend(
    points: Sequence[Point],
    grain: Grain,
    words: Texts,
    *,
    notes: Sequence[Mark] = (),
    marks: Sequence[Mark] = (),
    before: Sequence[Point] = (),
    span: tuple[date, date] | None = None,
    theme: Theme = "light",
    size: Size = "wide",
) -> Spec:
    """Share of satisfied (0–1) or, for `nps11`, NPS (−100…100) as a Vega-Lite description.

    Places with few ratings are left out, and the line is broken where one is missing, at
    weekends too: nothing was measured there. `span`: the period's first and last day, where
    the axis shall show all of it. `notes` are numbered from 1 in the given order, the number
    being all that is drawn; `marks` are dashed rules with their text. `before`: an earlier
    period's points, each already moved to the place of this period that it is compared with.
    `narrow` is drawn for a phone, so that its letters stay readable.
    """
    colours, (width, height) = PALETTES[theme], _SIZES[size]
    places = _places(points, grain, span)
    rows, earlier = _rows(points, grain, places, words), _rows(before, grain, places, words)
    numbered, changed = _inside(notes, grain, places, numbered=True), _inside(marks, grain, places, numbered=False)
    drawn = flags(numbered, changed, places, _SIZES[size], colours)
    x = _x(places, grain, width, LANE * drawn.lanes)
    is_nps = any(point.shown.scale == "nps11" for point in (*points, *before))
    y = _y(axis_floor(point.shown for point in (*points, *before)), is_nps)
    breadth = max(6, min(40, (width - 2 * PAD) // max(1, len(places))))
    titled = _titles(grain, is_nps, bool(earlier), words)
    layers = [*_lines(rows, earlier, y, colours), *drawn.layers, _touched(rows, earlier, titled, colours.ink, breadth)]
    return frame(theme, words.language, width=width, height=height, encoding={"x": x}, layer=layers)


def axis_floor(shown: Iterable[Shown]) -> float:
    """Where the share's axis begins: at one half where all intervals lie above it, else at 0."""
    lows = [one.csat.low for one in shown if one.csat]
    return _HALF if lows and min(lows) >= _HALF else 0.0


def _rows(points: Sequence[Point], grain: Grain, places: list[date], words: Texts) -> list[dict[str, Any]]:
    by_place = {slot(point.start, grain): (estimate(point.shown), point.shown) for point in points}
    there = set(places)
    scored = {start: (found, shown) for start, (found, shown) in by_place.items() if found and start in there}
    runs = stretches(scored, grain)
    return [
        {
            "start": start.isoformat(),
            "when": start.strftime(FORMATS[grain]),
            "value": found.value,
            "low": found.low,
            "high": found.high,
            "run": runs[start][0],
            "alone": runs[start][1],
        }
        | said(shown, words)
        for start, (found, shown) in sorted(scored.items())
    ]


def _places(points: Sequence[Point], grain: Grain, span: tuple[date, date] | None) -> list[date]:
    starts = [point.start for point in points if estimate(point.shown)]
    first, last = span or (min(starts, default=None), max(starts, default=None))
    return slots(first, last, grain) if first and last else []


def _inside(marks: Sequence[Mark], grain: Grain, places: list[date], *, numbered: bool) -> list[Happened]:
    """Those in the period; their numbers count those outside of it too."""
    there = set(places)
    happened = [
        Happened(slot(mark.day, grain), str(number) if numbered else mark.text, mark.text) for number, mark in enumerate(marks, 1)
    ]
    return [one for one in happened if one.day in there]


def _x(places: list[date], grain: Grain, width: int, offset: int) -> dict[str, Any]:
    scale: dict[str, Any] = {"type": "utc", "padding": PAD}
    if places:
        scale |= {"domainMin": expression(milliseconds(places[0])), "domainMax": expression(milliseconds(places[-1]))}
    values = expression([milliseconds(day) for day in named(places, grain, width)])
    axis = {"format": AXIS_FORMATS[grain], "grid": False, "values": values, "labelPadding": 6, "offset": offset}
    return {"field": "start", "type": "temporal", "title": None, "scale": scale, "axis": axis}


def _y(floor: float, is_nps: bool) -> dict[str, Any]:
    low, high, form, steps = (-100.0, 100.0, "d", 4) if is_nps else (floor, 1.0, "%", 5)
    ticks = [low + (high - low) * step / steps for step in range(steps + 1)]
    axis = {"format": form, "values": ticks, "domain": False, "ticks": False, "labelPadding": 8}
    return {"type": "quantitative", "title": None, "scale": {"domain": [low, high]}, "axis": axis}


def _lines(rows: list[dict[str, Any]], earlier: list[dict[str, Any]], y: dict[str, Any], colours: Palette) -> list[Spec]:
    """Back to front: bands, lone intervals, the zero of an NPS, the period before, the line with its points."""
    band = {"y": y | {"field": "low"}, "y2": {"field": "high"}}
    run = {"detail": {"field": "run", "type": "nominal"}}
    value, brand = {"y": y | {"field": "value"}}, colours.brand
    point = {"size": 28 if len(rows) <= _MANY else 12, "color": brand, "filled": True, "opacity": 1}
    whole = {"x": {"value": 0}, "x2": {"value": "width"}, "y": y | {"datum": 0}}
    zero = {"data": {"values": [{}]}, "mark": {"type": "rule", "color": colours.quiet}, "encoding": whole}
    layers: list[Spec] = [
        {"data": {"values": rows}, "mark": {"type": "area", "opacity": 0.22, "color": brand}, "encoding": band | run},
        {
            "data": {"values": [row for row in rows if row["alone"]]},
            "mark": {"type": "rule", "opacity": 0.22, "color": brand, "strokeWidth": 8},
            "encoding": band,
        },
        {
            "data": {"values": earlier},
            "mark": {"type": "line", "strokeWidth": 1.25, "color": colours.quiet, "point": {"size": 6, "color": colours.quiet}},
            "encoding": value | run,
        },
        {
            "data": {"values": rows},
            "mark": {"type": "line", "strokeWidth": 2.5, "color": brand, "point": point},
            "encoding": value | run,
        },
    ]
    if y["scale"]["domain"][0] < 0:
        layers.insert(0, zero)
    return [layer for layer in layers if layer["data"]["values"]]


def _touched(rows: list[dict[str, Any]], earlier: list[dict[str, Any]], titled: dict[str, str], ink: str, breadth: int) -> Spec:
    """An unseen column over each place: it lights up under the pointer and says its numbers."""
    then = {row["start"]: f"{row['score']} (n = {row['n']})" for row in earlier}
    columns = [{key: row[key] for key in ("start", "when", "score", "interval", "n")} for row in rows]
    shine = {"condition": {"param": "pointed", "empty": False, "value": 0.14}, "value": 0}
    return {
        "data": {"values": [column | {"then": then.get(column["start"], "–")} for column in columns]},
        "params": [{"name": "pointed", "select": {"type": "point", "on": "pointerover", "clear": "pointerout"}}],
        "mark": {"type": "rule", "color": ink, "strokeWidth": breadth},
        "encoding": {
            "y": {"value": 0},
            "y2": {"value": "height"},
            "opacity": shine,
            "tooltip": [{"field": field, "type": "nominal", "title": title} for field, title in titled.items()],
        },
    }


def _titles(grain: Grain, is_nps: bool, compared: bool, words: Texts) -> dict[str, str]:
    places = {"day": words.gettext("Day"), "week": words.gettext("Week"), "month": words.gettext("Month")}
    then = {"then": words.gettext("Period before")} if compared else {}
    return {"when": places[grain]} | titles(is_nps, words) | then
