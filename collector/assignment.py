"""Pure: which questionnaire is asked where. The nearest that is assigned wins: kiosk, counter, office, institution."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from broker_config.messages import Questionnaire
from collector.catalogue import Catalogue, Counter, Institution, Kiosk, Office, Places
from collector.publishable import languages_of

KINDS = ("institution", "office", "counter", "kiosk")
Kind = Literal["institution", "office", "counter", "kiosk"]
Place = Institution | Office | Counter | Kiosk
_Place = TypeVar("_Place", Institution, Office, Counter, Kiosk)
Chosen = Mapping[str, frozenset[str]]  # ids by kind


@dataclass(frozen=True)
class Trouble:
    """A kiosk that could not show what it would be told to. `kind`: `none`, `not-asked` (no version is in force), `languages`."""

    kind: str
    kiosk: str
    questionnaire: str = ""
    languages: tuple[str, ...] = ()


def source(places: Places, kiosk: Kiosk) -> tuple[Kind, str] | None:
    """The place that gives a kiosk its questionnaire, as (kind, id); None where no place does, or where it has no place."""
    if not places.holds(kiosk):
        return None
    counter = places.counters[kiosk.counter]
    office = places.offices[counter.office]
    institution = places.institutions[office.institution]
    chain: tuple[tuple[Kind, Place], ...] = (
        ("kiosk", kiosk),
        ("counter", counter),
        ("office", office),
        ("institution", institution),
    )
    return next(((kind, one.id) for kind, one in chain if one.questionnaire), None)


def within(catalogue: Catalogue, institution: str) -> dict[str, frozenset[str]]:
    """Every place of an institution, ids by kind."""
    offices = {one.id for one in catalogue.offices if one.institution == institution}
    counters = {one.id for one in catalogue.counters if one.office in offices}
    kiosks = {one.id for one in catalogue.kiosks if one.counter in counters}
    found = {"institution": {institution}, "office": offices, "counter": counters, "kiosk": kiosks}
    return {kind: frozenset(ids) for kind, ids in found.items()}


def chosen_now(catalogue: Catalogue, questionnaire: str) -> dict[str, frozenset[str]]:
    """The places that a questionnaire is assigned to."""
    lists: dict[str, Sequence[Place]] = {
        "institution": catalogue.institutions,
        "office": catalogue.offices,
        "counter": catalogue.counters,
        "kiosk": catalogue.kiosks,
    }
    return {kind: frozenset(one.id for one in rows if one.questionnaire == questionnaire) for kind, rows in lists.items()}


def assigned(catalogue: Catalogue, questionnaire: str, scope: Chosen, chosen: Chosen) -> Catalogue:
    """The catalogue with the questionnaire at the chosen places of `scope` and taken from its others."""

    def put(kind: Kind, rows: list[_Place]) -> list[_Place]:
        return [_put(one, questionnaire, one.id in chosen[kind]) if one.id in scope[kind] else one for one in rows]

    return replace(
        catalogue,
        institutions=put("institution", catalogue.institutions),
        offices=put("office", catalogue.offices),
        counters=put("counter", catalogue.counters),
        kiosks=put("kiosk", catalogue.kiosks),
    )


def _put(place: _Place, questionnaire: str, is_chosen: bool) -> _Place:
    """What another one is assigned to stays with it, unless this one is chosen."""
    wanted = questionnaire if is_chosen else "" if place.questionnaire == questionnaire else place.questionnaire
    changed: _Place = place.model_copy(update={"questionnaire": wanted})
    return changed


def with_questionnaires(catalogue: Catalogue, others: Iterable[Questionnaire]) -> Catalogue:
    """The catalogue with these in the place of those that have their ids."""
    found = {one.id: one for one in catalogue.questionnaires} | {one.id: one for one in others}
    return replace(catalogue, questionnaires=list(found.values()))


def asking(catalogue: Catalogue, questionnaire: str) -> list[Kiosk]:
    """The kiosks that are to ask it."""
    places = Places(catalogue)
    return [one for one in catalogue.kiosks if places.holds(one) and places.questionnaire_of(one) == questionnaire]


def troubles(before: Catalogue, after: Catalogue) -> list[Trouble]:
    """Of the kiosks: what is wrong after a change and was not before. One without a place in use is asked nothing anyway."""
    old = set(_troubles(before))
    return [trouble for trouble in _troubles(after) if trouble not in old]


def _troubles(catalogue: Catalogue) -> Iterable[Trouble]:
    places = Places(catalogue)
    offered = {ident: set(languages_of(one)) for ident, one in places.questionnaires.items()}
    for kiosk in filter(places.holds, catalogue.kiosks):
        asked = places.questionnaire_of(kiosk)
        if not asked:
            yield Trouble("none", kiosk.id)
        elif asked not in offered:
            yield Trouble("not-asked", kiosk.id, asked)
        elif missing := tuple(language for language in kiosk.languages if language not in offered[asked]):
            yield Trouble("languages", kiosk.id, asked, missing)
