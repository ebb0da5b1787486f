"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from collector.web import session
from collector.web.access import FormViewer, Here
from collector.web.texts import COOKIE as LANGUAGE_COOKIE
from collector.web.texts import LANGUAGES
from collector.web.trying import try_password

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
def form(request: Request, here: Here, next: str = "/") -> HTMLResponse:  # noqa: A002 - the address's word
    return HTMLResponse(here.render(request, "sign_in.html", next=session.own_path(next), tried=None))


@router.post("/sign-in")
async def sign_in(
    request: Request,
    here: Here,
    login: Annotated[str, Form()],
    password: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """One answer for a wrong login and a wrong password, and one where either is locked. Each sign-in is a new session."""
    before = session.token_of(request)
    tried = await try_password(here, login, password, lambda store: store.sign_in(login, before, session.LASTS, here.now()))
    if tried.outcome != "right":
        page = here.render(request, "sign_in.html", next=session.own_path(next), tried=tried)
        return HTMLResponse(page, tried.status, tried.headers)
    answer = RedirectResponse(session.own_path(next), 303)
    session.keep(request, answer, tried.token)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, here: Here, _viewer: FormViewer) -> Response:
    with here.stores.writing() as store:
        store.revoke(session.token_of(request))
    answer = RedirectResponse("/sign-in", 303)
    session.drop(request, answer)
    return answer


@router.get("/language/{code}")
def language(request: Request, code: str, next: str = "/") -> Response:  # noqa: A002
    """Remember the reader's language and go back to the page."""
    answer = RedirectResponse(session.own_path(next), 303)
    if code in LANGUAGES:
        secure = session.is_secure(request)
        answer.set_cookie(LANGUAGE_COOKIE, code, max_age=365 * 86400, samesite="lax", secure=secure, httponly=True)
    return answer
