"""Pure: rules that mark a visit's ratings as misuse. A mark never deletes: raw and filtered figures are both there.

A rule's id carries its version. `interval-v1` and `closed-v1` look at the event and its
configuration, `burst-v1` at the visits of one kiosk and minute and a limit that was fixed
before the day began; so no mark depends on the order of arrival. Where several rules mark
a rating, all of them are kept: their ids, sorted, with a space between.
"""

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from collector.localtime import clock, local

INTERVAL = "interval-v1"
BURST = "burst-v1"
CLOSED = "closed-v1"
RULES = (INTERVAL, BURST, CLOSED)


class Opening(NamedTuple):
    """When an office is open: a span in minutes of the day for each weekday from Monday, (0, 0) where it is closed.

    `holidays`: local days, as 2026-12-24, on which it is closed all the same.
    """

    spans: tuple[tuple[int, int], ...]
    holidays: frozenset[str] = frozenset()


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOLIDAYS = "holidays"
_ALWAYS = (0, 24 * 60)
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# The least rate in visits per minute that is assumed of a kiosk and hour, also where there is
# no history. The Poisson tail is of citizens who come one by one; but families and tours leave
# together, and at a quiet kiosk's own 0.05 four of them would be a burst. This allows seven.
LEAST_RATE = 0.5
LEAST_LIMIT = 8
_TAIL = 1e-6


def mark(gap_ms: int | None, interval_ms: float, *, closed: bool = False) -> str:
    """The rules that mark a rating by itself, or ''.

    `interval-v1`: the visit began less than `interval_ms` after the kiosk's previous one.
    `gap_ms` is the visit's, so a quick answer to a further question is never marked for its quickness.
    `closed-v1`: given while the office was closed, see `is_closed`.
    """
    quick = gap_ms is not None and gap_ms < interval_ms
    if closed:
        return f"{CLOSED} {INTERVAL}" if quick else CLOSED
    return INTERVAL if quick else ""


def is_closed(hours: Opening | None, minute: int, timezone: str) -> bool:
    """Whether the office is closed in `minute` (since 1970 UTC) by its own clock; never where its hours are not known."""
    if hours is None:
        return False
    weekday, now = clock(minute, timezone)
    opens, closes = hours.spans[weekday]
    return not opens <= now < closes or (bool(hours.holidays) and local(minute, timezone).day in hours.holidays)


def opening(hours: Mapping[str, Any]) -> Opening | None:
    """Opening hours as in `{"mon": ["08:00", "17:00"], "holidays": ["2026-12-24"]}`; None where they say nothing.

    A day that is absent is closed; where no weekday is there, the holidays alone are. Hours that cannot be read are
    unknown: nothing is marked by a guess.
    """
    week = {day: span for day, span in hours.items() if day != _HOLIDAYS}
    absent = (0, 0) if week else _ALWAYS
    spans = [(_minutes(week[day]) if day in week else absent) for day in _WEEKDAYS]
    known = tuple(span for span in spans if span is not None)
    holidays = _dates(hours.get(_HOLIDAYS, []))
    if not hours or not set(week) <= set(_WEEKDAYS) or len(known) < len(_WEEKDAYS) or holidays is None:
        return None
    return Opening(known, holidays)


def with_rule(marks: str, rule: str, holds: bool) -> str:
    """The ids of `marks` with one rule put in, or taken out where it does not hold."""
    rest = set(marks.split()) - {rule}
    return " ".join(sorted(rest | {rule} if holds else rest))


@lru_cache(maxsize=10_000)
def burst_limit(rate: float) -> int:
    """How many visits in a minute are a burst at `rate` visits per minute: the least k with P(X ≥ k) ≤ 1e-6, X ~ Poisson(rate).

    The tail is summed from its far end, where nothing cancels. Rate 1 → 10, 0.5 → 8.
    """
    k, tail = math.ceil(rate + 12 * math.sqrt(rate) + 20), 0.0
    while tail <= _TAIL:
        k -= 1
        tail += math.exp(k * math.log(rate) - rate - math.lgamma(k + 1))
    return k + 1


def _dates(days: Any) -> frozenset[str] | None:
    if not isinstance(days, list | tuple) or not all(isinstance(day, str) and _DATE.fullmatch(day) for day in days):
        return None
    return frozenset(days)


def _minutes(span: Any) -> tuple[int, int] | None:
    if not isinstance(span, list | tuple) or len(span) != 2:
        return None
    times = [_TIME.fullmatch(time) for time in span if isinstance(time, str)]
    parts = [[int(part) for part in time.groups() if part] for time in times if time]
    opens, closes = [hour * 60 + minute for hour, minute in parts] if len(parts) == 2 else (0, 0)
    return (opens, closes) if opens < closes else None
