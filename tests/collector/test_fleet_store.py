"""The timeline of a kiosk, counts that are proved by rows, usual days, commands, quarantine as people see it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from broker_config.messages import Reply
from collector.access import Viewer
from collector.store import audit
from collector.store.kiosk_events import MOST
from collector.store.schema import _run
from collector.store.schema_fleet import KIOSK_DAYS, TABLES
from collector.store.sqlite import SqliteStore
from collector.store.uploads import Upload
from tests.collector.conftest import NewStore
from tests.collector.deliveries import NOW, OTHER_STREAM, STREAM, arrived, batch, change, comment, rating, rows, sent, void
from tests.collector.fleet_world import health

ADMIN, AUDITOR, HEAD = Viewer("a", "admin", None), Viewer("u", "auditor", None), Viewer("h", "head", frozenset({"hall"}))


def kinds(store: SqliteStore, kiosk: str = "hall-1") -> list[tuple[str, str]]:
    """Since the catalogue was installed."""
    return [(one.kind, one.detail) for one in reversed(store.timeline(ADMIN, kiosk)) if one.kind != "config.published"]


def test_an_uploaded_file_that_nobody_applied_is_dropped_after_a_day(store: SqliteStore) -> None:
    store.keep_upload("a", Upload("office", "a.csv", b"1"), NOW)
    store.expire_timelines(NOW + timedelta(hours=23))
    assert store.upload("a")
    store.expire_timelines(NOW + timedelta(hours=25))
    assert store.upload("a") is None


# ── timeline ────────────────────────────────────────────────────────────────────────────


def test_only_changes_of_state_are_on_the_timeline(store: SqliteStore) -> None:
    for state, session in (("online", "a1"), ("online", "a1"), ("lost", "00"), ("lost", "a1"), ("lost", "a1"), ("online", "a2")):
        store.keep_state("hall-1", state, session, NOW)
    assert kinds(store) == [("online", ""), ("lost", ""), ("online", "")], "the will of another session is no change"


def test_changes_of_health_are_on_the_timeline(store: SqliteStore) -> None:
    def tell(minute: int, frames: int, **changes: Any) -> None:
        told = health(uptime_s=1000 + 60 * minute, screen={"name": "rating", "frames": frames}, **changes)
        store.keep_health("hall-1", told, NOW + timedelta(minutes=minute))

    tell(0, 10)
    tell(1, 17)
    tell(2, 17)
    tell(3, 17)
    tell(4, 18, clock={"synced": False, "offset_ms": None})
    tell(5, 25, clock={"synced": False, "offset_ms": None}, version="0.3.0")
    tell(6, 33)
    assert kinds(store) == [
        ("screen.still", "rating"),
        ("clock", "unsynced"),
        ("screen.moving", "rating"),
        ("version", "0.2.0 → 0.3.0"),
        ("version", "0.3.0 → 0.2.0"),
        ("clock", "good"),
    ]
    assert rows(store, "SELECT still_since FROM presence") == [("",)]


def test_a_timeline_is_bounded(store: SqliteStore) -> None:
    store.note_kiosk("hall-1", "moved", "old", NOW - timedelta(days=91))
    sql = "INSERT INTO kiosk_event (kiosk, at, kind, detail) SELECT 'hall-2', '2026-11-21', 'lost', value FROM json_each(?)"
    change(store, sql, json.dumps(list(range(MOST + 30))))
    store.note_kiosk("hall-1", "moved", "new", NOW)
    store.expire_timelines(NOW)
    assert kinds(store) == [("moved", "new")]
    left = rows(store, "SELECT count(*), min(CAST(detail AS INTEGER)) FROM kiosk_event WHERE kiosk='hall-2'")
    assert left == [(MOST, 30)], "the oldest go"


def test_heads_see_no_timeline_and_no_facts(store: SqliteStore) -> None:
    store.keep_state("hall-1", "online", "a1", NOW)
    assert store.timeline(HEAD, "hall-1") == []
    assert store.kiosk_facts(HEAD, store.places(HEAD), {}, NOW) == []
    assert store.usuals(HEAD, "2026-11-21") == {}


# ── counts that are the rows ────────────────────────────────────────────────────────────


def counted(store: SqliteStore) -> list[tuple[Any, ...]]:
    sql = (
        "SELECT s.stored = (SELECT count(*) FROM event WHERE stream=s.id AND kind<>5), "
        "s.quarantined = (SELECT count(*) FROM event WHERE stream=s.id AND kind=5) FROM stream s"
    )
    return rows(store, sql)


ONE = st.tuples(
    st.integers(1, 12),
    st.sampled_from(["good", "bad", "test", "void", "early", "comment"]),
    st.sampled_from([STREAM, OTHER_STREAM]),
)


def event(seq: int, what: str) -> Any:
    if what == "void":
        return void(seq)
    if what == "comment":
        return comment(seq)
    how = {"bad": {"value": 9}, "test": {"trigger": "test"}, "early": {"at": "2026-11-21T12:30:00Z"}}
    return rating(seq, **how.get(what, {}))


@given(st.lists(st.lists(ONE, min_size=1, max_size=5), max_size=6), st.booleans())
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_what_is_counted_of_a_stream_are_its_rows(
    new_store: NewStore, given: list[list[tuple[int, str, str]]], replayed: bool
) -> None:
    """Repeated, contradicting, in quarantine and out of it again: in every order."""
    store = new_store()
    store._conn.execute("PRAGMA synchronous=OFF")  # no power is cut here
    for message in given:
        for stream in (STREAM, OTHER_STREAM):
            mine = {seq: event(seq, what) for seq, what, where in message if where == stream}
            if mine:
                sent(store, *mine.values(), stream=stream, oldest=min(mine))
    if replayed:
        store.replay(NOW + timedelta(hours=1))
    assert {True} >= {bool(right) for row in counted(store) for right in row}
    assert store.rebuild() == 0
    store.close()


def test_the_last_tap_is_a_citizens(store: SqliteStore) -> None:
    def last() -> int:
        (one,) = (one for one in store.kiosk_facts(ADMIN, store.places(ADMIN), {}, NOW) if one.id == "hall-1")
        return one.last_tap

    assert last() == 0
    sent(store, rating(5))
    tapped = last()
    assert tapped > 0
    sent(store, rating(4), rating(6, trigger="test"), comment(7))
    assert last() == tapped, "neither an older one nor a test"


def test_rebuild_finds_and_mends_a_wrong_count(store: SqliteStore) -> None:
    sent(store, rating(1), rating(2, value=9), rating(3))
    change(store, "UPDATE stream SET stored=stored+5, quarantined=0")
    assert store.accounting(NOW)[0]["unexplained"] == -4
    assert store.rebuild() == 1
    assert store.accounting(NOW)[0]["unexplained"] == 0
    assert store.rebuild() == 0


def test_the_tally_of_kiosk_days_can_be_made_from_the_hours(store: SqliteStore) -> None:
    """As the migration does, which fills it for votes of before."""
    sent(store, rating(1), rating(2, gap_ms=10), rating(3, trigger="test"), rating(4, question="advise"), rating(5))
    sent(store, rating(6, value=2, visit="5b1e77c2a90d0005"))
    kept = rows(store, "SELECT * FROM tally_kiosk_day")
    assert kept == [("2026-11-21", "hall-1", 3)], "a corrected tap and a test count once and not at all"
    change(store, "DELETE FROM tally_kiosk_day")
    change(store, KIOSK_DAYS)
    assert rows(store, "SELECT * FROM tally_kiosk_day") == kept


def test_usual_is_of_the_same_weekday(store: SqliteStore) -> None:
    for weeks, n in ((1, 10), (2, 30), (3, 20), (9, 500)):
        day = f"{NOW - timedelta(weeks=weeks):%Y-%m-%d}"
        change(store, "INSERT INTO tally_kiosk_day VALUES (?, 'hall-1', ?)", day, n)
    change(store, "INSERT INTO tally_kiosk_day VALUES ('2026-11-20', 'hall-1', 999)")
    assert store.usuals(ADMIN, "2026-11-21") == {"hall-1": 20}


def test_auditors_are_told_no_counter(store: SqliteStore) -> None:
    def told(viewer: Viewer) -> set[str]:
        return {one.counter for one in store.kiosk_facts(viewer, store.places(viewer), {}, NOW)}

    assert told(ADMIN) == {"hall-window", "north-window"}
    assert told(AUDITOR) == {""}


# ── commands ────────────────────────────────────────────────────────────────────────────


def test_a_command_from_asking_to_answer(store: SqliteStore) -> None:
    ident = store.send_command("a", "hall-1", "log", {}, 30, NOW)
    assert store.commands(ADMIN, "hall-1")[0].progress(NOW) == "waiting"
    ((kiosk, command),) = store.waiting_commands(NOW + timedelta(seconds=10))
    assert (kiosk, command.id, command.name, command.ttl_s) == ("hall-1", ident, "log", 20)
    assert store.mark_sent(ident, NOW)
    assert not store.mark_sent(ident, NOW), "one collector sends it"
    assert store.waiting_commands(NOW) == []
    assert store.commands(ADMIN, "hall-1")[0].progress(NOW + timedelta(seconds=34)) == "sent"
    assert store.commands(ADMIN, "hall-1")[0].progress(NOW + timedelta(seconds=36)) == "silent"
    assert store.keep_answer("hall-1", Reply(id=ident, ok=True, detail="", data={"text": "hello"}), NOW)
    one = store.command(ADMIN, "hall-1", ident)
    assert one is not None
    assert (one.progress(NOW), one.data) == ("done", {"text": "hello"})
    assert kinds(store) == [("command", "log")]
    (audited,) = store.audit_of(ADMIN, "hall-1")
    assert (audited.login, audited.action, audited.after) == ("a", "kiosk.command", {"command": "log"})


def test_only_what_was_asked_for_is_kept(store: SqliteStore) -> None:
    ident = store.send_command("a", "hall-1", "screenshot", {}, 30, NOW)
    reply = Reply(id=ident, ok=True, detail="", data={"jpeg": "AAAA"})
    assert not store.keep_answer("hall-1", reply, NOW), "it was not sent yet"
    store.mark_sent(ident, NOW)
    assert not store.keep_answer("hall-2", reply, NOW), "another kiosk"
    assert not store.keep_answer("hall-1", reply.model_copy(update={"id": "0" * 16}), NOW), "nobody's command"
    large = reply.model_copy(update={"data": {"jpeg": "A" * 60_001}})
    assert store.keep_answer("hall-1", large, NOW)
    assert not store.keep_answer("hall-1", reply, NOW), "one answer is enough"
    one = store.command(ADMIN, "hall-1", ident)
    assert one is not None
    assert (one.data, "too large" in one.detail) == (None, True)


def test_what_a_command_brought_back_is_the_admins_and_goes_after_30_days(store: SqliteStore) -> None:
    ident = store.send_command("a", "hall-1", "log", {}, 30, NOW)
    store.mark_sent(ident, NOW)
    store.keep_answer("hall-1", Reply(id=ident, ok=True, detail="", data={"text": "hello"}), NOW)
    assert [one.data for one in store.commands(AUDITOR, "hall-1")] == [None]
    assert store.commands(HEAD, "hall-1") == []
    assert store.command(HEAD, "hall-1", ident) is None
    for days, left in ((29, [{"text": "hello"}]), (31, [None]), (91, [])):
        store.expire_timelines(NOW + timedelta(days=days))
        assert [one.data for one in store.commands(ADMIN, "hall-1")] == left


def test_a_command_whose_time_is_over_is_not_sent(store: SqliteStore) -> None:
    store.send_command("a", "hall-1", "restart", {}, 30, NOW)
    assert store.waiting_commands(NOW + timedelta(seconds=31)) == []


@pytest.mark.parametrize(("name", "ttl"), [("Restart!", 30.0), ("restart", 0.0), ("restart", 90_000.0)])
def test_what_is_no_command_is_not_kept(store: SqliteStore, name: str, ttl: float) -> None:
    with pytest.raises(ValueError, match="Command"):
        store.send_command("a", "hall-1", name, {}, ttl, NOW)
    assert store.commands(ADMIN, "hall-1") == []
    assert store.audit_of(ADMIN, "hall-1") == []


# ── quarantine ──────────────────────────────────────────────────────────────────────────


def test_quarantine_by_kind_page_and_kiosk(store: SqliteStore) -> None:
    sent(store, rating(1, value=9), rating(2, value=8), rating(3, service="archive"))
    sent(store, rating(1, at="2026-11-21T13:00:00Z"), kiosk="hall-2")
    arrived(store, b"junk", b"more junk")
    assert store.quarantine_kinds(ADMIN) == {"value": 2, "other": 2, "service": 1, "time": 1}
    assert store.quarantine_kinds(ADMIN, "hall-2") == {"time": 1}
    assert [row.seq for row in store.quarantine_rows(ADMIN, kind="value")] == [2, 1]
    newest = store.quarantine_rows(ADMIN, limit=2)
    assert [row.payload for row in newest] == ["more junk", "junk"]
    assert [row.kiosk for row in store.quarantine_rows(ADMIN, before=newest[-1].id)] == ["hall-2", "hall-1", "hall-1", "hall-1"]
    assert store.quarantine_kinds(HEAD) == {}
    assert store.quarantine_rows(HEAD) == store.strangers(HEAD) == []


def test_messages_of_a_stranger_are_listed_and_discarded(store: SqliteStore) -> None:
    sent(store, rating(1, value=9))
    arrived(store, batch(rating(1)), batch(rating(2)), kiosk="stranger-7")
    arrived(store, batch(rating(2)), kiosk="stranger-7", now=NOW + timedelta(minutes=1))
    (one,) = store.strangers(ADMIN)
    assert (one.kiosk, one.status, one.messages) == ("stranger-7", "", 3)
    assert one.first_at < one.last_at
    assert store.discard("a", "hall-1", NOW) == 0, "events of votes are not discarded"
    assert store.discard("a", "stranger-7", NOW) == 3
    assert store.strangers(ADMIN) == []
    assert [row.kiosk for row in store.quarantine_rows(ADMIN)] == ["hall-1"]
    assert [(row.action, row.before) for row in store.audit_of(ADMIN, "stranger-7")] == [("quarantine.discard", {"messages": 3})]
    assert store.discard("a", "stranger-7", NOW) == 0


def test_what_was_only_counted_of_a_registered_kiosk_is_not_discarded(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.store.quarantine.MOST_ROWS", 2)
    sent(store, rating(1, value=9), rating(2, value=8), rating(3, value=7))
    change(store, "DELETE FROM quarantine WHERE seq=2")
    change(store, "UPDATE kiosk SET status='retired' WHERE id='hall-1'")
    change(store, "UPDATE meta SET value=value+1 WHERE key='catalogue_version'")
    for seq in range(4, 7):
        arrived(store, batch(rating(seq)))
    (one,) = store.strangers(ADMIN)
    assert one.messages == 3
    assert store.discard("a", "hall-1", NOW) == 3
    assert rows(store, "SELECT kiosk, n, strange FROM quarantine_overflow") == [("hall-1", 1, 0)]


def test_a_replay_that_somebody_asks_for_is_audited_and_told_to_ingest(store: SqliteStore) -> None:
    sent(store, rating(1, at="2026-11-21T13:00:00Z"))
    before = store.replays()
    assert store.replay_for("a", "hall-1", NOW + timedelta(hours=1)).accepted == 1
    assert store.replays() != before
    assert [(row.action, row.after) for row in store.audit_of(ADMIN, "hall-1")] == [("quarantine.replay", {"accepted": 1})]


def test_of_what_people_did_a_kiosks_page_has_its_own(store: SqliteStore) -> None:
    """Users, offices and roll-outs may bear its name; what came by CSV was once written as of the catalogue."""
    with store._writing():
        for action, subject in (
            ("kiosk.change", "hall-1"),
            ("kiosk.change", "hall-2"),
            ("user.add", "hall-1"),
            ("retention.change", "hall-1"),
            ("configuration.rollout", "hall-1"),
            ("questionnaire.assign", "hall-1"),
            ("questionnaire.publish", "kiosk hall-1"),
            ("catalogue.add", "kiosk hall-1"),
            ("quarantine.replay", "hall-1"),
        ):
            audit.write(store._conn, "a", action, subject, None, None, NOW)
    assert [row.action for row in store.audit_of(ADMIN, "hall-1")] == ["quarantine.replay", "catalogue.add", "kiosk.change"]
    assert store.audit_of(HEAD, "hall-1") == []


def test_what_a_replay_brings_is_never_stored_without_its_audit(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(store, rating(1, at="2026-11-21T13:00:00Z"))

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("collector.store.quarantined.note_replay", dies)
    with pytest.raises(KeyboardInterrupt):
        store.replay_for("a", "hall-1", NOW + timedelta(hours=1))
    assert [row.kiosk for row in store.quarantine_rows(ADMIN)] == ["hall-1"], "nothing was taken in either"
    monkeypatch.undo()
    later = NOW + timedelta(hours=1)
    assert [store.replay_for("a", "hall-1", later).accepted for _ in range(2)] == [1, 0]
    assert [row.after for row in store.audit_of(ADMIN, "hall-1")] == [{"accepted": 0}, {"accepted": 1}]


def test_migrating_counts_what_was_stored_before(new_store: NewStore) -> None:
    """What version 7 adds is filled from the rows of before."""
    store = new_store()
    sent(store, rating(1), rating(2, value=9), rating(3, trigger="test"))
    kept = rows(store, "SELECT stored, quarantined, last_tap FROM stream")
    for column in ("stored", "quarantined", "last_tap"):
        change(store, f"ALTER TABLE stream DROP COLUMN {column}")
    change(store, "ALTER TABLE presence DROP COLUMN still_since")
    for index in ("configuration_now", "quarantine_reason", "kiosk_event_at", "audit_subject"):
        change(store, f"DROP INDEX {index}")
    before = SqliteStore(store._path)
    _run(Database(before._conn), TABLES)
    before.close()
    assert rows(store, "SELECT stored, quarantined, last_tap FROM stream") == kept == [(2, 1, kept[0][2])]
