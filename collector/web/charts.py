"""Charts as Vega-Lite through altair, drawn by vl-convert. One description serves page, mail and paper."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import altair as alt
import vl_convert

from collector.scoring.shown import Shown
from collector.web.texts import Texts

_LIGHT = {"ink": "#14213D", "quiet": "#5B6477", "line": "#DDDAD2", "brand": "#0B5D57"}
_DARK = {"ink": "#F2F0EA", "quiet": "#A5ADBD", "line": "#2B3240", "brand": "#4FB3A9"}
_LOCALES: dict[str, Any] = {
    "en": "en-US",
    "lt": {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", "\u00a0€"], "percent": "\u00a0%"},
}
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
_HALF = 0.5

Points = list[tuple[str, Shown]]


@dataclass(frozen=True)
class Day:
    """A day with a share. `run` counts stretches of neighbouring days, `alone` is a stretch of one."""

    day: str
    value: float
    low: float
    high: float
    n: int
    run: int
    alone: bool


def trend(points: Points, words: Texts, *, dark: bool = False, narrow: bool = False) -> str:
    """Satisfied share by day as SVG: the interval a soft band, the value a firm line.

    Days with few ratings are left out, and the line is broken where a day is missing, at
    weekends too: nothing was measured there. `narrow` is drawn for a phone, so that its
    letters stay readable.
    """
    return _drawn(_days(points), axis_floor(shown for _, shown in points), words.language, dark, narrow)


@lru_cache(500)
def _drawn(days: tuple[Day, ...], floor: float, language: str, dark: bool, narrow: bool) -> str:
    """Remembered, since the past does not change and a drawing takes 150 ms."""
    colours = _DARK if dark else _LIGHT
    brand, quiet, line = colours["brand"], colours["quiet"], colours["line"]
    ticks = [floor + (1 - floor) * step / 5 for step in range(6)]
    share = alt.Axis(format="%", values=ticks, domain=False, ticks=False, labelPadding=8)
    named = alt.Axis(format="%m-%d", grid=False, values=_marked(days), labelPadding=6)
    base = alt.Chart({"values": [asdict(day) for day in days]}).encode(x=alt.X("day:T", title=None, axis=named))
    low, middle = (alt.Y(f"{name}:Q", title=None, scale=alt.Scale(domain=[floor, 1]), axis=share) for name in ("low", "value"))
    band = base.mark_area(opacity=0.22, color=brand).encode(y=low, y2="high:Q", detail="run:N")
    alone = base.transform_filter("datum.alone").mark_rule(opacity=0.22, color=brand, strokeWidth=8).encode(y=low, y2="high:Q")
    point = alt.OverlayMarkDef(size=28, color=brand, filled=True, opacity=1)
    value = base.mark_line(strokeWidth=2.5, color=brand, point=point).encode(y=middle, detail="run:N")
    size = {"width": 300, "height": 200} if narrow else {"width": 640, "height": 220}
    chart = (band + alone + value).properties(**size, background="transparent", padding=4)
    chart = (
        chart.configure(font=_FONT)
        .configure_view(stroke=None)
        .configure_axis(labelColor=quiet, gridColor=line, domainColor=line, tickColor=line, labelFontSize=13)
    )
    svg: str = vl_convert.vegalite_to_svg(chart.to_json(), format_locale=_LOCALES[language])
    return svg


def axis_floor(shown: Iterable[Shown]) -> float:
    """Where the share's axis begins: at one half where all intervals lie above it, else at 0."""
    lows = [one.csat.low for one in shown if one.csat]
    return _HALF if lows and min(lows) >= _HALF else 0.0


def _marked(days: tuple[Day, ...]) -> list[alt.DateTime]:
    """The days that the axis names: Mondays, or all where there is none."""
    dates = [date.fromisoformat(day.day) for day in days]
    named = [day for day in dates if day.weekday() == 0] or dates
    return [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in named]


def _days(points: Points) -> tuple[Day, ...]:
    scored = [(date.fromisoformat(day), shown.csat, shown.n) for day, shown in points if shown.csat]
    there = {day for day, _, _ in scored}
    days, run = list[Day](), 0
    for day, csat, n in scored:
        before, after = day - timedelta(days=1) in there, day + timedelta(days=1) in there
        run += not before
        days.append(Day(day.isoformat(), csat.value, csat.low, csat.high, n, run, not before and not after))
    return tuple(days)
