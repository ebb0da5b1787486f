"""Pure: whether an office is open, so that its screen may dim when it is not."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HOLIDAYS = "holidays"


def is_open(hours: dict[str, Any], timezone: str, now: datetime) -> bool:
    """Whether `now` lies in its day's span, as in `{"mon": ["08:00", "17:00"]}`; a day that is not named is closed.

    So is a local day among `"holidays": ["2026-12-24"]`; where no weekday is named, these alone are closed. Hours that
    cannot be read are never closed: a dim screen would swallow each citizen's first touch.
    """
    week = {day: span for day, span in hours.items() if day != _HOLIDAYS}
    holidays = hours.get(_HOLIDAYS, [])
    if not all(day in _DAYS and _is_span(span) for day, span in week.items()) or not _are_dates(holidays):
        return True
    try:
        local = now.astimezone(ZoneInfo(timezone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return True
    if f"{local:%Y-%m-%d}" in holidays:
        return False
    opens, closes = week.get(_DAYS[local.weekday()], ("", "")) if week else ("00:00", "24:00")
    return str(opens) <= f"{local:%H:%M}" < str(closes)


def _are_dates(days: Any) -> bool:
    return isinstance(days, list | tuple) and all(isinstance(day, str) and _DATE.fullmatch(day) for day in days)


def _is_span(span: Any) -> bool:
    return (
        isinstance(span, list | tuple)
        and len(span) == 2
        and all(isinstance(time, str) and _TIME.fullmatch(time) for time in span)
    )
