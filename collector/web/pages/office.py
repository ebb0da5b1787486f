"""The office head's page, and its trend as a picture."""

from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from collector.web import charts
from collector.web.access import Here, PageViewer
from collector.web.pages.office_day import last_working_day
from collector.web.pages.office_page import office_page, trend_days
from collector.web.texts import language_of, texts

router = APIRouter(include_in_schema=False)


@router.get("/offices/{office}")
def page(request: Request, here: Here, viewer: PageViewer, office: str) -> HTMLResponse:
    """The last working day, and today so far."""
    store = here.stores.reading()
    seen = office_page(store, viewer, office, here.now())
    if seen is None:
        raise HTTPException(404, "There is no such office among yours.")
    names = {service["id"]: service["name"] for service in store.services(viewer)}
    return HTMLResponse(here.render(request, "office.html", page=seen, service_names=names, reason_names=store.reason_names()))


@router.get("/offices/{office}/trend.svg")
def trend(request: Request, here: Here, viewer: PageViewer, office: str, theme: str = "light", size: str = "wide") -> Response:
    """The last 30 days' satisfaction with its interval, drawn on the server: it needs no JavaScript."""
    store = here.stores.reading()
    found = next((o for o in store.offices(viewer) if o["id"] == office), None)
    if found is None:
        raise HTTPException(404, "There is no such office among yours.")
    day = last_working_day(here.now().astimezone(ZoneInfo(found["timezone"])).date(), found["hours"])
    points = [(row.key, row.shown) for row in trend_days(store, viewer, office, day)]
    svg = charts.trend(points, texts(language_of(request)), dark=theme == "dark", narrow=size == "narrow")
    return Response(svg, media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=60"})
