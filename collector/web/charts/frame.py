"""Pure: what every chart shares: colours of both themes, letters, the reader's way to write numbers."""

from dataclasses import dataclass
from typing import Any, Literal

Theme = Literal["light", "dark"]
Size = Literal["wide", "narrow"]
Spec = dict[str, Any]

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
LETTERS = 13


@dataclass(frozen=True)
class Palette:
    """The colours of one theme. `on`: what is written on each of the five `steps`."""

    ink: str
    paper: str
    quiet: str
    line: str
    brand: str
    steps: tuple[str, ...]
    on: tuple[str, ...]


_LIGHT_STEPS = ("#C0392B", "#E08A2E", "#E7C64A", "#5FA777", "#1F7A53")
_DARK_STEPS = ("#E2725F", "#EDA65A", "#EFD573", "#86C49B", "#4FAE84")
_DEEP = "#0A1020"
PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        "#14213D", "#FBFAF7", "#5B6477", "#DDDAD2", "#0B5D57", _LIGHT_STEPS, ("#FFFFFF", _DEEP, _DEEP, _DEEP, "#FFFFFF")
    ),
    "dark": Palette("#F2F0EA", "#11161F", "#A5ADBD", "#2B3240", "#4FB3A9", _DARK_STEPS, (_DEEP,) * 5),
}

_NUMBERS: dict[str, Any] = {
    "lt": {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", "\u00a0€"], "percent": "\u00a0%"},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["€", ""]},
}


def frame(theme: Theme, language: str, **chart: Any) -> Spec:
    """A whole description around a chart's own parts.

    The picture and the interactive chart have no words for a screen reader inside: their text
    alternative stands beside them on the page, in the page's language.
    """
    colours = PALETTES[theme]
    axis = {"labelColor": colours.quiet, "gridColor": colours.line, "domainColor": colours.line, "tickColor": colours.line}
    config = {
        "aria": False,
        "font": _FONT,
        "view": {"stroke": None},
        "axis": axis | {"labelFontSize": LETTERS, "title": None},
        "locale": {"number": _NUMBERS[language]},
    }
    return {"$schema": _SCHEMA, "background": "transparent", "padding": 4, "config": config, **chart}
