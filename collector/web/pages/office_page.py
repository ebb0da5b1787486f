"""What an office's page says, read from tallies only. The template shows it and decides nothing."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from collector.access import Viewer
from collector.localtime import UNDATED
from collector.scoring.shown import Shown, show
from collector.store.base import Histogram, ScoreQuery
from collector.store.sqlite import SqliteStore
from collector.web.pages.office_day import last_working_day

TREND_DAYS = 30


@dataclass(frozen=True)
class Row:
    """One line of a table: a service, an hour or a day. `key` is its id, hour or date."""

    key: str
    shown: Shown


@dataclass(frozen=True)
class Reason:
    id: str
    n: int


@dataclass(frozen=True)
class CommentShown:
    """A comment with its date and half-day: the minute stays inside."""

    day: date
    morning: bool
    service: str
    positive: bool
    text: str


@dataclass(frozen=True)
class OfficePage:
    """Names are still in all languages. `day`: the last working day; None where nothing was rated."""

    office: dict[str, Any]
    day: date
    last: Shown | None
    week: Shown | None
    today: Shown | None
    services: list[Row]
    hours: list[Row]
    days: list[Row]
    good: list[Reason]
    bad: list[Reason]
    comments: list[CommentShown]
    kiosks: list[dict[str, Any]]
    undated: int


def office_page(store: SqliteStore, viewer: Viewer, office: str, now: datetime) -> OfficePage | None:
    """Everything the page shows, or None where this viewer may see no such office."""
    found = next((o for o in store.offices(viewer) if o["id"] == office), None)
    if found is None:
        return None
    today = now.astimezone(ZoneInfo(found["timezone"])).date()
    day = last_working_day(today, found["hours"])
    read = _Reader(store, viewer, office)
    reasons = [(Reason(ident, n), side) for ident, side, n in store.reasons(viewer, office, *_span(day - timedelta(days=6), day))]
    return OfficePage(
        office=found,
        day=day,
        last=read.one(day, day),
        week=read.one(day - timedelta(days=6), day),
        today=read.one(today, today),
        services=read.rows("service", day, day),
        hours=read.rows("hour", day, day),
        days=read.rows("day", day - timedelta(days=TREND_DAYS - 1), day),
        good=[reason for reason, side in reasons if side == "good"],
        bad=[reason for reason, side in reasons if side == "bad"],
        comments=[_comment(*row, found["timezone"]) for row in store.comments(viewer, office)],
        kiosks=[kiosk for kiosk in store.kiosks(viewer) if kiosk["office"] == office and kiosk["status"] == "active"],
        undated=read.undated(),
    )


class _Reader:
    """Scores of one office for one viewer, of its main question."""

    def __init__(self, store: SqliteStore, viewer: Viewer, office: str) -> None:
        self._store, self._viewer, self._office = store, viewer, office

    def one(self, first: date, last: date) -> Shown | None:
        return max((self._show(h) for h in self._ask((), first, last)), key=lambda shown: shown.n, default=None)

    def rows(self, by: str, first: date, last: date) -> list[Row]:
        return [Row(str(h.place[by]), self._show(h)) for h in self._ask((by,), first, last)]

    def undated(self) -> int:
        """Ratings that could belong to two days, in all time."""
        query = ScoreQuery(offices=(self._office,), last=UNDATED, first=UNDATED)
        return sum(sum(h.counted) for h in self._store.histograms(self._viewer, query))

    def _ask(self, by: tuple[str, ...], first: date, last: date) -> list[Histogram]:
        query = ScoreQuery(offices=(self._office,), first=first.isoformat(), last=last.isoformat(), by=by)
        return self._store.histograms(self._viewer, query)

    def _show(self, histogram: Histogram) -> Shown:
        return show(histogram, inside=self._viewer.is_inside(self._office))


def today_shown(store: SqliteStore, viewer: Viewer, office: str, now: datetime) -> Shown | None:
    """The office's total of today so far, for the live number."""
    zone = store.office_timezones().get(office)
    if zone is None or not viewer.may_see(office):
        return None
    today = now.astimezone(ZoneInfo(zone)).date()
    return _Reader(store, viewer, office).one(today, today)


def _comment(minute: int, service: str, value: int, text: str, timezone: str) -> CommentShown:
    moment = datetime.fromtimestamp(minute * 60, UTC).astimezone(ZoneInfo(timezone))
    return CommentShown(moment.date(), moment.hour < 12, service, value >= 4, text)


def _span(first: date, last: date) -> tuple[str, str]:
    return first.isoformat(), last.isoformat()
