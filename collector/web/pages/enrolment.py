"""Registering kiosks, one or many, with the one-time codes of their devices; each kiosk's own settings."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from broker_config.signing import SigningError
from collector.access import Viewer
from collector.catalogue import Kiosk, Places
from collector.catalogue_cells import cells_apart
from collector.enrolment import MOST_AT_ONCE, suggested
from collector.store.kiosk_register import ChangedMeanwhileError, Registered, Unfit
from collector.web import codes, kiosk_form
from collector.web.access import AdminFormViewer, AdminViewer, Here
from collector.web.context import Context
from collector.web.kiosk_form import Faults, KioskForm, sent_form
from collector.web.pages.enrolment_many import Wanted, wanted_of
from collector.web.today import today, zone_of

router = APIRouter(include_in_schema=False)

Sent = Annotated[KioskForm, Depends(sent_form)]
Many = Annotated[Wanted, Depends(wanted_of)]


@router.get("/fleet/new")
def new(request: Request, here: Here, viewer: AdminViewer, counter: str = "") -> HTMLResponse:
    """The form of one kiosk; `counter`: where it will stand."""
    return HTMLResponse(_form(request, here, viewer, KioskForm(counter=counter)))


@router.post("/fleet/new")
def register(request: Request, here: Here, viewer: AdminFormViewer, sent: Sent) -> Response:
    """Register it, and show its code. Nothing is registered where the signer is not reached: there would be no code."""
    places = _places(here)
    kiosk, faults = kiosk_form.read(sent, places, _taken(here, viewer), {})
    if kiosk is None:
        return HTMLResponse(_form(request, here, viewer, sent, faults), 422)
    proof, out_of_reach = _proof(here)
    if out_of_reach:
        return HTMLResponse(_form(request, here, viewer, sent, {}, out_of_reach), 503)
    try:
        with here.stores.writing() as store:
            if store.register_kiosks(viewer, [kiosk], today(here), here.now()):
                return HTMLResponse(_form(request, here, viewer, sent, {"ident": "taken"}), 422)
    except Unfit as error:
        return HTMLResponse(_form(request, here, viewer, sent, {error.field: error.fault}), 422)
    return HTMLResponse(_code_page(request, here, viewer, [kiosk], proof, is_new=True))


@router.get("/fleet/codes")
def many(request: Request, here: Here, viewer: AdminViewer, office: str = "") -> HTMLResponse:
    """The form for many at once; `office`: only this one's counters."""
    return HTMLResponse(_many(request, here, viewer, Wanted(office=office)))


@router.post("/fleet/codes")
def sheet(request: Request, here: Here, viewer: AdminFormViewer, wanted: Many) -> Response:
    """Register all of them and answer with a sheet of codes, to be printed and cut."""
    places, taken = _places(here), _taken(here, viewer)
    fault, fresh = _fresh(wanted, places, taken)
    known = [one.kiosk for one in _waiting(here, viewer) if one.kiosk.id in wanted.kiosks]
    if not fault and not 1 <= len(fresh) + len(known) <= MOST_AT_ONCE:
        fault = "how-many"
    if fault:
        return HTMLResponse(_many(request, here, viewer, wanted, fault), 422)
    proof, out_of_reach = _proof(here)
    if out_of_reach:
        return HTMLResponse(_many(request, here, viewer, wanted, "", out_of_reach), 503)
    try:
        with here.stores.writing() as store:
            if store.register_kiosks(viewer, fresh, today(here), here.now()):
                return HTMLResponse(_many(request, here, viewer, wanted, "taken"), 422)
    except Unfit as error:
        return HTMLResponse(_many(request, here, viewer, wanted, error.fault), 422)
    return HTMLResponse(_code_page(request, here, viewer, [*fresh, *known], proof, template="kiosk_sheet.html"))


@router.get("/fleet/{kiosk}/settings")
def settings(request: Request, here: Here, viewer: AdminViewer, kiosk: str, done: str = "") -> HTMLResponse:
    """A kiosk's own settings, and how its device stands. `done`: what the form before has done."""
    found = known_kiosk(here, viewer, kiosk)
    return HTMLResponse(_form(request, here, viewer, kiosk_form.form_of(found.kiosk), found=found, done=done))


@router.post("/fleet/{kiosk}/settings")
def change(
    request: Request,
    here: Here,
    viewer: AdminFormViewer,
    kiosk: str,
    sent: Sent,
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Keep other settings. They reach the kiosk when its configuration is rolled out. `seen`: which ones the form was made of."""
    found = known_kiosk(here, viewer, kiosk)
    own = KioskForm(**vars(sent) | {"ident": kiosk})
    fresh, faults = kiosk_form.read(own, _places(here), set(), found.kiosk.display)
    if fresh is None:
        return HTMLResponse(_form(request, here, viewer, own, faults, found=found, seen=seen), 422)
    try:
        with here.stores.writing() as store:
            changed = store.change_kiosk(viewer, fresh, here.now(), seen)
    except Unfit as error:
        return HTMLResponse(_form(request, here, viewer, own, {error.field: error.fault}, found=found, seen=seen), 422)
    except ChangedMeanwhileError as error:
        apart = cells_apart("kiosk", error.present.kiosk, fresh)
        return HTMLResponse(_form(request, here, viewer, own, found=error.present, apart=apart), 409)
    return RedirectResponse(f"/fleet/{kiosk}/settings?done={'changed' if changed else 'same'}", 303)


def known_kiosk(here: Context, viewer: Viewer, kiosk: str) -> Registered:
    """A registered kiosk; 404 where there is none."""
    found = here.stores.reading().registered(viewer, kiosk) if kiosk else []
    if not found:
        raise HTTPException(404, "There is no such kiosk.")
    return found[0]


def new_code(request: Request, here: Context, viewer: Viewer, kiosk: Kiosk) -> str:
    """The page with a new code for a device of a registered kiosk. Raises SigningError."""
    return _code_page(request, here, viewer, [kiosk], codes.fingerprint(here))


def _code_page(
    request: Request, here: Context, viewer: Viewer, kiosks: list[Kiosk], proof: str, *, is_new: bool = False,
    template: str = "kiosk_code.html",
) -> str:  # fmt: skip
    """Without a signer there is nothing to show but that they are registered."""
    made = codes.made(request, here, viewer.login, kiosks, proof) if proof else []
    return here.render(
        request,
        template,
        kiosks=kiosks,
        codes=made,
        places=_places(here),
        is_new=is_new,
        timezone=zone_of(here),
        back="/fleet/codes",
    )


def _proof(here: Context) -> tuple[str, str]:
    """The authority's fingerprint, empty where there is no signer; and why there is none where it should be."""
    if here.signer is None:
        return "", ""
    try:
        return codes.fingerprint(here), ""
    except SigningError as error:
        return "", str(error)


def _fresh(wanted: Wanted, places: Places, taken: set[str]) -> tuple[str, list[Kiosk]]:
    """(fault, the kiosks to register): as many as asked at each counter, with the next free ids."""
    fresh: list[Kiosk] = []
    if wanted.fault:
        return wanted.fault, []
    for counter, number in wanted.numbers.items():
        for ident in suggested(counter, taken | {one.id for one in fresh}, number):
            kiosk, faults = kiosk_form.read(KioskForm(ident=ident, counter=counter), places, taken, {})
            if kiosk is None:
                return next(iter(faults.values())), []
            fresh.append(kiosk)
    return "", fresh


def _form(
    request: Request, here: Context, viewer: Viewer, form: KioskForm, faults: Faults | None = None, out_of_reach: str = "",
    **more: Any,
) -> str:  # fmt: skip
    places, store = _places(here), here.stores.reading()
    found: Registered | None = more.get("found")
    return here.render(
        request,
        "kiosk_settings.html" if found else "kiosk_new.html",
        form=form,
        faults=faults or {},
        out_of_reach=out_of_reach,
        places=places,
        languages=dict.fromkeys((*kiosk_form.LANGUAGES, *form.chosen)),
        suggested=suggested(form.counter, _taken(here, viewer))[0] if form.counter in places.counters else "",
        has_signer=here.signer is not None,
        certificate=store.certificate(viewer, form.ident) if found else None,
        code_until=store.code_until(viewer, form.ident, here.now()) if found else "",
        timezone=zone_of(here),
        **{"found": None, "done": "", "seen": found.version if found else "", "apart": None} | more,
    )


def _many(request: Request, here: Context, viewer: Viewer, wanted: Wanted, fault: str = "", out_of_reach: str = "") -> str:
    return here.render(
        request,
        "kiosk_many.html",
        wanted=wanted,
        fault=fault,
        out_of_reach=out_of_reach,
        places=_places(here),
        waiting=_waiting(here, viewer) if here.signer else [],
        has_signer=here.signer is not None,
        most=MOST_AT_ONCE,
    )


def _waiting(here: Context, viewer: Viewer) -> list[Registered]:
    """Kiosks in use that no device has a certificate for."""
    return [one for one in here.stores.reading().registered(viewer) if not one.is_retired and not one.has_certificate]


def _taken(here: Context, viewer: Viewer) -> set[str]:
    return {one.kiosk.id for one in here.stores.reading().registered(viewer)}


def _places(here: Context) -> Places:
    return Places(here.stores.reading().catalogue_on(today(here)))
