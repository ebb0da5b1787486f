"""Signing in and out."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from collector import passwords
from collector.web.access import Here, PageViewer
from collector.web.session import COOKIE
from collector.web.texts import COOKIE as LANGUAGE_COOKIE
from collector.web.texts import LANGUAGES

router = APIRouter(include_in_schema=False)

_LASTS = timedelta(hours=12)


@router.get("/sign-in")
def form(request: Request, here: Here, next: str = "/") -> HTMLResponse:  # noqa: A002 - the address's word
    return HTMLResponse(here.render(request, "sign_in.html", next=_own_path(next), failed=False))


@router.post("/sign-in")
def sign_in(
    request: Request,
    here: Here,
    login: Annotated[str, Form()],
    password: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """One answer for a wrong login and a wrong password."""
    if not passwords.matches(password, here.stores.reading().password_hash(login)):
        return HTMLResponse(here.render(request, "sign_in.html", next=_own_path(next), failed=True), 401)
    with here.stores.writing() as store:
        token = store.grant(login, "session", _LASTS, here.now())
    answer = RedirectResponse(_own_path(next), 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, token, max_age=int(_LASTS.total_seconds()), httponly=True, samesite="lax", secure=secure)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, here: Here) -> Response:
    token = request.cookies.get(COOKIE)
    if token:
        with here.stores.writing() as store:
            store.revoke(token)
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/language/{code}")
def language(code: str, next: str = "/") -> Response:  # noqa: A002
    """Remember the reader's language and go back to the page."""
    answer = RedirectResponse(_own_path(next), 303)
    if code in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, code, max_age=365 * 86400, samesite="lax")
    return answer


def _own_path(path: str) -> str:
    """Only a path of this site: never away to another host."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
