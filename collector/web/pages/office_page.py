"""What an office's page of the morning says, read from tallies only. The template shows it and decides nothing."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from broker_config.messages import SCALES
from collector.access import Viewer
from collector.localtime import UNDATED
from collector.periods import same_weekdays
from collector.scoring.change import Change, change
from collector.scoring.score import FEWEST
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
from collector.web.remembered import Past

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
class Figures:
    """A day that is over. `usual`: where such a weekday's share lies; `outstanding`: what lies beyond it, the office under ''.

    `week`: the seven days up to the day; `taps`: ratings of the day by kiosk.
    """

    last: Shown | None
    week: Shown | None
    usual: Usual | None
    outstanding: list[StandOut]
    services: list[Row]
    hours: list[Row]
    good: list[Reason]
    bad: list[Reason]
    taps: dict[str, int]


@dataclass(frozen=True)
class OfficePage:
    """Names are still in all languages. `day`: the one it is about; `is_latest`: the last working day."""

    office: dict[str, Any]
    day: date
    is_latest: bool
    figures: Figures
    today: Shown | None
    comments: list[Comment]
    kiosks: list[KioskShown]
    undated: int


def office_of(store: SqliteStore, viewer: Viewer, office: str) -> dict[str, Any] | None:
    return next((o for o in store.offices(viewer, office)), None)


def office_page(
    store: SqliteStore, viewer: Viewer, office: str, now: datetime, past: Past, day: date | None = None
) -> OfficePage | None:
    """Everything the page shows of a day that is over, by default the last working one.

    None where this viewer may see no such office. Of today there is the total alone.
    """
    found = office_of(store, viewer, office)
    if found is None:
        return None
    today = now.astimezone(ZoneInfo(found["timezone"])).date()
    latest = last_working_day(today, found["hours"])
    asked = day if day and day < today else latest
    read = Reading(store, viewer, Selection((office,)))
    figures = past.of(store, ("office", viewer.is_inside(office), office, asked), lambda: _figures(read, asked))
    hidden = figures.week is None or figures.week.suppressed
    return OfficePage(
        office=found,
        day=asked,
        is_latest=asked == latest,
        figures=figures,
        today=read.whole(today, today),
        comments=[] if hidden and not viewer.is_inside(office) else store.newest_comments(viewer, office, 10, now),
        kiosks=_kiosks(read, office, figures.taps),
        undated=_undated(read),
    )


def _figures(read: Reading, day: date) -> Figures:
    whole, week = read.whole(day, day), read.whole(day - WEEK, day)
    usual, outstanding = _against_the_usual(read, day)
    reasons = read.reasons(day - WEEK, day)
    return Figures(
        last=whole,
        week=week,
        usual=usual,
        outstanding=outstanding,
        services=_service_rows(read, day),
        hours=_hour_rows(read, day),
        good=pareto(reasons, "good"),
        bad=pareto(reasons, "bad"),
        taps={str(h.place["kiosk"]): sum(h.counted) + sum(h.flagged) for h in read.histograms(("kiosk",), day, day)},
    )


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
    usual = remembered.usual(office.history, office.today.n) if office and office.today.n >= FEWEST else None
    if office and any(key and replace(one, key="") == office for key, one in candidates.items()):
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


def _kiosks(read: Reading, office: str, taps: dict[str, int]) -> list[KioskShown]:
    return [
        KioskShown(kiosk["id"], kiosk["state"], kiosk["since"], taps.get(kiosk["id"], 0))
        for kiosk in read.store.kiosks(read.viewer, office)
        if kiosk["status"] == "active"
    ]


def _undated(read: Reading) -> int:
    """Ratings that could belong to two days, in all time."""
    query = ScoreQuery(offices=read.selection.offices, days=(UNDATED,))
    return sum(sum(h.counted) for h in read.store.histograms(read.viewer, query))
