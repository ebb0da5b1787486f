"""A catalogue file written over the present catalogue: audited as every other change, and published at once.

What a row leaves out stays as it is. What the file does not name stays too, but its kiosks are retired.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from sqlite3 import Connection
from typing import NamedTuple, TypeVar

from broker_config.messages import Message, Questionnaire
from collector.access import Viewer
from collector.catalogue import Catalogue, CatalogueFaults, Kiosk
from collector.inventory import Thing, of, replaced
from collector.store import audit, catalogue, configurations, inventory, kiosk_register, questionnaires
from collector.wanted import Fault, Wanted

_WRONG = {
    "service": "the service {about}, which its counter {more} gives, is out of use",
    "unpublished": "the questionnaire {about}, which is assigned to it, is not asked today",
    "languages": "the questionnaire {about}, which is assigned to it, lacks texts in {more}",
    "scale": "question {about} was {more} before: a changed scale needs a new id",
    "size": "its configuration has {about} bytes, {more} can be sent: give its counter fewer services",
}
_M = TypeVar("_M", bound=Message)


class Retired(NamedTuple):
    """A kiosk that the file does not name. `has_certificate`: its device still gets into the broker."""

    kiosk: str
    has_certificate: bool


class Installed(NamedTuple):
    """`published`: how many kiosks get a new configuration."""

    published: int
    retired: list[Retired]


def install(conn: Connection, viewer: Viewer, file: Catalogue, now: datetime) -> Installed:
    """Raises CatalogueFaults where a question that the store knows has another scale now,
    or where a kiosk could not show what file and store say together.
    """
    catalogue.check_scales(conn, file)
    places = Catalogue([], [], [], [], [], [])
    for kind in ("institution", "office", "service", "counter"):
        places = replaced(places, kind, _write(conn, viewer, kind, of(file, kind).values(), now))
    day = catalogue.today(conn, now)
    _publish_questionnaires(conn, viewer, file.questionnaires, day, now)
    kiosks, retired = _write_kiosks(conn, viewer, file.kiosks, now)
    whole = replace(places, kiosks=kiosks, questionnaires=questionnaires.in_force(conn, day))
    published = _publish(conn, configurations.wanted_of(conn, whole), now)
    catalogue.bump_version(conn)
    return Installed(published, retired)


def _write(conn: Connection, viewer: Viewer, kind: str, rows: Iterable[Thing], now: datetime) -> list[Thing]:
    """All of the kind that is in use from then on."""
    present = {one.thing.id: one for one in inventory.entries(conn, viewer, kind)}
    in_use = {ident: one.thing for ident, one in present.items() if one.status == "active"}
    for row in rows:
        before = present.get(row.id)
        in_use[row.id] = _laid_over(before.thing, row) if before else row
        inventory.overwrite(conn, viewer, kind, before, in_use[row.id], now)
    return list(in_use.values())


def _write_kiosks(conn: Connection, viewer: Viewer, rows: Iterable[Kiosk], now: datetime) -> tuple[list[Kiosk], list[Retired]]:
    """The kiosks of the file as they are then, and those that it retires.

    The signer is not asked here: certificates stay what they are, so that nobody takes a door for shut that is open.
    """
    present = {one.kiosk.id: one for one in kiosk_register.registered(conn, viewer)}
    gone = {ident: one for ident, one in present.items() if not one.is_retired}
    kiosks = []
    for row in rows:
        before = present.get(row.id)
        gone.pop(row.id, None)
        kiosks.append(_laid_over(before.kiosk, row) if before else row)
        kiosk_register.overwrite(conn, viewer, before, kiosks[-1], now)
    for ident in gone:
        kiosk_register.end(conn, viewer, ident, now)
    return kiosks, [Retired(ident, one.has_certificate) for ident, one in gone.items()]


def _laid_over(present: _M, given: _M) -> _M:
    """The fields that are written in `given`, and of `present` the others; so too within a field."""
    fields = {name: (getattr(present, name), getattr(given, name)) for name in given.model_fields_set}
    inner = {name: _laid_over(old, new) if isinstance(new, Message) else new for name, (old, new) in fields.items()}
    return present.model_copy(update=inner)


def _publish_questionnaires(conn: Connection, viewer: Viewer, given: Iterable[Questionnaire], day: str, now: datetime) -> None:
    """A new version, asked at once, where another one is asked today. One that waits for its day is not touched otherwise."""
    asked = {one.id: one for one in questionnaires.in_force(conn, day)}
    for one in given:
        if asked.get(one.id) != one:
            number = questionnaires.put_published(conn, one, viewer.login, now)
            after = {"from": day, "questions": [f"{question.id} ({question.scale})" for question in one.questions]}
            audit.write(conn, viewer.login, "questionnaire.publish", f"{one.id} {number}", None, after, now)


def _publish(conn: Connection, wanted: Wanted, now: datetime) -> int:
    """How many configurations are new."""
    made = wanted.kiosks
    faults = [
        f"kiosks, row {number} ({kiosk}): {_WRONG[one.what].format(about=one.about, more=one.more)}."
        for number, (kiosk, one) in enumerate(made.items(), 1)
        if isinstance(one, Fault)
    ]
    if faults:
        raise CatalogueFaults(["With what the catalogue has already for what the file leaves out:", *faults])
    return sum(catalogue.publish(conn, kiosk, one, now)[1] for kiosk, one in made.items() if not isinstance(one, Fault))
