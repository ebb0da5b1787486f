"""Every vote accounted for: what each kiosk claims, and where it all is."""

from collections.abc import Sequence
from math import ceil
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from collector.web.access import AuditViewer, Here
from collector.web.csv import csv_response
from collector.web.pages.fleet import FARTHEST, Word

router = APIRouter(include_in_schema=False)

PAGE = 100
PARTS = ("claimed", "stored", "quarantined", "pending", "lost", "at_risk", "unexplained")
_WORST = ("unexplained", "lost", "at_risk", "pending", "quarantined", "claimed")

Row = dict[str, Any]


@router.get("/accounting")
def page(
    request: Request,
    here: Here,
    viewer: AuditViewer,
    kiosk: Word = "",
    office: Word = "",
    only: Word = "",
    page: Annotated[int, Query(ge=1, le=FARTHEST)] = 1,
    format: str = "",  # noqa: A002 - the address's word
) -> Response:
    """Streams, those first of which something must be explained."""
    fleet = here.fleets.of(here.stores.reading(), viewer, here.now())
    offices = {line.facts.id: line.facts.office for line in fleet.lines}
    every = [row | {"office": offices.get(row["kiosk"], "")} for row in here.stores.reading().accounting(here.now())]
    found = [row for row in every if _is_asked_for(row, kiosk.strip(), office, bool(only))]
    found.sort(key=lambda row: (*(-abs(row[part]) for part in _WORST), row["kiosk"]))
    if format == "csv":
        columns = ("kiosk", "office", "stream", *PARTS)
        return csv_response("accounting.csv", columns, ([row[name] for name in columns] for row in found))
    pages = max(1, ceil(len(found) / PAGE))
    page = min(page, pages)
    shown = here.render(
        request,
        "every_vote.html",
        totals=_totals(every),
        sums=_totals(found),
        rows=found[(page - 1) * PAGE : page * PAGE],
        streams=len(found),
        page=page,
        pages=pages,
        parts=PARTS,
        places=fleet.places,
        asked={"kiosk": kiosk.strip(), "office": office, "only": only},
    )
    return HTMLResponse(shown)


def _is_asked_for(row: Row, kiosk: str, office: str, only: bool) -> bool:
    wanted = (not kiosk or kiosk in row["kiosk"]) and (not office or row["office"] == office)
    return wanted and (not only or any(row[part] for part in ("unexplained", "lost", "at_risk")))


def _totals(rows: Sequence[Row]) -> dict[str, int]:
    return {part: sum(row[part] for row in rows) for part in PARTS}
