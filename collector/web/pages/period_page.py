"""What an office's page of any period says, read from tallies only."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from collector.access import Viewer
from collector.periods import Period, months_later
from collector.scoring.change import Change, change
from collector.scoring.pooled import merge_small, merged
from collector.scoring.score import FEWEST, METRICS
from collector.scoring.shown import Shown
from collector.scoring.weighted import Component, WeightedIndex, weighted_index
from collector.store.base import Histogram
from collector.store.notes import Note
from collector.store.sqlite import SqliteStore
from collector.web.charts import Cell, Point
from collector.web.pages.asked import Asked
from collector.web.pages.office_day import last_working_day
from collector.web.pages.office_page import Reason, office_of, pareto
from collector.web.reading import Reading, Selection, main_question
from collector.web.remembered import Past

Facet = Literal["language", "trigger", "counter"]
FACETS: tuple[Facet, ...] = ("language", "trigger", "counter")
OTHERS = "others"
FACETS_OF_A_SERVICE = 92


@dataclass(frozen=True)
class Compared:
    """Another period's figure, and how this one differs from it."""

    period: Period
    shown: Shown | None
    change: Change | None


@dataclass(frozen=True)
class Row:
    """One line of a table: a service, question, language, trigger, counter or hour. `change`: against the period before."""

    key: str
    shown: Shown
    change: Change | None = None


class Mark(NamedTuple):
    """A day on which a kiosk of the office began to ask something else, or a new version of the formulas began."""

    day: date
    what: Literal["questions", "metric"]


@dataclass(frozen=True)
class PeriodPage:
    """Names are still in all languages. `marks`: days from which figures are not quite the same.

    Figures are of days that are over, so that nobody watches what a single citizen taps; `until`: the last of them, where
    the period goes on.

    `rhythm`: by hour and weekday. It and `facets` are missing where one service is looked at for long: they are not
    tallied by service.
    """

    office: dict[str, Any]
    asked: Asked
    period: Period
    newest: date
    whole: Shown | None
    before: Compared | None
    year_before: Compared | None
    points: list[Point]
    notes: list[Note]
    marks: list[Mark]
    until: date | None
    services: list[Row]
    questions: list[Row]
    hours: list[Row]
    facets: dict[Facet, list[Row]] | None
    rhythm: dict[tuple[int, int], Cell]
    good: list[Reason]
    bad: list[Reason]
    weighted: WeightedIndex | None


def period_page(store: SqliteStore, viewer: Viewer, office: str, asked: Asked, now: datetime, past: Past) -> PeriodPage | None:
    """Everything the page shows of a period, or None where this viewer may see no such office."""
    found = office_of(store, viewer, office)
    if found is None:
        return None
    newest = newest_day(found, now)
    period = asked.period(newest)
    services = (asked.service,) if asked.service else ()
    read = Reading(store, viewer, Selection((office,), services, asked.question, asked.raw))
    over = finished(read, period, now)
    key = ("period", viewer.is_inside(office), viewer.is_admin, period, over, read.selection)
    page = past.of(store, key, lambda: _page(read, found, asked, period, over))
    notes = store.notes(viewer, office, period.first.isoformat(), period.last.isoformat())
    return replace(page, asked=asked, newest=newest, notes=notes)


def _page(read: Reading, office: dict[str, Any], asked: Asked, period: Period, details: Period) -> PeriodPage:
    """The page without today, and without what its head writes. `details`: the part of the period that is over."""
    services = read.selection.services
    whole = read.period(details)
    before, year = (over_only(other, details) for other in (period.before(), period.year_before()))
    reasons = read.reasons(details.first, details.last)
    fine = not services or period.days <= FACETS_OF_A_SERVICE
    return PeriodPage(
        office=office,
        asked=asked,
        period=period,
        newest=period.last,
        whole=whole,
        before=_compared(read, whole, before),
        year_before=_compared(read, whole, year),
        points=trend_points(read, details, whole),
        notes=[],
        marks=marks(read.store, read.viewer, office["id"], period),
        until=details.last if details != period and details.last >= period.first else None,
        services=_rows(read, "service", details, before),
        questions=_question_rows(read, details, before),
        hours=_rows(read, "hour", details, None) if period.days == 1 else [],
        facets=_facets(read, details, before) if fine else None,
        rhythm={(cell.hour, cell.weekday): cell for cell in rhythm(read, details)} if fine and period.days > 1 else {},
        good=pareto(reasons, "good"),
        bad=pareto(reasons, "bad"),
        weighted=_weighted(read, office["id"], details),
    )


def newest_day(office: dict[str, Any], now: datetime) -> date:
    """The day that a period contains where the address names none: the office's last working one."""
    return last_working_day(now.astimezone(ZoneInfo(office["timezone"])).date(), office["hours"])


def finished(read: Reading, period: Period, now: datetime) -> Period:
    """The part of a period before today; where there is none, the period ends before it begins."""
    zone = ZoneInfo(read.store.office_timezones()[read.selection.offices[0]])
    return replace(period, last=min(period.last, now.astimezone(zone).date() - timedelta(days=1)))


def over_only(other: Period | None, details: Period) -> Period | None:
    """A period before that of `details`, if all of it is over: today is not read as the day before tomorrow."""
    return other if other and other.last <= details.last else None


def trend_points(read: Reading, period: Period, whole: Shown | None = None) -> list[Point]:
    """The period step by step, oldest first; steps without ratings, or with most answers to another question, are absent."""
    whole = whole or read.period(period)
    steps = read.by(period.grain, period.first, period.last)
    points = [Point(_start(key), shown) for key, shown in steps.items() if whole and shown.question == whole.question]
    return sorted(points, key=lambda point: point.start)


def moved(points: list[Point], period: Period, before: Period) -> list[Point]:
    """The points of the period before, each at the step of this one that it is compared with."""
    days = (period.first - before.first).days
    if period.grain == "week":
        days = 7 * round(days / 7)
    months = 12 * (period.first.year - before.first.year) + period.first.month - before.first.month
    found = [
        Point(months_later(p.start, months) if period.grain == "month" else p.start + timedelta(days=days), p.shown)
        for p in points
    ]
    return [point for point in found if point.start <= period.last]


def rhythm(read: Reading, period: Period) -> list[Cell]:
    """Every hour of the week that was rated, of the question with most answers."""
    found = read.histograms(("weekday", "hour"), period.first, period.last)
    question = main_question(found)
    return [Cell(int(h.place["weekday"]), int(h.place["hour"]), read.show(h)) for h in found if h.question == question]


def marks(store: SqliteStore, viewer: Viewer, office: str, period: Period) -> list[Mark]:
    """The days of the period from which figures are not quite the same, oldest first."""
    found = office_of(store, viewer, office)
    zone = ZoneInfo(found["timezone"]) if found else UTC
    asked = {datetime.fromisoformat(moment).astimezone(zone).date() for moment in store.questionnaire_changes(viewer, office)}
    every = [Mark(day, "questions") for day in asked] + [Mark(METRICS[version], "metric") for version in METRICS if version > 1]
    return sorted(mark for mark in every if period.first <= mark.day <= period.last)


def _compared(read: Reading, whole: Shown | None, other: Period | None) -> Compared | None:
    if other is None:
        return None
    shown = read.period(other)
    return Compared(other, shown, change(whole, shown))


def _rows(read: Reading, by: str, period: Period, before: Period | None) -> list[Row]:
    earlier = read.by(by, before.first, before.last) if before else {}
    rows = read.by(by, period.first, period.last)
    return [Row(key, shown, change(shown, earlier.get(key))) for key, shown in rows.items()]


def _question_rows(read: Reading, period: Period, before: Period | None) -> list[Row]:
    """Every question by itself, the further ones too."""
    every = Reading(read.store, read.viewer, Selection(read.selection.offices, read.selection.services, "", read.selection.raw))
    return _rows(every, "question", period, before)


def _facets(read: Reading, period: Period, before: Period | None) -> dict[Facet, list[Row]]:
    """By language, by what led to the rating, by counter. Cells of few ratings are pooled into one, so that none can be told."""
    seen = {counter["id"] for counter in read.store.counters(read.viewer, read.selection.offices[0])}
    found: dict[Facet, list[Row]] = {}
    for facet in FACETS:
        now = _facet(read, facet, period, seen)
        earlier = dict(_facet(read, facet, before, seen)) if before else {}
        found[facet] = [Row(key, shown, None if key == OTHERS else change(shown, earlier.get(key))) for key, shown in now]
    return found


def _facet(read: Reading, facet: Facet, period: Period, seen: set[str]) -> list[tuple[str, Shown]]:
    found = read.histograms((facet,), period.first, period.last)
    question = main_question(found)
    cells = [(str(h.place[facet]), h) for h in found if h.question == question]
    hidden = [cell for cell in cells if facet == "counter" and cell[0] not in seen]
    kept, small = merge_small([cell for cell in cells if cell not in hidden])
    others = hidden + [cell for cell in cells if small and cell[0] in small.names]
    if hidden:
        kept = _covering(kept, others)
    rows = [(key, read.show(histogram)) for key, histogram in kept]
    return rows + ([(OTHERS, read.scored(merged(others), question))] if others else [])


def _covering(kept: list[tuple[str, Histogram]], others: list[tuple[str, Histogram]]) -> list[tuple[str, Histogram]]:
    """One counter often means one clerk: those that a viewer may not see by themselves are one row with two at least.

    Else they would be what is left of the office's total; so the smallest of the shown ones join `others`.
    """
    shown = sorted(kept, key=lambda cell: sum(cell[1].counted), reverse=True)
    while shown and sum(sum(cell.counted) >= FEWEST for _, cell in others) < 2:
        others.append(shown.pop())
    return [cell for cell in kept if cell in shown]


def _weighted(read: Reading, office: str, period: Period) -> WeightedIndex | None:
    """The institution's index over its questions, where it set weights."""
    weights = read.store.weights(read.viewer, office)
    if not weights or read.selection.question:
        return None
    every = Reading(read.store, read.viewer, Selection(read.selection.offices, read.selection.services, "", read.selection.raw))
    shown = every.by("question", period.first, period.last)
    return weighted_index([_component(key, weight, shown.get(key)) for key, weight in weights.items()])


def _component(key: str, weight: float, shown: Shown | None) -> Component:
    if shown is None:
        return Component(key, weight, 0, None, None)
    return Component(key, weight, shown.n, shown.index, shown.index_interval)


def _start(key: str) -> date:
    """The first day of 2026-11-21, 2026-W47 or 2026-11."""
    if "W" in key:
        return date.fromisoformat(f"{key}-1")
    return date.fromisoformat(key if len(key) == 10 else f"{key}-01")
