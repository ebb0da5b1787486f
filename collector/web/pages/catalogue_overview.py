"""The catalogue as lists: institutions with their offices, and the inventory of services."""

from collections import Counter as Counted
from collections import defaultdict
from dataclasses import dataclass
from typing import TypeVar

from collector.access import Viewer
from collector.catalogue import Counter, Kiosk, Service
from collector.inventory import Thing
from collector.search import fold
from collector.store.inventory import Entry
from collector.store.sqlite import SqliteStore

T = TypeVar("T", bound=Thing)


@dataclass(frozen=True)
class OfficeLine:
    """`counters`, `kiosks`: how many of them are in use."""

    entry: Entry
    counters: int
    kiosks: int


@dataclass(frozen=True)
class InstitutionLine:
    entry: Entry
    offices: list[OfficeLine]
    services: int


@dataclass(frozen=True)
class ServiceLine:
    """`offices`: those in use that give it at a counter in use."""

    entry: Entry
    institution: Entry
    offices: list[Entry]


def institutions(store: SqliteStore, viewer: Viewer, words: str, retired: bool) -> list[InstitutionLine]:
    """Those that the words are found in, or in one of whose offices; then with these offices alone."""
    counters = _in_use(store, viewer, "counter")
    at_counter = Counted(one.counter for one in _things(_in_use(store, viewer, "kiosk"), Kiosk))
    of_counters = _things(counters, Counter)
    n_counters = Counted(one.office for one in of_counters)
    n_kiosks = Counted[str]()
    for counter in of_counters:
        n_kiosks[counter.office] += at_counter[counter.id]
    offices: dict[str, list[OfficeLine]] = defaultdict(list)
    for entry in _shown(store, viewer, "office", retired):
        offices[_owner(entry)].append(OfficeLine(entry, n_counters[entry.thing.id], n_kiosks[entry.thing.id]))
    services = Counted(one.institution for one in _things(_in_use(store, viewer, "service"), Service))
    lines = []
    for entry in _shown(store, viewer, "institution", retired):
        every = offices[entry.thing.id]
        found = every if matches(entry.thing, words) else [one for one in every if matches(one.entry.thing, words)]
        if found or matches(entry.thing, words):
            lines.append(InstitutionLine(entry, found, services[entry.thing.id]))
    return lines


def services(store: SqliteStore, viewer: Viewer, words: str, institution: str, retired: bool) -> list[ServiceLine]:
    """The inventory: what is done for citizens, whose it is, what for, how often, and where."""
    offices = {entry.thing.id: entry for entry in _in_use(store, viewer, "office")}
    owners = {entry.thing.id: entry for entry in store.things(viewer, "institution")}
    where: dict[str, dict[str, Entry]] = defaultdict(dict)
    for counter in _things(_in_use(store, viewer, "counter"), Counter):
        for service in counter.services if counter.office in offices else ():
            where[service][counter.office] = offices[counter.office]
    return [
        ServiceLine(entry, owners[_owner(entry)], list(where[entry.thing.id].values()))
        for entry in _shown(store, viewer, "service", retired)
        if institution in ("", _owner(entry)) and matches(entry.thing, words)
    ]


def matches(thing: Thing, words: str) -> bool:
    """Whether all words are somewhere in its id, names, address, owner or purpose, whatever the marks and capitals."""
    texts = [thing.id, *getattr(thing, "name", {}).values(), getattr(thing, "address", "")]
    texts += [getattr(thing, "owner", ""), *getattr(thing, "purpose", {}).values()]
    whole = fold("\n".join(texts))
    return all(word in whole for word in fold(words).split())


def _owner(entry: Entry) -> str:
    """The institution of an office or a service."""
    return str(getattr(entry.thing, "institution", ""))


def _shown(store: SqliteStore, viewer: Viewer, kind: str, retired: bool) -> list[Entry]:
    return store.things(viewer, kind) if retired else _in_use(store, viewer, kind)


def _in_use(store: SqliteStore, viewer: Viewer, kind: str) -> list[Entry]:
    return [entry for entry in store.things(viewer, kind) if entry.status == "active"]


def _things(entries: list[Entry], kind: type[T]) -> list[T]:
    return [entry.thing for entry in entries if isinstance(entry.thing, kind)]
