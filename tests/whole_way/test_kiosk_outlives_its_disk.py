"""The kiosk's own process, window and all: a full disk, a read-only one, a damaged outbox; it comes back by itself."""

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broker_config import topics
from kiosk import configuration, recovery
from tests.brokers import client, free_port, wait_for
from tests.collector.deliveries import wanted_configs
from tests.delivery.scenes import WATCHER, scene, start_ingest, stored, tap_without_network
from tests.disks import small_disk
from tests.kiosk import wrecks
from tests.system import Process

Start = Callable[..., Process]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the kiosk's process on a window that nobody sees."""
    processes = contextlib.ExitStack()

    def started(folder: Path, port: int = 0) -> Process:
        command = ["-m", "kiosk", "run", "--kiosk", "hall-1", "--data", str(folder), "--size", "1280x800", "--machine", "m"]
        unseen = {"SDL_VIDEODRIVER": "offscreen", "KIVY_HOME": str(tmp_path / "kivy"), "NUOMONE_KIOSK_PASSWORD": "pw"}
        process = Process([*command, "--port", str(port or free_port())], tmp_path / "kiosk.log", unseen)
        processes.callback(process.kill)
        return process

    with processes:
        yield started


def said(process: Process, word: str) -> int:
    return process.text().splitlines().count(word)


@pytest.mark.timeout(60)
def test_a_disk_that_is_read_only_or_full_at_start(tmp_path: Path, start: Start) -> None:
    """The window says so. SIGTERM ends it as ever; a disk that takes writes again brings the question back."""
    with small_disk(tmp_path / "data") as disk:
        ident = wrecks.outbox(disk.folder, 5)
        disk.read_only(True)
        first = start(disk.folder)
        wait_for(lambda: said(first, "out of service"), 15)
        assert first.stop() == 0
        disk.read_only(False)
        disk.fill()
        second = start(disk.folder)
        wait_for(lambda: said(second, "out of service") == 2, 15)
        assert said(second, "ready") == 0
        disk.free()
        wait_for(lambda: said(second, "ready"), 15)
        assert second.stop() == 0
        assert wrecks.visits(disk.folder / "outbox.sqlite", ident) == {n: f"v{n}" for n in range(1, 6)}


@pytest.mark.timeout(60)
def test_an_outbox_damaged_while_the_kiosk_is_at_work(tmp_path: Path, start: Start) -> None:
    """Found when the backlog is sent: a new stream in a new file, a report, and after the rescue every readable vote once."""
    folder = tmp_path / "window"
    with scene(tmp_path, ("hall-1",)) as system, client(system.broker, WATCHER) as watcher:
        watcher.subscribe(topics.reply("hall-1"))
        with system.store() as store:
            payload = wanted_configs(store)["hall-1"].encode()
        folder.mkdir()
        configuration.save(folder / "config.json", configuration.check(payload, "hall-1"))
        tap_without_network(folder, "hall-1", 100, machine="m")
        process = start(folder, system.settings.port)
        wait_for(lambda: said(process, "ready"), 15)
        wrecks.overwrite(folder / "outbox.sqlite", wrecks.leaves(folder / "outbox.sqlite")[2])
        empty_log(folder / "outbox.sqlite")
        readable = len(wrecks.still_readable(folder / "outbox.sqlite", 100))
        start_ingest(system)
        wait_for(lambda: said(process, "ready") == 2, 15)
        (aside,) = folder.glob(recovery.ASIDE)
        reports = lambda: [reply for reply in map(json.loads, payloads(watcher)) if reply["id"] == "outbox"]  # noqa: E731
        assert wait_for(reports)[0] == {"id": "outbox", "ok": False, "detail": recovery.reports(folder)[0], "data": None}
        rescue = Process(["-m", "kiosk", "rescue", str(aside), "--data", str(folder)], tmp_path / "rescue.log")
        assert rescue.child.wait(15) == 0
        assert f"{readable} events were read and will be sent, {100 - readable} could not be read." in rescue.text()
        wait_for(lambda: system.counted() == readable and stored(system, "SELECT sum(through) FROM stream") == [(100,)], 15)
        assert stored(system, "SELECT count(*) FROM quarantine") == [(0,)]
        assert system.adds_up()
        assert process.stop() == 0


def empty_log(file: Path) -> None:
    """So that the running kiosk reads the file itself again, and no copy of its pages in its log or its memory."""
    with contextlib.closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def payloads(watcher: object) -> list[bytes]:
    return [message.payload for message in list(watcher.received)]  # type: ignore[attr-defined]
