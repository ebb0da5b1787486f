"""Charts as Vega-Lite through altair, drawn by vl-convert. One description serves page, mail and paper."""

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


def trend(points: list[tuple[str, Shown]], words: Texts, *, dark: bool = False) -> str:
    """Satisfied share by day as SVG: the interval a soft band, the value a firm line. Days with few ratings are left out."""
    colours = _DARK if dark else _LIGHT
    brand, quiet, line = colours["brand"], colours["quiet"], colours["line"]
    percent = alt.Axis(format="%", tickCount=5, domain=False, ticks=False)
    days = alt.Axis(format="%m-%d", grid=False, labelFlush=True, tickCount=6)
    base = alt.Chart({"values": _values(points)}).encode(x=alt.X("day:T", title=None, axis=days))
    height = alt.Y("low:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=percent)
    band = base.mark_area(opacity=0.22, color=brand).encode(y=height, y2="high:Q")
    value = base.mark_line(strokeWidth=2.5, color=brand, point=alt.OverlayMarkDef(size=28, color=brand)).encode(y="value:Q")
    chart = (band + value).properties(width=640, height=200, background="transparent").configure_view(stroke=None)
    chart = chart.configure_axis(labelColor=quiet, gridColor=line, domainColor=line, tickColor=line, labelFontSize=12)
    svg: str = vl_convert.vegalite_to_svg(chart.to_json(), format_locale=_LOCALES[words.language])
    return svg


def _values(points: list[tuple[str, Shown]]) -> list[dict[str, object]]:
    return [
        {"day": day, "value": shown.csat.value, "low": shown.csat.low, "high": shown.csat.high, "n": shown.n}
        for day, shown in points
        if shown.csat
    ]
