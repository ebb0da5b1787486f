"""A catalogue file over a catalogue that was changed on the pages: what it leaves out stays, what it does is in the log."""

import json
from typing import Any

import pytest

from collector.access import Viewer
from collector.catalogue import CatalogueFaults, Retention, read
from collector.store.audit import AuditQuery
from collector.store.catalogue import put
from collector.store.drafts import Wanted
from collector.store.enrolments import Certificate, Refused
from collector.store.installing import Retired
from collector.store.sqlite import SqliteStore
from tests.catalogues import catalogue, document
from tests.collector.deliveries import NOW, change, wanted_configs
from tests.collector.enrolling import has_device

ADMIN = Viewer("ona", "admin", None)
CERTIFICATE = Certificate("a1", "2026-11-21T12:00:00.000Z", "2027-02-19T12:00:00.000Z", "")


def audited(store: SqliteStore) -> list[tuple[str, str]]:
    """Oldest first, what `cli` did."""
    return [(row.action, row.subject) for row in reversed(store.audit_rows(ADMIN, AuditQuery())) if row.login == "cli"]


def events(store: SqliteStore, kiosk: str) -> list[tuple[str, str]]:
    found = [(one.kind, one.detail) for one in store.timeline(ADMIN, kiosk)]
    return [one for one in reversed(found) if one[0] != "config.published"]


def thing(store: SqliteStore, kind: str, ident: str) -> Any:
    found = store.thing(ADMIN, kind, ident)
    assert found
    return found.thing


def file(**lists: Any) -> Any:
    return read(json.dumps(document(**lists)).encode())


def row_of(kind: str, ident: str, **fields: Any) -> dict[str, Any]:
    """A list of the file with more said of one row."""
    return {kind: [row | fields if row["id"] == ident else row for row in document()[kind]]}


# ── what the file leaves out ────────────────────────────────────────────────────────────


SAID_ON_THE_PAGES = [
    ("institution", "city", {"retention": Retention(comments_days=3650, events_months=120), "weights": {"overall": 2.0}}),
    ("institution", "city", {"questionnaire": "core5"}),
    ("office", "hall", {"address": "J. Basanavičiaus a. 1", "holidays": ["2026-12-24"], "questionnaire": "core5"}),
    ("service", "archive", {"owner": "Archyvas", "purpose": {"lt": "Pažyma"}, "yearly": 40}),
    ("counter", "hall-window", {"clerks": 4, "questionnaire": "core5"}),
    ("kiosk", "hall-1", {"display": {"dpi": 149}, "languages": ["lt"]}),
]


@pytest.mark.parametrize(("kind", "ident", "fields"), SAID_ON_THE_PAGES)
def test_what_a_row_leaves_out_stays_as_it_is(store: SqliteStore, kind: str, ident: str, fields: dict[str, Any]) -> None:
    """Above all how long ratings are kept: what is erased because of a file comes back by none."""
    said = thing(store, kind, ident).model_copy(update=fields)
    with store._writing():
        put(store._conn, kind, [said])
    store.install(catalogue(), NOW)
    assert thing(store, kind, ident) == said
    assert audited(store) == []


def test_what_a_row_says_is_written_and_logged_also_where_it_says_nothing_in_many_words(store: SqliteStore) -> None:
    store.install(file(**row_of("offices", "hall", address="Kauno g. 5", holidays=["2026-12-24"])), NOW)
    store.install(file(**row_of("offices", "hall", holidays=[])), NOW)
    assert (thing(store, "office", "hall").address, thing(store, "office", "hall").holidays) == ("Kauno g. 5", [])
    assert audited(store) == [("catalogue.change", "office hall")] * 2


def test_half_a_retention_leaves_the_other_half(store: SqliteStore) -> None:
    store.install(file(**row_of("institutions", "city", retention={"comments_days": 30, "events_months": 120})), NOW)
    store.install(file(**row_of("institutions", "city", retention={"comments_days": 60})), NOW)
    assert thing(store, "institution", "city").retention == Retention(comments_days=60, events_months=120)


def test_what_stays_is_in_the_configurations_that_go_out(store: SqliteStore) -> None:
    store.install(file(**row_of("kiosks", "hall-1", display={"dpi": 149})), NOW)
    assert store.install(file(**row_of("offices", "hall", holidays=["2026-12-24"])), NOW).published == 4
    payload = json.loads(wanted_configs(store)["hall-1"])
    assert (payload["display"], payload["hours"]) == ({"dpi": 149}, {"holidays": ["2026-12-24"]})


def test_a_kiosk_that_could_not_show_file_and_store_together_stops_the_whole_import(store: SqliteStore) -> None:
    change(store, "UPDATE kiosk SET questionnaire='gone' WHERE id='hall-2'")
    kiosks = [{"id": row["id"], "counter": row["counter"]} for row in document()["kiosks"]]
    city: dict[str, Any] = row_of("institutions", "city", questionnaire="core5")
    with pytest.raises(CatalogueFaults) as caught:
        store.install(file(kiosks=kiosks, **city), NOW)
    assert caught.value.faults[1:] == [
        "kiosks, row 2 (hall-2): the questionnaire gone, which is assigned to it, is not asked today."
    ]
    assert thing(store, "institution", "city").questionnaire == ""
    assert audited(store) == []


# ── what is in the log ──────────────────────────────────────────────────────────────────


def test_what_is_new_is_in_the_log_and_what_is_there_already_is_not(store: SqliteStore) -> None:
    store.install(catalogue(), NOW)
    assert audited(store) == []
    more: dict[str, Any] = {
        "services": [*document()["services"], {"id": "permits", "institution": "city", "name": {"lt": "Leidimai"}}],
        "kiosks": [*document()["kiosks"], {"id": "hall-9", "counter": "hall-window", "questionnaire": "core5"}],
    }
    assert store.install(file(**more), NOW).published == 1
    assert audited(store) == [("catalogue.add", "service permits"), ("kiosk.register", "hall-9")]
    assert events(store, "hall-9") == [("registered", "hall-window")]


def test_a_thing_out_of_use_that_the_file_names_is_taken_into_use_again(store: SqliteStore) -> None:
    assert store.retire_thing(ADMIN, "service", "archive", NOW).is_done
    store.install(catalogue(), NOW)
    assert audited(store) == [("catalogue.restore", "service archive")]


def test_a_kiosk_that_moves_or_comes_back_has_it_on_its_timeline(store: SqliteStore) -> None:
    store.install(catalogue(kiosks=document()["kiosks"][1:]), NOW)
    store.install(file(**row_of("kiosks", "hall-1", counter="north-window")), NOW)
    assert events(store, "hall-1") == [("retired", ""), ("moved", "hall-window → north-window"), ("registered", "north-window")]
    assert audited(store) == [("kiosk.retire", "hall-1"), ("kiosk.change", "hall-1"), ("kiosk.change", "hall-1")]


def test_a_kiosk_that_the_file_does_not_name_ends_but_for_its_certificate(store: SqliteStore) -> None:
    """Nobody tells the broker here: a page that said “revoked” would be wrong."""
    has_device(store, "hall-1", CERTIFICATE, NOW)
    store.put_code("hall-1", "CODE", "ona", NOW)
    done = store.install(catalogue(kiosks=document()["kiosks"][2:]), NOW)
    assert done.retired == [Retired("hall-1", True), Retired("hall-2", False)]
    assert isinstance(store.claim_code("CODE", NOW), Refused)
    assert store.certificate(ADMIN, "hall-1") == CERTIFICATE
    assert events(store, "hall-1")[-1] == ("retired", "")
    assert store.install(catalogue(kiosks=document()["kiosks"][2:]), NOW).retired == [], "once is enough"


def test_a_pins_hash_is_not_in_the_log(store: SqliteStore) -> None:
    store.install(file(**row_of("kiosks", "hall-1", display={"service_pin": "scrypt$1"})), NOW)
    assert "scrypt" not in json.dumps([(row.before, row.after) for row in store.audit_rows(ADMIN, AuditQuery())])
    store.install(catalogue(), NOW)
    assert thing(store, "kiosk", "hall-1").display == {"service_pin": "scrypt$1"}


# ── questionnaires ──────────────────────────────────────────────────────────────────────


def planned(store: SqliteStore, day: str) -> None:
    """Another core5 that is asked from a day on."""
    store._conn.execute("DELETE FROM question WHERE id <> 'overall'")
    version = store.copy_to_draft("ona", "core5", NOW).version
    found = store.questionnaire_version("core5", version)
    assert found
    draft = found.as_draft
    shorter = draft.model_copy(update={"questions": draft.questions[:1]})
    assert store.save_draft(Wanted("core5", version, "ona", NOW), shorter).said == "done"
    outcome = store.publish_draft(Wanted("core5", version, "ona", NOW, valid_from=day), "2026-11-21")
    assert outcome.said == "done", outcome


def asked_on(store: SqliteStore, day: str) -> list[str]:
    (found,) = [one for one in store.catalogue_in_use(ADMIN, day).questionnaires if one.id == "core5"]
    return [question.id for question in found.questions]


def test_what_is_asked_today_is_no_new_version_and_a_planned_one_keeps_its_day(store: SqliteStore) -> None:
    planned(store, "2026-12-01")
    assert store.install(catalogue(), NOW).published == 0
    assert asked_on(store, "2026-11-21") == ["overall", "advise"]
    assert asked_on(store, "2026-12-01") == ["overall"]
    assert audited(store) == []


def test_another_text_is_a_new_version_that_is_asked_at_once(store: SqliteStore) -> None:
    changed = document()
    changed["questionnaires"][0]["questions"].pop()
    assert store.install(read(json.dumps(changed).encode()), NOW).published == 5
    assert asked_on(store, "2026-11-21") == ["overall"]
    assert audited(store) == [("questionnaire.publish", "core5 2")]
