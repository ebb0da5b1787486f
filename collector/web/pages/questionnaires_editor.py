"""One version of a questionnaire: a draft to be written on, or what was published, to be read."""

import re
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from broker_config.messages import SCALES
from collector import draft as drafts
from collector.access import Viewer
from collector.draft import Draft, DraftQuestion, languages_in
from collector.draft_changes import MOST_QUESTIONS, add, apply
from collector.draft_faults import Fault, faults
from collector.draft_form import fields, read
from collector.question_sets import NAMES, question_set
from collector.store.drafts import Wanted
from collector.store.questionnaires import Version
from collector.web.access import AdminFormViewer, AdminViewer, Here
from collector.web.context import Context
from collector.web.pages.questionnaires_screens import all_too_long, answers
from collector.web.pages.questionnaires_try import OFFICE, trying
from collector.web.pages.questionnaires_words import AFTERS, ON_SCREEN, OWN_NAMES, WHY, fault_sentence
from collector.web.pages.questionnaires_words import SCALES as SCALE_NAMES
from collector.web.texts import texts_of
from collector.web.today import zone_of

router = APIRouter(include_in_schema=False)

MOST_FIELDS = 900  # a form of more than a thousand is not read
LARGEST_FORM = 512 * 1024  # a Cyrillic letter is six in a form
_MISSING = ("no-text", "no-word", "no-reason", "no-ask-good", "no-ask-bad", "no-languages", "no-questions")


@router.get("/questionnaires/{questionnaire}/{version}")
def page(
    request: Request,
    here: Here,
    _viewer: AdminViewer,
    questionnaire: Annotated[str, Path(max_length=40)],
    version: Annotated[int, Path(ge=1, le=2**31)],
    language: str = "",
    done: str = "",
) -> HTMLResponse:
    """`language`: of the imitated screens. `done`: what the form before has done."""
    found = found_version(here, questionnaire, version)
    return HTMLResponse(_render(request, here, found, found.as_draft, language=language, done=done))


@router.post("/questionnaires/{questionnaire}/{version}", max_body_size=LARGEST_FORM)
async def save(
    request: Request,
    here: Here,
    viewer: AdminFormViewer,
    questionnaire: Annotated[str, Path(max_length=40)],
    version: Annotated[int, Path(ge=1, le=2**31)],
) -> Response:
    """Everything typed is kept, however incomplete, and then the button's action is done on it."""
    typed = [(name, value) for name, value in (await request.form()).multi_items() if isinstance(value, str)]
    return await run_in_threadpool(_save, request, here, viewer, questionnaire, version, typed)


def found_version(here: Context, questionnaire: str, version: int) -> Version:
    """Raises 404 where there is no such version."""
    found = here.stores.reading().questionnaire_version(questionnaire, version)
    if found is None:
        raise HTTPException(404, "There is no such version of a questionnaire.")
    return found


def _save(
    request: Request, here: Context, viewer: Viewer, questionnaire: str, version: int, typed: list[tuple[str, str]]
) -> Response:
    own = dict(typed)
    action, language = own.get("do", "save"), own.get("language", "")
    found = found_version(here, questionnaire, version)
    draft = apply(read(typed), action)
    full = False
    if action == "add-question":
        more = add(draft, _question(own.get("added", "")))
        full = len(fields(more)) > MOST_FIELDS or len(draft.questions) >= MOST_QUESTIONS
        draft = draft if full else more
    wanted = Wanted(questionnaire, version, viewer.login, here.now(), own.get("revision", ""))
    with here.stores.writing() as store:
        outcome = store.save_draft(wanted, draft)
    if outcome.said == "gone":
        raise HTTPException(409, "This version is published, so it is not changed any more. Make a new version of it.")
    if outcome.said == "stale":
        return HTMLResponse(_render(request, here, found, draft, language=language, stale=True), 409)
    if full:
        found = found_version(here, questionnaire, version)
        return HTMLResponse(_render(request, here, found, draft, language=language, full=True), 422)
    return RedirectResponse(_back(found, action, language, len(draft.questions)), 303)


def _back(found: Version, action: str, language: str, count: int) -> str:
    """To the draft, in the language looked at, at the question and the list of reasons that was worked on."""
    looks = action.startswith("look-")
    look = action.removeprefix("look-") if looks else language
    query = {"language": look if re.fullmatch("[a-z]{2,3}", look) else "", "done": "" if looks else "saved"}
    anchor = "#questions" if looks else f"#question-{count - 1}" if action == "add-question" else ""
    if at := re.search(r"q[0-9]{1,3}", action):
        anchor = f"#question-{at[0][1:]}"
        side = re.search("good|bad", action)
        query["open"] = f"{at[0]}-{side[0]}" if side else ""
    asked = urlencode({name: value for name, value in query.items() if value})
    return f"/questionnaires/{found.questionnaire}/{found.version}{'?' if asked else ''}{asked}{anchor}"


def _question(name: str) -> DraftQuestion:
    return drafts.of(question_set(name), drafts.LANGUAGES).questions[0] if name in NAMES else DraftQuestion()


def _render(request: Request, here: Context, found: Version, draft: Draft, **said: Any) -> str:
    store, words = here.stores.reading(), texts_of(request)
    wrong = faults(draft, store.known_wordings()) if found.state == "draft" else []
    offered = [language for language in languages_in(draft) if language in draft.languages]
    marked = _by_field([one for one in wrong if one.kind not in _MISSING], words)
    language = said.pop("language", "")
    values: dict[str, Any] = {"done": "", "stale": False, "full": False} | said
    return here.render(
        request,
        "questionnaires_edit.html",
        found=found,
        draft=draft,
        languages=languages_in(draft),
        offered=offered,
        look=language if language in offered else next(iter(offered), "lt"),
        faults=wrong,
        wrong=marked,
        attributes=lambda name: _attributes(name, name in marked),
        opened=_opened(request, marked),
        given=dict(fields(draft)),
        too_long=all_too_long(draft, offered),
        answers=answers,
        slots=drafts.slots,
        steps=drafts.steps,
        scales={name: SCALE_NAMES[name] for name in SCALES},
        afters=AFTERS,
        own_names=OWN_NAMES,
        on_screen=ON_SCREEN,
        why=WHY,
        sets=NAMES,
        own_office=OFFICE,
        zone=zone_of(here),
        **trying(request, here, draft),
        **values,
    )


def _by_field(wrong: list[Fault], words: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fault in wrong:
        found.setdefault(fault.at, []).append(fault_sentence(words, fault))
    return found


def _attributes(name: str, is_wrong: bool) -> Markup:
    """Of a field: its id, which is its name, and the sentence that says what is wrong with it."""
    told = Markup(' aria-invalid="true" aria-describedby="{}-wrong1"').format(name) if is_wrong else ""
    return Markup('id="{0}" name="{0}"{1}').format(name, told)


def _opened(request: Request, marked: dict[str, list[str]]) -> set[str]:
    """The lists of reasons that stand open: worked on just now, or with something wrong in them."""
    found = {request.query_params.get("open", "")}
    for field in marked:
        if in_list := re.match(r"(q[0-9]+)-(?:ask_)?(good|bad)", field):
            found.add(f"{in_list[1]}-{in_list[2]}")
    return found
