"""What an office's page says, read from tallies only. The template shows it and decides nothing."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from collector.access import Viewer
from collector.localtime import UNDATED
from collector.scoring.shown import Shown, show
from collector.store.base import Histogram, ScoreQuery
from collector.store.sqlite import SqliteStore
from collector.tallies import is_good
from collector.web.pages.comparison import Change, against_rest, weakest
from collector.web.pages.office_day import last_working_day

TREND_DAYS = 30


@dataclass(frozen=True)
class Row:
    """One line of a table: a service, an hour or a day. `key` is its id, hour or date; `week` its pooled week."""

    key: str
    shown: Shown
    week: Shown | None = None


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
    """Names are still in all languages. `day`: the last working day; None where nothing was rated.

    `change`: the day against the week's other days; `weakest`: the service that stands out in the week.
    """

    office: dict[str, Any]
    day: date
    last: Shown | None
    week: Shown | None
    today: Shown | None
    change: Change | None
    weakest: Row | None
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
    last, week = read.one(day, day), read.one(day - timedelta(days=6), day)
    services = read.rows_with_week("service", day)
    hidden = week is None or week.suppressed
    spanned = [] if hidden else store.reasons(viewer, office, *_span(day - timedelta(days=6), day))
    reasons = [(Reason(ident, n), side) for ident, side, n in spanned]
    return OfficePage(
        office=found,
        day=day,
        last=last,
        week=week,
        today=read.one(today, today),
        change=against_rest(last, week),
        weakest=weakest(services, week),
        services=services,
        hours=read.rows_with_week("hour", day),
        days=trend_days(store, viewer, office, day),
        good=[reason for reason, side in reasons if side == "good"],
        bad=[reason for reason, side in reasons if side == "bad"],
        comments=[
            _comment(*row, found["timezone"])
            for row in (() if hidden and not viewer.is_inside(office) else store.comments(viewer, office))
        ],
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
        """One row a place: of the main question with most answers, like `one`."""
        most: dict[str, Shown] = {}
        for histogram in self._ask((by,), first, last):
            key, shown = str(histogram.place[by]), self._show(histogram)
            most[key] = max(most.get(key, shown), shown, key=lambda found: found.n)
        return [Row(key, shown) for key, shown in most.items()]

    def rows_with_week(self, by: str, day: date) -> list[Row]:
        """The day's rows, each with the seven days up to it pooled: a day alone often has too few."""
        week = {row.key: row.shown for row in self.rows(by, day - timedelta(days=6), day)}
        return [replace(row, week=week.get(row.key)) for row in self.rows(by, day, day)]

    def undated(self) -> int:
        """Ratings that could belong to two days, in all time."""
        query = ScoreQuery(offices=(self._office,), last=UNDATED, first=UNDATED)
        return sum(sum(h.counted) for h in self._store.histograms(self._viewer, query))

    def _ask(self, by: tuple[str, ...], first: date, last: date) -> list[Histogram]:
        query = ScoreQuery(offices=(self._office,), first=first.isoformat(), last=last.isoformat(), by=by)
        return self._store.histograms(self._viewer, query)

    def _show(self, histogram: Histogram) -> Shown:
        return show(histogram, inside=self._viewer.is_inside(self._office))


def trend_days(store: SqliteStore, viewer: Viewer, office: str, day: date) -> list[Row]:
    """The 30 days up to `day` that have ratings, oldest first."""
    return _Reader(store, viewer, office).rows("day", day - timedelta(days=TREND_DAYS - 1), day)


def _comment(minute: int, service: str, scale: str, value: int, text: str, timezone: str) -> CommentShown:
    moment = datetime.fromtimestamp(minute * 60, UTC).astimezone(ZoneInfo(timezone))
    return CommentShown(moment.date(), moment.hour < 12, service, is_good(scale, value), text)


def _span(first: date, last: date) -> tuple[str, str]:
    return first.isoformat(), last.isoformat()
