"""The real thing: a version shown on a kiosk for a minute, and pictures drawn by the kiosk's own program."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException, Path, Request
from fastapi.responses import RedirectResponse, Response

from broker_config.messages import MAX_BATCH_BYTES, KioskConfig
from collector.access import Viewer
from collector.draft import Draft
from collector.draft import questionnaire as built
from collector.draft_faults import incomplete
from collector.trial import made_up, to_be_shown
from collector.web.access import AdminFormViewer, AdminViewer, Here
from collector.web.context import Context
from collector.web.kiosk_pictures import SIZES, NoPicturesError, kiosk_program
from collector.web.today import today

router = APIRouter(include_in_schema=False)

Ident = Annotated[str, Path(max_length=40)]
Number = Annotated[int, Path(ge=1, le=2**31)]
SHOWN_S = 60
COMMAND_TTL_S = 30.0
OFFICE = "Nuomonė"


@router.post("/questionnaires/{questionnaire}/{version}/show")
def show(
    here: Here,
    viewer: AdminFormViewer,
    questionnaire: Ident,
    version: Number,
    kiosk: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """On a real kiosk, for a minute, between visits; what is tapped on it is not recorded."""
    config = _config(here, questionnaire, version, kiosk)
    if len(config.wire()) > MAX_BATCH_BYTES:
        raise HTTPException(422, "This is too large to be sent to a kiosk: shorten the texts.")
    with here.stores.writing() as store:
        args = {"config": config.model_dump(mode="json"), "seconds": SHOWN_S}
        ident = store.send_command(viewer.login, config.kiosk, "show", args, COMMAND_TTL_S, here.now())
    return RedirectResponse(f"/questionnaires/{questionnaire}/{version}?shown={ident}&on={config.kiosk}#trying", 303)


@router.post("/questionnaires/{questionnaire}/{version}/pictures")
def draw(
    here: Here,
    _viewer: AdminFormViewer,
    questionnaire: Ident,
    version: Number,
    size: Annotated[Literal["1280x800", "1920x1080", "1080x1920", "800x480"], Form()] = "1280x800",
    kiosk: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Every screen in every language, as on a kiosk, or as on one that stands nowhere."""
    program = kiosk_program()
    if not program:
        raise HTTPException(409, "Pictures need the kiosk's package on this server.")
    config = _config(here, questionnaire, version, kiosk)
    there = f"/questionnaires/{questionnaire}/{version}"
    try:
        key = here.kiosk_pictures.draw(program, config, size)
    except NoPicturesError as error:
        return RedirectResponse(f"{there}?unpictured={error.args[0]}#trying", 303)
    return RedirectResponse(f"{there}?pictures={key}#trying", 303)


@router.get("/questionnaires/pictures/{of}/{picture}.png")
def picture(
    here: Here, _viewer: AdminViewer, of: Annotated[str, Path(max_length=40)], picture: Annotated[str, Path(max_length=80)]
) -> Response:
    """One picture of a set that was drawn a moment ago."""
    found = here.kiosk_pictures.found(of).get(f"{picture}.png")
    if found is None:
        raise HTTPException(404, "This picture is not kept any more. Please have the pictures drawn again.")
    return Response(found, media_type="image/png")


def trying(request: Request, here: Context, draft: Draft) -> dict[str, Any]:
    """What the page shows of it: kiosks to choose, online ones first, what came of a command, pictures."""
    store, asked = here.stores.reading(), request.query_params
    viewer: Viewer = request.state.viewer
    kiosks = [one for one in store.kiosks(viewer) if one["status"] == "active"]
    shown = store.command(viewer, asked.get("on", ""), asked.get("shown", ""))
    key = asked.get("pictures", "")
    return {
        "can_show": not incomplete(draft),
        "kiosks": sorted(kiosks, key=lambda one: (one["state"] != "online", one["id"])),
        "shown": shown,
        "progress": shown.progress(here.now()) if shown else "",
        "can_draw": bool(kiosk_program()),
        "sizes": SIZES,
        "pictures": list(here.kiosk_pictures.found(key)),
        "picture_set": key,
        "unpictured": asked.get("unpictured", "") if not key else "",
        "seconds": SHOWN_S,
    }


def _config(here: Context, questionnaire: str, version: int, kiosk: str) -> KioskConfig:
    """What a kiosk would get. Raises 404 and 422 with a sentence."""
    found = here.stores.reading().questionnaire_version(questionnaire, version)
    if found is None:
        raise HTTPException(404, "There is no such version of a questionnaire.")
    draft = found.as_draft
    if incomplete(draft):
        raise HTTPException(422, "This cannot be shown yet: texts are missing or wrong. The list says which.")
    tried = built(draft, questionnaire)
    if not kiosk:
        return made_up(tried, draft.languages, OFFICE)
    config = here.stores.reading().config_trying(tried, kiosk, today(here))
    if config is None:
        raise HTTPException(422, "There is no such kiosk any more. Choose another one.")
    return to_be_shown(config, draft.languages)
