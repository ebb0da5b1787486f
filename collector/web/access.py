"""Who is asking: the browser's session or a bearer token → a Viewer."""

import hmac
from typing import Annotated

from fastapi import Depends, Form, HTTPException, Request

from collector.access import User, Viewer
from collector.web.context import Context
from collector.web.problems import SignInNeeded
from collector.web.session import COOKIE, csrf_token

SIGN_IN = "Sign in, or send a token: Authorization: Bearer …"


def context(request: Request) -> Context:
    found: Context = request.app.state.context
    return found


def viewer_or_none(request: Request) -> Viewer | None:
    """A bearer token comes before the session."""
    user = _user(request)
    request.state.viewer = Viewer.of(user) if user else None
    return Viewer.of(user) if user else None


def page_viewer(request: Request) -> Viewer:
    """For pages: nobody is sent to sign in."""
    viewer = viewer_or_none(request)
    if viewer is None:
        raise SignInNeeded
    return viewer


def api_viewer(request: Request) -> Viewer:
    """For the API: nobody gets 401."""
    viewer = viewer_or_none(request)
    if viewer is None:
        raise HTTPException(401, SIGN_IN)
    return viewer


def fleet_viewer(request: Request) -> Viewer:
    """For what concerns the whole system: admins and auditors."""
    viewer = api_viewer(request)
    if not viewer.sees_fleet:
        raise HTTPException(403, "Only admins and auditors may see this.")
    return viewer


def form_viewer(request: Request, csrf: Annotated[str, Form()] = "") -> Viewer:
    """For forms: the page's viewer, if the form came from a page of this session. Every POST of a page takes it."""
    viewer = page_viewer(request)
    if not hmac.compare_digest(csrf.encode(), csrf_token(request).encode()):
        raise HTTPException(403, "This form is out of date. Please go back, reload the page and try again.")
    return viewer


def _user(request: Request) -> User | None:
    here = context(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return here.stores.reading().user_by_token(token.strip(), "api", here.now())
    session = request.cookies.get(COOKIE)
    return here.stores.reading().user_by_token(session, "session", here.now()) if session else None


Here = Annotated[Context, Depends(context)]
PageViewer = Annotated[Viewer, Depends(page_viewer)]
FormViewer = Annotated[Viewer, Depends(form_viewer)]
ApiViewer = Annotated[Viewer, Depends(api_viewer)]
FleetViewer = Annotated[Viewer, Depends(fleet_viewer)]
