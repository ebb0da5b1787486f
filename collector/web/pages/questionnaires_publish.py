"""Publishing a draft: the list of what is missing or wrong, a new id with one press, the day from which it is asked."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from collector.assignment import asking
from collector.draft_changes import free_id, renew_question, renew_reason
from collector.draft_faults import Fault
from collector.store.drafts import Outcome, Wanted
from collector.store.questionnaires import Version
from collector.web.access import AdminFormViewer, AdminViewer, Here
from collector.web.context import Context
from collector.web.pages.questionnaires_words import fault_sentence, trouble_sentence
from collector.web.texts import texts_of
from collector.web.today import today

router = APIRouter(include_in_schema=False)

Ident = Annotated[str, Path(max_length=40)]
Number = Annotated[int, Path(ge=1, le=2**31)]


@router.get("/questionnaires/{questionnaire}/{version}/publish")
def page(request: Request, here: Here, _viewer: AdminViewer, questionnaire: Ident, version: Number) -> Response:
    """What keeps the draft from being published, or the form to publish it; a published version is shown instead."""
    found = _draft(here, questionnaire, version)
    if found is None:
        return RedirectResponse(f"/questionnaires/{questionnaire}/{version}", 303)
    outcome = here.stores.reading().judge_draft(found, today(here))
    return HTMLResponse(_render(request, here, found, outcome))


@router.post("/questionnaires/{questionnaire}/{version}/publish")
def publish(
    request: Request,
    here: Here,
    viewer: AdminFormViewer,
    questionnaire: Ident,
    version: Number,
    from_: Annotated[str, Form(alias="from", max_length=20)] = "",
    revision: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """From then on it is never changed. `revision`: what was seen is what is published."""
    wanted = Wanted(questionnaire, version, viewer.login, here.now(), revision or "none", from_.strip())
    with here.stores.writing() as store:
        outcome = store.publish_draft(wanted, today(here))
    if outcome.said == "done":
        return RedirectResponse(f"/questionnaires?done=published&of={questionnaire}", 303)
    found = _draft(here, questionnaire, version)
    if found is None:
        raise HTTPException(409, "This version is published, so it is not changed any more. Make a new version of it.")
    status = 409 if outcome.said == "stale" else 422
    return HTMLResponse(_render(request, here, found, outcome, typed=from_), status)


@router.post("/questionnaires/{questionnaire}/{version}/renew")
def renew(
    here: Here,
    viewer: AdminFormViewer,
    questionnaire: Ident,
    version: Number,
    what: Annotated[Literal["question", "reason"], Form()],
    ident: Annotated[str, Form(max_length=40)],
) -> Response:
    """Give a question or a reason of the draft an id that was never used."""
    found = _draft(here, questionnaire, version)
    if found is None:
        raise HTTPException(409, "This version is published, so it is not changed any more. Make a new version of it.")
    change = renew_question if what == "question" else renew_reason
    with here.stores.writing() as store:
        draft = change(found.as_draft, ident, _free(store.known_wordings().ids(what), found, what, ident))
        outcome = store.save_draft(Wanted(questionnaire, version, viewer.login, here.now(), found.revision), draft)
    if outcome.said != "done":
        raise HTTPException(409, "Somebody else has changed this draft just now. Please look at it and try again.")
    return RedirectResponse(f"/questionnaires/{questionnaire}/{version}/publish", 303)


def _draft(here: Context, questionnaire: str, version: int) -> Version | None:
    found = here.stores.reading().questionnaire_version(questionnaire, version)
    if found is None:
        raise HTTPException(404, "There is no such version of a questionnaire.")
    return found if found.state == "draft" else None


def _free(taken: set[str], found: Version, what: str, ident: str) -> str:
    questions = found.as_draft.questions
    here = [one.id for one in questions]
    if what == "reason":
        here = [one.id for question in questions for one in (*question.good, *question.bad)]
    return free_id(ident, taken | set(here))


def _render(request: Request, here: Context, found: Version, outcome: Outcome, typed: str = "") -> str:
    store, words = here.stores.reading(), texts_of(request)
    taken = store.known_wordings()

    def line(fault: Fault) -> dict[str, Any]:
        renew = {"what": fault.renew[0], "old": fault.renew[1]} if fault.renew else None
        new = _free(taken.ids(fault.renew[0]), found, *fault.renew) if fault.renew else ""
        return {"sentence": fault_sentence(words, fault), "at": fault.at, "renew": renew, "new": new}

    # One press renews the whole question, so its button stands once.
    seen: set[Any] = set()
    lines = []
    for fault in outcome.faults:
        lines.append(line(fault))
        if fault.renew in seen:
            lines[-1]["renew"] = None
        seen.add(fault.renew)
    return here.render(
        request,
        "questionnaires_publish.html",
        found=found,
        outcome=outcome,
        lines=[one for one in lines if one["at"] != "from"],
        about_day=[one["sentence"] for one in lines if one["at"] == "from"],
        troubles=[trouble_sentence(words, one) for one in outcome.troubles],
        kiosks=len(asking(store.catalogue_on(today(here)), found.questionnaire)),
        today=today(here),
        typed=typed,
        draft=found.as_draft,
    )
