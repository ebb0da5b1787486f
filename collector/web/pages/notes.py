"""Dated notes beside an office's trend."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import RedirectResponse, Response

from collector.access import Viewer
from collector.store.notes import LONGEST
from collector.web.access import FormViewer, Here, Row
from collector.web.days import Day
from collector.web.session import own_path

router = APIRouter(include_in_schema=False)


@router.post("/offices/{office}/notes")
def add(
    here: Here,
    viewer: FormViewer,
    office: str,
    day: Annotated[Day, Form()],
    text: Annotated[str, Form(max_length=LONGEST)],
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the address's word
) -> Response:
    """Write a note and go back to the page."""
    _check(here, viewer, office)
    words = " ".join(text.split())
    if not words:
        raise HTTPException(422, "A note needs words: please write what happened that day.")
    with here.stores.writing() as store:
        store.add_note(viewer, office, day.isoformat(), words, here.now())
    return RedirectResponse(own_path(next), 303)


@router.post("/offices/{office}/notes/{note}/remove")
def remove(here: Here, viewer: FormViewer, office: str, note: Row, next: Annotated[str, Form()] = "/") -> Response:  # noqa: A002
    """Take a note away and go back to the page."""
    _check(here, viewer, office)
    with here.stores.writing() as store:
        if not store.remove_note(viewer, office, note, here.now()):
            raise HTTPException(404, "There is no such note at this office.")
    return RedirectResponse(own_path(next), 303)


def _check(here: Here, viewer: Viewer, office: str) -> None:
    if not here.stores.reading().offices(viewer, office):
        raise HTTPException(404, "There is no such office among yours.")
    if not viewer.may_write(office):
        raise HTTPException(403, "Only the office's head and admins write here.")
