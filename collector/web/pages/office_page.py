"""What an office's page of the morning says, read from tallies only. The template shows it and decides nothing."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from broker_config.messages import SCALES
from collector.access import Viewer
from collector.localtime import UNDATED
from collector.periods import same_weekdays
from collector.scoring.change import Change, change
from collector.scoring.shown import Shown
from collector.scoring.standout import Candidate, StandOut
from collector.scoring.usual import Usual
from collector.scoring.variation import Day
from collector.store.base import Histogram, ScoreQuery
from collector.store.comments import Comment
from collector.store.sqlite import SqliteStore
from collector.web import remembered
from collector.web.pages.office_day import last_working_day
from collector.web.reading import Reading, Selection, most

USUAL_WEEKS = 13
WEEK = timedelta(days=6)
FOUR_WEEKS = timedelta(days=28)


@dataclass(frozen=True)
class Row:
    """One line of a table: a service or an hour. `key` is its id or hour; `week` the seven days up to the day, pooled.

    `change`: the day against the 28 days before it; where the day has too few ratings, its week against those before that.
    """

    key: str
    shown: Shown
    week: Shown | None = None
    change: Change | None = None


@dataclass(frozen=True)
class Reason:
    """`share`: of all mentions on its side up to this one, 0–1, most named first (Pareto)."""

    id: str
    n: int
    share: float


@dataclass(frozen=True)
class KioskShown:
    """A kiosk with its state, and how many ratings it gave on the day."""

    id: str
    state: str
    since: str
    n: int


@dataclass(frozen=True)
class OfficePage:
    """Names are still in all languages. `day`: the one it is about; `is_latest`: the last working day.

    `usual`: where such a weekday's share lies; `outstanding`: what lies beyond it, the office itself under the key ''.
    """

    office: dict[str, Any]
    day: date
    is_latest: bool
    last: Shown | None
    week: Shown | None
    today: Shown | None
    usual: Usual | None
    outstanding: list[StandOut]
    services: list[Row]
    hours: list[Row]
    good: list[Reason]
    bad: list[Reason]
    comments: list[Comment]
    kiosks: list[KioskShown]
    undated: int


def office_of(store: SqliteStore, viewer: Viewer, office: str) -> dict[str, Any] | None:
    return next((o for o in store.offices(viewer, office)), None)


def office_page(store: SqliteStore, viewer: Viewer, office: str, now: datetime, day: date | None = None) -> OfficePage | None:
    """Everything the page shows of a day, by default the last working one. None where this viewer may see no such office."""
    found = office_of(store, viewer, office)
    if found is None:
        return None
    today = now.astimezone(ZoneInfo(found["timezone"])).date()
    latest = last_working_day(today, found["hours"])
    day = min(day, today) if day else latest
    read = Reading(store, viewer, Selection((office,)))
    whole, week = read.whole(day, day), read.whole(day - WEEK, day)
    hidden = week is None or week.suppressed
    usual, outstanding = _against_the_usual(read, day)
    reasons = [] if hidden else read.reasons(day - WEEK, day)
    return OfficePage(
        office=found,
        day=day,
        is_latest=day == latest,
        last=whole,
        week=week,
        today=read.whole(today, today),
        usual=usual,
        outstanding=outstanding,
        services=_service_rows(read, day),
        hours=_hour_rows(read, day),
        good=pareto(reasons, "good"),
        bad=pareto(reasons, "bad"),
        comments=[] if hidden and not viewer.is_inside(office) else store.newest_comments(viewer, office, 10, now),
        kiosks=_kiosks(read, office, day),
        undated=_undated(read),
    )


def today_shown(store: SqliteStore, viewer: Viewer, office: str, now: datetime) -> Shown | None:
    """The office's total of today so far, for the live number."""
    zone = store.office_timezones().get(office)
    if zone is None or not viewer.may_see(office):
        return None
    today = now.astimezone(ZoneInfo(zone)).date()
    return Reading(store, viewer, Selection((office,))).whole(today, today)


def pareto(reasons: list[tuple[str, str, int]], side: str) -> list[Reason]:
    """One side's reasons, most named first, with what they come to together."""
    named = [(ident, n) for ident, found, n in reasons if found == side]
    total, so_far = sum(n for _, n in named), 0
    rows = []
    for ident, n in named:
        so_far += n
        rows.append(Reason(ident, n, so_far / total))
    return rows


def counted_day(histogram: Histogram) -> Day:
    """A histogram as positive answers of n."""
    return Day(sum(histogram.counted[value] for value in SCALES[histogram.scale].positive), sum(histogram.counted))


def _against_the_usual(read: Reading, day: date) -> tuple[Usual | None, list[StandOut]]:
    """The office and its services against the same weekdays before."""
    days = [day, *same_weekdays(day, USUAL_WEEKS)]
    whole, parts = read.on_days(("day",), days), read.on_days(("day", "service"), days)
    by_key: dict[str, list[Histogram]] = defaultdict(list)
    for histogram in whole:
        by_key[""].append(histogram)
    for histogram in parts:
        if histogram.place["service"]:
            by_key[str(histogram.place["service"])].append(histogram)
    candidates = {key: found for key, rows in by_key.items() if (found := candidate(key, rows, day))}
    office = candidates.get("")
    usual = remembered.usual(office.history, office.today.n) if office else None
    if len(candidates) == 2:
        del candidates[""]  # the only service is the whole office: it is not looked at twice
    return usual, remembered.outstanding(list(candidates.values()))


def candidate(key: str, histograms: list[Histogram], day: date) -> Candidate | None:
    """One office or service with its day and the days before it. None where the day has no share."""
    by_day = most(histograms, "day")
    today = by_day.pop(day.isoformat(), None)
    if today is None or not SCALES[today.scale].positive or not sum(today.counted):
        return None
    history = tuple(counted_day(h) for _, h in sorted(by_day.items()) if h.question == today.question)
    return Candidate(key, counted_day(today), history)


def _service_rows(read: Reading, day: date) -> list[Row]:
    days = read.by("service", day, day)
    weeks = read.by("service", day - WEEK, day)
    before_day = read.by("service", day - FOUR_WEEKS, day - timedelta(days=1))
    before_week = read.by("service", day - WEEK - FOUR_WEEKS, day - WEEK - timedelta(days=1))
    rows = []
    for key, shown in days.items():
        week = weeks.get(key)
        against = change(shown, before_day.get(key)) or change(week, before_week.get(key))
        rows.append(Row(key, shown, week, against))
    return rows


def _hour_rows(read: Reading, day: date) -> list[Row]:
    weeks = read.by("hour", day - WEEK, day)
    return [Row(key, shown, weeks.get(key)) for key, shown in read.by("hour", day, day).items()]


def _kiosks(read: Reading, office: str, day: date) -> list[KioskShown]:
    counted = {str(h.place["kiosk"]): sum(h.counted) + sum(h.flagged) for h in read.histograms(("kiosk",), day, day)}
    return [
        KioskShown(kiosk["id"], kiosk["state"], kiosk["since"], counted.get(kiosk["id"], 0))
        for kiosk in read.store.kiosks(read.viewer, office)
        if kiosk["status"] == "active"
    ]


def _undated(read: Reading) -> int:
    """Ratings that could belong to two days, in all time."""
    query = ScoreQuery(offices=read.selection.offices, days=(UNDATED,))
    return sum(sum(h.counted) for h in read.store.histograms(read.viewer, query))
