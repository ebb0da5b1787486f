"""Configurations: what kiosks show against what the catalogue says, and staged roll-outs of the difference."""

from datetime import date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from collector.access import Viewer
from collector.localtime import usual_timezone
from collector.rollouts import stages_of
from collector.store.configurations import Standing
from collector.store.rollouts import Plan, RolloutRefused
from collector.web.access import AdminFormViewer, AuditViewer, Here, Row
from collector.web.context import Context
from collector.web.csv import csv_response
from collector.web.formats import alphabetical
from collector.web.pages.configuration_choice import Choice, Chosen, choose, matching
from collector.web.texts import texts_of

router = APIRouter(include_in_schema=False)

PAGE = 100
FIRST_MOST = 200


@router.get("/configurations")
def page(request: Request, here: Here, viewer: AuditViewer, day: str = "", office: str = "", kiosks: str = "") -> Response:
    """What differs, by identical change, of all kiosks or those chosen, on a day; and the roll-outs."""
    return HTMLResponse(_page(request, here, viewer, choose(here, viewer, Choice(day, office, kiosks))))


@router.post("/configurations")
def start(
    request: Request,
    here: Here,
    viewer: AdminFormViewer,
    day: Annotated[str, Form()] = "",
    office: Annotated[str, Form()] = "",
    kiosks: Annotated[str, Form(max_length=60_000)] = "",
    shown: Annotated[str, Form()] = "",
    stages: Annotated[str, Form()] = "staged",
    first: Annotated[str, Form()] = "",
    at: Annotated[str, Form()] = "",
) -> Response:
    """Roll out what the page showed. Anything else than that is shown again first."""
    chosen = choose(here, viewer, Choice(day, office, kiosks))
    asked = {"stages": stages, "first": first, "at": at}
    _ = texts_of(request).gettext
    starts, faults = _starts(request, chosen, at, here.now())
    if chosen.fingerprint != shown:
        faults["shown"] = _("The catalogue or the kiosks have changed since this page was shown. Look again at what will change.")
    if stages == "staged" and first and first not in {one.kiosk for one in chosen.differing}:
        faults["first"] = _("Choose one of the kiosks that get something new.")
    if not faults and chosen.differing:
        try:
            with here.stores.writing() as store:
                plan = Plan(chosen.differing, _stages(chosen, stages, first), chosen.changes)
                ident = store.start_rollout(viewer.login, plan, starts, here.now())
            return RedirectResponse(f"/configurations/{ident}", 303)
        except RolloutRefused as refused:
            faults["shown"] = _refusal(request, refused)
    return HTMLResponse(_page(request, here, viewer, chosen, faults=faults, asked=asked), 422)


@router.get("/configurations/kiosks")
def every_kiosk(
    request: Request,
    here: Here,
    viewer: AuditViewer,
    office: str = "",
    state: str = "",
    after: str = "",
    format: Annotated[str, Query()] = "",  # noqa: A002 - the address's word
) -> Response:
    """Wanted, published and applied of every kiosk; a hundred a page, `after` the last one of the page before."""
    store = here.stores.reading()
    found = matching(store.standings(viewer, here.now(), office=office), state)
    if format == "csv":
        return csv_response("configurations.csv", _COLUMNS, map(_line, found))
    rows = [one for one in found if one.kiosk > after]
    shown = {
        "rows": rows[:PAGE],
        "more": rows[PAGE - 1].kiosk if len(rows) > PAGE else "",
        "found": len(found),
        "asked": {"office": office, "state": state, "after": after},
        "offices": _offices(request, here, viewer),
        "timezone": _zone(here),
    }
    return HTMLResponse(here.render(request, "configuration_kiosks.html", **shown))


@router.get("/configurations/{rollout}")
def one_rollout(request: Request, here: Here, viewer: AuditViewer, rollout: Row) -> Response:
    """A roll-out's stages, and how their kiosks are."""
    return HTMLResponse(_rollout(request, here, viewer, rollout))


@router.post("/configurations/{rollout}/stop")
def stop(request: Request, here: Here, viewer: AdminFormViewer, rollout: Row) -> Response:
    """Nothing more goes out."""
    return _do(request, here, viewer, "stop_rollout", rollout)


@router.post("/configurations/{rollout}/cancel")
def cancel(request: Request, here: Here, viewer: AdminFormViewer, rollout: Row) -> Response:
    """One that has not begun."""
    return _do(request, here, viewer, "cancel_rollout", rollout)


@router.post("/configurations/{rollout}/resume")
def resume(request: Request, here: Here, viewer: AdminFormViewer, rollout: Row) -> Response:
    """In spite of the reason."""
    return _do(request, here, viewer, "resume_rollout", rollout)


@router.post("/configurations/{rollout}/back")
def back(request: Request, here: Here, viewer: AdminFormViewer, rollout: Row) -> Response:
    """What the kiosks had before, all at once."""
    return _do(request, here, viewer, "take_back", rollout)


# ── inside ──────────────────────────────────────────────────────────────────────────────

_FIELDS = ("shown", "first", "at")
_COLUMNS = ("kiosk", "office", "counter", "catalogue", "published", "since", "on_screen", "answer", "answered", "detail")


def _line(one: Standing) -> tuple[object, ...]:
    """`catalogue`: same, other, or the word for why nothing can be made."""
    says = one.fault.what if one.fault else "other" if one.differs else "same"
    given = (one.published, one.since, one.on_screen, one.answer, one.answered, one.detail)
    return (one.kiosk, one.office, one.counter, says, *given)


def _page(
    request: Request, here: Context, viewer: Viewer, chosen: Chosen, faults: dict[str, str] | None = None, **said: Any
) -> str:
    store = here.stores.reading()
    busiest = store.busiest(viewer) if viewer.is_admin else []
    names = {one.kiosk for one in chosen.differing}
    firsts = [kiosk for kiosk in busiest if kiosk in names] or sorted(names)
    values = (
        {"asked": {"stages": "staged", "first": "", "at": ""}} | said | {"faults": dict.fromkeys(_FIELDS, "") | (faults or {})}
    )
    return here.render(
        request,
        "configurations.html",
        chosen=chosen,
        firsts=firsts[:FIRST_MOST],
        online=bool(names & set(busiest)),
        rollouts=store.rollouts(viewer),
        offices=_offices(request, here, viewer),
        timezone=chosen.timezone,
        **values,
    )


def _rollout(request: Request, here: Context, viewer: Viewer, ident: int, fault: str = "") -> str:
    store = here.stores.reading()
    found = store.rollout(viewer, ident)
    if found is None:
        raise HTTPException(404, "There is no such roll-out.")
    stages = {stage: store.rollout_kiosks(viewer, ident, stage, PAGE) for stage in sorted(found.counts)}
    names = dict(_offices(request, here, viewer))
    return here.render(request, "rollout.html", rollout=found, stages=stages, offices=names, fault=fault, timezone=_zone(here))


def _do(request: Request, here: Context, viewer: Viewer, what: str, ident: int) -> Response:
    """One of the store's verbs about a roll-out; what it refuses is said on the roll-out's page."""
    try:
        with here.stores.writing() as store:
            made = getattr(store, what)(viewer.login, ident, here.now())
    except KeyError:
        raise HTTPException(404, "There is no such roll-out.") from None
    except RolloutRefused as refused:
        return HTMLResponse(_rollout(request, here, viewer, ident, _refusal(request, refused)), 409)
    return RedirectResponse(f"/configurations/{made or ident}", 303)


def _refusal(request: Request, refused: RolloutRefused) -> str:
    _ = texts_of(request).gettext
    said = {
        "busy": _("Kiosk %(kiosk)s is in roll-out %(rollout)s already: wait for it to end, or stop it."),
        "nothing": _("There is no kiosk that this would change."),
        "taken": _("This was taken back already by roll-out %(rollout)s."),
        "state": _("This cannot be done any more: the roll-out has gone on meanwhile."),
    }[refused.what]
    return said % {"kiosk": refused.about, "rollout": refused.rollout}


def _stages(chosen: Chosen, stages: str, first: str) -> dict[str, int]:
    kiosks = [(one.kiosk, one.office) for one in chosen.differing]
    if stages != "staged":
        return {kiosk: 1 for kiosk, _ in kiosks}
    return stages_of(kiosks, first or kiosks[0][0])


def _starts(request: Request, chosen: Chosen, at: str, now: datetime) -> tuple[datetime, dict[str, str]]:
    """The moment at which it begins: the day that was looked at, at that time on the clock; at once where none is given."""
    _ = texts_of(request).gettext
    zone = ZoneInfo(chosen.timezone)
    today = now.astimezone(zone).date()
    if not at and chosen.day == today.isoformat():
        return now, {}
    try:
        moment = datetime.combine(date.fromisoformat(chosen.day), time.fromisoformat(at or "00:00"), zone)
    except ValueError:
        return now, {"at": _("A time is written as 07:30.")}
    return (moment, {}) if moment >= now else (now, {"at": _("That time has passed. Leave it empty to begin at once.")})


def _offices(request: Request, here: Context, viewer: Viewer) -> list[tuple[str, str]]:
    words = texts_of(request)
    offices = [(office["id"], words.name(office["name"])) for office in here.stores.reading().offices(viewer)]
    return sorted(offices, key=lambda office: alphabetical(office[1]))


def _zone(here: Context) -> str:
    return usual_timezone(here.stores.reading().office_timezones().values())
