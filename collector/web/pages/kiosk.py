"""One kiosk: its state, its timeline, its commands."""

import base64
import binascii
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from collector.access import Viewer
from collector.store.audit import AuditRow
from collector.store.kiosk_commands import Commanded
from collector.web.access import AdminFormViewer, AdminViewer, AuditViewer, Here
from collector.web.context import Context
from collector.web.fleet_now import Line
from collector.web.pages.audit import in_words
from collector.web.pages.fleet_page import minute_text

router = APIRouter(include_in_schema=False)

TTL_S = 30.0
# What the page's buttons send; `show` is sent by the pages of questionnaires.
COMMANDS: dict[str, dict[str, Any]] = {
    "identify": {"seconds": 10},
    "restart": {},
    "test-tap": {},
    "log": {},
    "screenshot": {},
}
_MOST_PICTURE = 60_000


@router.get("/fleet/{kiosk}")
def page(request: Request, here: Here, viewer: AuditViewer, kiosk: str) -> HTMLResponse:
    """For admins with buttons; auditors read."""
    return HTMLResponse(_render(request, here, viewer, _line(here, viewer, kiosk)))


@router.post("/fleet/{kiosk}/commands")
def send(
    request: Request, here: Here, viewer: AdminFormViewer, kiosk: str, name: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """Let a command go out within a second."""
    line = _line(here, viewer, kiosk)
    if name not in COMMANDS:
        return HTMLResponse(_render(request, here, viewer, line, fault="command"), 422)
    if line.judged.state == "retired":
        return HTMLResponse(_render(request, here, viewer, line, fault="retired"), 422)
    with here.stores.writing() as store:
        store.send_command(viewer.login, kiosk, name, COMMANDS[name], TTL_S, here.now())
    return RedirectResponse(f"/fleet/{kiosk}#commands", 303)


@router.get("/fleet/{kiosk}/commands/{command}/picture.jpg")
def picture(here: Here, viewer: AdminViewer, kiosk: str, command: str) -> Response:
    """What the screen showed. Whatever a kiosk sends, it leaves here as a JPEG or not at all."""
    data = _answer(here, viewer, kiosk, command).data
    try:
        found = base64.b64decode(data["jpeg"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise HTTPException(404, "There is no picture in this answer.") from None
    if not is_jpeg(found):
        raise HTTPException(404, "There is no picture in this answer.")
    return Response(found, media_type="image/jpeg")


@router.get("/fleet/{kiosk}/commands/{command}/log.txt")
def log(here: Here, viewer: AdminViewer, kiosk: str, command: str) -> Response:
    """What the kiosk wrote last, as it came."""
    text = log_of(_answer(here, viewer, kiosk, command))
    if text is None:
        raise HTTPException(404, "There is no log in this answer.")
    named = {"Content-Disposition": f'attachment; filename="{kiosk}-log.txt"'}
    return PlainTextResponse(text, headers=named)


def is_jpeg(content: bytes) -> bool:
    """By its first and last bytes, and its size."""
    return len(content) <= _MOST_PICTURE and content.startswith(b"\xff\xd8\xff") and content.endswith(b"\xff\xd9")


def log_of(command: Commanded) -> str | None:
    """The text in an answer, if it is one to `log`."""
    data = command.data
    return data["text"] if command.name == "log" and isinstance(data, dict) and isinstance(data.get("text"), str) else None


def _line(here: Context, viewer: Viewer, kiosk: str) -> Line:
    line = here.fleets.one(here.stores.reading(), viewer, kiosk, here.now())
    if line is None:
        raise HTTPException(404, "There is no such kiosk.")
    return line


def _answer(here: Context, viewer: Viewer, kiosk: str, command: str) -> Commanded:
    found = here.stores.reading().command(viewer, kiosk, command)
    if found is None:
        raise HTTPException(404, "There is no such command.")
    return found


def _render(request: Request, here: Context, viewer: Viewer, line: Line, fault: str = "") -> str:
    store, now, kiosk = here.stores.reading(), here.now(), line.facts.id
    commands = store.commands(viewer, kiosk)
    return here.render(
        request,
        "kiosk.html",
        line=line,
        fault=fault,
        now=now,
        offered=list(COMMANDS),
        commands=[(one, one.progress(now)) for one in commands],
        log_of=log_of,
        streams=[row for row in store.accounting(now) if row["kiosk"] == kiosk],
        certificate=store.certificate(viewer, kiosk),
        timeline=_timeline(here, viewer, kiosk),
        kept=store.quarantine_rows(viewer, kiosk, limit=5),
        minute_text=minute_text,
    )


def _timeline(here: Context, viewer: Viewer, kiosk: str) -> list[dict[str, str]]:
    """What happened to the kiosk, and what people did to it; newest first."""
    store = here.stores.reading()
    found = [{"at": one.at, "kind": one.kind, "detail": one.detail, "login": ""} for one in store.timeline(viewer, kiosk)]
    found += [
        {"at": row.at, "kind": row.action, "detail": _done(row), "login": row.login} for row in store.audit_of(viewer, kiosk)
    ]
    return sorted(found, key=lambda one: one["at"], reverse=True)[:100]


def _done(row: AuditRow) -> str:
    """Of a command its name, which the page has words for."""
    sent = row.action == "kiosk.command" and isinstance(row.after, dict)
    return str(row.after.get("command", "")) if sent else in_words(row.after)
