"""What could not be accepted: why, what it was, and trying it again."""

import json
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from collector.localtime import usual_timezone
from collector.quarantine_reasons import KINDS, kind_of
from collector.web.access import AdminFormViewer, AuditViewer, Here
from collector.web.pages.fleet import Word

router = APIRouter(include_in_schema=False)

PAGE = 50


@router.get("/quarantine")
def page(
    request: Request,
    here: Here,
    viewer: AuditViewer,
    kiosk: Word = "",
    kind: Word = "",
    before: Annotated[int | None, Query(ge=0, le=2**63 - 1)] = None,
    done: Word = "",
    n: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
) -> HTMLResponse:
    """Fifty rows at a time; `done` and `n`: what the form before has done."""
    store, kiosk = here.stores.reading(), kiosk.strip()
    kind = kind if kind in KINDS else ""
    found = store.quarantine_rows(viewer, kiosk, kind, before, PAGE + 1)
    older = (
        urlencode({k: v for k, v in {"kiosk": kiosk, "kind": kind, "before": found[PAGE - 1].id}.items() if v})
        if found[PAGE:]
        else ""
    )
    shown = here.render(
        request,
        "quarantine.html",
        kinds=store.quarantine_kinds(viewer, kiosk),
        strangers=store.strangers(viewer),
        rows=[(row, kind_of(row.reason), pretty(row.payload)) for row in found[:PAGE]],
        asked={"kiosk": kiosk, "kind": kind},
        is_first=before is None,
        older=f"/quarantine?{older}" if older else "",
        done=done,
        n=n,
        zone=usual_timezone(store.office_timezones().values()),
    )
    return HTMLResponse(shown)


@router.post("/quarantine/replay")
def replay(here: Here, viewer: AdminFormViewer, kiosk: Annotated[str, Form(max_length=40)] = "") -> Response:
    """Try again, of one kiosk or of all, after the cause is mended."""
    with here.stores.writing() as store:
        recorded = store.replay_for(viewer.login, kiosk.strip(), here.now())
    return _done("replay", recorded.accepted, kiosk.strip())


@router.post("/quarantine/discard")
def discard(here: Here, viewer: AdminFormViewer, kiosk: Annotated[str, Form(max_length=40)] = "") -> Response:
    """Forget what a kiosk said that nobody registered."""
    with here.stores.writing() as store:
        messages = store.discard(viewer.login, kiosk, here.now())
    return _done("discard", messages)


def pretty(payload: str) -> str:
    """JSON with its lines and indents; anything else as it is."""
    try:
        return json.dumps(json.loads(payload), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return payload


def _done(what: str, n: int, kiosk: str = "") -> Response:
    told = {"done": what, "n": n} | ({"kiosk": kiosk} if kiosk else {})
    return RedirectResponse(f"/quarantine?{urlencode(told)}", 303)
