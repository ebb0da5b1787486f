"""The misuse ledger of an office: what was marked, by which rule, and what the figures are with and without it."""

from typing import NamedTuple

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from collector.misuse import RULES
from collector.web.access import Here, PageViewer
from collector.web.csv import csv_response
from collector.web.pages.asked import AskedFor
from collector.web.pages.office_page import office_of
from collector.web.pages.period_page import finished, newest_day
from collector.web.reading import Reading, Selection

router = APIRouter(include_in_schema=False)

COLUMNS = ("day", "hour", "kiosk", "rule", "n")
LONGEST = 500


class Rule(NamedTuple):
    """A rule, and how many ratings of the period it marked."""

    id: str
    n: int


@router.get("/offices/{office}/misuse")
def page(request: Request, here: Here, viewer: PageViewer, asked: AskedFor, office: str) -> Response:
    """Every mark of a period. Nothing marked is deleted."""
    store = here.stores.reading()
    found = office_of(store, viewer, office)
    if found is None:
        raise HTTPException(404, "There is no such office among yours.")
    newest = newest_day(found, here.now())
    period = asked.period(newest)
    over = finished(Reading(store, viewer, Selection((office,))), period, here.now())
    rows = store.ledger(viewer, office, over.first.isoformat(), over.last.isoformat())
    if asked.form == "csv":
        return csv_response(f"{office}-{period.first}-{period.last}-misuse.csv", COLUMNS, [tuple(row) for row in rows])
    rules = [Rule(rule, sum(row.n for row in rows if row.rule == rule)) for rule in RULES]
    figures = [Reading(store, viewer, Selection((office,), raw=raw)).period(over) for raw in (False, True)]
    values = {"office": found, "period": period, "newest": newest, "asked": asked, "rules": rules, "figures": figures}
    more = len(rows) > LONGEST
    return HTMLResponse(here.render(request, "misuse.html", rows=rows[:LONGEST], more=more, **values))
