"""The page of one thing of the catalogue: its form, what belongs to it, and how it is taken out of use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from collector.access import Viewer
from collector.catalogue import Catalogue
from collector.catalogue_cells import cells_apart
from collector.inventory import LISTS, PARENTS, Fault, Thing
from collector.publishable import WEEKDAYS
from collector.store.inventory import Entry
from collector.store.sqlite import SqliteStore
from collector.web.context import Context
from collector.web.pages.catalogue_forms import languages_of
from collector.web.pages.catalogue_words import by_field, sentence
from collector.web.texts import texts_of

_BELOW = {"institution": ("office", "service"), "office": ("counter",), "counter": ("kiosk",), "service": ()}
EVER = "9999-12-31"  # a questionnaire may be assigned before the day from which it is asked


@dataclass(frozen=True)
class Shown:
    """What a form is shown with. `values`: of its fields; `entry`: what is there, None for a new thing.

    `yours`: what the admin sent, where somebody else changed the thing meanwhile. `done`: what was done just before.
    """

    kind: str
    values: dict[str, Any]
    entry: Entry | None = None
    faults: Sequence[Fault] = ()
    yours: Thing | None = None
    done: str = ""
    status: int = 200
    seen: str = ""

    @property
    def version(self) -> str:
        """What the form remembers to have seen: in a form that comes back, what it remembered before."""
        return self.seen or (self.entry.version if self.entry else "")


def page(request: Request, here: Context, viewer: Viewer, shown: Shown) -> HTMLResponse:
    store = here.stores.reading()
    known = store.catalogue_in_use(viewer, EVER)
    words = texts_of(request)
    body = here.render(
        request,
        "catalogue_thing.html",
        shown=shown,
        trail=_trail(store, viewer, shown),
        languages=languages_of(shown.values),
        said=[sentence(words, fault) for fault in shown.faults],
        wrong=by_field(words, shown.faults),
        questionnaires=[(one.id, one.questions[0].text) for one in known.questionnaires],
        parents=_parents(known, shown.kind),
        questions=_questions(known, shown.values),
        services=_services(known, shown) if shown.kind == "counter" else [],
        below=_below(store, viewer, shown),
        deletable=bool(shown.entry) and store.may_be_deleted(viewer, shown.kind, shown.values["id"]),
        meanwhile=_meanwhile(shown),
        unlike=store.kiosks_unlike(viewer, here.now()) if shown.done else 0,
        lists=LISTS,
        weekdays=[(day, words.weekday(date(2024, 1, 1 + number))) for number, day in enumerate(WEEKDAYS)],
        year=here.now().year,
    )
    return HTMLResponse(body, shown.status)


def _trail(store: SqliteStore, viewer: Viewer, shown: Shown) -> list[Entry]:
    """What the thing stands in, the outermost first."""
    found: list[Entry] = []
    kind, values = shown.kind, shown.values
    while kind in PARENTS:
        kind, ident = PARENTS[kind], values[PARENTS[kind]]
        entry = store.thing(viewer, kind, ident)
        if entry is None:
            break
        found.append(entry)
        values = entry.thing.model_dump(mode="json")
    return found[::-1]


def _parents(known: Catalogue, kind: str) -> list[Thing]:
    return list(getattr(known, LISTS[PARENTS[kind]])) if kind in PARENTS else []


def _questions(known: Catalogue, values: dict[str, Any]) -> dict[str, dict[str, str]]:
    """What may be weighed: every question that is asked, and those that were."""
    asked = {question.id: dict(question.text) for one in known.questionnaires for question in one.questions}
    return asked | {ident: {} for ident in values.get("weights", {}) if ident not in asked}


def _services(known: Catalogue, shown: Shown) -> list[tuple[Thing, list[Thing]]]:
    """What a counter may give, by institution, its own first."""
    own = next((office.institution for office in known.offices if office.id == shown.values["office"]), "")
    by_owner: dict[str, list[Thing]] = {}
    for service in known.services:
        by_owner.setdefault(service.institution, []).append(service)
    return [(one, by_owner[one.id]) for one in sorted(known.institutions, key=lambda one: one.id != own) if one.id in by_owner]


def _below(store: SqliteStore, viewer: Viewer, shown: Shown) -> list[tuple[str, list[Entry]]]:
    """What belongs to the thing, by kind; retired things last."""
    if shown.entry is None:
        return []
    found = []
    for kind in _BELOW[shown.kind]:
        own = [one for one in store.things(viewer, kind) if getattr(one.thing, PARENTS[kind]) == shown.entry.thing.id]
        found.append((kind, sorted(own, key=lambda one: one.status)))
    return found


def _meanwhile(shown: Shown) -> list[tuple[str, str, str]]:
    """Column, what is there now, what was sent: of all that differs."""
    if shown.entry is None or shown.yours is None:
        return []
    return cells_apart(shown.kind, shown.entry.thing, shown.yours)
