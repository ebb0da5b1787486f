"""An office over any period: its page, its charts, its tables as CSV."""

from collections.abc import Iterable

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from collector.access import Viewer
from collector.periods import Period
from collector.store.sqlite import SqliteStore
from collector.web import charts
from collector.web.access import Here, PageViewer
from collector.web.context import Context
from collector.web.formats import alphabetical
from collector.web.pages.asked import Asked, AskedFor
from collector.web.pages.office_page import office_of
from collector.web.pages.period_page import (
    FACETS_OF_A_SERVICE,
    PeriodPage,
    Row,
    finished,
    marks,
    moved,
    newest_day,
    over_only,
    period_page,
    rhythm,
    trend_points,
)
from collector.web.reading import Reading, Selection
from collector.web.tables import figures_csv, reasons_csv
from collector.web.texts import Texts, texts_of

router = APIRouter(include_in_schema=False)


@router.get("/offices/{office}/period")
def page(request: Request, here: Here, viewer: PageViewer, asked: AskedFor, office: str) -> Response:
    """A day, week, month, quarter, year or free range, compared with the one before and the same a year ago."""
    store = here.stores.reading()
    seen = period_page(store, viewer, office, asked, here.now(), here.past)
    if seen is None:
        raise HTTPException(404, "There is no such office among yours.")
    names = Names(store, viewer, office, texts_of(request))
    services = asked.sorted(
        seen.services,
        {
            "name": lambda row: alphabetical(names.services.get(row.key, "")),
            "satisfied": lambda row: row.shown.csat and row.shown.csat.value,
            "n": lambda row: row.shown.n,
            "change": lambda row: row.change and row.change.value,
        },
        "-n",
    )
    if asked.form == "csv":
        return _csv(seen, services)
    return HTMLResponse(here.render(request, "period.html", page=seen, services=services, names=names, asked=asked))


class Names:
    """What the ids of a page are called in the reader's language."""

    def __init__(self, store: SqliteStore, viewer: Viewer, office: str, words: Texts) -> None:
        self.services = {key: words.name(name) for key, name in store.service_names().items()}
        self.questions = {key: words.name(text) for key, text in store.questions().items()}
        self.reasons = {key: words.name(name) for key, name in store.reason_names().items()}
        self.counters = {counter["id"]: words.name(counter["name"]) for counter in store.counters(viewer, office)}
        self.offered = store.services_at(viewer, office)

    @staticmethod
    def options(names: dict[str, str], ids: Iterable[str]) -> list[tuple[str, str]]:
        """(id, name) in the order of the names."""
        return sorted(((ident, names.get(ident) or ident) for ident in ids), key=lambda option: alphabetical(option[1]))


@router.get("/offices/{office}/trend.{form}")
def trend(
    request: Request, here: Here, viewer: PageViewer, asked: AskedFor, look: charts.Wanted, office: str, form: charts.Form
) -> Response:
    """The period's share of satisfied with its interval; a picture, or the description from which the browser draws it."""
    read, period = _reading(here, viewer, office, asked)
    words, store = texts_of(request), here.stores.reading()
    notes = store.notes(viewer, office, period.first.isoformat(), period.last.isoformat())
    named = {"questions": words.gettext("another question"), "metric": words.gettext("another formula")}
    over = finished(read, period, here.now())
    before = over_only(period.before(), over)

    def spec(theme: charts.Theme, size: charts.Size) -> charts.Spec:
        return charts.trend(
            trend_points(read, over),
            period.grain,
            words,
            notes=[charts.Mark(note.date, note.text) for note in notes],
            marks=[charts.Mark(mark.day, named[mark.what]) for mark in marks(store, viewer, office, period)],
            before=moved(trend_points(read, before), period, before) if before else [],
            span=(period.first, period.last),
            theme=theme,
            size=size,
        )

    return charts.answer(here.pictures, spec, form, look)


@router.get("/offices/{office}/rhythm.{form}")
def week(
    request: Request, here: Here, viewer: PageViewer, asked: AskedFor, look: charts.Wanted, office: str, form: charts.Form
) -> Response:
    """Hours of the day by days of the week."""
    read, period = _reading(here, viewer, office, asked)
    if read.selection.services and period.days > FACETS_OF_A_SERVICE:
        raise HTTPException(404, "The rhythm of one service is kept for up to 92 days.")
    words, over = texts_of(request), finished(read, period, here.now())

    def spec(theme: charts.Theme, size: charts.Size) -> charts.Spec:
        return charts.rhythm(rhythm(read, over), words, theme=theme, size=size)

    return charts.answer(here.pictures, spec, form, look)


def _reading(here: Context, viewer: Viewer, office: str, asked: Asked) -> tuple[Reading, Period]:
    """What a chart reads, and the period that it shows."""
    store = here.stores.reading()
    found = office_of(store, viewer, office)
    if found is None:
        raise HTTPException(404, "There is no such office among yours.")
    services = (asked.service,) if asked.service else ()
    period = asked.period(newest_day(found, here.now()))
    return Reading(store, viewer, Selection((office,), services, asked.question, asked.raw)), period


def _csv(seen: PeriodPage, services: list[Row]) -> Response:
    first, last = seen.period.first.isoformat(), seen.period.last.isoformat()
    if seen.asked.table == "reasons":
        return reasons_csv(f"{seen.office['id']}-{first}-{last}-reasons", seen.good, seen.bad)
    tables: dict[str, list[Row]] = {"services": services, "questions": seen.questions, "hours": seen.hours}
    tables |= {str(facet): rows for facet, rows in (seen.facets or {}).items()}
    tables["trend"] = [Row(point.start.isoformat(), point.shown) for point in seen.points]
    tables["rhythm"] = [Row(f"{cell.weekday + 1} {cell.hour:02}", cell.shown) for cell in seen.rhythm.values()]
    name = seen.asked.table if seen.asked.table in tables else "services"
    rows = [((first, last, row.key), row.shown, row.change) for row in tables[name]]
    return figures_csv(f"{seen.office['id']}-{first}-{last}-{name}", ("from", "to", name), rows)
