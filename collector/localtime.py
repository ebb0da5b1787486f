"""Pure: which local day, hour and month a minute belongs to. Days are cut in the office's own time zone."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

UNDATED = "undated"


class Local(NamedTuple):
    """`day` 2026-11-21, `hour` 0–23, `month` 2026-11, `weekday` 0 (Monday) – 6."""

    day: str
    hour: int
    month: str
    weekday: int


NO_DAY = Local(UNDATED, -1, UNDATED, -1)


def local(minute: int, timezone: str) -> Local:
    """The local time of `minute`, in minutes since 1970 UTC. The repeated hour of an autumn change is one hour."""
    return _quarter(minute // 15, timezone)


def clock(minute: int, timezone: str) -> tuple[int, int]:
    """Weekday, 0 (Monday) – 6, and minute of the day, 0–1439, on the office's clock on the wall."""
    weekday, start = _quarter_clock(minute // 15, timezone)
    return weekday, start + minute % 15


@lru_cache(maxsize=100_000)
def _quarter(quarter: int, timezone: str) -> Local:
    """Every zone's offset from UTC is a multiple of 15 minutes."""
    moment = datetime.fromtimestamp(quarter * 900, ZoneInfo(timezone))
    return Local(moment.strftime("%Y-%m-%d"), moment.hour, moment.strftime("%Y-%m"), moment.weekday())


@lru_cache(maxsize=100_000)
def _quarter_clock(quarter: int, timezone: str) -> tuple[int, int]:
    moment = datetime.fromtimestamp(quarter * 900, ZoneInfo(timezone))
    return moment.weekday(), moment.hour * 60 + moment.minute


def usual_timezone(zones: Iterable[str]) -> str:
    """The time zone of most offices, for what belongs to none of them; UTC without offices."""
    counted = Counter(sorted(zones))
    return counted.most_common(1)[0][0] if counted else "UTC"
