"""One-time codes in the store: once, a day, ten wrong tries, and never readable again."""

import sqlite3
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from broker_config import enrolment_code
from collector.access import Viewer
from collector.catalogue import Kiosk
from collector.store import kiosk_events
from collector.store.audit import AuditQuery
from collector.store.enrolments import Certificate, Claim, Refused
from collector.store.kiosk_register import Unfit
from collector.store.sqlite import SqliteStore
from tests.catalogues import document
from tests.collector.conftest import NewStore
from tests.collector.deliveries import NOW, wanted_configs

ADMIN = Viewer("admin", "admin", None)
HOUR = timedelta(hours=1)


def put(store: SqliteStore, kiosk: str = "hall-1") -> str:
    code = enrolment_code.new()
    assert store.put_code(kiosk, code, "admin", NOW) == NOW + 24 * HOUR
    return code


def why(outcome: Claim | Refused) -> str:
    assert isinstance(outcome, Refused)
    return outcome.why


def test_a_code_opens_once(store: SqliteStore) -> None:
    code = put(store)
    claim = store.claim_code(code, NOW)
    assert isinstance(claim, Claim)
    assert claim.kiosk == "hall-1"
    assert why(store.claim_code(code, NOW)) == "used"


def test_a_code_holds_for_a_day(store: SqliteStore) -> None:
    code, other = put(store, "hall-1"), put(store, "hall-2")
    assert isinstance(store.claim_code(code, NOW + 24 * HOUR - timedelta(seconds=1)), Claim)
    assert why(store.claim_code(other, NOW + 24 * HOUR)) == "expired"


def test_a_new_code_makes_the_older_one_void_and_no_other_kiosks(store: SqliteStore) -> None:
    old, others = put(store, "hall-1"), put(store, "hall-2")
    new = put(store, "hall-1")
    assert why(store.claim_code(old, NOW + HOUR)) == "expired"
    assert isinstance(store.claim_code(new, NOW + HOUR), Claim)
    assert isinstance(store.claim_code(others, NOW + HOUR), Claim)


def test_where_nothing_was_signed_the_code_is_given_back_and_only_to_the_one_who_had_it(store: SqliteStore) -> None:
    code = put(store)
    first = store.claim_code(code, NOW)
    assert isinstance(first, Claim)
    store.release_code(first)
    again = store.claim_code(code, NOW + HOUR)
    assert isinstance(again, Claim)
    store.release_code(first)
    assert why(store.claim_code(code, NOW + HOUR)) == "used"


def test_of_many_who_come_at_once_one_gets_it(new_store: NewStore, tmp_path: Path) -> None:
    store = new_store()
    code = put(store)
    outcomes: list[Claim | Refused] = []
    start = threading.Barrier(6)

    def come() -> None:
        own = SqliteStore(tmp_path / "store-0.sqlite")
        start.wait()
        outcomes.append(own.claim_code(code, NOW))
        own.close()

    threads = [threading.Thread(target=come) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(one) for one in outcomes].count(Claim) == 1
    assert {one.why for one in outcomes if isinstance(one, Refused)} == {"used"}


def test_after_ten_wrong_tries_within_an_hour_nobody_is_heard(store: SqliteStore) -> None:
    right = put(store)
    for minute in range(10):
        assert why(store.claim_code(enrolment_code.new(), NOW + timedelta(minutes=minute))) == "wrong"
    refused = store.claim_code(right, NOW + timedelta(minutes=10))
    assert refused == Refused("often", NOW + HOUR)
    assert why(store.claim_code(right, NOW + HOUR - timedelta(seconds=1))) == "often", "and the refusals do not count"
    assert isinstance(store.claim_code(right, NOW + HOUR), Claim), "the oldest try is an hour old"


def test_used_and_expired_codes_count_as_wrong_tries_too(store: SqliteStore) -> None:
    code = put(store)
    store.claim_code(code, NOW)
    for _ in range(10):
        assert why(store.claim_code(code, NOW)) == "used"
    assert why(store.claim_code(code, NOW)) == "often"


def test_a_retired_kiosks_code_opens_nothing(store: SqliteStore) -> None:
    code = put(store)
    store.retire_kiosk(ADMIN, "hall-1", NOW)
    assert why(store.claim_code(code, NOW)) == "expired"


def test_of_a_code_only_its_hash_is_kept(new_store: NewStore, tmp_path: Path) -> None:
    code = put(new_store())
    found = sqlite3.connect(tmp_path / "store-0.sqlite")
    rows = [str(row) for (table,) in found.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
            for row in found.execute(f"SELECT * FROM {table}")]  # fmt: skip
    found.close()
    assert any("kiosk.code" in row for row in rows)
    assert not any(code in row for row in rows)


CERTIFICATE = Certificate("a1", "2026-11-21T12:00:00.000Z", "2027-02-19T12:00:00.000Z", "")


def claimed(store: SqliteStore) -> Claim:
    claim = store.claim_code(put(store), NOW)
    assert isinstance(claim, Claim)
    return claim


@pytest.mark.parametrize("end", ["void", "revoke", "retire"])
def test_who_is_being_enrolled_when_the_door_is_shut_stays_outside(store: SqliteStore, end: str) -> None:
    claim = claimed(store)
    if end == "void":
        store.void_codes("hall-1", "admin", NOW)
    elif end == "revoke":
        store.note_revoked("hall-1", "admin", NOW)
    else:
        store.retire_kiosk(ADMIN, "hall-1", NOW)
    assert not store.note_enrolled(claim, CERTIFICATE, NOW)
    assert store.certificate(ADMIN, "hall-1") is None
    store.release_code(claim)
    assert isinstance(store.claim_code(put(store), NOW), Refused) == (end == "retire"), "a new code opens it again"


def test_a_code_that_waited_is_void_and_the_audit_says_so(store: SqliteStore) -> None:
    code = put(store)
    store.void_codes("hall-1", "admin", NOW)
    store.void_codes("hall-1", "admin", NOW)
    assert why(store.claim_code(code, NOW)) == "expired"
    (row,) = store.audit_rows(ADMIN, AuditQuery(action="kiosk.void"))
    assert (row.login, row.subject, row.before) == ("admin", "hall-1", {"until": "2026-11-22T12:00:00.000Z"})


def test_certificates_replace_one_another_and_the_audit_says_so(store: SqliteStore) -> None:
    store.note_enrolled(claimed(store), CERTIFICATE, NOW)
    second = Certificate("b2", "2026-11-21T13:00:00.000Z", "2027-02-19T13:00:00.000Z", "")
    store.note_enrolled(claimed(store), second, NOW + HOUR)
    assert store.certificate(ADMIN, "hall-1") == second
    (kiosk,) = store.registered(ADMIN, "hall-1")
    assert kiosk.has_certificate
    store.note_revoked("hall-1", "admin", NOW + HOUR)
    (kiosk,) = store.registered(ADMIN, "hall-1")
    assert not kiosk.has_certificate
    rows = [(row.login, row.action, row.before, row.after) for row in store.audit_rows(ADMIN, AuditQuery())]
    assert [row for row in rows if row[1] != "kiosk.code"] == [
        ("admin", "kiosk.revoke", {"certificates": ["b2"]}, None),
        ("", "kiosk.enrol", {"certificates": ["a1"]}, {"certificates": ["b2"]}),
        ("", "kiosk.enrol", None, {"certificates": ["a1"]}),
    ]


def test_a_retired_kiosk_gets_no_renewal(store: SqliteStore) -> None:
    assert store.note_renewed("hall-1", CERTIFICATE, NOW)
    store.retire_kiosk(ADMIN, "hall-1", NOW)
    assert not store.note_renewed("hall-1", replace(CERTIFICATE, serial="c3"), NOW)
    assert store.certificate(ADMIN, "hall-1") == Certificate(
        "a1", CERTIFICATE.issued, CERTIFICATE.expires, "2026-11-21T12:00:00.000Z"
    )


# ── the register ────────────────────────────────────────────────────────────────────────


def test_a_new_kiosk_has_its_first_configuration_at_once(store: SqliteStore) -> None:
    kiosk = Kiosk(id="hall-window-1", counter="hall-window", questionnaire="core5", display={"dpi": 149})
    assert store.register_kiosks(ADMIN, [kiosk], "2026-11-21", NOW) == []
    assert '"dpi":149' in wanted_configs(store)["hall-window-1"]
    store.refresh()
    assert store.is_active("hall-window-1")


def test_where_one_id_is_taken_none_is_registered(store: SqliteStore) -> None:
    kiosks = [Kiosk(id=ident, counter="hall-window", questionnaire="core5") for ident in ("fresh", "hall-1")]
    assert store.register_kiosks(ADMIN, kiosks, "2026-11-21", NOW) == ["hall-1"]
    assert "fresh" not in {one.kiosk.id for one in store.registered(ADMIN)}


def test_moving_a_kiosk_publishes_nothing_and_is_told(store: SqliteStore) -> None:
    before = wanted_configs(store)["hall-1"]
    assert store.change_kiosk(ADMIN, Kiosk(id="hall-1", counter="north-window", questionnaire="core5"), NOW)
    assert not store.change_kiosk(ADMIN, Kiosk(id="hall-1", counter="north-window", questionnaire="core5"), NOW), (
        "nothing differs"
    )
    assert wanted_configs(store)["hall-1"] == before
    told = kiosk_events.newest(store._conn, ADMIN, "hall-1")
    assert [one.detail for one in told if one.kind == "moved"] == ["hall-window → north-window"]


def test_a_retired_kiosk_is_taken_back_with_what_it_showed(store: SqliteStore) -> None:
    before = wanted_configs(store)["hall-1"]
    store.retire_kiosk(ADMIN, "hall-1", NOW)
    assert "hall-1" not in wanted_configs(store)
    assert store.retired_kiosks() == {"hall-1"}
    (kiosk,) = store.registered(ADMIN, "hall-1")
    store.take_kiosk_back(ADMIN, kiosk.kiosk, "2026-11-21", NOW)
    assert wanted_configs(store)["hall-1"] == before
    assert store.retired_kiosks() == set()


def test_nothing_comes_to_a_counter_that_was_retired_while_its_form_was_judged(store: SqliteStore) -> None:
    store.retire_kiosk(ADMIN, "north-1", NOW)
    assert store.retire_thing(ADMIN, "counter", "north-window", NOW).is_done
    (gone,) = [one.kiosk for one in store.registered(ADMIN, "north-1")]
    fresh = [Kiosk(id=ident, counter=at, questionnaire="core5") for ident, at in (("a", "hall-window"), ("b", "north-window"))]
    moved = Kiosk(id="hall-1", counter="north-window", questionnaire="core5")
    before = store.registered(ADMIN), store.audit_rows(ADMIN, AuditQuery())
    for change in (
        lambda: store.register_kiosks(ADMIN, fresh, "2026-11-21", NOW),
        lambda: store.change_kiosk(ADMIN, moved, NOW),
        lambda: store.take_kiosk_back(ADMIN, gone, "2026-11-21", NOW),
    ):
        with pytest.raises(Unfit) as refused:
            change()
        assert (refused.value.field, refused.value.fault) == ("counter", "no-counter")
    unasked = Kiosk(id="hall-1", counter="hall-window", questionnaire="nothing")
    with pytest.raises(Unfit, match="not-published"):
        store.change_kiosk(ADMIN, unasked, NOW)
    assert (store.registered(ADMIN), store.audit_rows(ADMIN, AuditQuery())) == before


@pytest.mark.parametrize("viewer", [Viewer("head-hall", "head", frozenset({"hall"})), Viewer("analyst", "analyst", None)])
def test_only_those_who_answer_for_the_fleet_see_it(store: SqliteStore, viewer: Viewer) -> None:
    store.note_enrolled(claimed(store), CERTIFICATE, NOW)
    put(store)
    assert store.registered(viewer) == []
    assert store.certificate(viewer, "hall-1") is None
    assert store.code_until(viewer, "hall-1", NOW) == ""
    assert store.code_until(ADMIN, "hall-1", NOW) == "2026-11-22T12:00:00.000Z"
    assert len(store.registered(ADMIN)) == len(document()["kiosks"])
