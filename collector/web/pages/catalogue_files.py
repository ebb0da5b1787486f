"""The catalogue as files: lists out and in as CSV, with a preview before anything is changed, and the whole as JSON."""

import json
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from starlette.datastructures import UploadFile

from collector.access import Viewer
from collector.catalogue_cells import COLUMNS, columns_of
from collector.catalogue_csv import LARGEST_FILE, FileFaults, Plan, plan, table
from collector.inventory import LISTS
from collector.store.sqlite import SqliteStore
from collector.store.uploads import Upload
from collector.web.access import AdminFormViewer, AdminViewer, Here
from collector.web.context import Context
from collector.web.csv import csv_response
from collector.web.pages.catalogue_forms import Posted
from collector.web.pages.catalogue_thing import EVER
from collector.web.pages.catalogue_words import NO_LENGTH, TOO_LARGE, sentence
from collector.web.texts import texts_of
from collector.web.today import today

_SHOWN = 200  # faults and changes on one page
_FRAME = 64 * 1024  # what a form adds to its file
_NO_LIMIT = 2**62  # the route looks at the length itself


class UploadRoute(APIRoute):
    """Refuses by its announced length what is too large, before any of it is read, with a page that says why."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            length = request.headers.get("content-length", "")
            if request.method == "POST" and not length.isdecimal():
                raise HTTPException(411, NO_LENGTH)
            if request.method == "POST" and int(length[:20]) > LARGEST_FILE + _FRAME:
                raise HTTPException(413, TOO_LARGE)
            answer: Response = await handle(request)
            return answer

        return guarded


router = APIRouter(include_in_schema=False, route_class=UploadRoute)
_KINDS = {name: kind for kind, name in LISTS.items()}


@router.get("/catalogue/files")
def files(request: Request, here: Here, viewer: AdminViewer, done: int = -1) -> HTMLResponse:
    """`done`: how many changes a file has made just before."""
    return _page(request, here, viewer, done=done)


@router.get("/catalogue/files/whole.json")
def whole(here: Here, viewer: AdminViewer) -> Response:
    """The file that `nuomone-collector catalogue import` takes: everything in use, and what is asked today."""
    known = here.stores.reading().catalogue_in_use(viewer, today(here))
    lists = {name: [row.model_dump(mode="json") for row in rows] for name, rows in vars(known).items()}
    headers = {"Content-Disposition": 'attachment; filename="catalogue.json"'}
    return Response(json.dumps(lists, ensure_ascii=False, indent=1), media_type="application/json", headers=headers)


@router.get("/catalogue/files/preview")
def preview(request: Request, here: Here, viewer: AdminViewer) -> Response:
    """What the admin's last uploaded file would change now."""
    store = here.stores.reading()
    upload = store.upload(viewer.login)
    if upload is None:
        return RedirectResponse("/catalogue/files", 303)
    return _preview(request, here, viewer, store, upload)


@router.post("/catalogue/files/apply")
def apply(request: Request, here: Here, viewer: AdminFormViewer, form: Posted) -> Response:
    """Exactly what was seen in the preview, or nothing: where the catalogue changed meanwhile, the preview comes again."""
    store = here.stores.reading()
    upload = store.upload(viewer.login)
    if upload is None:
        return RedirectResponse("/catalogue/files", 303)
    version = store.catalogue_version()
    try:
        found = _plan(store, viewer, upload)
    except FileFaults:
        return _preview(request, here, viewer, store, upload, stale=True)
    if found.version == form.get("seen"):
        with here.stores.writing() as writing:
            if writing.take_plan(viewer, found, version, here.now()):
                return RedirectResponse(f"/catalogue/files?done={len(found.changes)}", 303)
    return _preview(request, here, viewer, store, upload, stale=True)


@router.post("/catalogue/files/drop")
def drop(here: Here, viewer: AdminFormViewer) -> Response:
    """Forget the uploaded file."""
    with here.stores.writing() as store:
        store.drop_upload(viewer.login)
    return RedirectResponse("/catalogue/files", 303)


@router.get("/catalogue/files/{name}")
def export(here: Here, viewer: AdminViewer, name: str) -> Response:
    """One list, of what is in use: `offices.csv`."""
    kind = _KINDS.get(name.removesuffix(".csv"))
    if kind is None or not name.endswith(".csv"):
        raise HTTPException(404)
    things = [entry.thing for entry in here.stores.reading().things(viewer, kind) if entry.status == "active"]
    columns, rows = table(kind, things)
    return csv_response(name, columns, rows)


@router.post("/catalogue/files", max_body_size=_NO_LIMIT)
async def take_in(request: Request, here: Here, viewer: AdminFormViewer, form: Posted) -> Response:
    """Keep a file and show what it would change, or all its faults; nothing is changed yet."""
    kind, file = str(form.get("kind", "")), form.get("file")
    content = await file.read() if isinstance(file, UploadFile) else b""
    name = (file.filename or "") if isinstance(file, UploadFile) else ""
    return await run_in_threadpool(_take_in, request, here, viewer, Upload(kind, name[:200], content))


def _take_in(request: Request, here: Context, viewer: Viewer, upload: Upload) -> Response:
    if upload.kind not in COLUMNS or not upload.name:
        return _page(request, here, viewer, missing="file" if upload.kind in COLUMNS else "kind", kind=upload.kind)
    try:
        _plan(here.stores.reading(), viewer, upload)
    except FileFaults as wrong:
        return _page(request, here, viewer, faults=wrong, kind=upload.kind, name=upload.name)
    with here.stores.writing() as store:
        store.keep_upload(viewer.login, upload, here.now())
    return RedirectResponse("/catalogue/files/preview", 303)


def _plan(store: SqliteStore, viewer: Viewer, upload: Upload) -> Plan:
    retired = [entry.thing.id for entry in store.things(viewer, upload.kind) if entry.status == "retired"]
    return plan(upload.kind, upload.content, store.catalogue_in_use(viewer, EVER), retired)


def _preview(
    request: Request, here: Context, viewer: Viewer, store: SqliteStore, upload: Upload, *, stale: bool = False
) -> Response:
    try:
        found = _plan(store, viewer, upload)
    except FileFaults as wrong:
        return _page(request, here, viewer, faults=wrong, kind=upload.kind, name=upload.name)
    values = {"plan": found, "upload": upload, "most": _SHOWN, "stale": stale, "lists": LISTS}
    return HTMLResponse(here.render(request, "catalogue_preview.html", **values), 409 if stale else 200)


def _page(
    request: Request,
    here: Context,
    viewer: Viewer,
    *,
    faults: FileFaults | None = None,
    missing: str = "",
    kind: str = "",
    name: str = "",
    done: int = -1,
) -> HTMLResponse:
    words, store = texts_of(request), here.stores.reading()
    lines = [(line, sentence(words, one)) for line, one in (faults.faults if faults else [])]
    lists = [(one, list(columns_of(one, [])), sum(e.status == "active" for e in store.things(viewer, one))) for one in COLUMNS]
    values: dict[str, Any] = {"faults": lines, "most": _SHOWN, "missing": missing, "kind": kind, "name": name, "done": done}
    values |= {"unlike": store.kiosks_unlike(viewer, here.now()) if done > 0 else 0, "waiting": store.upload(viewer.login)}
    body = here.render(request, "catalogue_files.html", lists=lists, names=LISTS, **values)
    return HTMLResponse(body, 422 if faults or missing else 200)
