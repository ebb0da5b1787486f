"""The list of questionnaires: their versions, where they are asked; new ones, and the end of old ones."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from broker_config.topics import is_identifier
from collector import draft as drafts
from collector.assignment import KINDS, asking, chosen_now
from collector.draft import Draft, DraftQuestion
from collector.question_sets import NAMES, question_set
from collector.store.drafts import Outcome, Wanted
from collector.store.questionnaires import Version
from collector.web.access import AdminFormViewer, AdminViewer, Here
from collector.web.context import Context
from collector.web.pages import (
    questionnaires_assign,
    questionnaires_editor,
    questionnaires_publish,
    questionnaires_try,
)
from collector.web.pages.questionnaires_words import SETS, trouble_sentence
from collector.web.texts import texts_of
from collector.web.today import today, zone_of

router = APIRouter(include_in_schema=False)

Ident = Annotated[str, Path(max_length=40)]
Number = Annotated[int, Path(ge=1, le=2**31)]
DONE = ("deleted", "retired", "published", "assigned")


@router.get("/questionnaires")
def listed(request: Request, here: Here, _viewer: AdminViewer, done: str = "", of: str = "") -> HTMLResponse:
    """`done`, `of`: what the form before has done, and to which, for one sentence."""
    return HTMLResponse(_page(request, here, done=done if done in DONE else "", of=of))


@router.post("/questionnaires")
def start(
    request: Request,
    here: Here,
    viewer: AdminFormViewer,
    template: Annotated[str, Form(max_length=40)] = "",
    ident: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """A new questionnaire from a set that ships, or an empty one; its id is the set's where none is typed."""
    wanted = ident.strip() or template
    if template not in ("", *NAMES):
        raise HTTPException(422, "There is no such set of questions.")
    if not is_identifier(wanted):
        return HTMLResponse(_page(request, here, fault="id", chosen_set=template, ident=ident), 422)
    with here.stores.writing() as store:
        outcome = store.start_draft(viewer.login, wanted, _first(template), here.now())
    if outcome.said == "refused":
        return HTMLResponse(_page(request, here, fault="taken", chosen_set=template, ident=wanted), 422)
    return RedirectResponse(f"/questionnaires/{wanted}/{outcome.version}", 303)


@router.post("/questionnaires/{questionnaire}/draft")
def copy(here: Here, viewer: AdminFormViewer, questionnaire: Ident) -> Response:
    """A new version; the draft that there is already, where there is one."""
    with here.stores.writing() as store:
        outcome = store.copy_to_draft(viewer.login, questionnaire, here.now())
    if outcome.said == "gone":
        raise HTTPException(404, "There is no such questionnaire.")
    return RedirectResponse(f"/questionnaires/{questionnaire}/{outcome.version}", 303)


@router.post("/questionnaires/{questionnaire}/{version}/delete")
def delete(here: Here, viewer: AdminFormViewer, questionnaire: Ident, version: Number) -> Response:
    """Drafts only."""
    with here.stores.writing() as store:
        outcome = store.delete_draft(Wanted(questionnaire, version, viewer.login, here.now()))
    if outcome.said == "gone":
        raise HTTPException(409, "This is not a draft any more, so it cannot be deleted.")
    return RedirectResponse(f"/questionnaires?done=deleted&of={questionnaire}", 303)


@router.post("/questionnaires/{questionnaire}/{version}/retire")
def retire(request: Request, here: Here, viewer: AdminFormViewer, questionnaire: Ident, version: Number) -> Response:
    """Refused, with the kiosks, where one would be left without a questionnaire."""
    with here.stores.writing() as store:
        outcome = store.retire_questionnaire(Wanted(questionnaire, version, viewer.login, here.now()), today(here))
    if outcome.said == "gone":
        raise HTTPException(409, "Only a published version can be retired.")
    if outcome.said == "refused":
        return HTMLResponse(_page(request, here, refused=outcome, of=questionnaire), 409)
    return RedirectResponse(f"/questionnaires?done=retired&of={questionnaire}", 303)


def _first(template: str) -> Draft:
    if not template:
        return Draft(languages=["lt", "en"], questions=[DraftQuestion()])
    return drafts.of(question_set(template), drafts.LANGUAGES)


def _page(request: Request, here: Context, **said: Any) -> str:
    store, day = here.stores.reading(), today(here)
    known, versions = store.catalogue_on(day), store.questionnaire_versions()
    names = list(dict.fromkeys([*(one.questionnaire for one in versions)]))
    refused: Outcome | None = said.pop("refused", None)
    values: dict[str, Any] = {"done": "", "of": "", "fault": "", "chosen_set": "core5", "ident": ""} | said
    return here.render(
        request,
        "questionnaires.html",
        lines=[_line(name, [one for one in versions if one.questionnaire == name], day) for name in names],
        assigned={name: {kind: sorted(ids) for kind, ids in chosen_now(known, name).items() if ids} for name in names},
        places={kind: _names(getattr(known, f"{kind}s")) for kind in KINDS if kind != "kiosk"},
        asking={name: len(asking(known, name)) for name in names},
        sets=SETS,
        zone=zone_of(here),
        troubles=[trouble_sentence(texts_of(request), one) for one in refused.troubles] if refused else [],
        **values,
    )


def _line(name: str, own: list[Version], day: str) -> dict[str, Any]:
    """One questionnaire: its main question by language, and its versions with what each is now."""
    due = [one.version for one in own if one.state == "published" and one.valid_from <= day]
    newest = max(due, default=0)

    def now(one: Version) -> str:
        if one.state != "published":
            return one.state
        return "asked" if one.version == newest else "coming" if one.valid_from > day and one.version > newest else "replaced"

    shown = next((one for one in own if one.version == newest), own[0]).as_draft
    title = shown.questions[0].text if shown.questions else {}
    has_draft = any(one.state == "draft" for one in own)
    return {"name": name, "title": title, "has_draft": has_draft, "rows": [{"version": one, "now": now(one)} for one in own]}


def _names(rows: list[Any]) -> dict[str, dict[str, str]]:
    return {one.id: one.name for one in rows}


for _part in (questionnaires_assign, questionnaires_publish, questionnaires_try, questionnaires_editor):
    router.include_router(_part.router)
