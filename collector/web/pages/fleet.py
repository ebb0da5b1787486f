"""The fleet: every kiosk, its presence and health, those that need somebody first."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from collector.fleet_state import NEEDS, STATES
from collector.web.access import AuditViewer, Here
from collector.web.csv import csv_response
from collector.web.formats import alphabetical
from collector.web.pages.fleet_page import COLUMNS, Asked, build, cells, minute_text
from collector.web.texts import texts_of

router = APIRouter(include_in_schema=False)

FARTHEST = 10_000
Word = Annotated[str, Query(max_length=100)]


@router.get("/fleet")
def page(
    request: Request,
    here: Here,
    viewer: AuditViewer,
    q: Word = "",
    state: Word = "",
    need: Word = "",
    institution: Word = "",
    office: Word = "",
    version: Word = "",
    config: Word = "",
    sort: Word = "need",
    page: Annotated[int, Query(ge=1, le=FARTHEST)] = 1,
    format: str = "",  # noqa: A002 - the address's word
) -> Response:
    """A hundred at a time; the whole selection as CSV."""
    now, words = here.now(), texts_of(request)
    fleet = here.fleets.of(here.stores.reading(), viewer, now)
    asked = Asked(q.strip(), state, need, institution, office, version, config, sort, page)
    built = build(fleet, asked)
    if format == "csv":
        return csv_response("fleet.csv", COLUMNS, map(cells, built.found))
    places = sorted(fleet.places.values(), key=lambda place: alphabetical(words.name(place.name)))
    institutions = {place.institution: place.institution_name for place in places}
    shown = here.render(
        request,
        "fleet.html",
        page=built,
        asked=asked,
        now=now,
        places=places,
        institutions=sorted(institutions.items(), key=lambda one: alphabetical(words.name(one[1]))),
        states=STATES,
        needs=NEEDS,
        minute_text=minute_text,
    )
    return HTMLResponse(shown)
