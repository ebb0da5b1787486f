"""One's own account: the password, the other sessions, tokens for programs."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from collector import passwords
from collector.access import Viewer
from collector.localtime import usual_timezone
from collector.store.sqlite import SqliteStore
from collector.web import session
from collector.web.access import FormViewer, Here, PageViewer
from collector.web.context import Context
from collector.web.trying import try_password

router = APIRouter(include_in_schema=False)

LASTS_DAYS = (30, 90, 365)
DIFFER = "The two new passwords differ."
NO_LABEL = "Say what the token is for."
FAULTS = (passwords.TOO_SHORT, passwords.TOO_LONG, passwords.THE_LOGIN, DIFFER, NO_LABEL)


@router.get("/account")
def account(request: Request, here: Here, viewer: PageViewer, done: str = "") -> HTMLResponse:
    """`done`: what the form before has done, for one sentence."""
    return HTMLResponse(_render(request, here, viewer, done=done))


@router.post("/account/password")
async def change_password(
    request: Request,
    here: Here,
    viewer: FormViewer,
    password: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """The old one is asked for, and tries of it count as at sign-in: a browser left open is no key to the account."""
    fault = passwords.fault(new, viewer.login) or ("" if new == again else DIFFER)
    if fault:
        return HTMLResponse(await run_in_threadpool(_render, request, here, viewer, fault=fault), 422)

    def then(store: SqliteStore) -> str:
        return store.change_own_password(viewer.login, passwords.hashed(new), session.LASTS, here.now())

    tried = await try_password(here, viewer.login, password, then)
    if tried.outcome != "right":
        page = await run_in_threadpool(_render, request, here, viewer, tried=tried)
        return HTMLResponse(page, tried.status, tried.headers)
    answer = _done("password")
    session.keep(request, answer, tried.token)
    return answer


@router.post("/account/sessions/end")
def end_sessions(request: Request, here: Here, viewer: FormViewer) -> Response:
    """Everywhere but in this browser."""
    with here.stores.writing() as store:
        store.end_sessions(viewer.login, session.token_of(request), here.now())
    return _done("sessions")


@router.post("/account/tokens")
def grant(
    request: Request,
    here: Here,
    viewer: FormViewer,
    label: Annotated[str, Form(max_length=100)] = "",
    days: Annotated[int, Form()] = 90,
) -> Response:
    """The token is in this one answer and nowhere else."""
    if days not in LASTS_DAYS:
        raise HTTPException(422, "A token lasts 30, 90 or 365 days.")
    if not label.strip():
        return HTMLResponse(_render(request, here, viewer, fault=NO_LABEL), 422)
    with here.stores.writing() as store:
        token = store.grant_api(viewer.login, label.strip(), timedelta(days=days), viewer.login, here.now())
    if token is None:
        raise HTTPException(409, "You have 20 tokens already: revoke one that is no longer used.")
    return HTMLResponse(_render(request, here, viewer, token=token))


@router.post("/account/tokens/{token_id}/revoke")
def revoke(here: Here, viewer: FormViewer, token_id: str) -> Response:
    """One's own tokens only."""
    with here.stores.writing() as store:
        known = store.revoke_api(viewer.login, token_id, viewer.login, here.now())
    if not known:
        raise HTTPException(404, "You have no such token; it may have expired.")
    return _done("revoked")


def _done(what: str) -> Response:
    return RedirectResponse(f"/account?done={what}", 303)


def _render(request: Request, here: Context, viewer: Viewer, **said: Any) -> str:
    store = here.stores.reading()
    values: dict[str, Any] = {"done": "", "fault": "", "tried": None, "token": ""} | said
    return here.render(
        request,
        "account.html",
        offices=None if viewer.offices is None else store.offices(viewer),
        tokens=store.api_tokens(viewer.login, here.now()),
        others=max(0, store.sessions(viewer.login, here.now()) - 1),
        timezone=usual_timezone(store.office_timezones().values()),
        lasts_days=LASTS_DAYS,
        **values,
    )
