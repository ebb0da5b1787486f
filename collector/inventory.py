"""Pure: the things of the catalogue as an admin changes them one by one: their kinds, ids, differences, and what is wrong.

A fault is a code and the names in its sentence; the pages have the sentences, in the reader's language.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from pydantic import ValidationError

from broker_config.messages import MAX_BATCH_BYTES
from collector.catalogue import RESERVED, Catalogue, Counter, Institution, Kiosk, Office, Places, Service
from collector.publishable import hours_faults, languages_of

Thing = Institution | Office | Service | Counter | Kiosk

KINDS: dict[str, type[Thing]] = {
    "institution": Institution,
    "office": Office,
    "service": Service,
    "counter": Counter,
    "kiosk": Kiosk,
}
LISTS = {"institution": "institutions", "office": "offices", "service": "services", "counter": "counters", "kiosk": "kiosks"}
PARENTS = {"office": "institution", "service": "institution", "counter": "office", "kiosk": "counter"}
LONGEST_ID = 40
LONGEST_TEXT = 200
HOLIDAYS_AT_MOST = 400

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_NO_ID = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a thing. `field`: where; `values`: the names in the sentence of `code`."""

    code: str
    field: str = ""
    values: tuple[tuple[str, str], ...] = ()


def fault(code: str, field: str = "", **values: object) -> Fault:
    return Fault(code, field, tuple((name, str(value)) for name, value in values.items()))


def of(catalogue: Catalogue, kind: str) -> dict[str, Thing]:
    """The things of one kind by id."""
    return {thing.id: thing for thing in getattr(catalogue, LISTS[kind])}


def replaced(catalogue: Catalogue, kind: str, things: Iterable[Thing]) -> Catalogue:
    """The catalogue with these in it, in place of those with the same id."""
    rows: list[Any] = list((of(catalogue, kind) | {thing.id: thing for thing in things}).values())
    return replace(catalogue, **{LISTS[kind]: rows})


def version(thing: Thing, status: str) -> str:
    """Names what a thing was when it was read: 16 hex digits that differ when anything of it differs."""
    text = json.dumps([thing.model_dump(mode="json"), status], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def suggested_id(name: str, taken: Callable[[str], bool] = lambda _: False) -> str:
    """An id made of a name, `Gyventojų salė` → `gyventoju-sale`; numbered where that is taken. Empty where no letter is left."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    ident = _NO_ID.sub("-", plain).strip("-")[:LONGEST_ID].strip("-")
    if not ident or not taken(ident):
        return ident
    numbered = (f"{ident[: LONGEST_ID - 5].strip('-')}-{number}" for number in range(2, 10_000))
    return next((one for one in numbered if not taken(one)), "")


def differences(before: Thing | None, after: Thing) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """The fields that differ, as they were and as they are; of a new thing those that say something."""
    new = after.model_dump(mode="json")
    if before is None:
        return None, {name: value for name, value in new.items() if value not in ("", {}, [], 0)}
    old = before.model_dump(mode="json")
    changed = [name for name in new if new[name] != old[name]]
    return {name: old[name] for name in changed}, {name: new[name] for name in changed}


def read_thing(kind: str, values: dict[str, Any]) -> tuple[Thing | None, list[Fault]]:
    """A thing from JSON values, and every fault of its own fields; None where it cannot be read at all."""
    faults = list(_own_faults(kind, values))
    try:
        return KINDS[kind].model_validate_json(json.dumps(values)), faults
    except ValidationError as error:
        known = {one.field.split(":")[0] for one in faults}
        fields = dict.fromkeys(str(e["loc"][0]) if e["loc"] else "" for e in error.errors())
        return None, faults + [fault("value", field) for field in fields if field not in known]


def place_faults(catalogue: Catalogue, kind: str, thing: Thing) -> Iterator[Fault]:
    """Whatever a thing points to must be there, and in use."""
    if kind in PARENTS:
        parent = getattr(thing, PARENTS[kind])
        if parent not in of(catalogue, PARENTS[kind]):
            yield fault(f"no-{PARENTS[kind]}", PARENTS[kind], id=parent)
    asked = getattr(thing, "questionnaire", "")
    if asked and asked not in {one.id for one in catalogue.questionnaires}:
        yield fault("no-questionnaire", "questionnaire", id=asked)
    if isinstance(thing, Counter):
        known = of(catalogue, "service")
        for ident in thing.services:
            if ident not in known:
                yield fault("no-service", "services", id=ident)


def kiosk_faults(before: Catalogue, after: Catalogue) -> list[Fault]:
    """What keeps kiosks from showing the catalogue as it would be, and did not before."""
    affected = _affected(before, after)
    old = set(_unshowable(Places(before), [kiosk for kiosk in before.kiosks if kiosk.id in affected]))
    new = _unshowable(Places(after), [kiosk for kiosk in after.kiosks if kiosk.id in affected])
    return [one for one in new if one not in old]


def _own_faults(kind: str, values: dict[str, Any]) -> Iterator[Fault]:
    """Of one field each."""
    if not _ID.fullmatch(str(values.get("id", ""))):
        yield fault("id", "id", id=values.get("id", ""))
    if kind == "kiosk" and values.get("id") in RESERVED:
        yield fault("id-reserved", "id", id=values["id"])
    if kind in PARENTS and not _ID.fullmatch(str(values.get(PARENTS[kind], ""))):
        yield fault(f"no-{PARENTS[kind]}", PARENTS[kind], id=values.get(PARENTS[kind], ""))
    if "name" in KINDS[kind].model_fields and not str(values.get("name", {}).get("lt", "")).strip():
        yield fault("name-missing", "name:lt")
    for field, text in _texts(values):
        if len(text) > LONGEST_TEXT:
            yield fault("too-long", field, most=LONGEST_TEXT)
        if _CONTROL.search(text):
            yield fault("control", field)
    yield from _time_faults(values)
    yield from _number_faults(values)


@lru_cache
def _zones() -> set[str]:
    return available_timezones()  # looks through the disk each time


def _time_faults(values: dict[str, Any]) -> Iterator[Fault]:
    if "timezone" in values and values["timezone"] not in _zones():
        yield fault("timezone", "timezone", zone=values["timezone"])
    for day, span in values.get("hours", {}).items():
        if any(hours_faults({day: span})):
            yield fault("hours", f"hours:{day}", day=day)
    yield from (fault("holiday", "holidays", day=day) for day in values.get("holidays", []) if not _is_day(day))
    if len(values.get("holidays", [])) > HOLIDAYS_AT_MOST:
        yield fault("holidays-many", "holidays", most=HOLIDAYS_AT_MOST)


def _number_faults(values: dict[str, Any]) -> Iterator[Fault]:
    for field, low, high in (("clerks", 1, 1000), ("yearly", 0, 10**9)):
        number = values.get(field, low)
        if not isinstance(number, int) or not low <= number <= high:
            yield fault("number", field, low=low, high=high)
    for question, weight in values.get("weights", {}).items():
        if not isinstance(weight, int | float) or not 0 < weight <= 1000:
            yield fault("weight", f"weights:{question}", question=question)


def _texts(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for field in ("name", "purpose"):
        yield from ((f"{field}:{language}", text) for language, text in values.get(field, {}).items())
    yield from ((field, values[field]) for field in ("address", "owner") if field in values)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _affected(before: Catalogue, after: Catalogue) -> set[str]:
    """The kiosks for which anything is otherwise that their configuration is made of."""
    old, new = Places(before), Places(after)
    return {kiosk.id for kiosk in after.kiosks if _made_of(old, kiosk.id) != _made_of(new, kiosk.id)}


def _made_of(places: Places, ident: str) -> tuple[object, ...] | None:
    """Whatever `Places.config_of` looks at, and no more: most changes concern no kiosk at all. None without a place."""
    try:
        kiosk = places.kiosks[ident]
        counter = places.counters[kiosk.counter]
        office = places.offices[counter.office]
        institution = places.institutions[office.institution]
    except KeyError:
        return None
    services = [(one, places.services[one].name if one in places.services else None) for one in counter.services]
    shown = (office.id, office.name, office.timezone, office.hours, office.holidays)
    asked = (counter.questionnaire, office.questionnaire, institution.questionnaire)
    return kiosk, counter.id, shown, services, asked


def _unshowable(places: Places, kiosks: Iterable[Kiosk]) -> Iterator[Fault]:
    """A kiosk must be asked something, in each language that it offers, in a message that can be sent."""
    languages = {ident: set(languages_of(one)) for ident, one in places.questionnaires.items()}
    large: dict[str, bool] = {}  # kiosks of one counter are mostly alike
    for kiosk in kiosks:
        if _made_of(places, kiosk.id) is None:
            continue  # `place_faults` says why
        asked = places.questionnaire_of(kiosk)
        if asked not in places.questionnaires:
            yield fault("nothing-asked", "questionnaire", kiosk=kiosk.id)
            continue
        for language in kiosk.languages:
            if language not in languages[asked]:
                yield fault("not-in-language", "questionnaire", kiosk=kiosk.id, questionnaire=asked, language=language)
        alike = json.dumps([kiosk.counter, asked, kiosk.languages, kiosk.display])
        if alike not in large:
            large[alike] = _is_large(places, kiosk)
        if large[alike]:
            yield fault("too-large", "services", kiosk=kiosk.id)


def _is_large(places: Places, kiosk: Kiosk) -> bool:
    if not all(ident in places.services for ident in places.counters[kiosk.counter].services):
        return False  # `place_faults` says why
    return len(places.config_of(kiosk, 1).wire()) + LONGEST_ID > MAX_BATCH_BYTES
