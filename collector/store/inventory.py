"""The things of the catalogue one by one: added, changed, retired, taken into use again, deleted. For admins alone.

Each change is one transaction of the caller's, with its row in the audit log. Nothing is
deleted while ratings point to it; and what other things stand on is not retired before them.
"""

from collections.abc import Iterable
from datetime import datetime
from sqlite3 import Connection
from typing import NamedTuple

from collector.access import Viewer
from collector.catalogue import Catalogue, Kiosk
from collector.catalogue_csv import Change, Plan
from collector.inventory import KINDS, Fault, Thing, differences, fault, kiosk_faults, place_faults, replaced, version
from collector.store import audit, catalogue, configurations, kiosk_register

_CHILDREN = {
    "institution": (("office", "institution"), ("service", "institution")),
    "office": (("counter", "office"),),
    "counter": (("kiosk", "counter"),),
    "service": (),
    "kiosk": (),
}
# Where else an id of each kind may stand: ratings, figures, visits, and configurations under which ratings may still come.
_POINTING = {
    "institution": (),
    "office": (
        "SELECT 1 FROM context WHERE office=?",
        "SELECT 1 FROM tally_office_month WHERE office=?",
        "SELECT 1 FROM tally_visit WHERE office=?",
        "SELECT 1 FROM note WHERE office=?",
        "SELECT 1 FROM user u, json_each(u.offices) o WHERE o.value=?",
        "SELECT 1 FROM configuration WHERE json_extract(payload, '$.office.id')=?",
    ),
    "counter": (
        "SELECT 1 FROM context WHERE counter=?",
        "SELECT 1 FROM tally_facet_month WHERE counter=?",
        "SELECT 1 FROM configuration WHERE json_extract(payload, '$.counter')=?",
    ),
    "service": (
        "SELECT 1 FROM counter c, json_each(c.services) s WHERE s.value=?",
        "SELECT 1 FROM context WHERE service=?",
        "SELECT 1 FROM tally_month WHERE service=?",
        "SELECT 1 FROM tally_visit WHERE service=?",
        "SELECT 1 FROM configuration c, json_each(c.payload, '$.services') s WHERE json_extract(s.value, '$.id')=?",
    ),
}


class Entry(NamedTuple):
    """A thing of the catalogue as the store has it. `status`: `active` or `retired`."""

    kind: str
    thing: Thing
    status: str

    @property
    def version(self) -> str:
        """What a form remembers, to notice that somebody else changed the thing meanwhile."""
        return version(self.thing, self.status)


class Outcome(NamedTuple):
    """Of a change: nothing wrong, or its faults, or what the thing is by now where it is not what the admin saw."""

    faults: list[Fault] = []
    meanwhile: Entry | None = None

    @property
    def is_done(self) -> bool:
        return not self.faults and self.meanwhile is None


def entries(conn: Connection, viewer: Viewer, kind: str, ident: str = "") -> list[Entry]:
    """All things of a kind, or the one with an id, retired ones too; nothing for those who do not set up."""
    if not viewer.is_admin:
        return []
    columns = catalogue.COLUMNS[kind]
    sql = f"SELECT {', '.join(columns)}, status FROM {kind} WHERE ? IN ('', id) ORDER BY id"  # noqa: S608 - our own names
    rows = conn.execute(sql, (ident,))
    return [Entry(kind, KINDS[kind].model_validate(catalogue.values(columns, row[:-1])), row[-1]) for row in rows]


def entry(conn: Connection, viewer: Viewer, kind: str, ident: str) -> Entry | None:
    found = entries(conn, viewer, kind, ident) if ident else []
    return found[0] if found else None


def in_use(conn: Connection, viewer: Viewer, day: str) -> Catalogue:
    """What the catalogue says on a local day; empty for those who do not set up."""
    return catalogue.load(conn, day) if viewer.is_admin else Catalogue([], [], [], [], [], [])


def standing(conn: Connection, viewer: Viewer, kind: str, ident: str) -> list[tuple[str, str]]:
    """What is in use and stands on this thing, as (kind, id): it goes first."""
    if not viewer.is_admin:
        return []
    found = []
    for child, column in _CHILDREN[kind]:
        sql = f"SELECT id FROM {child} WHERE {column}=? AND status='active' ORDER BY id"  # noqa: S608
        found += [(child, row[0]) for row in conn.execute(sql, (ident,))]
    if kind == "service":
        sql = "SELECT c.id FROM counter c, json_each(c.services) s WHERE s.value=? AND c.status='active' ORDER BY c.id"
        found += [("counter", row[0]) for row in conn.execute(sql, (ident,))]
    return found


def may_be_deleted(conn: Connection, viewer: Viewer, kind: str, ident: str) -> bool:
    """Whether nothing at all points to a thing: neither ratings, nor figures, nor other things, retired ones too."""
    if not viewer.is_admin or kind not in _POINTING:
        return False
    below = [f"SELECT 1 FROM {child} WHERE {column}=?" for child, column in _CHILDREN[kind]]  # noqa: S608
    return not any(conn.execute(f"{sql} LIMIT 1", (ident,)).fetchone() for sql in (*below, *_POINTING[kind]))


def add(conn: Connection, viewer: Viewer, kind: str, thing: Thing, now: datetime) -> Outcome:
    if not viewer.is_admin:
        return Outcome([fault("gone", id=thing.id)])
    if entry(conn, viewer, kind, thing.id):
        return Outcome([fault("id-taken", "id", id=thing.id)])
    return _put(conn, viewer, kind, None, thing, now)


def change(conn: Connection, viewer: Viewer, kind: str, thing: Thing, seen: str, now: datetime) -> Outcome:
    """Write a thing over the one that the admin saw as `seen`."""
    present = entry(conn, viewer, kind, thing.id)
    if present is None or present.version != seen:
        return Outcome(meanwhile=present) if present else Outcome([fault("gone", id=thing.id)])
    if present.status == "retired":
        return Outcome([fault("id-retired", id=thing.id)])
    return Outcome() if present.thing == thing else _put(conn, viewer, kind, present.thing, thing, now)


def retire(conn: Connection, viewer: Viewer, kind: str, ident: str, now: datetime) -> Outcome:
    """Only where nothing in use stands on it."""
    present = entry(conn, viewer, kind, ident)
    if present is None:
        return Outcome([fault("gone", id=ident)])
    below = standing(conn, viewer, kind, ident)
    if below:
        return Outcome([fault(f"stands-{child}", id=one) for child, one in below])
    return _set_status(conn, viewer, present, "retired", now)


def restore(conn: Connection, viewer: Viewer, kind: str, ident: str, now: datetime) -> Outcome:
    """Only where all is in use that it stands on."""
    present = entry(conn, viewer, kind, ident)
    if present is None:
        return Outcome([fault("gone", id=ident)])
    faults = [
        one for one in place_faults(catalogue.load(conn, "9999-12-31"), kind, present.thing) if one.field != "questionnaire"
    ]
    return Outcome(faults) if faults else _set_status(conn, viewer, present, "active", now)


def delete(conn: Connection, viewer: Viewer, kind: str, ident: str, now: datetime) -> Outcome:
    present = entry(conn, viewer, kind, ident)
    if present is None:
        return Outcome([fault("gone", id=ident)])
    if not may_be_deleted(conn, viewer, kind, ident):
        return Outcome([fault("pointed-to", id=ident)])
    conn.execute(f"DELETE FROM {kind} WHERE id=?", (ident,))  # noqa: S608
    was = differences(None, present.thing)[1] | {"status": present.status}
    audit.write(conn, viewer.login, "catalogue.delete", f"{kind} {ident}", was, None, now)
    catalogue.bump_version(conn)
    return Outcome()


def take(conn: Connection, viewer: Viewer, plan: Plan, made_for: str, now: datetime) -> bool:
    """Carry out a file's plan; False, and nothing done, where the catalogue is no longer the version that it was made for."""
    if catalogue.version(conn) != made_for or not viewer.is_admin:
        return False
    if plan.kind == "kiosk":
        _take_kiosks(conn, viewer, plan.changes, now)
    else:
        for one in plan.changes:
            _write(conn, viewer, plan.kind, one.before, one.after, now)
    catalogue.bump_version(conn)
    return True


def overwrite(conn: Connection, viewer: Viewer, kind: str, before: Entry | None, thing: Thing, now: datetime) -> None:
    """As a file says that it is, and in use; nothing is done where it is that already."""
    if before is None or before.thing != thing:
        _write(conn, viewer, kind, before.thing if before else None, thing, now)
    if before:
        _set_status(conn, viewer, before, "active", now)


def _put(conn: Connection, viewer: Viewer, kind: str, before: Thing | None, after: Thing, now: datetime) -> Outcome:
    """Everything that is in force at some day counts: a questionnaire may be assigned before its day."""
    known = catalogue.load(conn, "9999-12-31")
    new = replaced(known, kind, [after])
    faults = list(place_faults(new, kind, after)) or kiosk_faults(known, new)
    if not faults:
        _write(conn, viewer, kind, before, after, now)
        catalogue.bump_version(conn)
    return Outcome(faults)


def _write(conn: Connection, viewer: Viewer, kind: str, before: Thing | None, after: Thing, now: datetime) -> None:
    catalogue.put(conn, kind, [after])
    old, new = differences(before, after)
    action = "catalogue.change" if before else "catalogue.add"
    audit.write(conn, viewer.login, action, f"{kind} {after.id}", old, new, now)


def _set_status(conn: Connection, viewer: Viewer, present: Entry, status: str, now: datetime) -> Outcome:
    if present.status == status:
        return Outcome()
    conn.execute(f"UPDATE {present.kind} SET status=? WHERE id=?", (status, present.thing.id))  # noqa: S608
    action = "catalogue.retire" if status == "retired" else "catalogue.restore"
    subject = f"{present.kind} {present.thing.id}"
    audit.write(conn, viewer.login, action, subject, {"status": present.status}, {"status": status}, now)
    catalogue.bump_version(conn)
    return Outcome()


def _take_kiosks(conn: Connection, viewer: Viewer, changes: Iterable[Change], now: datetime) -> None:
    """A new kiosk gets its first configuration at once; one that moves keeps its own until it is rolled out."""
    wanted = configurations.wanted_of(conn, catalogue.load(conn, catalogue.today(conn, now), kiosks=False))
    for one in changes:
        before, kiosk = one.before, one.after
        if isinstance(kiosk, Kiosk):
            kiosk_register.write(conn, viewer, before if isinstance(before, Kiosk) else None, kiosk, now)
            configurations.first(conn, kiosk, wanted, now)
