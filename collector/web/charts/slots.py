"""Pure: the places on a time axis: days, ISO weeks or months, by their first day."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Literal

Grain = Literal["day", "week", "month"]

# How a place is written (d3's and Python's formats agree here), and how broad that is in pixels.
FORMATS: dict[Grain, str] = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m"}
AXIS_FORMATS: dict[Grain, str] = FORMATS | {"day": "%m-%d"}
_BREADTHS: dict[Grain, int] = {"day": 52, "week": 78, "month": 66}


def slot(day: date, grain: Grain) -> date:
    """The first day of the place that a day belongs to."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day


def following(start: date, grain: Grain) -> date:
    """The place after."""
    days = {"day": 1, "week": 7, "month": 32}[grain]
    return slot(start + timedelta(days=days), grain)


def slots(first: date, last: date, grain: Grain) -> list[date]:
    """All places from one to another, both included."""
    return list(_walk(first, last, grain))


def named(places: list[date], grain: Grain, width: int) -> list[date]:
    """Those that the axis names: of many days the Mondays; so few that their names stay apart on `width` pixels."""
    room = max(2, width // _BREADTHS[grain])
    mondays = [day for day in places if day.weekday() == 0] if grain == "day" else []
    wanted = mondays if len(places) > room and len(mondays) > 1 else places
    every = -(-len(wanted) // room) or 1
    return wanted[::every]


def milliseconds(day: date) -> int:
    """A day on Vega's UTC axis."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def expression(value: int | list[int]) -> dict[str, str]:
    """Moments as Vega shall take them. As plain numbers they would be wrapped in `datetime()`, which its interpreter,
    the only way without eval, reads as a year."""
    return {"expr": str(value)}


def stretches(starts: Iterable[date], grain: Grain) -> dict[date, tuple[int, bool]]:
    """For each place: in which unbroken stretch it lies, and whether it is alone there."""
    there, run, found = sorted(set(starts)), 0, dict[date, tuple[int, bool]]()
    for place in there:
        before = found and following(next(reversed(found)), grain) == place
        run += not before
        found[place] = run, not before and following(place, grain) not in there
    return found


def _walk(first: date, last: date, grain: Grain) -> Iterator[date]:
    here = slot(first, grain)
    while here <= last:
        yield here
        here = following(here, grain)
