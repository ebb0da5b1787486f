"""Pure: whether an office is open, so that its screen may dim when it is not."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def is_open(hours: dict[str, Any], timezone: str, now: datetime) -> bool:
    """Whether `now` lies in the day's `["08:00", "17:00"]`; hours that are not given or not readable are never closed."""
    if not hours:
        return True
    try:
        local = now.astimezone(ZoneInfo(timezone))
        opens, closes = hours.get(_DAYS[local.weekday()]) or ("", "")
        return str(opens) <= f"{local:%H:%M}" < str(closes)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        return True
