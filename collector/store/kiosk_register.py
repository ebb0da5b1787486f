"""Which kiosks there are: registered, changed, moved, retired and taken back into use. Each change is audited with it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from collector.access import Viewer
from collector.catalogue import Kiosk, Places
from collector.enrolment import unfit
from collector.inventory import version
from collector.store import audit, catalogue, configurations, enrolments, kiosk_events


class Unfit(ValueError):
    """The kiosk could not be given a configuration: the catalogue is not what it was when its form was judged.

    `field`, `fault`: as `collector.enrolment.unfit` says them.
    """

    def __init__(self, field: str, fault: str) -> None:
        super().__init__(f"{field}: {fault}")
        self.field, self.fault = field, fault


@dataclass(frozen=True)
class Registered:
    """A kiosk as it is set up, in use or retired. `has_certificate`: some device holds one that is not revoked."""

    kiosk: Kiosk
    is_retired: bool
    has_certificate: bool

    @property
    def version(self) -> str:
        """What a form remembers, to notice that somebody else changed the kiosk meanwhile."""
        return version(self.kiosk, "retired" if self.is_retired else "active")


class ChangedMeanwhileError(ValueError):
    """A kiosk is not as the admin saw it. `present`: how it is."""

    def __init__(self, present: Registered) -> None:
        super().__init__(present.kiosk.id)
        self.present = present


def registered(conn: Connection, viewer: Viewer, kiosk: str = "") -> list[Registered]:
    """Every kiosk there ever was, or one of them; nothing for those who may not see the fleet."""
    sql = (
        "SELECT k.id, k.counter, k.questionnaire, k.languages, k.display, k.status, "
        "EXISTS (SELECT 1 FROM certificate c WHERE c.kiosk = k.id AND c.revoked = '') "
        "FROM kiosk k WHERE ? IN ('', k.id) ORDER BY k.id"
    )
    rows = conn.execute(sql, (kiosk,)).fetchall() if viewer.sees_fleet else []
    return [_registered(*row) for row in rows]


def retired(conn: Connection) -> set[str]:
    """Kiosks of which the broker should keep nothing."""
    return {row[0] for row in conn.execute("SELECT id FROM kiosk WHERE status='retired'")}


def register(conn: Connection, viewer: Viewer, kiosks: Iterable[Kiosk], day: str, now: datetime) -> list[str]:
    """Add kiosks, each with its first configuration. Where an id is taken nothing is added: returns the taken ones.

    Raises Unfit.
    """
    given = list(kiosks)
    taken = [one.id for one in given if registered(conn, viewer, one.id)]
    if taken:
        return taken
    wanted = configurations.wanted_of(conn, catalogue.load(conn, day, kiosks=False))
    for kiosk in given:
        _check(wanted.places, kiosk)
        write(conn, viewer, None, kiosk, now)
        configurations.first(conn, kiosk, wanted, now)
    catalogue.bump_version(conn)
    return []


def refuse_unseen(conn: Connection, viewer: Viewer, kiosk: str, seen: str | None) -> None:
    """Raises ChangedMeanwhileError where a kiosk is another version than the one seen; None is for who looked at none."""
    for present in registered(conn, viewer, kiosk):
        if seen is not None and present.version != seen:
            raise ChangedMeanwhileError(present)


def change(conn: Connection, viewer: Viewer, kiosk: Kiosk, now: datetime) -> bool:
    """Other settings, or another counter: what it counted so far stays where it was. False where nothing differs.

    Its configuration is not published by that. Raises Unfit.
    """
    before = next((one.kiosk for one in registered(conn, viewer, kiosk.id)), None)
    if before is None or before == kiosk:
        return False
    _check(Places(catalogue.load(conn, catalogue.today(conn, now), kiosks=False)), kiosk)
    write(conn, viewer, before, kiosk, now)
    catalogue.bump_version(conn)
    return True


def retire(conn: Connection, viewer: Viewer, kiosk: str, now: datetime) -> None:
    """End a kiosk whose certificates the signer has revoked."""
    enrolments.end_all(conn, kiosk, now)
    end(conn, viewer, kiosk, now)


def end(conn: Connection, viewer: Viewer, kiosk: str, now: datetime) -> None:
    """Nothing of it is taken any more, and no code of it opens. What it counted stays, and so do its certificates."""
    conn.execute("UPDATE kiosk SET status='retired' WHERE id=?", (kiosk,))
    enrolments.void_codes(conn, kiosk, viewer.login, now)
    kiosk_events.note(conn, kiosk, "retired", "", now)
    audit.write(conn, viewer.login, "kiosk.retire", kiosk, {"status": "active"}, {"status": "retired"}, now)
    catalogue.bump_version(conn)


def take_back(conn: Connection, viewer: Viewer, kiosk: Kiosk, day: str, now: datetime) -> None:
    """A retired kiosk is used again, with the configuration that it had last. Raises Unfit."""
    wanted = configurations.wanted_of(conn, catalogue.load(conn, day, kiosks=False))
    _check(wanted.places, kiosk)
    _use_again(conn, viewer, kiosk, now)
    configurations.first(conn, kiosk, wanted, now)
    catalogue.bump_version(conn)


def overwrite(conn: Connection, viewer: Viewer, before: Registered | None, kiosk: Kiosk, now: datetime) -> None:
    """As a file says that it is, and in use; nothing is done where it is that already."""
    if before is None or before.kiosk != kiosk:
        write(conn, viewer, before.kiosk if before else None, kiosk, now)
    if before and before.is_retired:
        _use_again(conn, viewer, kiosk, now)


def write(conn: Connection, viewer: Viewer, before: Kiosk | None, kiosk: Kiosk, now: datetime) -> None:
    """A new kiosk, or what one is from now on, with its rows in the audit log and on its timeline."""
    if before is None:
        catalogue.put(conn, "kiosk", [kiosk])
        kiosk_events.note(conn, kiosk.id, "registered", kiosk.counter, now)
        audit.write(conn, viewer.login, "kiosk.register", kiosk.id, None, _facts(kiosk), now)
        return
    sql = "UPDATE kiosk SET counter=?, questionnaire=?, languages=?, display=? WHERE id=?"
    row = (kiosk.counter, kiosk.questionnaire, _json(kiosk.languages), _json(kiosk.display), kiosk.id)
    conn.execute(sql, row)
    if before.counter != kiosk.counter:
        kiosk_events.note(conn, kiosk.id, "moved", f"{before.counter} → {kiosk.counter}", now)
    audit.write(conn, viewer.login, "kiosk.change", kiosk.id, _facts(before), _facts(kiosk), now)


def _use_again(conn: Connection, viewer: Viewer, kiosk: Kiosk, now: datetime) -> None:
    conn.execute("UPDATE kiosk SET status='active' WHERE id=?", (kiosk.id,))
    kiosk_events.note(conn, kiosk.id, "registered", kiosk.counter, now)
    audit.write(conn, viewer.login, "kiosk.change", kiosk.id, {"status": "retired"}, {"status": "active"}, now)


def _check(places: Places, kiosk: Kiosk) -> None:
    fault = unfit(places, kiosk)
    if fault:
        raise Unfit(*fault)


def _registered(*row: Any) -> Registered:
    ident, counter, questionnaire, languages, display, status, certificate = row
    kiosk = Kiosk(
        id=ident, counter=counter, questionnaire=questionnaire, languages=json.loads(languages), display=json.loads(display)
    )
    return Registered(kiosk, status == "retired", bool(certificate))


def _facts(kiosk: Kiosk) -> dict[str, Any]:
    """For the audit log; a PIN's hash stays out of it."""
    facts = kiosk.model_dump(mode="json", exclude={"id"})
    display = {key: "…" if key == "service_pin" else value for key, value in facts["display"].items()}
    return {key: value for key, value in (facts | {"display": display}).items() if value}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
