"""One line an office, for whoever answers for several."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from collector.access import Viewer
from collector.periods import same_weekdays
from collector.scoring.shown import Shown
from collector.scoring.standout import StandOut
from collector.scoring.usual import Usual
from collector.store.base import Histogram
from collector.store.sqlite import SqliteStore
from collector.web import remembered
from collector.web.pages.office_day import last_working_day
from collector.web.pages.office_page import USUAL_WEEKS, candidate
from collector.web.reading import Reading, Selection, most
from collector.web.remembered import Past


@dataclass(frozen=True)
class Line:
    """An office's last working day. `kiosks`: how many it has, `online`: how many of them are connected."""

    office: dict[str, Any]
    day: date
    shown: Shown | None
    usual: Usual | None
    kiosks: int
    online: int


@dataclass(frozen=True)
class StartPage:
    """`outstanding`: offices beyond their usual range, with all of them looked at together."""

    lines: list[Line]
    outstanding: list[StandOut]


def start_page(store: SqliteStore, viewer: Viewer, now: datetime, past: Past) -> StartPage:
    """Every office that the viewer may see."""
    offices = {office["id"]: office for office in store.offices(viewer)}
    days = {key: _day(office, now) for key, office in offices.items()}
    key = ("start", viewer.offices, tuple(days.items()))
    figures, outstanding = past.of(store, key, lambda: _figures(store, viewer, days))
    kiosks = store.kiosk_counts(viewer)
    lines = [Line(office, days[key], *figures[key], *kiosks.get(key, (0, 0))) for key, office in offices.items()]
    return StartPage(lines, outstanding)


def _figures(
    store: SqliteStore, viewer: Viewer, days: dict[str, date]
) -> tuple[dict[str, tuple[Shown | None, Usual | None]], list[StandOut]]:
    """Each office's figures of its day and what is usual there; and the offices that stand out."""
    history = _histories(store, viewer, set(days.values()))
    candidates = {key: found for key, day in days.items() if (found := candidate(key, history[key, day], day))}
    usual = {key: remembered.usual(one.history, one.today.n) for key, one in candidates.items()}
    figures = {key: (_shown(store, viewer, key, history[key, day], day), usual.get(key)) for key, day in days.items()}
    return figures, remembered.outstanding(list(candidates.values()))


def _day(office: dict[str, Any], now: datetime) -> date:
    return last_working_day(now.astimezone(ZoneInfo(office["timezone"])).date(), office["hours"])


def _histories(store: SqliteStore, viewer: Viewer, days: set[date]) -> dict[tuple[str, date], list[Histogram]]:
    """Each office's histograms of each of the days and of the same weekdays before it."""
    read = Reading(store, viewer, Selection())
    found: dict[tuple[str, date], list[Histogram]] = defaultdict(list)
    for day in days:
        for histogram in read.on_days(("office", "day"), [day, *same_weekdays(day, USUAL_WEEKS)]):
            found[str(histogram.place["office"]), day].append(histogram)
    return found


def _shown(store: SqliteStore, viewer: Viewer, office: str, histograms: list[Histogram], day: date) -> Shown | None:
    on_day = most(histograms, "day").get(day.isoformat())
    return Reading(store, viewer, Selection((office,))).show(on_day) if on_day else None
