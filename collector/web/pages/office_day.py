"""Pure: which day an office's page is about."""

from datetime import date, timedelta

_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def last_working_day(today: date, hours: dict[str, list[str]]) -> date:
    """The newest day before today on which the office is open; Monday to Friday where no hours are known."""
    open_days = set(hours) or set(_NAMES[:5])
    return next(day for day in _days_back(today) if _NAMES[day.weekday()] in open_days)


def _days_back(today: date) -> list[date]:
    return [today - timedelta(days=back) for back in range(1, 15)]
