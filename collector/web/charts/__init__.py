"""Charts as Vega-Lite descriptions: one for the page, for mail and for paper.

A chart is a plain dictionary, not an altair object: altair builds the trend's in 130 ms, a
dictionary takes less than one, and the description is needed at every request, to find the
picture drawn before. The tests hold the dictionaries against altair's schema.
"""

from collector.web.charts.answers import Form, Look, Wanted, answer
from collector.web.charts.frame import Size, Spec, Theme
from collector.web.charts.pictures import Pictures
from collector.web.charts.rhythm import Cell, rhythm
from collector.web.charts.slots import Grain
from collector.web.charts.trend import Mark, Point, axis_floor, trend

__all__ = [
    "Cell",
    "Form",
    "Grain",
    "Look",
    "Mark",
    "Pictures",
    "Point",
    "Size",
    "Spec",
    "Theme",
    "Wanted",
    "answer",
    "axis_floor",
    "rhythm",
    "trend",
]
