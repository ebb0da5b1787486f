"""How long what citizens gave is kept, and what that will erase: shown before it is saved."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from collector.access import Viewer
from collector.catalogue import Retention
from collector.localtime import usual_timezone
from collector.store.retention import Keeping
from collector.web.access import AdminFormViewer, AdminViewer, Here
from collector.web.context import Context

router = APIRouter(include_in_schema=False)

NO_DAYS = "Give a whole number of days, 1 to 3650."
NO_MONTHS = "Give a whole number of months, 1 to 120."
FAULTS = (NO_DAYS, NO_MONTHS)
_LIMITS = {"comments_days": (3650, NO_DAYS), "events_months": (120, NO_MONTHS)}


@router.get("/retention")
def page(request: Request, here: Here, viewer: AdminViewer, done: str = "") -> HTMLResponse:
    store = here.stores.reading()
    rows = [(one, store.going(viewer, one.id, one.retention, here.now())) for one in store.keepings(viewer)]
    return HTMLResponse(here.render(request, "retention.html", rows=rows, runs=store.erasures(), done=done, **_frame(here)))


@router.get("/retention/{institution}")
def preview(
    request: Request, here: Here, viewer: AdminViewer, institution: str, comments_days: str = "", events_months: str = ""
) -> HTMLResponse:
    """What other numbers would erase; without any, what those of now will."""
    keeping = _known(here, viewer, institution)
    kept = keeping.retention
    typed = {
        "comments_days": comments_days.strip() or str(kept.comments_days),
        "events_months": events_months.strip() or str(kept.events_months),
    }
    return _previewed(request, here, viewer, keeping, typed)


@router.post("/retention/{institution}")
def change(
    request: Request,
    here: Here,
    viewer: AdminFormViewer,
    institution: str,
    comments_days: Annotated[str, Form()] = "",
    events_months: Annotated[str, Form()] = "",
) -> Response:
    """Saved only; the next run acts on it."""
    keeping = _known(here, viewer, institution)
    typed = {"comments_days": comments_days.strip(), "events_months": events_months.strip()}
    if _faults(typed):
        return _previewed(request, here, viewer, keeping, typed)
    wanted = Retention.model_validate({name: int(value) for name, value in typed.items()})
    with here.stores.writing() as store:
        store.change_retention(viewer, institution, wanted, here.now())
    return RedirectResponse("/retention?done=saved", 303)


def _previewed(request: Request, here: Context, viewer: Viewer, keeping: Keeping, typed: dict[str, str]) -> HTMLResponse:
    faults = _faults(typed)
    store = here.stores.reading()
    wanted = keeping.retention if faults else Retention.model_validate({name: int(value) for name, value in typed.items()})
    values: dict[str, Any] = {
        "one": keeping,
        "wanted": wanted,
        "typed": typed,
        "faults": faults,
        "going": store.going(viewer, keeping.id, wanted, here.now()),
        "already": store.going(viewer, keeping.id, keeping.retention, here.now()),
    }
    return HTMLResponse(here.render(request, "retention_preview.html", **values, **_frame(here)), 422 if faults else 200)


def _faults(typed: dict[str, str]) -> dict[str, str]:
    """The sentence at each number that is none."""
    return {
        name: fault
        for name, (most, fault) in _LIMITS.items()
        if not (typed[name].isascii() and typed[name].isdecimal() and len(typed[name]) < 6 and 1 <= int(typed[name]) <= most)
    }


def _known(here: Context, viewer: Viewer, institution: str) -> Keeping:
    found = next((one for one in here.stores.reading().keepings(viewer) if one.id == institution), None)
    if found is None:
        raise HTTPException(404, "There is no such institution.")
    return found


def _frame(here: Context) -> dict[str, Any]:
    return {"timezone": usual_timezone(here.stores.reading().office_timezones().values())}
