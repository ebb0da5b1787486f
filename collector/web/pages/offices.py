"""The start page, offices side by side, and one service across offices."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from collector.localtime import usual_timezone
from collector.web.access import Here, PageViewer
from collector.web.context import Context
from collector.web.pages.asked import AskedFor
from collector.web.pages.side_by_side import SideBySide, side_by_side
from collector.web.pages.start_page import start_page
from collector.web.tables import figures_csv

router = APIRouter(include_in_schema=False)


@router.get("/")
def start(request: Request, here: Here, viewer: PageViewer) -> Response:
    """A head of one office goes straight to it; everybody else sees a line for each."""
    store = here.stores.reading()
    offices = store.offices(viewer)
    if len(offices) == 1:
        return RedirectResponse(f"/offices/{offices[0]['id']}", 303)
    return HTMLResponse(here.render(request, "start.html", page=start_page(store, viewer, here.now(), here.past)))


@router.get("/offices")
def compare(request: Request, here: Here, viewer: PageViewer, asked: AskedFor) -> Response:
    """Offices side by side, as bands."""
    store = here.stores.reading()
    seen = side_by_side(store, viewer, asked, _yesterday(here), here.past)
    if asked.form == "csv":
        return _csv(seen, "offices")
    services = store.service_names()
    questions = store.questions()
    return HTMLResponse(here.render(request, "side_by_side.html", page=seen, services=services, questions=questions, service=""))


@router.get("/services")
def services(request: Request, here: Here, viewer: PageViewer) -> HTMLResponse:
    """Every service, and at how many of the viewer's offices it is given."""
    return HTMLResponse(here.render(request, "services.html", services=here.stores.reading().services(viewer)))


@router.get("/services/{ident}")
def service_page(request: Request, here: Here, viewer: PageViewer, asked: AskedFor, ident: str) -> Response:
    """One service across offices, as bands."""
    store = here.stores.reading()
    names = store.service_names()
    if ident not in names:
        raise HTTPException(404, "There is no such service.")
    seen = side_by_side(store, viewer, asked, _yesterday(here), here.past, ident)
    if asked.form == "csv":
        return _csv(seen, ident)
    values = {"page": seen, "services": names, "questions": store.questions(), "service": ident}
    return HTMLResponse(here.render(request, "side_by_side.html", **values))


def _yesterday(here: Context) -> date:
    """The last day that is over, where offices of several zones meet."""
    zone = ZoneInfo(usual_timezone(here.stores.reading().office_timezones().values()))
    return here.now().astimezone(zone).date() - timedelta(days=1)


def _csv(seen: SideBySide, name: str) -> Response:
    first, last = seen.period.first.isoformat(), seen.period.last.isoformat()
    bands = {row.office["id"]: number for number, band in enumerate(seen.bands, 1) for row in band.rows}
    places = {key: place for band in seen.bands for key, place in band.places.items()}
    rows = [
        ((first, last, key, bands.get(key, ""), *places.get(key, ("", ""))), row.shown, row.change)
        for row in seen.rows
        for key in [row.office["id"]]
    ]
    return figures_csv(f"{name}-{first}-{last}", ("from", "to", "office", "band", "place_from", "place_to"), rows)
