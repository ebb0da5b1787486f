"""Where a questionnaire is asked: the places of one institution, what each kiosk asks and why."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from collector.access import Viewer
from collector.assignment import KINDS, chosen_now, source, within
from collector.catalogue import Catalogue, Places
from collector.store.assigning import revision
from collector.store.drafts import Outcome, Wanted
from collector.web.access import AdminFormViewer, AdminViewer, Here
from collector.web.context import Context
from collector.web.pages.questionnaires_words import PLACES, trouble_sentence
from collector.web.texts import texts_of
from collector.web.today import today

router = APIRouter(include_in_schema=False)

Ident = Annotated[str, Path(max_length=40)]


@router.get("/questionnaires/{questionnaire}/assign")
def page(
    request: Request,
    here: Here,
    _viewer: AdminViewer,
    questionnaire: Ident,
    institution: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """The places of an institution, the first where none is named."""
    return HTMLResponse(_render(request, here, questionnaire, institution))


@router.post("/questionnaires/{questionnaire}/assign")
async def assign(request: Request, here: Here, viewer: AdminFormViewer, questionnaire: Ident) -> Response:
    """A box ticked puts it there, a box cleared takes it away; what others are assigned to stays theirs."""
    form = await request.form()
    chosen = {kind: frozenset(str(value) for value in form.getlist(kind)) for kind in KINDS}
    institution, seen = str(form.get("of", "")), str(form.get("revision", ""))
    return await run_in_threadpool(_assign, request, here, viewer, questionnaire, institution, chosen, seen)


def _assign(
    request: Request,
    here: Context,
    viewer: Viewer,
    questionnaire: str,
    institution: str,
    chosen: dict[str, frozenset[str]],
    seen: str,
) -> Response:
    wanted = Wanted(questionnaire, 0, viewer.login, here.now(), seen)
    with here.stores.writing() as store:
        if not any(one.questionnaire == questionnaire for one in store.questionnaire_versions()):
            raise HTTPException(404, "There is no such questionnaire.")
        outcome = store.assign_questionnaire(wanted, institution, chosen, today(here))
    if outcome.said == "done":
        return RedirectResponse(f"/questionnaires?done=assigned&of={questionnaire}", 303)
    status = 409 if outcome.said == "stale" else 422
    return HTMLResponse(_render(request, here, questionnaire, institution, outcome, chosen), status)


def _render(
    request: Request,
    here: Context,
    questionnaire: str,
    institution: str,
    outcome: Outcome | None = None,
    chosen: dict[str, frozenset[str]] | None = None,
) -> str:
    store = here.stores.reading()
    if not any(one.questionnaire == questionnaire for one in store.questionnaire_versions()):
        raise HTTPException(404, "There is no such questionnaire.")
    known = store.catalogue_on(today(here))
    one = next((one for one in known.institutions if one.id == institution), next(iter(known.institutions), None))
    scope = within(known, one.id if one else "")
    words = texts_of(request)
    return here.render(
        request,
        "questionnaires_assign.html",
        questionnaire=questionnaire,
        institutions=known.institutions,
        institution=one,
        offices=_offices(known, scope),
        ticked=chosen or chosen_now(known, questionnaire),
        revision=revision(known, scope),
        places=PLACES,
        is_asked=questionnaire in {found.id for found in known.questionnaires},
        outcome=outcome,
        troubles=[trouble_sentence(words, trouble) for trouble in outcome.troubles] if outcome else [],
    )


def _offices(known: Catalogue, scope: dict[str, frozenset[str]]) -> list[dict[str, Any]]:
    """Offices with their counters and these with their kiosks, each kiosk with what it asks and from where."""
    places = Places(known)
    kiosks: dict[str, list[dict[str, Any]]] = {}
    for kiosk in known.kiosks:
        if kiosk.id in scope["kiosk"]:
            line = {"kiosk": kiosk, "asks": places.questionnaire_of(kiosk), "source": source(places, kiosk)}
            kiosks.setdefault(kiosk.counter, []).append(line)
    counters: dict[str, list[dict[str, Any]]] = {}
    for counter in known.counters:
        if counter.id in scope["counter"]:
            counters.setdefault(counter.office, []).append({"counter": counter, "kiosks": kiosks.get(counter.id, [])})
    offices = [office for office in known.offices if office.id in scope["office"]]
    return [{"office": office, "counters": counters.get(office.id, [])} for office in offices]
