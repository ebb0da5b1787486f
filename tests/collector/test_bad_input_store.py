"""Bad input on its way into the store: it is kept with its reason, the rest is stored, the receipt covers both."""

import json
from datetime import timedelta
from typing import Any

import pytest

from broker_config.messages import MAX_BATCH_BYTES, MAX_BATCH_EVENTS, MAX_PAYLOAD, Health, KioskConfig, config_id
from collector.events import Kind
from collector.intake import unreadable
from collector.store import quarantine as quarantine_rows
from collector.store.base import StoreError
from collector.store.sqlite import SqliteStore
from tests.catalogues import catalogue, document
from tests.collector.conftest import NewStore
from tests.collector.deliveries import (
    NOW,
    OTHER_STREAM,
    STREAM,
    UNKNOWN_CONFIG,
    arrived,
    batch,
    comment,
    config_of,
    rating,
    reasons,
    receipt,
    rows,
    sent,
    through,
    void,
    wanted_configs,
)

ACCOUNT = ("claimed", "stored", "quarantined", "pending", "lost", "at_risk", "unexplained")


def kinds(store: SqliteStore, stream: str = STREAM) -> dict[int, Kind]:
    """What is stored of a stream, by seq."""
    sql = "SELECT e.seq, e.kind FROM event e JOIN stream s ON s.id = e.stream WHERE s.stream=? ORDER BY e.seq"
    return {seq: Kind(kind) for seq, kind in rows(store, sql, stream)}


def account(store: SqliteStore, stream: str = STREAM) -> dict[str, int]:
    """A stream's accounting without its zeros."""
    (row,) = (row for row in store.accounting(NOW) if row["stream"] == stream)
    return {name: row[name] for name in ACCOUNT if row[name]}


def reasons_kept(store: SqliteStore) -> list[str]:
    return [row["reason"] for row in reversed(store.quarantine())]


def counted(store: SqliteStore) -> int:
    return sum(row[0] for row in rows(store, "SELECT c0+c1+c2+c3+c4+c5 FROM tally_day WHERE standing=0"))


def health(**changes: Any) -> Health:
    of = {
        "stream": STREAM,
        "last_seq": 0,
        "through": 0,
        "pending": 0,
        "oldest": 1,
        "uptime_s": 1,
        "version": "1",
        "config": "",
        "clock": {"synced": True, "offset_ms": None},
        "disk_free_mb": 1,
        "screen": {"name": "rating", "frames": 1},
    }
    return Health.model_validate(of | changes)


# ── one bad event ───────────────────────────────────────────────────────────────────────


def test_the_others_of_the_batch_are_stored_and_the_receipt_covers_the_bad_one(store: SqliteStore) -> None:
    recorded = sent(store, rating(1), rating(2, value=9), rating(3, colour="red"), rating(4))
    assert receipt(recorded) == receipt(recorded).__class__("hall-1", STREAM, 4, restart=False)
    assert kinds(store) == {1: Kind.RATING, 2: Kind.QUARANTINED, 3: Kind.QUARANTINED, 4: Kind.RATING}
    kept = {row["seq"]: (row["reason"], row["stream"], row["times"]) for row in store.quarantine()}
    assert kept[2] == ("value 9 is off the scale 1–5", STREAM, 1)
    assert kept[3] == ("rating.colour: Extra inputs are not permitted", STREAM, 1)
    assert counted(store) == 2
    assert account(store) == {"claimed": 4, "stored": 2, "quarantined": 2}
    assert recorded.offices == {"hall"}


def test_a_refused_event_alone_touches_no_office_and_no_tally(store: SqliteStore) -> None:
    recorded = sent(store, rating(1, value=9))
    assert recorded.offices == set()
    assert rows(store, "SELECT * FROM tally_day") == []


def test_a_duplicate_is_ignored_and_its_receipt_repeated(store: SqliteStore) -> None:
    events = [rating(1), reasons(2), comment(3), void(4), rating(5, value=9)]
    first = sent(store, *events)
    before = rows(store, "SELECT * FROM event"), rows(store, "SELECT * FROM tally_hour"), store.quarantine()
    again = sent(store, *events)
    assert receipt(again) == receipt(first)
    assert not receipt(again).restart
    assert (rows(store, "SELECT * FROM event"), rows(store, "SELECT * FROM tally_hour"), store.quarantine()) == before


def test_a_duplicate_in_the_same_message_and_in_the_same_transaction_is_ignored(store: SqliteStore) -> None:
    payload = batch(rating(1), rating(1), rating(2), config=config_of(store))
    recorded = arrived(store, payload, payload)
    assert through(recorded) == 2
    assert counted(store) == 2
    assert not receipt(recorded).restart


def test_other_content_under_a_known_identity_is_a_conflict_and_asks_for_a_new_stream(store: SqliteStore) -> None:
    sent(store, rating(1, value=5), rating(2))
    recorded = sent(store, rating(1, value=1), rating(3))
    assert receipt(recorded).restart
    assert through(recorded) == 3, "what did not conflict is stored"
    (row,) = store.quarantine()
    assert (row["seq"], row["reason"], row["stream"]) == (1, "conflict", STREAM)
    assert json.loads(row["payload"])["event"]["value"] == 1
    assert "5b1e77c2a90d0001" not in row["payload"], "a visit's token is not kept"
    assert rows(store, "SELECT value FROM event WHERE seq=1") == [(5,)], "the first stays"
    assert counted(store) == 3
    assert account(store) == {"claimed": 3, "stored": 3}, "a conflict is no event of this stream"
    again = sent(store, rating(1, value=1))
    assert receipt(again).restart
    assert [row["times"] for row in store.quarantine()] == [2]


def test_a_conflict_within_one_message_is_one(store: SqliteStore) -> None:
    recorded = sent(store, rating(1, value=5), rating(1, value=1))
    assert receipt(recorded).restart
    assert reasons_kept(store) == ["conflict"]
    assert counted(store) == 1


def test_a_conflicts_comment_is_redacted(store: SqliteStore) -> None:
    sent(store, rating(1))
    sent(store, comment(1, text="Jonas, 8 612 34567"))
    (row,) = store.quarantine()
    assert "612" not in row["payload"]
    assert "[telefonas]" in row["payload"]


# ── a whole message ─────────────────────────────────────────────────────────────────────


def test_an_unreadable_message_is_kept_once_and_counted(store: SqliteStore) -> None:
    for _ in range(3):
        recorded = arrived(store, b"hello", b"hello", now=NOW)
        assert recorded.receipts == []
    arrived(store, b"hello", kiosk="hall-2", now=NOW + timedelta(hours=1))
    kept = {row["kiosk"]: (row["times"], row["seq"], row["payload"]) for row in store.quarantine()}
    assert kept == {"hall-1": (6, 0, "hello"), "hall-2": (1, 0, "hello")}


def test_an_unreadable_message_affects_nothing_else_of_its_transaction(store: SqliteStore) -> None:
    good = batch(rating(1), config=config_of(store))
    recorded = arrived(store, b"\xff", good, b"{}", b"x" * 20 + b" " * MAX_PAYLOAD)
    assert through(recorded) == 1
    assert counted(store) == 1
    assert [reason.split(":")[0] for reason in reasons_kept(store)] == ["Invalid JSON", "stream", "too large"]
    assert all(len(row[0]) <= MAX_PAYLOAD for row in rows(store, "SELECT payload FROM quarantine"))
    assert store.accounting(NOW)[0]["unexplained"] == 0


def test_an_unregistered_kiosk_is_quarantined_without_a_receipt_until_it_is_registered(store: SqliteStore) -> None:
    later = document()["kiosks"] + [{"id": "new-1", "counter": "hall-window", "questionnaire": "core5"}]
    new = catalogue(kiosks=later)
    number = KioskConfig.model_validate_json(wanted_configs(store)["hall-1"]).model_dump(mode="json") | {"kiosk": "new-1"}
    payload = batch(rating(1), rating(2, value=9), comment(3, text="8 612 34567"), config=config_id(1, number))
    recorded = arrived(store, payload, payload, kiosk="new-1")
    assert recorded.receipts == []
    assert store.accounting(NOW) == []
    (row,) = store.quarantine()
    assert (row["reason"], row["times"]) == ("the kiosk is not registered, or retired", 2)
    assert store.replay(NOW).accepted == 0
    store.install(new, NOW)
    assert config_of(store, "new-1") == config_id(1, number)
    assert store.replay(NOW).accepted == 1
    assert kinds(store) == {1: Kind.RATING, 2: Kind.QUARANTINED, 3: Kind.COMMENT}
    assert account(store) == {"claimed": 3, "stored": 2, "quarantined": 1}
    assert reasons_kept(store) == ["value 9 is off the scale 1–5"]
    again = arrived(store, payload, kiosk="new-1")
    assert (through(again), receipt(again).restart) == (3, False), "the kiosk sends it again: a duplicate"


@pytest.mark.parametrize("kind", [rating, reasons])
def test_the_largest_batch_of_an_unregistered_kiosk_can_be_replayed(store: SqliteStore, kind: Any) -> None:
    """Redaction and the cut at 64 KiB must leave a legal batch whole."""
    events: list[Any] = [kind(seq) for seq in range(1, MAX_BATCH_EVENTS + 1)]
    whole = {"stream": STREAM, "oldest": 1, "config": UNKNOWN_CONFIG, "events": events}
    room = MAX_BATCH_BYTES - len(json.dumps(whole, separators=(",", ":")))
    events[-1] = comment(MAX_BATCH_EVENTS, text="a " * (min(room, 3000) // 2))
    payload = json.dumps(whole, separators=(",", ":")).encode()
    assert len(payload) <= MAX_BATCH_BYTES
    arrived(store, payload, kiosk="new-1")
    later = document()["kiosks"] + [{"id": "new-1", "counter": "hall-window", "questionnaire": "core5"}]
    store.install(catalogue(kiosks=later), NOW)
    assert store.replay(NOW).accepted == 1
    assert len(kinds(store)) == MAX_BATCH_EVENTS


def test_a_retired_kiosk_is_quarantined_and_keeps_its_earlier_ratings(store: SqliteStore) -> None:
    config = config_of(store)
    arrived(store, batch(rating(1), config=config))
    store.install(catalogue(kiosks=[k for k in document()["kiosks"] if k["id"] != "hall-1"]), NOW)
    recorded = arrived(store, batch(rating(2), config=config))
    assert recorded.receipts == []
    assert reasons_kept(store) == ["the kiosk is not registered, or retired"]
    assert counted(store) == 1
    store.install(catalogue(), NOW)
    assert store.replay(NOW).accepted == 1
    assert counted(store) == 2


# ── the cap ─────────────────────────────────────────────────────────────────────────────


def overflow(store: SqliteStore) -> dict[str, int]:
    return dict(rows(store, "SELECT kiosk, n FROM quarantine_overflow"))  # type: ignore[arg-type]


def test_above_its_cap_quarantine_only_counts(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine_rows, "MOST_ROWS", 3)
    recorded = sent(store, *[rating(seq, value=9) for seq in range(1, 6)])
    assert through(recorded) == 5
    assert len(store.quarantine()) == 3
    assert overflow(store) == {"hall-1": 2}
    assert account(store) == {"claimed": 5, "quarantined": 5}, "the accounting counts what is not kept too"
    sent(store, rating(1, value=9), kiosk="hall-2")
    assert len(store.quarantine()) == 4, "the cap is each kiosk's own"
    for n in range(4):
        arrived(store, b"junk %d" % n)
    assert overflow(store) == {"hall-1": 6}


def test_a_known_message_takes_no_room_of_the_cap(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine_rows, "MOST_ROWS", 2)
    arrived(store, b"one")
    arrived(store, b"one", b"one", b"two", b"three", b"one")
    assert {row["payload"]: row["times"] for row in store.quarantine()} == {"one": 4, "two": 1}
    assert overflow(store) == {"hall-1": 1}


# ── replay ──────────────────────────────────────────────────────────────────────────────


def relearnable(store: SqliteStore, number: int = 5, **changes: Any) -> KioskConfig:
    """A configuration that the kiosk applied and this store does not know."""
    payload = json.loads(wanted_configs(store)["hall-1"]) | {"display": {"reach": "low"}} | changes
    return KioskConfig.model_validate_json(json.dumps(payload | {"config": config_id(number, payload)}))


def test_events_of_an_unknown_configuration_come_out_of_quarantine_when_it_is_relearned(store: SqliteStore) -> None:
    lost = relearnable(store)
    recorded = sent(store, rating(1), rating(2, value=9), reasons(3), comment(4, text="8 612 34567"), void(5), config=lost.config)
    assert through(recorded) == 5
    assert account(store) == {"claimed": 5, "stored": 1, "quarantined": 4}
    assert store.replay(NOW).accepted == 0
    assert store.relearn(lost, NOW)
    assert store.replay(NOW).accepted == 3
    assert kinds(store) == {1: Kind.RATING, 2: Kind.QUARANTINED, 3: Kind.REASONS, 4: Kind.COMMENT, 5: Kind.VOID}
    assert account(store) == {"claimed": 5, "stored": 4, "quarantined": 1}
    assert counted(store) == 1
    assert reasons_kept(store) == [f"unknown configuration {lost.config}"]
    assert store.replay(NOW).accepted == 0, "a replay can be repeated"
    assert store.rebuild() == 0
    again = sent(store, rating(1), reasons(3), comment(4, text="8 612 34567"), config=lost.config)
    assert not receipt(again).restart, "what the kiosk sends again is known"
    assert account(store) == {"claimed": 5, "stored": 4, "quarantined": 1}


def test_an_event_that_comes_again_after_its_cause_is_mended_is_accepted(store: SqliteStore) -> None:
    lost = relearnable(store)
    sent(store, rating(1), config=lost.config)
    store.relearn(lost, NOW)
    recorded = arrived(store, *[batch(rating(1), config=lost.config)] * 2)
    assert (through(recorded), receipt(recorded).restart) == (1, False)
    assert counted(store) == 1
    assert store.quarantine() == []
    assert account(store) == {"claimed": 1, "stored": 1}


def test_an_event_from_the_future_is_accepted_when_its_time_has_come(store: SqliteStore) -> None:
    sent(store, rating(1, at="2026-11-21T13:00:00Z"))
    assert store.replay(NOW).accepted == 0
    assert store.replay(NOW + timedelta(hours=1)).accepted == 1
    assert counted(store) == 1


def test_a_replay_of_one_kiosk_leaves_the_others(store: SqliteStore) -> None:
    for kiosk in ("hall-1", "hall-2"):
        sent(store, rating(1, at="2026-11-21T13:00:00Z"), kiosk=kiosk)
    assert store.replay(NOW + timedelta(hours=1), "hall-2").accepted == 1
    assert [row["kiosk"] for row in store.quarantine()] == ["hall-1"]


def test_a_replay_goes_through_more_than_one_portion(store: SqliteStore) -> None:
    for first in (1, 201, 401):
        # A further question's: so many visits in a minute would be a burst.
        sent(store, *[rating(seq, question="advise", at="2026-11-21T13:00:00Z") for seq in range(first, first + 200)])
    sent(store, rating(601, value=9))
    assert store.replay(NOW + timedelta(hours=1)).accepted == 600
    assert counted(store) == 600
    assert account(store) == {"claimed": 601, "stored": 600, "quarantined": 1}


def test_a_conflict_is_never_replayed(store: SqliteStore) -> None:
    sent(store, rating(1))
    sent(store, rating(1, value=1))
    assert store.replay(NOW).accepted == 0
    assert reasons_kept(store) == ["conflict"]


def test_a_replay_makes_no_old_stream_the_newest(store: SqliteStore) -> None:
    """The retained receipt is for the kiosk's newest stream, and an abandoned stream stays abandoned."""
    lost = relearnable(store)
    sent(store, rating(1), config=lost.config)
    store.keep_health("hall-1", health(last_seq=3, pending=2, through=1), NOW)
    later = NOW + timedelta(hours=1)
    sent(store, rating(1, at="2026-11-21T12:59:00Z"), stream=OTHER_STREAM, now=later)
    assert account(store) == {"claimed": 3, "quarantined": 1, "at_risk": 2}
    store.relearn(lost, later)
    assert store.replay(later + timedelta(hours=1)).accepted == 1
    assert store.receipts()[-1].stream == OTHER_STREAM
    assert account(store) == {"claimed": 3, "stored": 1, "at_risk": 2}


# ── watermarks ──────────────────────────────────────────────────────────────────────────


def lost_spans(store: SqliteStore) -> list[tuple[Any, ...]]:
    return rows(store, "SELECT first, last FROM lost ORDER BY first")


def test_through_is_contiguous_and_closes_a_gap_when_it_is_filled(store: SqliteStore) -> None:
    assert through(sent(store, rating(1))) == 1
    assert through(sent(store, rating(3), rating(4))) == 1
    assert through(sent(store, rating(6))) == 1
    assert through(sent(store, rating(2))) == 4
    assert through(sent(store, rating(5))) == 6
    assert lost_spans(store) == []
    assert account(store) == {"claimed": 6, "stored": 6}


def test_a_gap_is_unexplained_as_long_as_it_is_open(store: SqliteStore) -> None:
    sent(store, rating(1), rating(4))
    assert account(store) == {"claimed": 4, "stored": 2, "unexplained": 2}


def test_what_lies_below_oldest_and_never_came_is_lost(store: SqliteStore) -> None:
    sent(store, rating(1), rating(2), rating(5))
    assert through(sent(store, rating(9), rating(10), oldest=8)) == 7, "8 is still there to be sent"
    assert lost_spans(store) == [(3, 4), (6, 7)]
    assert account(store) == {"claimed": 10, "stored": 5, "lost": 4, "unexplained": 1}
    assert through(sent(store, rating(8), oldest=8)) == 10
    assert account(store) == {"claimed": 10, "stored": 6, "lost": 4}


def test_a_stream_first_seen_in_its_middle_begins_there(store: SqliteStore) -> None:
    assert through(sent(store, rating(100), rating(101), oldest=100)) == 101
    assert lost_spans(store) == [(1, 99)]
    assert account(store) == {"claimed": 101, "stored": 2, "lost": 99}


@pytest.mark.parametrize(
    ("late", "left"), [(5, [(4, 4), (6, 9)]), (4, [(5, 9)]), (9, [(4, 8)])], ids=["inside", "the first", "the last"]
)
def test_a_late_arrival_is_no_longer_lost(store: SqliteStore, late: int, left: list[tuple[int, int]]) -> None:
    sent(store, rating(1), rating(2), rating(3), rating(10), oldest=1)
    sent(store, rating(10), oldest=10)
    assert lost_spans(store) == [(4, 9)]
    assert through(sent(store, rating(late), oldest=10)) == 10
    assert lost_spans(store) == left
    assert account(store) == {"claimed": 10, "stored": 5, "lost": 5}
    assert counted(store) == 5


def test_all_of_a_loss_can_come_back(store: SqliteStore) -> None:
    sent(store, rating(4), oldest=4)
    sent(store, rating(1), rating(2, value=9), void(3), rating(4))
    assert lost_spans(store) == []
    assert account(store) == {"claimed": 4, "stored": 3, "quarantined": 1}


def test_an_older_oldest_loses_nothing(store: SqliteStore) -> None:
    sent(store, rating(5), oldest=5)
    assert through(sent(store, rating(6), oldest=1)) == 6
    assert lost_spans(store) == [(1, 4)]


def test_streams_and_kiosks_are_counted_apart(store: SqliteStore) -> None:
    sent(store, rating(1))
    assert through(sent(store, rating(2), stream=OTHER_STREAM)) == 0
    assert through(sent(store, rating(1), rating(2), kiosk="hall-2")) == 2
    assert {(r.kiosk, r.stream): r.through for r in store.receipts()} == {
        ("hall-1", STREAM): 1,
        ("hall-1", OTHER_STREAM): 0,
        ("hall-2", STREAM): 2,
    }


def test_a_transaction_that_fails_leaves_nothing_behind(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("collector.store.watermarks.Watermarks.advance", fail)
    with pytest.raises(KeyboardInterrupt):
        sent(store, rating(1), rating(2, value=9))
    monkeypatch.undo()
    assert store.accounting(NOW) == []
    assert store.quarantine() == []
    assert rows(store, "SELECT * FROM tally_hour") == rows(store, "SELECT * FROM context") == []
    assert through(sent(store, rating(1), rating(2, value=9))) == 2
    assert counted(store) == 1


def test_a_store_that_somebody_else_writes_to_says_so_in_one_sentence(store: SqliteStore, new_store: NewStore) -> None:
    other = SqliteStore(store._path)
    other._conn.execute("BEGIN IMMEDIATE")
    store._conn.execute("PRAGMA busy_timeout=1")
    with pytest.raises(StoreError, match=r"takes nothing now: database is locked\.$"):
        sent(store, rating(1))
    other._conn.execute("ROLLBACK")
    other.close()
    assert through(sent(store, rating(1))) == 1


# ── accounting with the kiosk's own count ───────────────────────────────────────────────


def test_what_the_kiosk_still_holds_is_pending_until_it_comes(store: SqliteStore) -> None:
    sent(store, rating(1), rating(2))
    store.keep_health("hall-1", health(last_seq=6, through=1, pending=5), NOW)
    assert account(store) == {"claimed": 6, "stored": 2, "pending": 4}
    sent(store, rating(3), rating(4, value=9))
    assert account(store) == {"claimed": 6, "stored": 3, "quarantined": 1, "pending": 2}
    sent(store, rating(5), rating(6), rating(7))
    assert account(store) == {"claimed": 7, "stored": 6, "quarantined": 1}


def test_what_nobody_can_explain_is_shown(store: SqliteStore) -> None:
    store.keep_health("hall-1", health(last_seq=6, through=0, pending=4), NOW)
    assert account(store) == {"claimed": 6, "pending": 4, "unexplained": 2}


def test_an_abandoned_streams_rest_is_at_risk_and_after_30_days_lost(store: SqliteStore) -> None:
    sent(store, rating(1))
    store.keep_health("hall-1", health(last_seq=3, through=1, pending=2), NOW)
    later = NOW + timedelta(minutes=1)
    store.keep_health("hall-1", health(stream=OTHER_STREAM, last_seq=1, pending=1), later)
    assert account(store) == {"claimed": 3, "stored": 1, "at_risk": 2}
    (old, _) = store.accounting(NOW + timedelta(days=30, minutes=1))
    assert {name: old[name] for name in ACCOUNT if old[name]} == {"claimed": 3, "stored": 1, "lost": 2}
    sent(store, rating(2), rating(3), now=later)
    assert account(store) == {"claimed": 3, "stored": 3}, "rescued"


def test_unreadable_cuts_at_64_kib_after_redaction() -> None:
    message = unreadable("hall-1", b'["' + b"ABC 123 " * 8000 + b'"]', "test")
    assert len(message.payload) == MAX_PAYLOAD
