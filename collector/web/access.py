"""Who is asking: the browser's session or a bearer token → a Viewer."""

import contextlib
import hmac
from typing import Annotated

from fastapi import Depends, Form, HTTPException, Path, Request

from collector.access import User, Viewer
from collector.store.base import StoreError
from collector.web.context import Context
from collector.web.problems import SignInNeeded
from collector.web.session import csrf_token, token_of

_SAFE = ("GET", "HEAD", "OPTIONS")
_OWN = ("same-origin", "none")

ADMINS_ONLY = "Only administrators may do this."
SIGN_IN = "Sign in, or send a token: Authorization: Bearer …"


def context(request: Request) -> Context:
    found: Context = request.app.state.context
    return found


def from_here(request: Request) -> None:
    """Refuse what another site makes a browser send, signing in too. Programs send neither header and are let through."""
    if request.method in _SAFE:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    host = request.headers.get("host", "")
    own = site in _OWN if site else origin is None or (host and origin.partition("://")[2] == host)
    if not own:
        raise HTTPException(403, "This was sent from another site. Please open the page here and try again.")


def viewer_or_none(request: Request) -> Viewer | None:
    """A bearer token comes before the session."""
    return _remember(request, _user(request, *_shown(request)))


def viewer_still(request: Request) -> Viewer | None:
    """Who is at the other end of a connection that stays open. That it stays is no use of the session, which may end."""
    token, kind = _shown(request)
    here = context(request)
    found = here.stores.reading().granted(token, kind, here.now()) if token else None
    return Viewer.of(found.user) if found else None


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


def audit_viewer(request: Request) -> Viewer:
    """For the audit log's page: admins and auditors."""
    viewer = page_viewer(request)
    if not viewer.sees_fleet:
        raise HTTPException(403, "Only admins and auditors may see this.")
    return viewer


def admin_viewer(request: Request) -> Viewer:
    """For pages on which the system is set up: admins."""
    viewer = page_viewer(request)
    if not viewer.is_admin:
        raise HTTPException(403, ADMINS_ONLY)
    return viewer


def form_viewer(request: Request, csrf: Annotated[str, Form()] = "") -> Viewer:
    """For forms: the session's viewer, if the form came from a page of this session. Every POST of a page takes it.

    An API token is not enough: who finds one could make himself others with it.
    """
    viewer = _remember(request, _session_user(request))
    if viewer is None:
        raise SignInNeeded
    if not hmac.compare_digest(csrf.encode(), csrf_token(request).encode()):
        raise HTTPException(403, "This form is out of date. Please go back, reload the page and try again.")
    return viewer


def admin_form_viewer(viewer: Annotated[Viewer, Depends(form_viewer)]) -> Viewer:
    """For forms that change how the system is set up: an admin's session, with the form's token."""
    if not viewer.is_admin:
        raise HTTPException(403, ADMINS_ONLY)
    return viewer


def _remember(request: Request, user: User | None) -> Viewer | None:
    """For the frame of the page."""
    viewer = request.state.viewer = Viewer.of(user) if user else None
    return viewer


def _shown(request: Request) -> tuple[str, str]:
    """The token that a request shows, and its kind."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return (token.strip(), "api") if scheme.lower() == "bearer" else (token_of(request), "session")


def _session_user(request: Request) -> User | None:
    return _user(request, token_of(request), "session")


def _user(request: Request, token: str, kind: str) -> User | None:
    here = context(request)
    found = here.stores.reading().granted(token, kind, here.now()) if token else None
    if found is None:
        return None
    if found.stale:
        # A store that takes no writes now still shows its pages.
        with contextlib.suppress(StoreError), here.stores.writing() as store:
            store.note_use(token, here.now())
    return found.user


Row = Annotated[int, Path(ge=1, le=2**63 - 1)]  # a row's number, as SQLite has them
Here = Annotated[Context, Depends(context)]
PageViewer = Annotated[Viewer, Depends(page_viewer)]
FormViewer = Annotated[Viewer, Depends(form_viewer)]
ApiViewer = Annotated[Viewer, Depends(api_viewer)]
FleetViewer = Annotated[Viewer, Depends(fleet_viewer)]
AuditViewer = Annotated[Viewer, Depends(audit_viewer)]
AdminViewer = Annotated[Viewer, Depends(admin_viewer)]
AdminFormViewer = Annotated[Viewer, Depends(admin_form_viewer)]
