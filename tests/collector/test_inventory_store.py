"""Things of the catalogue in the store: added, changed, retired, restored, deleted; each with its row in the audit log."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from collector.access import User, Viewer
from collector.catalogue import Counter, Institution, Kiosk, Office, Places, Service
from collector.catalogue_csv import plan
from collector.inventory import Thing
from collector.store.audit import AuditQuery, AuditRow
from collector.store.sqlite import SqliteStore
from collector.store.uploads import Upload
from tests.collector.deliveries import NOW, rating, sent, wanted_configs

ADMIN = Viewer("ona", "admin", None)
EVER = "9999-12-31"


def audited(store: SqliteStore) -> list[AuditRow]:
    return [row for row in store.audit_rows(ADMIN, AuditQuery()) if row.action.startswith("catalogue.")]


def hall(store: SqliteStore, **changes: Any) -> Thing:
    """The hall as it is, with changes."""
    found = store.thing(ADMIN, "office", "hall")
    assert found
    return found.thing.model_copy(update=changes)


def seen(store: SqliteStore, kind: str, ident: str) -> str:
    found = store.thing(ADMIN, kind, ident)
    assert found
    return found.version


def codes(faults: list[Any]) -> list[str]:
    return [one.code for one in faults]


def test_a_new_thing_is_in_the_catalogue_and_in_the_log(store: SqliteStore) -> None:
    before = store.catalogue_version()
    service = Service(id="permits", institution="city", name={"lt": "Leidimai"}, yearly=40)
    assert store.add_thing(ADMIN, "service", service, NOW).is_done
    assert store.thing(ADMIN, "service", "permits") == ("service", service, "active")
    (row,) = audited(store)
    assert (row.login, row.action, row.subject, row.before) == ("ona", "catalogue.add", "service permits", None)
    assert row.after == {"id": "permits", "institution": "city", "name": {"lt": "Leidimai"}, "yearly": 40}
    assert store.catalogue_version() != before, "ingest reads it anew"


@pytest.mark.parametrize(
    ("kind", "thing", "code"),
    [
        ("office", Office(id="hall", institution="city", name={"lt": "S"}), "id-taken"),
        ("office", Office(id="south", institution="moon", name={"lt": "S"}), "no-institution"),
        ("office", Office(id="south", institution="city", name={"lt": "S"}, questionnaire="none"), "no-questionnaire"),
        ("counter", Counter(id="c", office="hall", name={"lt": "S"}, services=["none"]), "no-service"),
    ],
)
def test_what_points_nowhere_or_is_there_already_is_refused(store: SqliteStore, kind: str, thing: Thing, code: str) -> None:
    before = store.thing(ADMIN, kind, thing.id)
    assert codes(store.add_thing(ADMIN, kind, thing, NOW).faults) == [code]
    assert store.thing(ADMIN, kind, thing.id) == before
    assert audited(store) == []


def test_a_change_says_before_and_after_and_publishes_nothing(store: SqliteStore) -> None:
    configs = wanted_configs(store)
    assert store.kiosks_unlike(ADMIN, NOW) == 0
    changed = hall(store, address="Basanavičiaus a. 1", holidays=["2026-12-24"])
    assert store.change_thing(ADMIN, "office", changed, seen(store, "office", "hall"), NOW).is_done
    (row,) = audited(store)
    assert (row.before, row.after) == (
        {"address": "", "holidays": []},
        {"address": "Basanavičiaus a. 1", "holidays": ["2026-12-24"]},
    )
    assert wanted_configs(store) == configs
    assert store.kiosks_unlike(ADMIN, NOW) == 4, "the hall's four kiosks know nothing of the holiday"


def test_how_many_kiosks_are_otherwise_is_reckoned_once_for_a_catalogue(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page of the catalogue asks it each time, also for thousands of kiosks."""
    assert store.change_thing(ADMIN, "office", hall(store, holidays=["2026-12-24"]), seen(store, "office", "hall"), NOW).is_done
    assert store.kiosks_unlike(ADMIN, NOW) == 4
    monkeypatch.setattr(Places, "config_of", None)
    assert store.kiosks_unlike(ADMIN, NOW) == 4
    assert store.kiosks_unlike(Viewer("b", "analyst", None), NOW) == 0


def test_saving_what_is_there_changes_nothing(store: SqliteStore) -> None:
    assert store.change_thing(ADMIN, "office", hall(store), seen(store, "office", "hall"), NOW).is_done
    assert audited(store) == []


def test_the_second_of_two_who_change_the_same_is_told(store: SqliteStore) -> None:
    version = seen(store, "office", "hall")
    assert store.change_thing(ADMIN, "office", hall(store, address="First"), version, NOW).is_done
    second = store.change_thing(ADMIN, "office", hall(store, address="Second"), version, NOW)
    assert not second.is_done
    assert second.meanwhile
    assert second.meanwhile.thing == hall(store, address="First")
    assert len(audited(store)) == 1
    assert store.change_thing(ADMIN, "office", hall(store, address="Second"), second.meanwhile.version, NOW).is_done


def test_what_others_stand_on_is_not_retired(store: SqliteStore) -> None:
    for kind, ident, below in (
        ("institution", "city", ["stands-office"] * 2 + ["stands-service"] * 3),
        ("office", "hall", ["stands-counter"]),
        ("counter", "hall-window", ["stands-kiosk"] * 4),
        ("service", "social-benefits", ["stands-counter"] * 2),
    ):
        assert codes(store.retire_thing(ADMIN, kind, ident, NOW).faults) == below
    assert audited(store) == []


def test_a_retired_thing_can_be_chosen_nowhere_and_comes_back(store: SqliteStore) -> None:
    assert store.retire_thing(ADMIN, "service", "archive", NOW).is_done
    assert "archive" not in {one.id for one in store.catalogue_in_use(ADMIN, EVER).services}
    counter = Counter(id="c", office="hall", name={"lt": "L"}, services=["archive"])
    assert codes(store.add_thing(ADMIN, "counter", counter, NOW).faults) == ["no-service"]
    archive = store.thing(ADMIN, "service", "archive")
    assert archive
    assert codes(store.change_thing(ADMIN, "service", archive.thing, archive.version, NOW).faults) == ["id-retired"]
    assert store.restore_thing(ADMIN, "service", "archive", NOW).is_done
    assert store.add_thing(ADMIN, "counter", counter, NOW).is_done
    actions = [(row.action, row.before, row.after) for row in audited(store)][1:]
    active, retired = {"status": "active"}, {"status": "retired"}
    assert actions == [("catalogue.restore", retired, active), ("catalogue.retire", active, retired)]


def test_a_thing_comes_back_after_what_it_stands_on(store: SqliteStore) -> None:
    office = Office(id="south", institution="city", name={"lt": "P"})
    counter = Counter(id="south-window", office="south", name={"lt": "L"})
    assert store.add_thing(ADMIN, "office", office, NOW).is_done
    assert store.add_thing(ADMIN, "counter", counter, NOW).is_done
    assert store.retire_thing(ADMIN, "counter", "south-window", NOW).is_done
    assert store.retire_thing(ADMIN, "office", "south", NOW).is_done
    assert codes(store.restore_thing(ADMIN, "counter", "south-window", NOW).faults) == ["no-office"]
    assert codes(store.delete_thing(ADMIN, "office", "south", NOW).faults) == ["pointed-to"], "its retired counter does"
    assert store.delete_thing(ADMIN, "counter", "south-window", NOW).is_done
    assert store.delete_thing(ADMIN, "office", "south", NOW).is_done
    assert store.thing(ADMIN, "office", "south") is None
    assert audited(store)[0].before == {
        "id": "south",
        "institution": "city",
        "name": {"lt": "P"},
        "timezone": "Europe/Vilnius",
        "status": "retired",
    }


def test_nothing_is_deleted_that_ratings_may_point_to(store: SqliteStore) -> None:
    """A configuration is enough: a kiosk may still send what was rated under it."""
    for kind, ident in (
        ("office", "north"),
        ("counter", "north-window"),
        ("service", "residence-declaration"),
        ("institution", "city"),
    ):
        assert not store.may_be_deleted(ADMIN, kind, ident)
        assert codes(store.delete_thing(ADMIN, kind, ident, NOW).faults) == ["pointed-to"]
    assert store.may_be_deleted(ADMIN, "service", "archive")
    sent(store, rating(1))
    with store._writing():  # as after a long time, with the configurations gone
        store._conn.execute("DELETE FROM configuration")
    assert not store.may_be_deleted(ADMIN, "service", "residence-declaration")


def test_a_change_that_takes_a_kiosks_question_away_is_refused(store: SqliteStore) -> None:
    city = store.thing(ADMIN, "institution", "city")
    assert city
    asking = city.thing.model_copy(update={"questionnaire": "core5"})
    assert store.change_thing(ADMIN, "institution", asking, city.version, NOW).is_done
    kiosk = Kiosk(id="hall-9", counter="hall-window")
    columns = b"id,counter,questionnaire,languages\nhall-9,hall-window,,lt\n"
    version = store.catalogue_version()
    assert store.take_plan(ADMIN, plan("kiosk", columns, store.catalogue_in_use(ADMIN, EVER)), version, NOW)
    assert "hall-9" in wanted_configs(store), "a new kiosk gets its first configuration at once"
    assert kiosk.id in {one.id for one in store.catalogue_in_use(ADMIN, EVER).kiosks}
    outcome = store.change_thing(ADMIN, "institution", city.thing, seen(store, "institution", "city"), NOW)
    assert codes(outcome.faults) == ["nothing-asked"]


def test_a_plan_is_carried_out_once_and_only_on_the_catalogue_it_was_made_for(store: SqliteStore) -> None:
    content = "id,institution,name:lt\nhall,city,Salė\nsouth,city,Pietūs\n".encode()
    found, version = plan("office", content, store.catalogue_in_use(ADMIN, EVER)), store.catalogue_version()
    assert store.retire_thing(ADMIN, "service", "archive", NOW).is_done
    assert not store.take_plan(ADMIN, found, version, NOW)
    assert store.thing(ADMIN, "office", "south") is None
    assert store.take_plan(ADMIN, found, store.catalogue_version(), NOW)
    assert [(row.action, row.subject) for row in audited(store)[:2]] == [
        ("catalogue.add", "office south"),
        ("catalogue.change", "office hall"),
    ]


def test_a_kiosk_that_moves_by_file_keeps_its_configuration_for_now(store: SqliteStore) -> None:
    content = b'id,counter,display\nhall-1,north-window,"{""service_pin"": ""$hash""}"\n'
    found = plan("kiosk", content, store.catalogue_in_use(ADMIN, EVER))
    before = wanted_configs(store)["hall-1"]
    assert store.take_plan(ADMIN, found, store.catalogue_version(), NOW)
    assert wanted_configs(store)["hall-1"] == before
    assert store.kiosks_unlike(ADMIN, NOW) == 1
    assert "$hash" not in json.dumps([row.after for row in audited(store)]), "a PIN's hash is not in the log"


def test_a_kiosk_by_file_is_registered_as_any_other(store: SqliteStore) -> None:
    columns = b"id,counter,questionnaire\nhall-9,hall-window,core5\nhall-1,north-window,core5\n"
    found = plan("kiosk", columns, store.catalogue_in_use(ADMIN, EVER))
    assert store.take_plan(ADMIN, found, store.catalogue_version(), NOW)
    assert [(row.action, row.login) for row in store.audit_of(ADMIN, "hall-9")] == [("kiosk.register", "ona")]
    assert [(row.action, row.login) for row in store.audit_of(ADMIN, "hall-1")] == [("kiosk.change", "ona")]


def test_a_kiosk_by_file_at_night_is_asked_what_the_new_day_asks(store: SqliteStore) -> None:
    """At 01:30 in Vilnius it is still yesterday in UTC."""
    night = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    store._conn.execute("UPDATE questionnaire_version SET valid_from='2026-11-22'")
    columns = b"id,counter,questionnaire\nhall-9,hall-window,core5\n"
    found = plan("kiosk", columns, store.catalogue_in_use(ADMIN, EVER))
    assert store.take_plan(ADMIN, found, store.catalogue_version(), night)
    assert "hall-9" in wanted_configs(store)


def test_many_kiosks_by_file_share_what_they_show(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration made anew for each would keep everybody else from writing for seconds."""
    lines = "".join(f"new-{number},hall-window,core5\n" for number in range(30))
    found = plan("kiosk", f"id,counter,questionnaire\n{lines}".encode(), store.catalogue_in_use(ADMIN, EVER))
    made = []
    whole = Places.config_of
    monkeypatch.setattr(Places, "config_of", lambda self, kiosk, number: made.append(kiosk.id) or whole(self, kiosk, number))
    assert store.take_plan(ADMIN, found, store.catalogue_version(), NOW)
    assert made == ["new-0"]
    assert len(wanted_configs(store)) == 35


def test_whoever_is_no_admin_gets_and_changes_nothing(store: SqliteStore) -> None:
    for viewer in (Viewer("a", "auditor", None), Viewer("b", "analyst", None), Viewer("c", "head", frozenset({"hall"}))):
        assert store.things(viewer, "office") == []
        assert store.catalogue_in_use(viewer, EVER).offices == []
        assert not store.may_be_deleted(viewer, "service", "archive")
        assert codes(store.retire_thing(viewer, "service", "archive", NOW).faults) == ["gone"]
        assert not store.take_plan(viewer, plan("office", b"id,institution,name:lt\n", store.catalogue_in_use(ADMIN, EVER)),
                                   store.catalogue_version(), NOW)  # fmt: skip
        new = Institution(id="mine", name={"lt": "M"})
        assert not store.add_thing(viewer, "institution", new, NOW).is_done
    assert store.thing(ADMIN, "institution", "mine") is None


def test_an_upload_is_ones_own_and_the_last(store: SqliteStore) -> None:
    for login in ("ona", "rasa"):
        store.put_user(User(login, "admin", frozenset()), "x")
    store.keep_upload("ona", Upload("office", "a.csv", b"1"), NOW)
    store.keep_upload("ona", Upload("service", "b.csv", b"2"), NOW)
    assert store.upload("ona") == ("service", "b.csv", b"2")
    assert store.upload("rasa") is None
    store.drop_upload("ona")
    assert store.upload("ona") is None
