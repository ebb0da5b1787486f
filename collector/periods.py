"""Pure: periods of local days, their neighbours, and how to read them from the coarsest tallies."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

Kind = Literal["day", "week", "month", "quarter", "year", "range"]
KINDS: tuple[Kind, ...] = ("day", "week", "month", "quarter", "year", "range")
Grain = Literal["day", "week", "month"]

LONGEST = 20 * 366
_DAY = timedelta(days=1)
_SAME_WEEKDAY = timedelta(days=364)


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included. A `week` is Monday to Sunday."""

    kind: Kind
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def grain(self) -> Grain:
        """The step in which a trend over it is drawn: some dozens of points, whatever its length."""
        return "day" if self.days <= 92 else "week" if self.days <= 366 else "month"

    def before(self) -> "Period | None":
        """The period of the same kind that ends where this one begins. None where the calendar ends."""
        try:
            if self.kind == "range":
                return Period("range", self.first - timedelta(days=self.days), self.first - _DAY)
            return containing(self.kind, self.first - _DAY)
        except (OverflowError, ValueError):
            return None

    def after(self) -> "Period | None":
        """The period of the same kind that begins where this one ends. None where the calendar ends."""
        try:
            if self.kind == "range":
                return Period("range", self.last + _DAY, self.last + timedelta(days=self.days))
            return containing(self.kind, self.last + _DAY)
        except (OverflowError, ValueError):
            return None

    def year_before(self) -> "Period | None":
        """The same a year ago; None where that would be some of the same days.

        Days and weeks go back 364 days, so that weekdays meet their like.
        """
        try:
            if self.kind in ("day", "week"):
                return Period(self.kind, self.first - _SAME_WEEKDAY, self.last - _SAME_WEEKDAY)
            first = _year_earlier(self.first)
            last = _year_earlier(self.last) if self.kind == "range" else containing(self.kind, first).last
        except (OverflowError, ValueError):
            return None
        return Period(self.kind, first, last) if last < self.first else None


class Parts(NamedTuple):
    """Whole months (`2026-11`), and the single days (`2026-11-21`) that belong to none of them."""

    months: list[str]
    days: list[str]


def containing(kind: Kind, day: date) -> Period:
    """The day, week, month, quarter or year that `day` lies in; a range is the day itself."""
    if kind == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(kind, monday, monday + timedelta(days=6))
    if kind == "month":
        return Period(kind, day.replace(day=1), _month_end(day))
    if kind == "quarter":
        month = 3 * ((day.month - 1) // 3) + 1
        return Period(kind, date(day.year, month, 1), _month_end(date(day.year, month + 2, 1)))
    if kind == "year":
        return Period(kind, date(day.year, 1, 1), date(day.year, 12, 31))
    return Period(kind, day, day)


def parts(first: date, last: date) -> Parts:
    """Cut a span into whole months and the days around them."""
    months, days = list[str](), list[str]()
    for month in _months(first, last):
        start, end = max(month, first), min(_month_end(month), last)
        if start == month and end == _month_end(month):
            months.append(month.strftime("%Y-%m"))
        else:
            days += listed(start, end)
    return Parts(months, days)


def listed(first: date, last: date) -> list[str]:
    """Every day of a span as text."""
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def months_later(month: date, n: int) -> date:
    """The first day of the month that is `n` months after that of `month`."""
    year, index = divmod(12 * month.year + month.month - 1 + n, 12)
    return date(year, index + 1, 1)


def same_weekdays(day: date, weeks: int) -> list[date]:
    """The `weeks` days before `day` that fall on its weekday, newest first."""
    return [day - timedelta(weeks=back) for back in range(1, weeks + 1)]


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        if month.year == date.max.year and month.month == 12:
            return
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _year_earlier(day: date) -> date:
    """29 February becomes the 28th."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
