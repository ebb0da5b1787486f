"""An office's comments: searched, filtered, tended. The address holds the whole state of the page."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BeforeValidator

from collector.access import Viewer
from collector.search import LONGEST_QUERY, Term, pieces, terms
from collector.store.comments import PAGE, Comment, CommentPage, CommentQuery, State
from collector.store.sqlite import SqliteStore
from collector.web.access import FormViewer, Here, PageViewer, Row
from collector.web.context import Context
from collector.web.csv import csv_response
from collector.web.days import Day
from collector.web.formats import step_of
from collector.web.texts import Texts, language_of, texts

router = APIRouter(include_in_schema=False)

LANGUAGES = {"lt": "Lietuvių", "en": "English", "pl": "Polski", "ru": "Русский", "uk": "Українська"}
LONGEST_REASON = 200
_NAMES = {"words": "q", "first": "from", "last": "to"}  # how the address calls them

DayOrNone = Annotated[Day | None, BeforeValidator(lambda text: text or None)]
Switch = Literal["", "0", "1"]


def asked(
    office: str,
    q: str = "",
    service: str = "",
    side: Literal["", "good", "bad"] = "",
    state: Literal["", State] = "",
    language: str = "",
    from_: Annotated[DayOrNone, Query(alias="from")] = None,
    to: DayOrNone = None,
    raw: Switch = "",
    hidden: Switch = "",
) -> CommentQuery:
    """What the address asks for; a field of the form that was left empty asks for nothing."""
    words = " ".join(q.split())[:LONGEST_QUERY]
    return CommentQuery(office, words, service, side, state, language, from_, to, raw == "1", hidden == "1")


Asked = Annotated[CommentQuery, Depends(asked)]


@router.get("/offices/{office}/comments")
def comments_page(
    request: Request,
    here: Here,
    viewer: PageViewer,
    query: Asked,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    format: Literal["", "html", "csv"] = "",  # noqa: A002 - the address's word
) -> Response:
    """Comments of an office, newest first."""
    store = here.stores.reading()
    office = _office(store, viewer, query.office)
    if query.hidden and not viewer.may_write(query.office):
        raise HTTPException(403, "Only the head of the office and admins may see hidden comments.")
    found = store.comments(viewer, query, here.now(), page)
    names = store.service_names()
    if format == "csv":
        return _file(query, found, names, texts(language_of(request)))
    return HTMLResponse(_html(request, here, office, query, found, page, names))


@router.post("/offices/{office}/comments/{ident}/state")
def set_state(
    request: Request,
    here: Here,
    viewer: FormViewer,
    office: str,
    ident: Row,
    state: Annotated[State, Form()],
    anchor: Annotated[int, Form(ge=0, le=2**63 - 1)] = 0,
) -> Response:
    """Say how far the office is with a comment."""
    return _changed(
        request,
        here,
        viewer,
        office,
        anchor or ident,
        lambda store: store.set_comment_state(viewer, office, ident, state, here.now()),
    )


@router.post("/offices/{office}/comments/{ident}/hide")
def hide(
    request: Request,
    here: Here,
    viewer: FormViewer,
    office: str,
    ident: Row,
    reason: Annotated[str, Form()] = "",
    anchor: Annotated[int, Form(ge=0, le=2**63 - 1)] = 0,
) -> Response:
    """Take a comment from everybody's sight."""
    why = " ".join(reason.split())[:LONGEST_REASON]
    if not why:
        raise HTTPException(422, "Please go back and say why this comment is to be hidden.")
    return _changed(
        request, here, viewer, office, anchor or ident, lambda store: store.hide_comment(viewer, office, ident, why, here.now())
    )


@router.post("/offices/{office}/comments/{ident}/show")
def show(
    request: Request,
    here: Here,
    viewer: FormViewer,
    office: str,
    ident: Row,
    anchor: Annotated[int, Form(ge=0, le=2**63 - 1)] = 0,
) -> Response:
    """Show a hidden comment again."""
    return _changed(
        request, here, viewer, office, anchor or ident, lambda store: store.show_comment(viewer, office, ident, here.now())
    )


def address(query: CommentQuery, page: int = 1, **more: str) -> str:
    """What comes behind the path of the page: only what narrows it, or nothing."""
    fields = {_NAMES.get(name, name): value for name, value in asdict(query).items() if value and name != "office"}
    fields = {name: "1" if value is True else str(value) for name, value in fields.items()}
    fields |= ({"page": str(page)} if page > 1 else {}) | more
    return f"?{urlencode(fields)}" if fields else ""


def _changed(
    request: Request, here: Context, viewer: Viewer, office: str, anchor: int, change: Callable[[SqliteStore], bool]
) -> Response:
    """Change a comment and go back to the page and the place of it where the form was."""
    _office(here.stores.reading(), viewer, office)
    if not viewer.may_write(office):
        raise HTTPException(403, "Only the head of the office and admins may change comments.")
    with here.stores.writing() as store:
        if not change(store):
            raise HTTPException(404, "There is no such comment here.")
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/offices/{office}/comments{query}#c{anchor}", 303)


def _office(store: SqliteStore, viewer: Viewer, office: str) -> dict[str, Any]:
    found = next((o for o in store.offices(viewer) if o["id"] == office), None)
    if found is None:
        raise HTTPException(404, "There is no such office among yours.")
    return found


def _html(
    request: Request,
    here: Context,
    office: dict[str, Any],
    query: CommentQuery,
    found: CommentPage,
    page: int,
    names: dict[str, Any],
) -> str:
    wanted = terms(query.words)
    offered = [
        s
        for s in here.stores.reading().services(request.state.viewer)
        if query.office in s["offices"] or s["id"] == query.service
    ]
    return here.render(
        request,
        "comments.html",
        office=office,
        query=query,
        found=found,
        page=page,
        last=page * PAGE >= found.total and not found.more,
        rows=_with_neighbours(found.rows, wanted),
        tends=request.state.viewer.may_write(query.office),
        services=offered,
        service_names=names,
        languages=LANGUAGES,
        path=f"/offices/{query.office}/comments",
        address=lambda page=page, **more: address(query, page, **more),
    )


def _with_neighbours(comments: list[Comment], wanted: list[Term]) -> list[tuple[Comment, list[tuple[str, bool]], int]]:
    """Each comment with its text in pieces, and where to go when a form takes it from the page."""
    ids = [comment.id for comment in comments]
    near = [*ids[1:], *ids[-2:-1]] or ids
    return [(comment, pieces(comment.text, wanted), next_to) for comment, next_to in zip(comments, near, strict=True)]


def _file(query: CommentQuery, found: CommentPage, names: dict[str, dict[str, str]], words: Texts) -> Response:
    """The same page for a spreadsheet."""
    _ = words.gettext
    name = _("comments")
    columns = [_("Date"), _("Half of the day"), _("Service"), _("Rating"), _("Language"), _("Comment"), _("State"), _("Remark")]
    rows = [_line(comment, names, words) for comment in found.rows]
    return csv_response(f"{query.office}-{name}.csv", columns, rows)


def _line(comment: Comment, names: dict[str, dict[str, str]], words: Texts) -> list[str]:
    _ = words.gettext
    day = comment.day.isoformat() if comment.day else ""
    half = (_("before noon") if comment.morning else _("after noon")) if day else _("date not known")
    service = words.name(names[comment.service]) if comment.service in names else _("No service named")
    states = {"new": _("New"), "noted": _("Noted"), "done": _("Done")}
    remarks = [_("Marked as possible misuse")] if comment.flagged else []
    remarks += [_("Hidden:") + f" {comment.hidden}"] if comment.hidden else []
    rating = _(step_of(comment.value, comment.scale)[1])
    return [day, half, service, rating, comment.language, comment.text, states[comment.state], "; ".join(remarks)]
