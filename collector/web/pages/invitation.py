"""What somebody sees who was invited: choosing the first password. Whoever has the link is let in, nobody else."""

from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from collector import passwords
from collector.store.invitations import Invitation
from collector.web import session
from collector.web.access import Here
from collector.web.context import Context
from collector.web.pages.account import DIFFER

router = APIRouter(include_in_schema=False)

_STATUS = {"open": 200, "used": 410, "expired": 410, "void": 410, "unknown": 404}


@router.get("/invitation/{token}")
def form(request: Request, here: Here, token: str) -> HTMLResponse:
    """Opening the link uses nothing up: programs that check mails for bad links open it too."""
    return _page(request, here, here.stores.reading().invitation(token, here.now()))


@router.post("/invitation/{token}")
async def accept(
    request: Request,
    here: Here,
    token: str,
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """The password is chosen, the link used up, and the browser signed in."""
    invitation = await to_thread.run_sync(lambda: here.stores.reading().invitation(token, here.now()))
    if invitation is None or invitation.state != "open":
        return _page(request, here, invitation)
    fault = passwords.fault(new, invitation.login) or ("" if new == again else DIFFER)
    if fault:
        return _page(request, here, invitation, 422, fault=fault)
    return await to_thread.run_sync(_accept, request, here, token, new, limiter=here.hashing)


def _accept(request: Request, here: Context, token: str, password: str) -> Response:
    """Argon2 takes all of a core: as many at once as sign-ins."""
    hashed = passwords.hashed(password)
    with here.stores.writing() as store:
        login = store.accept_invitation(token, hashed, here.now())
        if login is None:  # somebody was quicker with the same link
            return _page(request, here, store.invitation(token, here.now()))
        opened = store.sign_in(login, session.token_of(request), session.LASTS, here.now())
    answer = RedirectResponse("/", 303)
    session.keep(request, answer, opened)
    return answer


def _page(request: Request, here: Context, invitation: Invitation | None, status: int = 0, **said: Any) -> HTMLResponse:
    state = invitation.state if invitation else "unknown"
    login = invitation.login if invitation and state == "open" else ""
    values = {"fault": ""} | said
    return HTMLResponse(here.render(request, "invitation.html", state=state, login=login, **values), status or _STATUS[state])
