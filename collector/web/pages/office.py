"""The office head's page of the morning."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response

from collector.web.access import Here, PageViewer
from collector.web.days import Day
from collector.web.formats import alphabetical
from collector.web.pages.asked import AskedFor
from collector.web.pages.office_page import OfficePage, Row, office_page
from collector.web.tables import WEEK, figures_csv, reasons_csv, week
from collector.web.texts import texts_of

router = APIRouter(include_in_schema=False)


@router.get("/offices/{office}")
def page(
    request: Request, here: Here, viewer: PageViewer, asked: AskedFor, office: str, day: Annotated[Day | None, Query()] = None
) -> Response:
    """The last working day, or another one, and today so far."""
    store = here.stores.reading()
    seen = office_page(store, viewer, office, here.now(), here.past, day)
    if seen is None:
        raise HTTPException(404, "There is no such office among yours.")
    words = texts_of(request)
    services = {key: words.name(name) for key, name in store.service_names().items()}
    rows = asked.sorted(
        seen.figures.services,
        {
            "name": lambda row: alphabetical(services.get(row.key, "")),
            "satisfied": lambda row: row.shown.csat and row.shown.csat.value,
            "n": lambda row: row.shown.n,
            "change": lambda row: row.change and row.change.value,
        },
        "-n",
    )
    if asked.form == "csv":
        return _csv(seen, rows, asked.table)
    reasons = {key: words.name(name) for key, name in store.reason_names().items()}
    values = {"page": seen, "services": rows, "service_names": services, "reason_names": reasons, "asked": asked}
    return HTMLResponse(here.render(request, "office.html", **values))


def _csv(seen: OfficePage, services: list[Row], table: str) -> Response:
    name = f"{seen.office['id']}-{seen.day.isoformat()}-"
    if table == "reasons":
        return reasons_csv(name + table, seen.figures.good, seen.figures.bad)
    rows, label = (seen.figures.hours, "hour") if table == "hours" else (services, "service")
    lines = [((seen.day.isoformat(), row.key, *week(row.week)), row.shown, row.change) for row in rows]
    return figures_csv(f"{name}{label}s", ("day", label, *WEEK), lines)
