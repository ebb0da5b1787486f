"""Scores to draw, and what stands in a drawing."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from collector.scoring.shown import Shown, show
from collector.store.base import Histogram
from collector.web import charts

MONDAY = date(2026, 11, 2)
SVG = "{http://www.w3.org/2000/svg}"


def shown(good: int, bad: int, scale: str = "smiley5", middle: int = 0) -> Shown:
    """Best answers, worst answers, and answers in the middle."""
    best, mean, worst = (10, 7, 0) if scale == "nps11" else (5, 3, 1)
    counts = [0] * 11
    counts[best], counts[mean], counts[worst] = good, middle, bad
    return show(Histogram({}, "overall", scale, tuple(counts), (0,) * 11), inside=True)


def days(*offsets: int, good: int = 40, bad: int = 5, scale: str = "smiley5") -> list[charts.Point]:
    return [charts.Point(MONDAY + timedelta(days=offset), shown(good, bad, scale)) for offset in offsets]


def rows(spec: charts.Spec, field: str) -> list[dict[str, Any]]:
    """The data of the first layer that has this field."""
    return next((layer["data"]["values"] for layer in spec["layer"] if any(field in row for row in layer["data"]["values"])), [])


def words_of(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


def lines(svg: str, mark: str) -> int:
    """How many separate paths a kind of mark has drawn: `line` or `area`."""
    groups = (group for group in ET.fromstring(svg).iter(f"{SVG}g") if f"mark-{mark}" in (group.get("class") or "").split())
    return sum(1 for group in groups for _ in group.iter(f"{SVG}path"))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's ratio of two colours `#RRGGBB`."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts: Iterable[float] = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
