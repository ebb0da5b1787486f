"""The journal of a kiosk: every event once, numbered without a gap, kept until it is known to be stored."""

import json
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from pydantic import ValidationError

from broker_config.messages import MAX_BATCH_BYTES, MAX_BATCH_EVENTS, MAX_EVENT_BYTES, Batch, Envelope, utc_text
from kiosk.batches import Due, Stream
from kiosk.outbox import EventTooLarge, Outbox, OutboxFull
from tests.machines import Machine

CONFIG, OTHER_CONFIG = "1-3f9a1c2e", "2-3f9a1c2e"
NOW = datetime(2026, 11, 21, 9, 15, 2, 123_000, tzinfo=UTC)
Open = Callable[..., Outbox]


def rating(visit: str = "v", at: datetime = NOW, **changes: Any) -> dict[str, Any]:
    answer = {"at": utc_text(at), "clock": "synced", "visit": visit, "service": "", "question": "overall", "value": 4}
    return {"type": "rating"} | answer | {"language": "lt", "gap_ms": None, "trigger": "tap"} | changes


def comment(text: str, visit: str = "v") -> dict[str, Any]:
    body = rating(visit) | {"type": "comment", "text": text}
    del body["gap_ms"], body["trigger"]
    return body


@pytest.fixture
def open_outbox(tmp_path: Path, request: pytest.FixtureRequest) -> Open:
    """Opens the test's file, again and again if wanted."""

    def opened(kiosk: str = "hall-1", machine: str = "m", **more: Any) -> Outbox:
        outbox = Outbox(tmp_path / "outbox.sqlite", kiosk, machine, **more)
        request.addfinalizer(outbox.close)
        return outbox

    return opened


@pytest.fixture
def outbox(open_outbox: Open) -> Outbox:
    return open_outbox()


def due(outbox: Outbox, above: int = 0, **how: Any) -> Due:
    found = outbox.due(outbox.stream(), above, **how)
    assert found is not None
    return found


def batch(found: Due) -> Batch:
    return Batch.model_validate_json(found.payload)


def seqs_held(outbox: Outbox, stream: Stream) -> list[int]:
    return [row[0] for row in outbox.db.execute("SELECT seq FROM event WHERE stream=? ORDER BY seq", (stream.no,))]


# ── numbers ─────────────────────────────────────────────────────────────────────────────


def test_seqs_are_1_2_3_without_a_gap(outbox: Outbox) -> None:
    assert outbox.append(rating(), CONFIG) == 1
    assert outbox.extend([rating(), rating()], CONFIG) == [2, 3]
    assert outbox.extend([], CONFIG) == []
    assert outbox.append(rating(), CONFIG) == 4
    assert (outbox.stream().last_seq, len(outbox), outbox.depth(outbox.stream())) == (4, 4, 4)


def test_two_connections_take_turns_and_leave_no_gap(open_outbox: Open) -> None:
    app, link = open_outbox(), open_outbox()
    assert app.stream() == link.stream()
    for n in range(1, 11):
        assert (app if n % 2 else link).append(rating(), CONFIG) == n
    link.receipted(link.stream().id, 5)
    assert app.depth(app.stream()) == 5
    assert app.append(rating(), CONFIG) == 11


def test_app_and_link_write_at_the_same_time(tmp_path: Path) -> None:
    """A transaction that reads before it writes could not wait for the other's: it would fail as locked."""

    def write() -> list[int]:
        outbox = Outbox(tmp_path / "outbox.sqlite", "hall-1", "m")
        start.wait(5)
        given = [outbox.append(rating(), CONFIG) for _ in range(60)]
        outbox.close()
        return given

    Outbox(tmp_path / "outbox.sqlite", "hall-1", "m").close()
    start = threading.Barrier(2)
    with ThreadPoolExecutor(2) as threads:
        one, other = threads.submit(write), threads.submit(write)
        assert sorted(one.result(15) + other.result(15)) == list(range(1, 121))


def test_what_was_appended_is_there_after_a_kill(open_outbox: Open, tmp_path: Path) -> None:
    outbox = open_outbox()
    assert outbox.db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert outbox.db.execute("PRAGMA synchronous").fetchone() == (2,)
    outbox.append(rating("kept"), CONFIG)
    other = sqlite3.connect(tmp_path / "outbox.sqlite")
    assert json.loads(other.execute("SELECT body FROM event").fetchone()[0])["visit"] == "kept"
    other.close()


def test_a_file_that_is_no_outbox_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "outbox.sqlite").write_bytes(b"no database " * 500)
    with pytest.raises(sqlite3.DatabaseError):
        Outbox(tmp_path / "outbox.sqlite", "hall-1", "m")


# ── what is refused ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (comment("ą" * 2048), EventTooLarge),
        (comment("a" * MAX_EVENT_BYTES), EventTooLarge),
        ({}, ValidationError),
        (rating(colour="red"), ValidationError),
        (rating(value="4"), ValidationError),
        (rating(visit="not a token"), ValidationError),
    ],
)
def test_a_bad_event_is_refused_and_nothing_of_its_transaction_written(
    outbox: Outbox, body: dict[str, Any], error: type[Exception]
) -> None:
    outbox.append(rating(), CONFIG)
    with pytest.raises(error):
        outbox.extend([rating(), body, rating()], CONFIG)
    assert (len(outbox), outbox.stream().last_seq) == (1, 1)
    assert outbox.append(rating(), CONFIG) == 2


def test_the_limit_of_an_event_is_4_kb_to_the_byte(outbox: Outbox) -> None:
    size = len(json.dumps({"seq": 1} | comment(""), separators=(",", ":")))
    with pytest.raises(EventTooLarge, match=f"the event has {MAX_EVENT_BYTES + 1} bytes, the limit is {MAX_EVENT_BYTES}"):
        outbox.append(comment("a" * (MAX_EVENT_BYTES - size + 1)), CONFIG)
    outbox.append(comment("a" * (MAX_EVENT_BYTES - size)), CONFIG)
    (event,) = json.loads(due(outbox).payload)["events"]
    assert len(json.dumps(event, separators=(",", ":"))) == MAX_EVENT_BYTES


def test_a_full_outbox_refuses_and_keeps_everything(open_outbox: Open) -> None:
    outbox = open_outbox(max_events=3)
    outbox.extend([rating(), rating()], CONFIG)
    with pytest.raises(OutboxFull, match="4 events wait to be sent, the limit is 3"):
        outbox.extend([rating(), rating()], CONFIG)
    assert len(outbox) == 2
    outbox.append(rating(), CONFIG)
    with pytest.raises(OutboxFull):
        outbox.append(rating(), CONFIG)
    assert seqs_held(outbox, outbox.stream()) == [1, 2, 3]
    outbox.receipted(outbox.stream().id, 1)
    assert outbox.append(rating(), CONFIG) == 4, "what is receipted makes room"


# ── batches ─────────────────────────────────────────────────────────────────────────────


def test_a_batch_is_what_the_contract_says(outbox: Outbox) -> None:
    outbox.extend([rating("a", value=1), rating("b", language="en"), comment("Labai ačiū")], CONFIG)
    found = due(outbox)
    read = batch(found)
    assert (found.stream, found.first, found.last) == (outbox.stream(), 1, 3)
    assert (read.stream, read.oldest, read.config) == (outbox.stream().id, 1, CONFIG)
    assert [event.seq for event in read.events] == [1, 2, 3]
    assert "Labai ačiū".encode() in found.payload, "UTF-8, not ASCII-escaped"
    assert outbox.due(outbox.stream(), 3) is None


def test_at_most_200_events_and_as_many_as_asked_for(outbox: Outbox) -> None:
    outbox.extend([rating() for _ in range(450)], CONFIG)
    assert [(d.first, d.last) for d in (due(outbox, above) for above in (0, 200, 400))] == [(1, 200), (201, 400), (401, 450)]
    assert due(outbox, limit=1000).last == MAX_BATCH_EVENTS
    assert (due(outbox, 7, limit=1).first, due(outbox, 7, limit=1).last) == (8, 8)


@pytest.mark.parametrize("letter", ["a", "ą", "😀", '"'])
def test_at_most_60_000_bytes(outbox: Outbox, letter: str) -> None:
    text = letter * (3600 // len(json.dumps(letter, ensure_ascii=False)[1:-1].encode()))
    outbox.extend([comment(text) for _ in range(60)], CONFIG)
    above, sizes = 0, []
    while found := outbox.due(outbox.stream(), above):
        assert found.first == above + 1
        above = found.last
        sizes.append(len(found.payload))
        Envelope.model_validate_json(found.payload)
    assert above == 60
    assert max(sizes) <= MAX_BATCH_BYTES
    assert min(sizes[:-1]) > MAX_BATCH_BYTES - MAX_EVENT_BYTES - 300, "and they are as large as they may be"


def test_one_configuration_a_batch(outbox: Outbox) -> None:
    for config in (CONFIG, CONFIG, OTHER_CONFIG, CONFIG):
        outbox.append(rating(), config)
    found = [due(outbox, above) for above in (0, 2, 3)]
    assert [(d.first, d.last, batch(d).config) for d in found] == [(1, 2, CONFIG), (3, 3, OTHER_CONFIG), (4, 4, CONFIG)]


# ── receipts ────────────────────────────────────────────────────────────────────────────


def test_a_receipt_up_or_down_says_what_is_pending(outbox: Outbox) -> None:
    outbox.extend([rating() for _ in range(5)], CONFIG)
    ident = outbox.stream().id
    outbox.receipted(ident, 3)
    assert (outbox.stream().through, outbox.depth(outbox.stream()), len(outbox)) == (3, 2, 5)
    outbox.receipted(ident, 1)
    assert (outbox.stream().through, outbox.depth(outbox.stream())) == (1, 4)
    assert (due(outbox, 1).first, batch(due(outbox, 1)).oldest) == (2, 1), "it is all still there"
    outbox.receipted("f" * 32, 5)
    assert outbox.stream().through == 1


def test_sending_is_remembered_and_never_falls(outbox: Outbox) -> None:
    outbox.extend([rating(), rating()], CONFIG)
    first, both = due(outbox, limit=1), due(outbox)
    outbox.sending(both)
    assert outbox.stream().sent == 2
    outbox.sending(first)
    outbox.sending(both)
    assert outbox.stream().sent == 2


# ── pruning ─────────────────────────────────────────────────────────────────────────────


def test_only_receipted_and_old_events_are_pruned(open_outbox: Open) -> None:
    outbox = open_outbox(keep_days=30)
    outbox.extend([rating(at=NOW - timedelta(days=days)) for days in (40, 31, 29, 0)], CONFIG)
    assert outbox.prune(NOW) == 0, "nothing is receipted"
    outbox.receipted(outbox.stream().id, 1)
    assert outbox.prune(NOW) == 1, "the second is old and not receipted"
    outbox.receipted(outbox.stream().id, 4)
    assert outbox.prune(NOW) == 1
    assert seqs_held(outbox, outbox.stream()) == [3, 4]
    assert outbox.oldest(outbox.stream()) == batch(due(outbox, 2)).oldest == 3
    assert outbox.prune(NOW + timedelta(days=60)) == 2
    assert outbox.oldest(outbox.stream()) == 5, "the next one, when nothing is held"
    assert outbox.append(rating(), CONFIG) == 5


@pytest.mark.parametrize("odd", [rating(at=datetime(1970, 1, 2, tzinfo=UTC)), {"type": "void"}], ids=["a dead clock's", "a void"])
def test_pruning_leaves_no_hole(outbox: Outbox, odd: dict[str, Any]) -> None:
    """A hole above `oldest` could be neither sent nor counted lost: a restored collector would wait for it for ever."""
    outbox.extend([rating(), odd, rating()], CONFIG)
    outbox.receipted(outbox.stream().id, 3)
    outbox.prune(NOW)
    held = seqs_held(outbox, outbox.stream())
    assert held == list(range(outbox.oldest(outbox.stream()), 4))


def test_pruning_leaves_another_kiosks_events(open_outbox: Open) -> None:
    first = open_outbox("hall-1")
    first.append(rating(at=NOW - timedelta(days=90)), CONFIG)
    first.receipted(first.stream().id, 1)
    assert open_outbox("hall-2").prune(NOW) == 0
    assert open_outbox("hall-1").prune(NOW) == 1


# ── streams ─────────────────────────────────────────────────────────────────────────────


def test_the_same_kiosk_on_the_same_machine_goes_on(open_outbox: Open) -> None:
    first = open_outbox()
    first.append(rating(), CONFIG)
    again = open_outbox()
    assert again.stream() == first.stream()
    assert again.append(rating(), CONFIG) == 2


def test_on_another_machine_what_is_unsent_goes_into_a_new_stream(open_outbox: Open) -> None:
    first = open_outbox()
    first.extend([rating("sent"), rating("unsent")], CONFIG)
    first.sending(due(first, limit=1))
    first.receipted(first.stream().id, 1)
    moved = open_outbox(machine="another")
    old, new = moved.streams()
    assert new.id != old.id == first.streams()[0].id
    assert (old.last_seq, moved.depth(old), new.last_seq) == (1, 0, 1)
    (event,) = batch(due(moved)).events
    assert (event.seq, event.visit) == (1, "unsent")  # type: ignore[union-attr]


def test_another_kiosk_id_starts_anew_and_sends_nothing_of_the_first(open_outbox: Open) -> None:
    first = open_outbox("hall-1")
    first.append(rating("hall-1"), CONFIG)
    second = open_outbox("hall-2")
    assert second.due(second.stream(), 0) is None
    assert (len(second), second.append(rating("hall-2"), CONFIG)) == (0, 1)
    assert [stream.id for stream in second.streams()] == [second.stream().id]
    back = open_outbox("hall-1")
    assert len(back.streams()) == 2, "never again into a stream that another kiosk's stood above"
    assert back.depth(back.streams()[0]) == 1, "and its own unsent event is still due"


def test_a_restart_carries_what_no_receipt_covers(outbox: Outbox) -> None:
    outbox.extend([rating(str(n)) for n in range(1, 6)], CONFIG)
    outbox.sending(due(outbox, limit=4))
    outbox.receipted(outbox.stream().id, 2)
    before = outbox.stream()
    after = outbox.restart()
    assert (after.no, after.last_seq, after.sent, after.through) == (before.no + 1, 3, 0, 0)
    assert after.id != before.id
    assert [e.visit for e in batch(due(outbox)).events] == ["3", "4", "5"]  # type: ignore[union-attr]
    old = outbox.streams()[0]
    assert (old.last_seq, outbox.depth(old), seqs_held(outbox, old)) == (4, 0, [1, 2]), "a number once sent is never given again"


def test_a_restart_with_everything_carries_what_is_kept(outbox: Outbox) -> None:
    outbox.extend([rating(str(n)) for n in range(1, 6)], CONFIG)
    outbox.sending(due(outbox))
    outbox.receipted(outbox.stream().id, 5)
    after = outbox.restart(everything=True)
    assert [e.visit for e in batch(due(outbox)).events] == ["1", "2", "3", "4", "5"]  # type: ignore[union-attr]
    assert (after.last_seq, outbox.depth(after), len(outbox)) == (5, 5, 5)


def test_the_order_is_kept_over_several_streams(outbox: Outbox) -> None:
    for name in "abc":
        outbox.extend([rating(name + "1"), rating(name + "2")], CONFIG)
        outbox.restart()
    assert [e.visit for e in batch(due(outbox)).events] == ["a1", "a2", "b1", "b2", "c1", "c2"]  # type: ignore[union-attr]


# ── any sequence of all that ────────────────────────────────────────────────────────────


class Journal(RuleBasedStateMachine):
    """Whatever happens: each event once, in one stream, contiguous, in its order; and no number is used for two contents."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.kiosk, self.machine = "hall-1", "m"
        self.outbox = self.open()
        self.made: dict[str, list[str]] = {"hall-1": [], "hall-2": []}
        self.boot = Machine(NOW)
        self.meaning: dict[tuple[str, int], Any] = {}

    def open(self) -> Outbox:
        return Outbox(Path(self.folder.name) / "outbox.sqlite", self.kiosk, self.machine, max_events=12)

    def reopen(self) -> None:
        self.outbox.close()
        self.outbox = self.open()

    @rule(count=st.integers(0, 3), config=st.sampled_from([CONFIG, OTHER_CONFIG]), waits=st.booleans())
    def append(self, count: int, config: str, waits: bool) -> None:
        made = self.made[self.kiosk]
        names = [f"{self.kiosk}-{len(made) + n}" for n in range(count)]
        try:
            self.outbox.extend([rating(name) for name in names], config, waits=self.boot.clock().now() if waits else None)
        except OutboxFull:
            return
        made += names

    @rule(data=st.data())
    def send(self, data: st.DataObject) -> None:
        stream = data.draw(st.sampled_from(self.outbox.streams()))
        found = self.outbox.due(stream, data.draw(st.integers(stream.through, stream.last_seq)), data.draw(st.integers(1, 4)))
        if found:
            self.outbox.sending(found)
            for event in batch(found).events:
                assert self.meaning.setdefault((stream.id, event.seq), event) == event

    @rule(data=st.data())
    def receipt(self, data: st.DataObject) -> None:
        stream = data.draw(st.sampled_from(self.outbox.streams()))
        self.outbox.receipted(stream.id, data.draw(st.integers(0, stream.sent)))

    @rule(known=st.booleans(), off=st.integers(0, 9999))
    def date(self, known: bool, off: int) -> None:
        """What waits gets its time, known or not; then the machine starts again."""
        clock = self.boot.clock()
        if known:
            clock.heard(self.boot.at())
        self.outbox.note(clock, settle=True)
        assert not self.outbox.waits()
        self.boot.reboot(off)

    @rule(everything=st.booleans())
    def restart(self, everything: bool) -> None:
        self.outbox.restart(everything=everything)

    @rule(kiosk=st.sampled_from(["hall-1", "hall-1", "hall-2"]), machine=st.sampled_from(["m", "m", "another"]))
    def start(self, kiosk: str, machine: str) -> None:
        self.kiosk, self.machine = kiosk, machine
        self.reopen()

    @invariant()
    def each_event_once_in_order(self) -> None:
        held: list[str] = []
        for stream in self.outbox.streams():
            rows = self.outbox.db.execute("SELECT seq, body FROM event WHERE stream=? ORDER BY seq", (stream.no,)).fetchall()
            assert [seq for seq, _ in rows] == list(range(1, len(rows) + 1))
            held += [json.loads(body)["visit"] for _, body in rows]
            assert stream.last_seq >= len(rows)
            assert stream.sent <= stream.ready <= stream.last_seq
        assert len(held) == len(set(held)) == len(self.outbox)
        assert sorted(held) == sorted(self.made[self.kiosk])
        current = self.outbox.stream()
        assert current.last_seq == len(seqs_held(self.outbox, current))

    def teardown(self) -> None:
        self.outbox.close()
        self.folder.cleanup()


Journal.TestCase.settings = settings(max_examples=40, stateful_step_count=15)
TestAnySequence = Journal.TestCase


def test_an_unreadable_row_goes_out_as_void_and_blocks_nobody(open_outbox: Open) -> None:
    outbox = open_outbox()
    outbox.extend([rating(f"v{n}") for n in range(3)], CONFIG)
    outbox.db.execute("UPDATE event SET body='{\"typ' WHERE seq=2")
    due = outbox.due(outbox.stream(), 0)
    assert due is not None
    assert [event.type for event in Batch.model_validate_json(due.payload).events] == ["rating", "void", "rating"]


def test_a_comment_is_redacted_before_it_is_written(open_outbox: Open) -> None:
    outbox = open_outbox()
    outbox.append(comment("Skambinkite 8 612 34567"), CONFIG)
    (body,) = outbox.db.execute("SELECT body FROM event").fetchone()
    assert "612" not in body
    assert "[telefonas]" in body
