"""Pure: the public holidays of Lithuania (Labour Code, article 123)."""

from datetime import date, timedelta

# Month and day; Easter and the two first Sundays move.
_FIXED = ((1, 1), (2, 16), (3, 11), (5, 1), (6, 24), (7, 6), (8, 15), (11, 1), (11, 2), (12, 24), (12, 25), (12, 26))
FIRST_YEAR, LAST_YEAR = 2020, 2099  # All Souls' Day has been one since 2020


def public_holidays(year: int) -> list[date]:
    """In order: Easter Sunday and Monday, Mother's and Father's Day among them, since offices open on Sundays too."""
    easter = easter_sunday(year)
    moving = (easter, easter + timedelta(days=1), _first_sunday(year, 5), _first_sunday(year, 6))
    return sorted({date(year, month, day) for month, day in _FIXED}.union(moving))


def easter_sunday(year: int) -> date:
    """Western Easter in the Gregorian calendar, by the anonymous algorithm (Meeus, Jones, Butcher; Nature, 1876)."""
    century, of_century = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (year % 19 + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _first_sunday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7)
