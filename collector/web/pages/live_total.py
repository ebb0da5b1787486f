"""`/live`: today's totals of one or several offices as they change, in one stream of server-sent events."""

import json
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Query, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from collector.access import Viewer
from collector.scoring.shown import show
from collector.store.base import ScoreQuery
from collector.web.access import Here, PageViewer, viewer_still
from collector.web.context import Context
from collector.web.stores import Stores

router = APIRouter(include_in_schema=False)

PING_S = 15
SEND_S = 10
_RETRY_MS = (2000, 7000)


@router.get("/live")
def live_of_several(
    request: Request,
    here: Here,
    viewer: PageViewer,
    office: Annotated[list[str], Query()] = [],  # noqa: B006 - FastAPI copies it
) -> EventSourceResponse:
    """Today's total of each office named, or of all that the viewer may see."""
    return _stream(request, here, viewer, office)


@router.get("/offices/{office}/live")
def live(request: Request, here: Here, viewer: PageViewer, office: str) -> EventSourceResponse:
    """Today's total of one office."""
    return _stream(request, here, viewer, [office])


class Totals:
    """Reads today's total of an office, as a listener is told it. For one thread."""

    def __init__(self, stores: Stores, now: Callable[[], datetime]) -> None:
        self._stores, self._now = stores, now
        self._zones: dict[str, str] = {}
        self._version = ""

    def __call__(self, viewer: Viewer, office: str) -> str:
        """As JSON: `{"office", "n", "csat"}`, no csat below n = 10. Nothing finer than the total, and nothing of yesterday."""
        store = self._stores.reading()
        if (version := store.catalogue_version()) != self._version:
            self._version, self._zones = version, store.office_timezones()
        said: dict[str, Any] = {"office": office, "n": 0, "csat": None}
        if office in self._zones:
            today = self._now().astimezone(ZoneInfo(self._zones[office])).date().isoformat()
            found = store.histograms(viewer, ScoreQuery(offices=(office,), first=today, last=today))
            shown = max((show(h, inside=viewer.is_inside(office)) for h in found), key=lambda one: one.n, default=None)
            said |= {"n": shown.n, "csat": shown.csat and asdict(shown.csat)} if shown else {}
        return json.dumps(said)


def _stream(request: Request, here: Context, viewer: Viewer, wanted: list[str]) -> EventSourceResponse:
    known = here.stores.reading().office_timezones()
    offices = list(dict.fromkeys(wanted)) or [office for office in known if viewer.may_see(office)]
    if not all(office in known and viewer.may_see(office) for office in offices):
        raise HTTPException(404, "There is no such office among yours.")
    return EventSourceResponse(_messages(request, here, viewer, offices), ping=PING_S, send_timeout=SEND_S)


async def _messages(request: Request, here: Context, viewer: Viewer, offices: list[str]) -> AsyncIterator[bytes]:
    # Browsers come back at different times: a thousand at once would wait for each other.
    yield ServerSentEvent(retry=random.randint(*_RETRY_MS)).encode()  # noqa: S311 - no secret
    with here.live.listeners.listening(viewer, offices, partial(viewer_still, request)) as listener:
        async for message in listener:
            yield message
