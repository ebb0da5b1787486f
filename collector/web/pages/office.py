"""The office head's page, its live number, its trend as a picture."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from sse_starlette import EventSourceResponse

from collector.access import Viewer
from collector.web import charts
from collector.web.access import Here, PageViewer
from collector.web.context import Context
from collector.web.pages.office_day import last_working_day
from collector.web.pages.office_page import office_page, today_shown, trend_days
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


@router.get("/offices/{office}/trend.{form}")
def trend(request: Request, here: Here, viewer: PageViewer, office: str, form: charts.Form, look: charts.Wanted) -> Response:
    """The last 30 days' satisfaction with its interval."""
    store = here.stores.reading()
    found = next((o for o in store.offices(viewer) if o["id"] == office), None)
    if found is None:
        raise HTTPException(404, "There is no such office among yours.")
    day = last_working_day(here.now().astimezone(ZoneInfo(found["timezone"])).date(), found["hours"])
    points = [charts.Point(date.fromisoformat(row.key), row.shown) for row in trend_days(store, viewer, office, day)]
    words = texts(language_of(request))

    def spec(theme: charts.Theme, size: charts.Size) -> charts.Spec:
        return charts.trend(points, "day", words, theme=theme, size=size)

    return charts.answer(here.pictures, spec, form, look)


@router.get("/offices/{office}/live")
async def live(here: Here, viewer: PageViewer, office: str) -> EventSourceResponse:
    """Today's total, whenever it changes."""
    if not viewer.may_see(office):
        raise HTTPException(404, "There is no such office among yours.")
    return EventSourceResponse(_totals(here, viewer, office), ping=15)


async def _totals(here: Context, viewer: Viewer, office: str) -> AsyncIterator[dict[str, str]]:
    said = ""
    async with here.live.listening(office) as changed:
        while not here.live.stopping.is_set():
            total = await asyncio.to_thread(_total, here, viewer, office)
            if total != said:
                said = total
                yield {"event": "total", "data": total}
            await changed.wait()
            changed.clear()


def _total(here: Context, viewer: Viewer, office: str) -> str:
    shown = today_shown(here.stores.reading(), viewer, office, here.now())
    body: dict[str, Any] = {"n": 0, "csat": None} if shown is None else {"n": shown.n, "csat": shown.csat and asdict(shown.csat)}
    return json.dumps(body)
