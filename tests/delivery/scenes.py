"""What the delivery scenarios share: a catalogue that marks nothing, copied disks, and the verdict at the end."""

import contextlib
import json
import random
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from broker_config import topics
from broker_config.acl import BrokerError, Identity
from broker_config.messages import Health, HealthClock, HealthScreen, Receipt, utc_text
from broker_config.mosquitto import Mosquitto
from broker_config.process import check_port_is_free
from collector.catalogue import Catalogue
from kiosk.outbox import Outbox
from kiosk.station import Station
from tests.brokers import client, wait_for
from tests.catalogues import KIOSKS, catalogue, document
from tests.system import QUICK, KioskThread, Process, System

BRISK = replace(QUICK, health_s=0.1, probe_s=0.5)
WATCHER = Identity("collector", "collector-2", "pw")


def unhurried(kiosks: Sequence[str] = KIOSKS, **changes: Any) -> Catalogue:
    """The small catalogue, but visits may follow one another at once: no tap is flagged."""
    questionnaires = document()["questionnaires"]
    questionnaires[0]["interval_s"] = 0
    placed = [{"id": kiosk, "counter": f"{kiosk.split('-')[0]}-window", "questionnaire": "core5"} for kiosk in kiosks]
    return catalogue(**({"questionnaires": questionnaires, "kiosks": placed} | changes))


class Scene(System):
    """The system with kiosks that speak of themselves ten times a second: the verdict waits for their word.

    The broker comes and goes here, so its port is below those that the kernel gives to connections: in between nobody
    takes it, and no kiosk that knocks there is connected to itself.
    """

    def __init__(self, folder: Path, new: Catalogue, kiosks: tuple[str, ...]) -> None:
        super().__init__(folder, new, kiosks)
        self.settings = replace(self.settings, port=_lasting_port())
        self.broker = Mosquitto(self.settings)

    def kiosk(self, kiosk: str = "hall-1", folder: str = "", **how: Any) -> KioskThread:
        return super().kiosk(kiosk, folder, **({"timing": BRISK} | how))


def scene(folder: Path, kiosks: Sequence[str] = KIOSKS) -> Scene:
    return Scene(folder, unhurried(kiosks), tuple(kiosks))


def start_ingest(system: System, name: str = "collector", *, shared: bool = False) -> Process:
    """An ingest process with a log of its own, so that `connected` is this one's word."""
    return system.ingest(name, shared=shared, log=f"ingest-{secrets.token_hex(4)}.log")


def configured(system: System, *kiosks: str) -> list[KioskThread]:
    """Kiosks that have their configuration, and have said so."""
    threads = [system.kiosk(kiosk) for kiosk in kiosks]
    for thread in threads:
        thread.wait_for_config()
    return threads


def _lasting_port() -> int:
    while True:
        port = random.SystemRandom().randint(20_000, 32_000)
        with contextlib.suppress(BrokerError):
            check_port_is_free("127.0.0.1", port)
            return port


# ── the verdict ─────────────────────────────────────────────────────────────────────────


def assert_counted_once(system: System, taps: int, *kiosks: Any, quarantined: int = 0, timeout: float = 15) -> None:
    """Every confirmed tap is counted, none twice; the accounting adds up once the kiosks have spoken; tallies are right."""
    wait_for_receipts(*kiosks, timeout=timeout)
    wait_for(lambda: system.counted() >= taps, timeout)
    wait_for_receipts(*kiosks, timeout=timeout)
    wait_for_health(system, {kiosk.kiosk for kiosk in kiosks}, timeout)
    rows = system.accounting()
    assert system.counted() == taps
    assert [row for row in rows if row["unexplained"] or row["lost"] or row["at_risk"] or row["pending"]] == []
    assert sum(row["quarantined"] for row in rows) == quarantined
    assert system.adds_up()
    assert system.rebuild() == 0


def wait_for_receipts(*kiosks: Any, timeout: float = 15) -> None:
    """Until every event in the kiosks' files is covered by a receipt."""
    for kiosk in kiosks:
        wait_for(lambda kiosk=kiosk: not any(depths(kiosk.folder, kiosk.kiosk)), timeout)


def wait_for_health(system: System, kiosks: Iterable[str], timeout: float = 15) -> None:
    """Until each kiosk has told how it stands now."""
    wanted, since = set(kiosks), utc_text(datetime.now(UTC))
    query = "SELECT kiosk FROM presence WHERE health_at > ?"
    wait_for(lambda: wanted <= {row[0] for row in stored(system, query, since)}, timeout)


def stored(system: System, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of the collector's store."""
    return rows_of(system.data / "collector.sqlite", query, *values)


def rows_of(path: Path, query: str, *values: Any) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(path, timeout=10)
    try:
        return db.execute(query, values).fetchall()
    finally:
        db.close()


def depths(folder: Path, kiosk: str) -> list[int]:
    """Events without a receipt, stream by stream, read from the kiosk's file."""
    query = "SELECT count(*) FROM stream s JOIN event e ON e.stream=s.no AND e.seq > s.through WHERE s.kiosk=?"
    return [row[0] for row in rows_of(folder / "outbox.sqlite", query, kiosk)]


def tell_health(system: System, kiosk: str, path: Path) -> None:
    """What a kiosk says of itself just before it dies, with what is in its outbox."""
    outbox = Outbox(path, kiosk, "test")
    stream = outbox.stream()
    health = Health(
        stream=stream.id,
        last_seq=stream.last_seq,
        through=stream.through,
        pending=outbox.depth(stream),
        oldest=outbox.oldest(stream),
        uptime_s=1,
        version="test",
        config="",
        clock=HealthClock(synced=True, offset_ms=None),
        disk_free_mb=1,
        screen=HealthScreen(name="none", frames=0),
    )
    outbox.close()
    with client(system.broker, Identity("kiosk", kiosk, "pw")) as one:
        one.publish(topics.health(kiosk), health.wire())


# ── disks ───────────────────────────────────────────────────────────────────────────────


def copy_database(source: Path, target: Path) -> None:
    """A whole SQLite database, its write-ahead log included."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for part in ("", "-wal", "-shm"):
        target.with_name(target.name + part).unlink(missing_ok=True)
    live, copy = sqlite3.connect(source), sqlite3.connect(target)
    live.backup(copy)
    copy.close()
    live.close()


def clone_disk(kiosk_folder: Path, target: Path) -> None:
    """The kiosk's outbox and its configuration, as a disk image would have them."""
    copy_database(kiosk_folder / "outbox.sqlite", target / "outbox.sqlite")
    shutil.copy(kiosk_folder / "config.json", target / "config.json")


def tap_without_network(folder: Path, kiosk: str, taps: int, *, value: int = 4, machine: str = "test") -> None:
    """Visits at a kiosk whose link is not running."""
    outbox = Outbox(folder / "outbox.sqlite", kiosk, machine)
    station = Station(folder, outbox)
    for _ in range(taps):
        station.dismiss()
        assert station.answer(value)
    outbox.close()


def rating(value: int = 5, **more: Any) -> dict[str, Any]:
    """A valid event without its seq, of a visit of its own."""
    return {
        "type": "rating",
        "at": utc_text(datetime.now(UTC)),
        "clock": "synced",
        "visit": secrets.token_hex(8),
        "gap_ms": None,
        "service": "",
        "question": "overall",
        "value": value,
        "language": "lt",
        "trigger": "tap",
    } | more


def append_many(kiosk: KioskThread, taps: int) -> None:
    """As many visits in one transaction: confirmed when it returns."""
    assert kiosk.station.config
    kiosk.outbox.extend([rating(1 + n % 5) for n in range(taps)], kiosk.station.config.config)


class Tapper:
    """Citizens at several kiosks at once, until told to stop; `taps` were confirmed."""

    def __init__(self, kiosks: Sequence[KioskThread], seed: int = 1) -> None:
        self.taps = 0
        self._kiosks, self._draw = kiosks, random.Random(seed)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._stopping.wait(0.002):
            self._draw.choice(self._kiosks).tap(self._draw.randint(1, 5))
            self.taps += 1


# ── without a broker ────────────────────────────────────────────────────────────────────


class Carrier:
    """Takes batches and remembers them, as `[first, …, last]`."""

    def __init__(self, room: int = 1000) -> None:
        self.payloads: list[bytes] = []
        self.room = room

    def has_room(self) -> bool:
        return len(self.payloads) < self.room

    def carry(self, payload: bytes) -> None:
        self.payloads.append(payload)

    @property
    def batches(self) -> list[list[int]]:
        return [[event["seq"] for event in json.loads(payload)["events"]] for payload in self.payloads]

    def take(self) -> list[list[int]]:
        """The batches since the last call."""
        taken = self.batches
        self.payloads.clear()
        return taken


def receipt(stream: str, through: int, *, restart: bool = False) -> Receipt:
    return Receipt(stream=stream, through=through, now=datetime.now(UTC), restart=restart)
