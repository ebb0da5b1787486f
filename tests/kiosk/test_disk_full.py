"""A disk that fills up while the kiosk is at work: it stops asking, keeps what was given, and comes back by itself."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import wrecks
from configs import config

from kiosk import configuration
from kiosk.outbox import Outbox
from kiosk.recovery import DiskTrouble, is_damage, open_outbox
from kiosk.station import Station
from tests.disks import SmallDisk, small_disk


@pytest.fixture
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallDisk]:
    with small_disk(tmp_path_factory.mktemp("disk")) as disk:
        yield disk


@pytest.fixture
def tmp_path(disk: SmallDisk) -> Path:
    """The kiosk's folder, also for the fixtures that ask for it."""
    return disk.folder


def seqs(outbox: Outbox) -> list[int]:
    return [row[0] for row in outbox.db.execute("SELECT seq FROM event ORDER BY seq")]


def test_on_the_screen(disk: SmallDisk, tmp_path: Path, on_screen: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.screens.trouble.RETRY_S", 0.2)
    configuration.save(tmp_path / "config.json", config())
    outbox, _ = open_outbox(tmp_path, "hall-1", "m")
    with closing(outbox):
        screen = on_screen(Station(tmp_path, outbox))
        screen.tap(*screen.face(5))
        screen.until(lambda: screen.app.shown != "rating")
        screen.app.station.dismiss()
        screen.app.refresh()
        screen.settle()
        disk.fill()
        screen.tap(*screen.face(1))
        screen.until(lambda: screen.app.shown == "broken")
        assert seqs(outbox) == [1]
        for _ in range(3):
            screen.app.trouble.look()
            assert screen.app.shown == "broken", "as long as the disk is full"
        disk.free()
        screen.until(lambda: screen.app.shown == "rating")
        screen.settle()
        screen.tap(*screen.face(2))
        screen.until(lambda: screen.app.shown != "rating")
        assert seqs(outbox) == [1, 2]


def append_for_ever(outbox: Outbox, confirmed: list[int]) -> None:
    while True:
        confirmed.append(outbox.append(wrecks.rating(f"v{len(confirmed)}"), wrecks.CONFIG))


def test_the_outbox_keeps_everything_and_goes_on(disk: SmallDisk, tmp_path: Path) -> None:
    """Filled again and again, at whatever point of the log and the file it hits; also opened while it is full."""
    confirmed: list[int] = []
    for _ in range(4):
        outbox, reports = open_outbox(tmp_path, "hall-1", "m")
        with closing(outbox):
            confirmed += outbox.extend([wrecks.rating(f"w{n}") for n in range(100)], wrecks.CONFIG)
            disk.fill()
            with pytest.raises(sqlite3.OperationalError) as failure:
                append_for_ever(outbox, confirmed)
            assert not is_damage(failure.value)
            assert seqs(outbox) == confirmed == list(range(1, len(confirmed) + 1))
        with pytest.raises(DiskTrouble):
            open_outbox(tmp_path, "hall-1", "m")
        disk.free()
        assert reports == []
    assert [path.name for path in tmp_path.glob("*.sqlite")] == ["outbox.sqlite"]


def test_a_damaged_one_on_a_full_disk_waits_until_it_can_be_set_aside(disk: SmallDisk, tmp_path: Path) -> None:
    (tmp_path / "outbox.sqlite").write_bytes(b"no database " * 500)
    disk.fill()
    with pytest.raises(DiskTrouble):
        open_outbox(tmp_path, "hall-1", "m")
    disk.free()
    outbox, reports = open_outbox(tmp_path, "hall-1", "m")
    outbox.close()
    assert len(reports) == 1


def test_a_read_only_disk_is_the_disks_trouble(disk: SmallDisk, tmp_path: Path) -> None:
    ident = wrecks.outbox(tmp_path, 5)
    disk.read_only(True)
    with pytest.raises(DiskTrouble, match="Read-only"):
        open_outbox(tmp_path, "hall-1", "m")
    disk.read_only(False)
    outbox, reports = open_outbox(tmp_path, "hall-1", "m")
    with closing(outbox):
        assert (outbox.stream().id, outbox.stream().last_seq, reports) == (ident, 5, [])
