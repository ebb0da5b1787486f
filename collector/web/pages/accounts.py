"""Users and roles: inviting, changing, disabling, resetting, and their tokens."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from collector.access import ROLES, Role, User, Viewer, is_login
from collector.localtime import usual_timezone
from collector.store.sqlite import SqliteStore
from collector.store.users import Account
from collector.web.access import AdminFormViewer, AdminViewer, Here
from collector.web.context import Context

router = APIRouter(include_in_schema=False)

NO_LOGIN = "Use letters, digits and . _ @ + -, at most 64, for example jonas.jonaitis."
TAKEN = "There is a user of this name already. Choose another name, or open that user in the list."
NO_ROLE = "Choose one of the roles."
HINDERED = {
    "himself": "You cannot take your own rights, disable yourself or reset yourself: another administrator can.",
    "last": "This is the last administrator who can sign in: make another user an administrator first.",
}
FAULTS = (NO_LOGIN, TAKEN, NO_ROLE, *HINDERED.values())
STATES = ("active", "invited", "over", "locked", "disabled")

Offices = Annotated[list[str] | None, Form()]


@router.get("/users")
def users(
    request: Request,
    here: Here,
    viewer: AdminViewer,
    login: Annotated[str, Query(alias="user", max_length=100)] = "",
    role: str = "",
    state: str = "",
    office: str = "",
) -> HTMLResponse:
    asked = {"login": login.strip(), "role": role, "state": state, "office": office}
    return HTMLResponse(_list(request, here, viewer, asked=asked))


@router.post("/users")
def invite(
    request: Request,
    here: Here,
    viewer: AdminFormViewer,
    login: Annotated[str, Form(alias="user")] = "",
    role: Annotated[str, Form()] = "",
    offices: Offices = None,
) -> HTMLResponse:
    """The link is in this one answer and nowhere else."""
    login = login.strip()
    typed = {"login": login, "role": role, "offices": offices or []}
    faults = ({} if is_login(login) else {"login": NO_LOGIN}) | ({} if role in ROLES else {"role": NO_ROLE})
    token = None
    if not faults:
        with here.stores.writing() as store:
            token = store.invite_user(_user(store, viewer, login, role, offices), viewer.login, here.now())
        faults = {} if token else {"login": TAKEN}
    if faults:
        return HTMLResponse(_list(request, here, viewer, faults=faults, typed=typed), 422)
    return HTMLResponse(_list(request, here, viewer, link=_link(request, here, str(token)), invited=login))


@router.get("/users/{login}")
def user(request: Request, here: Here, viewer: AdminViewer, login: str, done: str = "") -> HTMLResponse:
    """`done`: what the form before has done, for one sentence."""
    return HTMLResponse(_one(request, here, viewer, login, done=done))


@router.post("/users/{login}")
def change(
    request: Request,
    here: Here,
    viewer: AdminFormViewer,
    login: str,
    role: Annotated[str, Form()] = "",
    offices: Offices = None,
) -> Response:
    if role not in ROLES:
        return HTMLResponse(_one(request, here, viewer, login, fault=NO_ROLE), 422)
    with here.stores.writing() as store:
        why = store.reassign_user(_user(store, viewer, login, role, offices), viewer.login, here.now())
    return _answer(request, here, viewer, login, why, "changed")


@router.post("/users/{login}/disable")
def disable(request: Request, here: Here, viewer: AdminFormViewer, login: str) -> Response:
    with here.stores.writing() as store:
        why = store.disable_user(login, viewer.login, here.now())
    return _answer(request, here, viewer, login, why, "disabled")


@router.post("/users/{login}/enable")
def enable(request: Request, here: Here, viewer: AdminFormViewer, login: str) -> Response:
    with here.stores.writing() as store:
        why = store.enable_user(login, viewer.login, here.now())
    return _answer(request, here, viewer, login, why, "enabled")


@router.post("/users/{login}/reset")
def reset(request: Request, here: Here, viewer: AdminFormViewer, login: str) -> HTMLResponse:
    """The old password ends at once; the link to a new one is in this one answer and nowhere else."""
    if login == viewer.login:
        return HTMLResponse(_one(request, here, viewer, login, fault=HINDERED["himself"]), 422)
    with here.stores.writing() as store:
        token = store.invite_again(login, viewer.login, here.now())
    if token is None:
        raise HTTPException(404, "There is no such user, or the user is disabled.")
    return HTMLResponse(_one(request, here, viewer, login, link=_link(request, here, token)))


@router.post("/users/{login}/tokens/{token_id}/revoke")
def revoke(here: Here, viewer: AdminFormViewer, login: str, token_id: str) -> Response:
    with here.stores.writing() as store:
        known = store.revoke_api(login, token_id, viewer.login, here.now())
    if not known:
        raise HTTPException(404, "The user has no such token; it may have expired.")
    return RedirectResponse(f"/users/{login}?done=revoked", 303)


def _user(store: SqliteStore, viewer: Viewer, login: str, role: str, offices: list[str] | None) -> User:
    """Only heads have offices, and only such as there are."""
    chosen: Role = next(one for one in ROLES if one == role)
    known = {office["id"] for office in store.offices(viewer)}
    return User(login, chosen, frozenset(offices or ()) & known if chosen == "head" else frozenset())


def _answer(request: Request, here: Context, viewer: Viewer, login: str, why: str, done: str) -> Response:
    if why in HINDERED:
        return HTMLResponse(_one(request, here, viewer, login, fault=HINDERED[why]), 422)
    if why:
        raise HTTPException(404, "There is no such user.")
    return RedirectResponse(f"/users/{login}?done={done}", 303)


def _link(request: Request, here: Context, token: str) -> str:
    return f"{(here.address or str(request.base_url)).rstrip('/')}/invitation/{token}"


def state_of(account: Account) -> str:
    """One of STATES. `over`: invited, and the link's time has passed."""
    if account.disabled:
        return "disabled"
    if not account.joined:
        return "invited" if account.invited else "over"
    return "locked" if account.opens else "active"


def _matches(account: Account, asked: dict[str, str]) -> bool:
    user = account.user
    return (
        asked["login"].casefold() in user.login.casefold()
        and asked["role"] in ("", user.role)
        and asked["state"] in ("", state_of(account))
        and (not asked["office"] or asked["office"] in user.offices)
    )


def _list(request: Request, here: Context, viewer: Viewer, **said: Any) -> str:
    store, now = here.stores.reading(), here.now()
    nothing = {"login": "", "role": "", "state": "", "office": ""}
    typed = {"login": "", "role": "head", "offices": []}
    values: dict[str, Any] = {"asked": nothing, "faults": {}, "typed": typed, "link": "", "invited": ""} | said
    everybody = store.accounts(now)
    rows = [(account, state_of(account), len(store.api_tokens(account.user.login, now))) for account in everybody]
    shown = [row for row in rows if _matches(row[0], values["asked"])]
    return here.render(
        request, "users.html", rows=shown, total=len(rows), states=STATES, **_shared(store, viewer), **_linked(values)
    )


def _one(request: Request, here: Context, viewer: Viewer, login: str, **said: Any) -> str:
    store, now = here.stores.reading(), here.now()
    account = store.account(login, now)
    if account is None:
        raise HTTPException(404, "There is no such user.")
    values = {"done": "", "fault": "", "link": ""} | said
    more = {
        "account": account,
        "state": state_of(account),
        "tokens": store.api_tokens(login, now),
        "sessions": store.sessions(login, now),
    }
    return here.render(request, "user.html", **more, **_shared(store, viewer), **_linked(values))


def _linked(values: dict[str, Any]) -> dict[str, Any]:
    """`link` is what the frame of a page calls its own address-maker."""
    return {("invitation" if name == "link" else name): value for name, value in values.items()}


def _shared(store: SqliteStore, viewer: Viewer) -> dict[str, Any]:
    offices = store.offices(viewer)
    zone = usual_timezone(store.office_timezones().values())
    names = {office["id"]: office["name"] for office in offices}
    return {"all_offices": offices, "office_names": names, "timezone": zone, "roles": ROLES, "instant": datetime.fromisoformat}
