"""Pure: which comments and which days of events go, by an institution's retention and an office's own day.

Comments are kept for so many days and events for so many months, the day of today not counted: what was given on
a local day before the cut goes. A cut never moves back; longer retention keeps what is there, and brings nothing back.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from collector.catalogue import Retention

_EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Cut:
    """The local days of an office, ISO dates, before which its comments and its events are erased; '' for none."""

    comments: str = ""
    events: str = ""

    def later(self, other: "Cut") -> "Cut":
        """The later of both, for each."""
        return Cut(max(self.comments, other.comments), max(self.events, other.events))


def cut(retention: Retention, today: date) -> Cut:
    """Where an office's cuts lie on its own day `today`. A comment never outlives the event that it came with."""
    events = months_before(today, retention.events_months)
    comments = max(today - timedelta(days=retention.comments_days), events)
    return Cut(comments.isoformat(), events.isoformat())


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months before, or that month's last: 2026-03-31 less one is 2026-02-28."""
    whole = day.year * 12 + day.month - 1 - months
    year, month = divmod(whole, 12)
    if year < _EARLIEST.year:
        return _EARLIEST
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def local_day(now: datetime, timezone: str) -> date:
    return now.astimezone(ZoneInfo(timezone)).date()


def start_of(day: str, timezone: str) -> int:
    """The minute since 1970 UTC at which a local day begins."""
    begins = datetime.combine(date.fromisoformat(day), time(), ZoneInfo(timezone))
    return int(begins.astimezone(UTC).timestamp()) // 60
