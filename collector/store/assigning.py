"""Which questionnaire is asked where, in the store."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from sqlite3 import Connection
from typing import Any

from broker_config.messages import Questionnaire
from collector.assignment import KINDS, Chosen, assigned, chosen_now, troubles, within
from collector.catalogue import Catalogue, Places
from collector.store import audit, catalogue
from collector.store.drafts import DONE, STALE, Outcome, Wanted
from collector.store.questionnaires import in_force

SHOWN_PLACES = 40


def revision(known: Catalogue, scope: Chosen) -> str:
    """Changes with what is assigned in a part of the catalogue."""
    rows = {"institution": known.institutions, "office": known.offices, "counter": known.counters, "kiosk": known.kiosks}
    said = [(kind, one.id, one.questionnaire) for kind in KINDS for one in rows[kind] if one.id in scope[kind]]  # type: ignore[attr-defined]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def assign(conn: Connection, wanted: Wanted, institution: str, chosen: Chosen, today: str) -> Outcome:
    """Put a questionnaire at the chosen places of an institution and take it from its others.

    Refused, with the kiosks, where one would have no questionnaire, one that is not asked yet, or one without its languages.
    """
    here = catalogue.load(conn, today)
    scope = within(here, institution)
    if wanted.revision != revision(here, scope):
        return STALE
    there = assigned(here, wanted.questionnaire, scope, chosen)
    unable = troubles(here, there)
    if unable:
        return Outcome("refused", troubles=unable)
    before, after = (chosen_now(one, wanted.questionnaire) for one in (here, there))
    if before == after:
        return DONE
    _put(conn, "institution", here.institutions, there.institutions)
    _put(conn, "office", here.offices, there.offices)
    _put(conn, "counter", here.counters, there.counters)
    _put(conn, "kiosk", here.kiosks, there.kiosks)
    lost, won = ({kind: _few(one[kind] - other[kind]) for kind in KINDS} for one, other in ((before, after), (after, before)))
    audit.write(conn, wanted.login, "questionnaire.assign", wanted.questionnaire, _said(lost), _said(won), wanted.now)
    catalogue.bump_version(conn)
    return DONE


def catalogue_with(conn: Connection, day: str, tried: Questionnaire, kiosk: str) -> Catalogue | None:
    """The catalogue as if one kiosk asked this questionnaire; None where there is no such kiosk, or no place for it."""
    here = catalogue.load(conn, day)
    if kiosk not in {one.id for one in filter(Places(here).holds, here.kiosks)}:
        return None
    kiosks = [one.model_copy(update={"questionnaire": tried.id}) if one.id == kiosk else one for one in here.kiosks]
    others = [one for one in in_force(conn, day) if one.id != tried.id]
    return replace(here, kiosks=kiosks, questionnaires=[*others, tried])


def _put(conn: Connection, table: str, before: Iterable[Any], after: Iterable[Any]) -> None:
    """Nothing but the assignment is written: other columns may have changed since."""
    for old, new in zip(before, after, strict=True):
        if old.questionnaire != new.questionnaire:
            conn.execute(f"UPDATE {table} SET questionnaire=? WHERE id=?", (new.questionnaire, new.id))  # noqa: S608 - our own names


def _few(ids: frozenset[str]) -> list[str]:
    found = sorted(ids)
    return found if len(found) <= SHOWN_PLACES else [*found[:SHOWN_PLACES], f"+{len(found) - SHOWN_PLACES}"]


def _said(places: dict[str, list[str]]) -> dict[str, list[str]] | None:
    return {kind: ids for kind, ids in places.items() if ids} or None
