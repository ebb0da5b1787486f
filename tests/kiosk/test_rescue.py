"""What can be read of a damaged outbox goes back under its own numbers; what cannot is a void; nothing is invented."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import wrecks
from configs import config
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.outbox import Outbox
from kiosk.recovery import open_outbox, rescued_note
from kiosk.rescue import NotRescued, Rescued, rescue
from tests.brokers import wait_for

ASIDE = "outbox-set-aside-20261122T0512.sqlite"
EVENTS = 200


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A kiosk's folder with an outbox in use that holds three events."""
    wrecks.outbox(tmp_path, 3)
    return tmp_path


def lost_leaf(file: Path) -> tuple[dict[int, str], dict[int, str]]:
    """Wipe a leaf in the middle: what was in the file, and what SQLite still reads of it."""
    before = still_all(EVENTS)
    wrecks.overwrite(file, wrecks.leaves(file)[4])
    return before, wrecks.still_readable(file, EVENTS)


def still_all(events: int) -> dict[int, str]:
    return {seq: f"v{seq}" for seq in range(1, events + 1)}


def test_a_whole_file_comes_back_as_it_was(folder: Path) -> None:
    old = wrecks.outbox(folder, EVENTS, through=30, name=ASIDE)
    assert rescue(folder / ASIDE, folder) == Rescued(read=EVENTS)
    assert wrecks.visits(folder / "outbox.sqlite", old) == still_all(EVENTS)
    with closing(Outbox(folder / "outbox.sqlite", "hall-1", "m")) as live:
        rescued, current = live.streams()
        assert (rescued.id, rescued.last_seq, rescued.sent, rescued.through) == (old, EVENTS, EVENTS, 30)
        assert live.append(wrecks.rating("next"), wrecks.CONFIG) == 4
        assert (live.stream().id, live.stream().last_seq) == (current.id, 4), "the kiosk's own goes on"


def test_twice_changes_nothing(folder: Path) -> None:
    wrecks.outbox(folder, EVENTS, name=ASIDE)
    told = [str(rescue(folder / ASIDE, folder))]
    with closing(sqlite3.connect(folder / "outbox.sqlite")) as live:
        before = list(live.iterdump())
        told.append(str(rescue(folder / ASIDE, folder)))
        assert list(live.iterdump()) == before
    assert told == [
        "200 events were read and will be sent, 0 could not be read.",
        "Nothing new: the 200 events of this file are in the outbox already.",
    ]


def test_what_cannot_be_read_becomes_void(folder: Path) -> None:
    old = wrecks.outbox(folder, EVENTS, name=ASIDE)
    before, readable = lost_leaf(folder / ASIDE)
    done = rescue(folder / ASIDE, folder)
    assert wrecks.visits(folder / "outbox.sqlite", old) == {seq: readable.get(seq, "void") for seq in before}
    assert (done.read, done.unread) == (len(readable), EVENTS - len(readable))
    assert 100 < done.read < EVENTS


def test_below_the_first_that_can_be_read_nothing_is_held(folder: Path) -> None:
    """The collector is told by `oldest`, and counts it lost."""
    old = wrecks.outbox(folder, EVENTS, name=ASIDE)
    wrecks.overwrite(folder / ASIDE, wrecks.leaves(folder / ASIDE)[0])
    done = rescue(folder / ASIDE, folder)
    held = wrecks.visits(folder / "outbox.sqlite", old)
    assert list(held) == list(range(min(held), EVENTS + 1))
    assert min(held) > 1
    assert done == Rescued(read=len(held), unread=min(held) - 1)


def test_the_end_of_a_file_that_was_cut_off_becomes_void(folder: Path) -> None:
    old = wrecks.outbox(folder, EVENTS, through=10, name=ASIDE)
    with (folder / ASIDE).open("r+b") as file:
        file.truncate(12 * wrecks.PAGE)
    done = rescue(folder / ASIDE, folder)
    held = wrecks.visits(folder / "outbox.sqlite", old)
    assert done.read + done.unread == len(held) == EVENTS
    assert 0 < done.read < EVENTS


def test_without_its_first_page(folder: Path) -> None:
    old = wrecks.outbox(folder, EVENTS, name=ASIDE)
    wrecks.overwrite(folder / ASIDE, 1)
    assert rescue(folder / ASIDE, folder).read == EVENTS
    assert wrecks.visits(folder / "outbox.sqlite", old) == still_all(EVENTS)


def test_without_its_streams_the_index_over_them_has_their_ids(folder: Path) -> None:
    old = wrecks.outbox(folder, EVENTS, name=ASIDE)
    wrecks.overwrite(folder / ASIDE, wrecks.root(folder / ASIDE, "stream"))
    assert rescue(folder / ASIDE, folder).read == EVENTS
    assert wrecks.visits(folder / "outbox.sqlite", old) == still_all(EVENTS)


def test_without_any_id_the_events_get_a_stream_that_is_the_same_at_every_attempt(folder: Path) -> None:
    wrecks.outbox(folder, EVENTS, name=ASIDE)
    for name in ("stream", "sqlite_autoindex_stream_1"):
        wrecks.overwrite(folder / ASIDE, wrecks.root(folder / ASIDE, name))
    assert rescue(folder / ASIDE, folder).read == EVENTS
    assert rescue(folder / ASIDE, folder) == Rescued(known=EVENTS)


def test_what_only_its_log_has(folder: Path) -> None:
    """A kiosk killed: the file and its log as they were."""
    live = Outbox(folder / "other.sqlite", "hall-1", "m")
    live.extend([wrecks.rating(f"v{n}") for n in range(1, 51)], wrecks.CONFIG)
    old = live.stream().id
    for part in ("", "-wal"):
        shutil.copyfile(folder / f"other.sqlite{part}", folder / f"{ASIDE}{part}")
    live.close()
    assert rescue(folder / ASIDE, folder).read == 50
    assert wrecks.visits(folder / "outbox.sqlite", old) == still_all(50)


def test_events_that_make_no_sense_become_void(folder: Path) -> None:
    old = wrecks.outbox(folder, 6, name=ASIDE)
    with closing(sqlite3.connect(folder / ASIDE, isolation_level=None)) as db:
        db.execute("UPDATE event SET body='{\"typ' WHERE seq=2")
        db.execute("UPDATE event SET body='{\"type\":\"' || CAST(x'ff' AS TEXT) || '\"}' WHERE seq=3")
        db.execute("UPDATE event SET config='what?' WHERE seq=4")
        db.execute("UPDATE event SET body='{\"type\":\"' || hex(zeroblob(3000)) || '\"}' WHERE seq=5")
    assert rescue(folder / ASIDE, folder) == Rescued(read=2, unread=4)
    assert list(wrecks.visits(folder / "outbox.sqlite", old).values()) == ["v1", "void", "void", "void", "void", "v6"]


def test_a_last_number_that_is_damage_itself_is_not_believed(folder: Path) -> None:
    old = wrecks.outbox(folder, 6, name=ASIDE)
    with closing(sqlite3.connect(folder / ASIDE, isolation_level=None)) as db:
        db.execute("UPDATE stream SET last_seq=1<<50")
        db.execute("DELETE FROM event WHERE seq=4")
    rescue(folder / ASIDE, folder)
    assert wrecks.visits(folder / "outbox.sqlite", old) == still_all(6) | {4: "void"}


def test_its_older_streams_keep_their_order_and_what_was_moved_on_is_not_void(folder: Path) -> None:
    with closing(Outbox(folder / ASIDE, "hall-1", "m")) as before:
        before.extend([wrecks.rating(f"v{n}") for n in range(1, 6)], wrecks.CONFIG)
        due = before.due(before.stream(), 0)
        assert due
        before.sending(due)
        before.receipted(before.stream().id, 2)
        before.restart()
        ids = [stream.id for stream in before.streams()]
    rescue(folder / ASIDE, folder)
    with closing(Outbox(folder / "outbox.sqlite", "hall-1", "m")) as live:
        assert [stream.id for stream in live.streams()] == [*ids, live.stream().id]
    assert wrecks.visits(folder / "outbox.sqlite", ids[0]) == {1: "v1", 2: "v2"}
    assert wrecks.visits(folder / "outbox.sqlite", ids[1]) == {1: "v3", 2: "v4", 3: "v5"}


def test_several_files_come_back_each_into_its_own_stream(folder: Path) -> None:
    ids = []
    for minute in (10, 11, 12):
        name = f"outbox-set-aside-20261122T05{minute}.sqlite"
        ids.append(wrecks.outbox(folder, minute, name=name))
        rescue(folder / name, folder)
    assert [len(wrecks.visits(folder / "outbox.sqlite", ident)) for ident in ids] == [10, 11, 12]
    with closing(Outbox(folder / "outbox.sqlite", "hall-1", "m")) as live:
        assert live.stream().last_seq == 3


def test_the_configurations_its_events_were_made_under_come_along(folder: Path) -> None:
    with (
        closing(Outbox(folder / ASIDE, "hall-1", "m")) as before,
        closing(Outbox(folder / "outbox.sqlite", "hall-1", "m")) as live,
    ):
        before.append(wrecks.rating("v1"), config(1).config)
        before.remember(config(1).config, config(1).wire().decode())
        before.db.execute("INSERT INTO config VALUES ('9-00000000', 'damaged')")
        live.remember(config(2).config, config(2).wire().decode())
        rescue(folder / ASIDE, folder)
        assert live.configs() == [config(1).wire().decode(), config(2).wire().decode()], "the newest is the last"


# ── what is refused ─────────────────────────────────────────────────────────────────────


def test_another_kiosks_file_is_refused(folder: Path) -> None:
    wrecks.outbox(folder, 5, kiosk="hall-2", name=ASIDE)
    with pytest.raises(NotRescued, match=r"\.sqlite is the outbox of kiosk hall-2, this is hall-1\.$"):
        rescue(folder / ASIDE, folder)
    assert not rescued_note(folder / ASIDE).exists()


def test_what_is_no_outbox_is_refused(folder: Path) -> None:
    (folder / ASIDE).write_bytes(random.Random(1).randbytes(50_000))
    with pytest.raises(NotRescued, match="Nothing can be read of"):
        rescue(folder / ASIDE, folder)
    with pytest.raises(NotRescued, match="There is no file"):
        rescue(folder / "none.sqlite", folder)
    with pytest.raises(NotRescued, match="is the outbox in use"):
        rescue(folder / "outbox.sqlite", folder)
    with pytest.raises(NotRescued, match="start the kiosk once"):
        rescue(folder / ASIDE, folder / "elsewhere")


# ── beside a running kiosk, and killed ──────────────────────────────────────────────────


def start(folder: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "kiosk", "rescue", str(folder / ASIDE), "--data", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: "subprocess.Popen[str]") -> bool:
    try:
        return process.wait(0.01) is not None
    except subprocess.TimeoutExpired:
        return False


def test_on_the_command_line_beside_a_kiosk_that_is_tapped(folder: Path) -> None:
    wrecks.outbox(folder, 3000, name=ASIDE)
    with closing(Outbox(folder / "outbox.sqlite", "hall-1", "m")) as live, start(folder) as process:
        taps = 0
        while not ended(process):
            live.append(wrecks.rating(f"t{taps}"), wrecks.CONFIG)
            taps += 1
        out, err = process.communicate(timeout=10)
        assert (process.returncode, out, err) == (0, "3000 events were read and will be sent, 0 could not be read.\n", "")
        assert live.stream().last_seq == 3 + taps
        assert len(live) == 3003 + taps
    assert rescued_note(folder / ASIDE).read_text() == out


def test_killed_in_the_middle_it_has_sent_nothing_and_goes_on_where_it_stopped(folder: Path) -> None:
    old = wrecks.outbox(folder, 5000, name=ASIDE)
    with closing(Outbox(folder / "outbox.sqlite", "hall-1", "m")) as live:
        with start(folder) as process:
            wait_for(lambda: len(live) > 3, 15)
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        assert 500 <= len(live) - 3 < 5000, "killed too late to show anything"
        unfinished = live.streams()[0]
        assert (unfinished.id, unfinished.last_seq) == (old, 0), "the link has nothing to send of it yet"
    outbox, reports = open_outbox(folder, "hall-1", "m")
    outbox.close()
    assert [ASIDE in report for report in reports] == [True], "and the kiosk starts as ever"
    assert rescue(folder / ASIDE, folder) == Rescued(read=5000)
    assert wrecks.visits(folder / "outbox.sqlite", old) == still_all(5000)


def test_a_file_that_cannot_be_opened_is_a_sentence(folder: Path) -> None:
    wrecks.outbox(folder, 3, name=ASIDE)
    (folder / "outbox.sqlite").write_bytes(os.urandom(9000))
    with start(folder) as process:
        _, err = process.communicate(timeout=15)
    assert process.returncode == 1
    assert err.startswith("The rescue was interrupted: file is not a database.")


# ── any damage ──────────────────────────────────────────────────────────────────────────


def harm(file: Path, draw: random.Random) -> None:
    """One to six pages wiped, filled with noise, or written over with another page of the file."""
    count = wrecks.pages(file)
    content = file.read_bytes()
    for _ in range(draw.randint(1, 6)):
        other = draw.randrange(count) * wrecks.PAGE
        written = draw.choice([bytes(wrecks.PAGE), draw.randbytes(wrecks.PAGE), content[other : other + wrecks.PAGE]])
        wrecks.overwrite(file, draw.randint(1, count), written)
    if draw.random() < 0.15:
        with file.open("r+b") as out:
            out.truncate(draw.randrange(len(content)))


WRECKS = given(st.integers(0, 2**32), st.sampled_from([5, 60, EVENTS]))


@WRECKS
@settings(max_examples=10)
def test_whatever_was_done_to_the_pages(seed: int, events: int) -> None:
    assert_rescued(seed, events)


@pytest.mark.proof
@WRECKS
@settings(max_examples=300)
def test_whatever_was_done_to_the_pages_of_many(seed: int, events: int) -> None:
    assert_rescued(seed, events)


def assert_rescued(seed: int, events: int) -> None:
    """It opens, as it is or anew; then every event that SQLite still reads is rescued, and none that was not given."""
    draw = random.Random(seed)
    with TemporaryDirectory() as name:
        folder = Path(name)
        wrecks.outbox(folder, events)
        harm(folder / "outbox.sqlite", draw)
        shutil.copyfile(folder / "outbox.sqlite", folder / "copy.sqlite")
        outbox, reports = open_outbox(folder, "hall-1", "m")
        outbox.close()
        files = list(folder.glob("outbox-set-aside-*.sqlite"))
        assert len(files) == len(reports) <= 1
        readable = wrecks.still_readable(folder / "copy.sqlite", events)
        if files:
            try:
                done = rescue(files[0], folder)
            except NotRescued:
                done = Rescued()
            assert done.read >= len(readable)
            assert rescue_again(files[0], folder) == 0
            held = given_and_held(folder / "outbox.sqlite")
            assert readable.items() <= held.items() <= still_all(events).items()


def rescue_again(file: Path, folder: Path) -> int:
    try:
        return rescue(file, folder).read
    except NotRescued:
        return 0


def given_and_held(file: Path) -> dict[int, str]:
    """Of all streams together what can be read; each stream of this test holds the same visits under the same seqs."""
    held: dict[int, str] = {}
    with closing(sqlite3.connect(file)) as db:
        for seq, body in db.execute("SELECT seq, body FROM event"):
            event = json.loads(body)
            if event["type"] != "void":
                assert held.setdefault(seq, event["visit"]) == event["visit"]
    return held
