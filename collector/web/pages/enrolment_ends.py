"""A device replaced, its certificate revoked, a kiosk retired or taken back: each on a page that asks first."""

from typing import Literal

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from broker_config.signing import SigningError
from collector.access import Viewer
from collector.catalogue import Kiosk
from collector.store.kiosk_register import Registered, Unfit
from collector.web.access import AdminFormViewer, AdminViewer, Here
from collector.web.context import Context
from collector.web.pages.enrolment import known_kiosk, new_code
from collector.web.signing import signer_of
from collector.web.today import today

router = APIRouter(include_in_schema=False)

Step = Literal["code", "replace", "revoke", "retire", "use"]


@router.get("/fleet/{kiosk}/{step}")
def ask(request: Request, here: Here, viewer: AdminViewer, kiosk: str, step: Step) -> HTMLResponse:
    """What it means, before it is done."""
    return HTMLResponse(_asked(request, here, known_kiosk(here, viewer, kiosk), step))


@router.post("/fleet/{kiosk}/code")
@router.post("/fleet/{kiosk}/replace")
def code(request: Request, here: Here, viewer: AdminFormViewer, kiosk: str) -> HTMLResponse:
    """A new code. The device that has the place now loses it when the new one is enrolled."""
    found = known_kiosk(here, viewer, kiosk)
    step: Step = "replace" if request.url.path.endswith("/replace") else "code"
    if found.is_retired:
        raise HTTPException(409, "This kiosk is retired: take it back into use first.")
    try:
        return HTMLResponse(new_code(request, here, viewer, found.kiosk))
    except SigningError as error:
        return HTMLResponse(_asked(request, here, found, step, str(error)), 503)


@router.post("/fleet/{kiosk}/revoke")
def revoke(request: Request, here: Here, viewer: AdminFormViewer, kiosk: str) -> Response:
    """Lost or stolen: nobody gets in with its certificate any more. The kiosk stays registered."""
    found = known_kiosk(here, viewer, kiosk)
    try:
        _shut(here, viewer, kiosk)
    except SigningError as error:
        return HTMLResponse(_asked(request, here, found, "revoke", str(error)), 503)
    with here.stores.writing() as store:
        store.note_revoked(kiosk, viewer.login, here.now())
    return _done(kiosk, "revoked")


@router.post("/fleet/{kiosk}/retire")
def retire(request: Request, here: Here, viewer: AdminFormViewer, kiosk: str) -> Response:
    """Its end. First the door is shut, then it is noted: what the page says has happened."""
    found = known_kiosk(here, viewer, kiosk)
    if found.is_retired:
        return _done(kiosk, "retired")
    if here.signer:
        try:
            _shut(here, viewer, kiosk)
        except SigningError as error:
            return HTMLResponse(_asked(request, here, found, "retire", str(error)), 503)
    with here.stores.writing() as store:
        store.retire_kiosk(viewer, kiosk, here.now())
    return _done(kiosk, "retired")


@router.post("/fleet/{kiosk}/use")
def use(here: Here, viewer: AdminFormViewer, kiosk: str) -> Response:
    """A retired one is used again, if the catalogue still has a place and a questionnaire for it."""
    found = known_kiosk(here, viewer, kiosk)
    if found.is_retired and not _taken_back(here, viewer, found.kiosk):
        raise HTTPException(409, "Its counter or questionnaire is out of use: choose others in its settings.")
    return _done(kiosk, "used")


def _taken_back(here: Context, viewer: Viewer, kiosk: Kiosk) -> bool:
    """False where the catalogue has no place or no questionnaire for it by now."""
    try:
        with here.stores.writing() as store:
            store.take_kiosk_back(viewer, kiosk, today(here), here.now())
    except Unfit:
        return False
    return True


def _shut(here: Context, viewer: Viewer, kiosk: str) -> None:
    """Codes first: a device that is being enrolled just now would come in behind the back of who shuts the door."""
    signer = signer_of(here.signer)
    with here.stores.writing() as store:
        store.void_codes(kiosk, viewer.login, here.now())
    signer.revoke(kiosk)


def _asked(request: Request, here: Context, found: Registered, step: Step, out_of_reach: str = "") -> str:
    return here.render(
        request,
        "kiosk_confirm.html",
        found=found,
        step=step,
        out_of_reach=out_of_reach,
        has_signer=here.signer is not None,
        back=f"/fleet/{found.kiosk.id}/{step}",
    )


def _done(kiosk: str, what: str) -> Response:
    return RedirectResponse(f"/fleet/{kiosk}/settings?done={what}", 303)
