"""A damaged outbox is set aside and a new one begun; a disk's troubles are told from a file's."""

import errno
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import wrecks
from configs import config

from kiosk import configuration, recovery
from kiosk.outbox import Outbox
from kiosk.recovery import DiskTrouble, WatchedOutbox, open_outbox

PAGE = wrecks.PAGE


def opened(folder: Path) -> tuple[dict[str, int], list[str]]:
    """Open it, append one event, close: the streams' last seqs by id, and the reports."""
    outbox, reports = open_outbox(folder, "hall-1", "m")
    with closing(outbox):
        outbox.append(wrecks.rating("after"), wrecks.CONFIG)
        return {stream.id: stream.last_seq for stream in outbox.streams()}, reports


def aside(folder: Path) -> list[Path]:
    return sorted(folder.glob(recovery.ASIDE))


def sql(*statements: str) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        with closing(sqlite3.connect(file, isolation_level=None)) as db:
            for statement in statements:
                db.execute(statement)

    return change


def pages(*numbers: int) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        for number in numbers:
            wrecks.overwrite(file, number, os.urandom(PAGE))

    return change


def test_a_whole_outbox_goes_on(tmp_path: Path) -> None:
    ident = wrecks.outbox(tmp_path, 50)
    assert opened(tmp_path) == ({ident: 51}, [])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["outbox.sqlite"]


def test_a_new_one_begins_where_there_is_none_and_where_the_first_was_cut_off(tmp_path: Path) -> None:
    (tmp_path / "outbox.sqlite").write_bytes(b"")
    assert opened(tmp_path)[1] == []
    other = tmp_path / "other"
    wrecks.outbox(other, 0)
    sql("DELETE FROM stream", "DROP TABLE event", "DROP TABLE config")(other / "outbox.sqlite")
    assert opened(other)[1] == []


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda file: file.write_bytes(b"no database " * 500), id="no-database"),
        pytest.param(lambda file: file.write_bytes(file.read_bytes()[: 5 * PAGE]), id="cut-off"),
        pytest.param(pages(1), id="first-page"),
        pytest.param(pages(2), id="streams"),
        pytest.param(pages(4), id="events"),
        pytest.param(pages(*range(2, 16)), id="all-pages"),
        pytest.param(sql("DROP TABLE event"), id="no-events-table"),
        pytest.param(sql("DROP TABLE event", "DROP TABLE stream"), id="no-streams-table"),
        pytest.param(sql("ALTER TABLE stream RENAME COLUMN sent TO posted"), id="other-columns"),
        pytest.param(sql("UPDATE stream SET last_seq=7"), id="next-number-taken"),
        pytest.param(sql("UPDATE stream SET through=1000"), id="receipt-above-the-last"),
        pytest.param(sql("UPDATE stream SET id='Ž'"), id="no-stream-id"),
        pytest.param(sql("UPDATE event SET config='what?'"), id="no-configuration-id"),
        pytest.param(sql("UPDATE event SET body='{\"a\":\"' || CAST(x'ff' AS TEXT) || '\"}'"), id="no-utf-8"),
    ],
)
def test_a_damaged_one_is_set_aside_as_it_is(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    old = wrecks.outbox(tmp_path, 200)
    damage(tmp_path / "outbox.sqlite")
    bytes_before = (tmp_path / "outbox.sqlite").read_bytes()
    streams, reports = opened(tmp_path)
    assert list(streams.values()) == [1]
    assert old not in streams
    (file,) = aside(tmp_path)
    assert file.read_bytes() == bytes_before
    assert [file.name in report for report in reports] == [True]
    assert opened(tmp_path) == (dict.fromkeys(streams, 2), reports), "told again until it is rescued, and no second time aside"
    recovery.rescued_note(file).write_text("")
    assert opened(tmp_path)[1] == []


def test_its_log_goes_with_it(tmp_path: Path) -> None:
    """What was not yet in the file itself is in the log: both together are the outbox."""
    live = Outbox(tmp_path / "outbox.sqlite", "hall-1", "m")
    ident = live.stream().id
    live.append(wrecks.rating("v1"), wrecks.CONFIG)
    log = (tmp_path / "outbox.sqlite-wal").read_bytes()
    recovery.suspect(tmp_path, ValueError("a test says so"))
    killed = tmp_path / "killed"
    killed.mkdir()
    for part in ("outbox.sqlite", "outbox.sqlite-wal", "outbox.suspect"):
        (killed / part).write_bytes((tmp_path / part).read_bytes())
    live.close()
    opened(killed)
    (file,) = aside(killed)
    assert Path(f"{file}-wal").read_bytes() == log
    assert wrecks.visits(file, ident) == {1: "v1"}


def test_no_earlier_one_is_overwritten(tmp_path: Path) -> None:
    for n in range(3):
        (tmp_path / "outbox.sqlite").write_bytes(b"%d" % n * 5000)
        opened(tmp_path)
    assert sorted(file.read_bytes()[:1] for file in aside(tmp_path)) == [b"0", b"1", b"2"]


def test_an_empty_file_beside_a_log_that_is_not(tmp_path: Path) -> None:
    """SQLite would delete the log: whatever it holds stays."""
    (tmp_path / "outbox.sqlite").write_bytes(b"")
    (tmp_path / "outbox.sqlite-wal").write_bytes(b"frames")
    opened(tmp_path)
    assert [Path(f"{file}-wal").read_bytes() for file in aside(tmp_path)] == [b"frames"]


# ── a crash in between ──────────────────────────────────────────────────────────────────


def killed_before_step(folder: Path, step: int) -> bool:
    """Open the outbox in a process of its own that kills itself before file operation number `step`, if it comes so far."""
    child = os.fork()
    if child == 0:
        left = step

        def watch(name: str, what: tuple[object, ...]) -> None:
            nonlocal left
            if name in ("open", "os.rename", "os.remove") and str(what[0]).startswith(f"{folder}/outbox"):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        open_outbox(folder, "hall-1", "m")[0].close()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_a_kill_at_any_step_of_setting_aside_loses_nothing(tmp_path: Path) -> None:
    """Killed before each file operation in turn, then started again: one file aside, whole, with its log; nothing else."""
    steps, killed = 0, True
    while killed:
        folder = tmp_path / str(steps)
        folder.mkdir()
        (folder / "outbox.sqlite").write_bytes(b"damaged " * 1000)
        (folder / "outbox.sqlite-wal").write_bytes(b"log " * 1000)
        killed = killed_before_step(folder, steps)
        streams, _ = opened(folder)
        assert len(streams) == 1
        (file,) = aside(folder)
        assert (file.read_bytes(), Path(f"{file}-wal").read_bytes()) == (b"damaged " * 1000, b"log " * 1000)
        assert not recovery.is_suspect(folder)
        steps += 1
    assert steps >= 5, "the plan, its reading, two files, the plan's end"


def test_a_plan_that_was_cut_off_is_made_again(tmp_path: Path) -> None:
    wrecks.outbox(tmp_path, 3)
    (tmp_path / "outbox.suspect").write_bytes(b"")
    opened(tmp_path)
    assert len(aside(tmp_path)) == 1


# ── found later ─────────────────────────────────────────────────────────────────────────


def test_damage_found_while_writing_is_told_once_and_the_next_start_sets_it_aside(tmp_path: Path) -> None:
    wrecks.outbox(tmp_path, 200)
    heard: list[Exception] = []
    outbox, _ = open_outbox(tmp_path, "hall-1", "m", heard.append)
    sql("UPDATE stream SET last_seq=7")(tmp_path / "outbox.sqlite")
    with pytest.raises(sqlite3.IntegrityError):
        outbox.append(wrecks.rating("late"), wrecks.CONFIG)
    outbox.close()
    assert [recovery.is_damage(error) for error in heard] == [True]
    recovery.suspect(tmp_path, heard[0])
    recovery.suspect(tmp_path, heard[0])
    opened(tmp_path)
    assert len(aside(tmp_path)) == 1


def test_malformed_pages_found_while_writing_are_told(tmp_path: Path) -> None:
    wrecks.outbox(tmp_path, 200)
    file, heard = tmp_path / "outbox.sqlite", list[Exception]()
    with closing(WatchedOutbox(file, "hall-1", "m")) as outbox:
        outbox.on_damage = heard.append
        wrecks.overwrite(file, wrecks.leaves(file)[-1])
        sql("PRAGMA wal_checkpoint(TRUNCATE)")(file)
        with pytest.raises(sqlite3.DatabaseError, match="malformed"):
            outbox.append(wrecks.rating("late"), wrecks.CONFIG)
    assert len(heard) == 1


def test_a_busy_outbox_is_not_a_damaged_one(tmp_path: Path) -> None:
    wrecks.outbox(tmp_path, 1)
    heard: list[Exception] = []
    with closing(WatchedOutbox(tmp_path / "outbox.sqlite", "hall-1", "m")) as outbox:
        outbox.on_damage = heard.append
        outbox.db.execute("PRAGMA busy_timeout=1")
        with closing(sqlite3.connect(tmp_path / "outbox.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                outbox.append(wrecks.rating("late"), wrecks.CONFIG)
    assert heard == []


@pytest.mark.parametrize("error", [OSError(errno.EIO, "x"), ValueError("x"), sqlite3.ProgrammingError("closed")])
def test_what_is_no_damage(error: Exception) -> None:
    assert not recovery.is_damage(error)


# ── the disk ────────────────────────────────────────────────────────────────────────────


def test_a_place_that_takes_no_writes_is_the_disks_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for nowhere in (Path("/proc/nowhere"), tmp_path / "file"):
        with pytest.raises(DiskTrouble, match="cannot be used"):
            open_outbox(nowhere, "hall-1", "m")


# ── the configuration ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"\0" * 500, config(2).wire()[:-9], config(2).wire().replace(b"smiley5", b"smiley4")]
)
def test_a_damaged_configuration_gives_way_to_the_one_before(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "config.json"
    configuration.save(path, config(1))
    configuration.save(path, config(2))
    assert (configuration.load(path, "hall-1"), configuration.fault(path, "hall-1")) == (config(2), None)
    path.write_bytes(damage)
    assert configuration.load(path, "hall-1") == config(1)
    fault = configuration.fault(path, "hall-1")
    assert fault is not None
    assert fault[1].startswith("config.json on the disk is not used: ")
    configuration.save(path, config(3))
    assert configuration.load(path, "hall-1") == config(3)
    path.write_bytes(damage)
    assert configuration.load(path, "hall-1") == config(1), "a damaged one never takes the place of a good one"


def test_the_same_again_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    configuration.save(path, config(1))
    before = path.stat().st_mtime_ns
    configuration.save(path, config(1))
    assert path.stat().st_mtime_ns == before
    assert configuration.fault(tmp_path / "none.json", "hall-1") is None


def test_damage_that_is_found_while_opening_is_set_aside_at_once(tmp_path: Path) -> None:
    """The process need not end for it: nothing has been written yet."""
    wrecks.outbox(tmp_path, 5)
    heard: list[Exception] = []
    with closing(sqlite3.connect(tmp_path / "outbox.sqlite", isolation_level=None)) as db:
        page = db.execute("SELECT rootpage FROM sqlite_master WHERE name='stream'").fetchone()[0]
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    wrecks.overwrite(tmp_path / "outbox.sqlite", page)
    outbox, reports = open_outbox(tmp_path, "hall-1", "m", heard.append)
    outbox.close()
    assert (heard, len(reports)) == ([], 1)
