"""Institutions, offices, counters and services: seen and changed by admins, one at a time."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from collector.access import Viewer
from collector.holidays import FIRST_YEAR, LAST_YEAR
from collector.inventory import fault, read_thing, suggested_id
from collector.store.inventory import Entry, Outcome
from collector.web.access import AdminFormViewer, AdminViewer, Here
from collector.web.context import Context
from collector.web.pages import catalogue_overview as overview
from collector.web.pages.catalogue_forms import Posted, fresh, public_days, typed
from collector.web.pages.catalogue_thing import Shown, page

router = APIRouter(include_in_schema=False)

KINDS = {"institutions": "institution", "offices": "office", "counters": "counter", "services": "service"}
Words = Annotated[str, Query(max_length=200)]


@router.get("/catalogue")
def institutions(
    request: Request, here: Here, viewer: AdminViewer, q: Words = "", retired: bool = False, done: str = ""
) -> HTMLResponse:
    """Institutions with their offices."""
    store = here.stores.reading()
    lines = overview.institutions(store, viewer, q, retired)
    values = {"lines": lines, "q": q, "retired": retired, "done": done, "unlike": store.kiosks_unlike(viewer, here.now())}
    return HTMLResponse(here.render(request, "catalogue.html", **values))


@router.get("/catalogue/services")
def services(
    request: Request,
    here: Here,
    viewer: AdminViewer,
    q: Words = "",
    institution: str = "",
    retired: bool = False,
    done: str = "",
) -> HTMLResponse:
    """The inventory of services."""
    store = here.stores.reading()
    lines = overview.services(store, viewer, q, institution, retired)
    values = {"lines": lines, "q": q, "institution": institution, "retired": retired, "done": done}
    owners = store.things(viewer, "institution")
    return HTMLResponse(here.render(request, "catalogue_services.html", institutions=owners, **values))


@router.get("/catalogue/new/{what}")
def new(request: Request, here: Here, viewer: AdminViewer, what: str, parent: str = "") -> HTMLResponse:
    """`parent`: the id of what the new thing stands in."""
    kind = _kind(what)
    return page(request, here, viewer, Shown(kind, fresh(kind, parent)))


@router.post("/catalogue/new/{what}")
def add(request: Request, here: Here, viewer: AdminFormViewer, form: Posted, what: str) -> Response:
    """An id that is left empty is made of the Lithuanian name."""
    kind = _kind(what)
    values = typed(kind, form, fresh(kind, ""))
    if form.get("do") == "holidays" and kind == "office":
        return page(request, here, viewer, _holidays(kind, values, None, form))
    store = here.stores.reading()
    values["id"] = values["id"] or suggested_id(
        values["name"].get("lt", ""), lambda ident: store.thing(viewer, kind, ident) is not None
    )
    thing, faults = read_thing(kind, values)
    if thing is None or faults:
        return page(request, here, viewer, Shown(kind, values, faults=faults, status=422))
    with here.stores.writing() as writing:
        outcome = writing.add_thing(viewer, kind, thing, here.now())
    if not outcome.is_done:
        return page(request, here, viewer, Shown(kind, values, faults=outcome.faults, status=422))
    return _to(f"/catalogue/{what}/{thing.id}", "added")


@router.get("/catalogue/{what}/{ident}")
def thing_page(request: Request, here: Here, viewer: AdminViewer, what: str, ident: str, done: str = "") -> HTMLResponse:
    kind = _kind(what)
    entry = _entry(here, viewer, kind, ident)
    return page(request, here, viewer, Shown(kind, entry.thing.model_dump(mode="json"), entry, done=done))


@router.post("/catalogue/{what}/{ident}")
def change(request: Request, here: Here, viewer: AdminFormViewer, form: Posted, what: str, ident: str) -> Response:
    """Only over what the admin saw: `seen` says what that was."""
    kind = _kind(what)
    entry = _entry(here, viewer, kind, ident)
    values = typed(kind, form, entry.thing.model_dump(mode="json"))
    if form.get("do") == "holidays" and kind == "office":
        return page(request, here, viewer, _holidays(kind, values, entry, form))
    seen = str(form.get("seen", ""))
    thing, faults = read_thing(kind, values)
    if thing is None or faults:
        return page(request, here, viewer, Shown(kind, values, entry, faults, status=422, seen=seen))
    with here.stores.writing() as store:
        outcome = store.change_thing(viewer, kind, thing, seen, here.now())
    if outcome.meanwhile:
        return page(request, here, viewer, Shown(kind, values, outcome.meanwhile, yours=thing, status=409))
    if outcome.faults:
        return page(request, here, viewer, Shown(kind, values, entry, outcome.faults, status=422, seen=seen))
    return _to(f"/catalogue/{what}/{ident}", "saved")


@router.post("/catalogue/{what}/{ident}/retire")
def retire(request: Request, here: Here, viewer: AdminFormViewer, what: str, ident: str) -> Response:
    """Out of use, with all its figures."""
    kind = _kind(what)
    with here.stores.writing() as store:
        outcome = store.retire_thing(viewer, kind, ident, here.now())
    return _after(request, here, viewer, (what, kind, ident), outcome, "retired")


@router.post("/catalogue/{what}/{ident}/restore")
def restore(request: Request, here: Here, viewer: AdminFormViewer, what: str, ident: str) -> Response:
    """Into use again."""
    kind = _kind(what)
    with here.stores.writing() as store:
        outcome = store.restore_thing(viewer, kind, ident, here.now())
    return _after(request, here, viewer, (what, kind, ident), outcome, "restored")


@router.post("/catalogue/{what}/{ident}/delete")
def delete(request: Request, here: Here, viewer: AdminFormViewer, what: str, ident: str) -> Response:
    """Only what nothing points to."""
    kind = _kind(what)
    with here.stores.writing() as store:
        outcome = store.delete_thing(viewer, kind, ident, here.now())
    if outcome.is_done:
        return _to("/catalogue/services" if kind == "service" else "/catalogue", "deleted")
    return _after(request, here, viewer, (what, kind, ident), outcome, "")


def _after(request: Request, here: Context, viewer: Viewer, where: tuple[str, str, str], outcome: Outcome, done: str) -> Response:
    what, kind, ident = where
    if outcome.is_done:
        return _to(f"/catalogue/{what}/{ident}", done)
    entry = _entry(here, viewer, kind, ident)
    shown = Shown(kind, entry.thing.model_dump(mode="json"), entry, outcome.faults, done="", status=409)
    return page(request, here, viewer, shown)


def _holidays(kind: str, values: dict[str, Any], entry: Entry | None, form: FormData) -> Shown:
    """The form with a year's public holidays put in; nothing is saved by it."""
    days, seen = public_days(str(form.get("year", ""))), str(form.get("seen", ""))
    faults = [] if days else [fault("year", "year", first=FIRST_YEAR, last=LAST_YEAR)]
    more = sorted({*values["holidays"], *days})
    return Shown(kind, values | {"holidays": more}, entry, faults, status=422 if faults else 200, seen=seen)


def _kind(what: str) -> str:
    if what not in KINDS:
        raise HTTPException(404)
    return KINDS[what]


def _entry(here: Context, viewer: Viewer, kind: str, ident: str) -> Entry:
    found = here.stores.reading().thing(viewer, kind, ident)
    if found is None:
        raise HTTPException(404, "There is no such thing in the catalogue.")
    return found


def _to(path: str, done: str) -> Response:
    return RedirectResponse(f"{path}?done={done}", 303)
