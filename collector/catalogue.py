"""The catalogue: institutions, offices, services, counters, questionnaires, kiosks; read from one JSON file.

`read` checks every row by itself and then what rows say of each other, and reports all
faults at once; only a file without faults can be installed.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn
from zoneinfo import available_timezones

from pydantic import BaseModel, Field, StringConstraints, ValidationError

from broker_config.messages import (
    MAX_BATCH_BYTES,
    ConfigOffice,
    ConfigService,
    Identifier,
    KioskConfig,
    Language,
    Message,
    OptionalIdentifier,
    Questionnaire,
    Text,
    config_id,
)
from collector.publishable import hours_faults, language_faults, questionnaire_faults

# What no kiosk is named: pages beside those of kiosks (`/fleet/new`), and servers, whose names the signer gives to no kiosk.
RESERVED = frozenset(
    ("new", "codes", "collector", "web", "observer", "queue", "check-kiosk", "check-collector", "check-observer", "check-queue")
)

Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class Retention(Message):
    """How long an institution keeps what citizens gave: comments in days, single events in months. Tallies stay for good."""

    comments_days: Annotated[int, Field(ge=1, le=3650)] = 90
    events_months: Annotated[int, Field(ge=1, le=120)] = 24


class Institution(Message):
    """`weights`: what each question counts in the institution's weighted index, by question id; none by default.

    `questionnaire`: what its kiosks ask where no office, counter or kiosk of it says otherwise.
    """

    id: Identifier
    name: Text
    weights: dict[Identifier, Annotated[float, Field(gt=0, le=1000)]] = {}
    questionnaire: OptionalIdentifier = ""
    retention: Retention = Retention()


class Office(Message):
    """`hours`: opening hours by weekday, as `{"mon": ["08:00", "17:00"]}`; a day that is absent is closed.

    `holidays`: local days on which it is closed all the same. `address`: where it is, for people.
    """

    id: Identifier
    institution: Identifier
    name: Text
    timezone: str = "Europe/Vilnius"
    hours: dict[str, list[str]] = {}
    holidays: list[Day] = []
    address: Annotated[str, Field(max_length=200)] = ""
    questionnaire: OptionalIdentifier = ""


class Service(Message):
    """A line of the inventory of services. `owner`: who answers for it; `yearly`: times a year, 0 where unknown."""

    id: Identifier
    institution: Identifier
    name: Text
    owner: Annotated[str, Field(max_length=200)] = ""
    purpose: Text = {}
    yearly: Annotated[int, Field(ge=0, le=10**9)] = 0


class Counter(Message):
    """`clerks`: how many take turns at it. From three on its figures are not one person's and may be shown to heads."""

    id: Identifier
    office: Identifier
    name: Text
    services: list[Identifier] = []
    clerks: Annotated[int, Field(ge=1, le=1000)] = 1
    questionnaire: OptionalIdentifier = ""


class Kiosk(Message):
    """A place for a rating screen. `questionnaire` is empty where counter, office or institution say what is asked."""

    id: Identifier
    counter: Identifier
    questionnaire: OptionalIdentifier = ""
    languages: Annotated[list[Language], Field(min_length=1)] = ["lt", "en"]
    display: dict[str, Any] = {}


@dataclass(frozen=True)
class Catalogue:
    institutions: list[Institution]
    offices: list[Office]
    services: list[Service]
    counters: list[Counter]
    questionnaires: list[Questionnaire]
    kiosks: list[Kiosk]


_LISTS: dict[str, type[BaseModel]] = {
    "institutions": Institution,
    "offices": Office,
    "services": Service,
    "counters": Counter,
    "questionnaires": Questionnaire,
    "kiosks": Kiosk,
}


class CatalogueFaults(ValueError):
    """Every fault of a file, a sentence each, with the list and the row it is in."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def read(text: bytes) -> Catalogue:
    """The catalogue in a JSON file. Raises CatalogueFaults."""
    try:
        document = json.loads(text, parse_constant=_no_json)
    except ValueError as error:
        raise CatalogueFaults([f"The file is not JSON in UTF-8: {error}."]) from None
    except RecursionError:
        raise CatalogueFaults(["The file is nested too deeply to be a catalogue."]) from None
    if not isinstance(document, dict) or set(document) - set(_LISTS):
        raise CatalogueFaults([f"The file must be a JSON object with the lists {', '.join(_LISTS)}."])
    faults: list[str] = []
    lists = {name: _read_list(name, model, document.get(name, []), faults) for name, model in _LISTS.items()}
    faults = faults or list(_contradictions(lists))
    known = Catalogue(**lists)
    faults = faults or list(_unpublishable(known)) or list(_too_large(known))
    if faults:
        raise CatalogueFaults(faults)
    return known


class Places:
    """A catalogue by ids: where a kiosk stands, and what it should show there."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.institutions = {one.id: one for one in catalogue.institutions}
        self.offices = {one.id: one for one in catalogue.offices}
        self.services = {one.id: one for one in catalogue.services}
        self.counters = {one.id: one for one in catalogue.counters}
        self.questionnaires = {one.id: one for one in catalogue.questionnaires}
        self.kiosks = {one.id: one for one in catalogue.kiosks}

    def holds(self, kiosk: Kiosk) -> bool:
        """Whether a kiosk's counter is in use, with its office and institution."""
        counter = self.counters.get(kiosk.counter)
        office = self.offices.get(counter.office) if counter else None
        return office is not None and office.institution in self.institutions

    def questionnaire_of(self, kiosk: Kiosk) -> str:
        """The id of the nearest that is assigned: to the kiosk, its counter, office or institution; empty where there is none.

        Raises KeyError for a kiosk that it does not hold.
        """
        counter = self.counters[kiosk.counter]
        office = self.offices[counter.office]
        institution = self.institutions[office.institution]
        return kiosk.questionnaire or counter.questionnaire or office.questionnaire or institution.questionnaire

    def config_of(self, kiosk: Kiosk, number: int) -> KioskConfig:
        """The whole configuration of one kiosk, numbered and hashed. Raises KeyError where it has no questionnaire or place."""
        counter = self.counters[kiosk.counter]
        office = self.offices[counter.office]
        draft = KioskConfig(
            config="0-00000000",
            kiosk=kiosk.id,
            office=ConfigOffice(id=office.id, name=office.name, timezone=office.timezone),
            counter=counter.id,
            services=[ConfigService(id=ident, name=self.services[ident].name) for ident in counter.services],
            languages=kiosk.languages,
            questionnaire=self.questionnaires[self.questionnaire_of(kiosk)],
            display=kiosk.display,
            hours=dict(office.hours) | ({"holidays": office.holidays} if office.holidays else {}),
        )
        return draft.model_copy(update={"config": config_id(number, draft.model_dump(mode="json"))})


def _read_list(name: str, model: type[BaseModel], rows: Any, faults: list[str]) -> list[Any]:
    if not isinstance(rows, list):
        faults.append(f"{name}: must be a list.")
        return []
    read = []
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        where = f"{name}, row {number}"
        try:
            one = model.model_validate_json(json.dumps(row))
        except ValidationError as error:
            faults += [f"{where}: {'.'.join(map(str, e['loc'])) or 'row'}: {e['msg']}." for e in error.errors()]
            continue
        ident = one.id  # type: ignore[attr-defined]
        if ident in seen:
            faults.append(f"{where}: the id {ident} is there twice.")
        seen.add(ident)
        read.append(one)
    return read


def _contradictions(lists: dict[str, list[Any]]) -> Iterable[str]:
    yield from _dangling(lists, "offices", "institution", "institutions")
    yield from _dangling(lists, "services", "institution", "institutions")
    yield from _dangling(lists, "counters", "office", "offices")
    yield from _dangling(lists, "kiosks", "counter", "counters")
    for name in ("institutions", "offices", "counters", "kiosks"):
        yield from _dangling(lists, name, "questionnaire", "questionnaires", optional=True)
    for number, kiosk in enumerate(lists["kiosks"], 1):
        if kiosk.id in RESERVED:
            yield f"kiosks, row {number} ({kiosk.id}): this id is kept for a page or a server: choose another one."
    services = {service.id for service in lists["services"]}
    for number, counter in enumerate(lists["counters"], 1):
        for ident in sorted(set(counter.services) - services):
            yield f"counters, row {number} ({counter.id}): there is no service {ident}."
    zones = available_timezones()
    for number, office in enumerate(lists["offices"], 1):
        if office.timezone not in zones:
            yield f"offices, row {number} ({office.id}): there is no time zone {office.timezone}, try Europe/Vilnius."
    yield from _question_contradictions(lists["questionnaires"])


def _unpublishable(known: Catalogue) -> Iterable[str]:
    for number, office in enumerate(known.offices, 1):
        for fault in hours_faults(office.hours):
            yield f"offices, row {number} ({office.id}): {fault}"
    for number, questionnaire in enumerate(known.questionnaires, 1):
        for fault in questionnaire_faults(questionnaire):
            yield f"questionnaires, row {number} ({questionnaire.id}): {fault}"
    places = Places(known)
    for number, kiosk in enumerate(known.kiosks, 1):
        assigned = places.questionnaire_of(kiosk)
        if not assigned:
            yield f"kiosks, row {number} ({kiosk.id}): no questionnaire is assigned to it, its counter, office or institution."
            continue
        for fault in language_faults(places.questionnaires[assigned], kiosk.languages):
            yield f"kiosks, row {number} ({kiosk.id}): {fault}"


def _too_large(known: Catalogue) -> Iterable[str]:
    """A broker ends the connection of whoever sends more than it takes."""
    places = Places(known)
    for number, kiosk in enumerate(known.kiosks, 1):
        size = len(places.config_of(kiosk, 1).wire())
        if size > MAX_BATCH_BYTES:
            where = f"kiosks, row {number} ({kiosk.id})"
            yield f"{where}: its configuration has {size} bytes, {MAX_BATCH_BYTES} can be sent: give its counter fewer services."


def _no_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is no value in it")


def _dangling(lists: dict[str, list[Any]], name: str, field: str, target: str, *, optional: bool = False) -> Iterable[str]:
    known = {row.id for row in lists[target]} | ({""} if optional else set())
    for number, row in enumerate(lists[name], 1):
        if getattr(row, field) not in known:
            yield f"{name}, row {number} ({row.id}): there is no {field} {getattr(row, field) or '(empty)'}."


def _question_contradictions(questionnaires: list[Questionnaire]) -> Iterable[str]:
    scales: dict[str, str] = {}
    for number, questionnaire in enumerate(questionnaires, 1):
        for question in questionnaire.questions:
            if scales.setdefault(question.id, question.scale) != question.scale:
                yield f"questionnaires, row {number}: question {question.id} has two scales: a changed scale needs a new id."
