"""Kiosks on machines whose clock is the test's: in the past and offline, or beside the real broker and collector."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from broker_config import topics
from collector.localtime import UNDATED
from collector.store.base import ScoreQuery
from kiosk import configuration
from kiosk.outbox import Outbox
from kiosk.station import Station
from kiosk.timekeeping import Timekeeper
from tests.brokers import Client
from tests.catalogues import document
from tests.collector.deliveries import wanted_configs
from tests.delivery.scenes import Scene, unhurried
from tests.machines import Machine
from tests.system import EVERYBODY, KioskThread, System


class NoonScene(Scene):
    """A scene in a time zone where it is about noon now: an hour more or less stays within the day."""

    def __init__(self, folder: Path) -> None:
        self.zone = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"
        offices = [office | {"timezone": self.zone} for office in document()["offices"]]
        super().__init__(folder, unhurried(offices=offices), ("hall-1",))

    def day(self, moment: datetime) -> str:
        """The local date."""
        return moment.astimezone(ZoneInfo(self.zone)).date().isoformat()


def at_noon(folder: Path) -> NoonScene:
    return NoonScene(folder)


def dead_battery(ago: timedelta = timedelta(0)) -> Machine:
    """Booted some time ago, in 1970 as it believes. Once it has caught up, its true time is ours."""
    true = datetime.now(UTC) - ago
    return Machine(true, wrong=-true.timestamp(), runs=time.time)


def until_now(machine: Machine) -> None:
    """Let pass what is left until our time."""
    machine.later(time.time() - machine.true)


def minutes_pass(machine: Machine, kiosk: KioskThread) -> bool:
    """Let a little time pass on the machine, at a pace that the link keeps up with; True when everything is stored."""
    machine.later(2)
    return kiosk.outbox.depth(kiosk.outbox.stream()) == 0


def synchronise(machine: Machine) -> None:
    """NTP has come."""
    machine.ntp, machine.wrong = True, 0.0


def equip(system: System, kiosk: str = "hall-1") -> Path:
    """A kiosk's folder with its configuration in it."""
    folder = system.folder / kiosk
    folder.mkdir(exist_ok=True)
    with system.store() as store:
        payload = wanted_configs(store)[kiosk].encode()
    configuration.save(folder / "config.json", configuration.check(payload, kiosk))
    return folder


class Offline:
    """A kiosk that finds no broker; its end is a power cut."""

    def __init__(self, folder: Path, machine: Machine, kiosk: str = "hall-1") -> None:
        self._machine, clock = machine, machine.clock()
        self._outbox = Outbox(folder / "outbox.sqlite", kiosk, "test")
        self._station, self._timekeeper = Station(folder, self._outbox, clock), Timekeeper(self._outbox, clock)

    def __enter__(self) -> Self:
        self._timekeeper.step(listening=False)
        return self

    def __exit__(self, *_: object) -> None:
        self._outbox.close()

    def tap(self, value: int = 5) -> datetime:
        """One visit; the true time of it."""
        self._station.dismiss()
        assert self._station.answer(value)
        self._timekeeper.step(listening=False)
        return self._machine.at()


def days(system: System, *by: str) -> dict[Any, int]:
    """Counted ratings by local day, or by what is asked for."""
    with system.store() as store:
        rows = store.histograms(EVERYBODY, ScoreQuery(first="0000", last=UNDATED, by=by or ("day",)))
    found: dict[Any, int] = {}
    for row in rows:
        place = tuple(row.place.values())
        found[place if by else place[0]] = found.get(place if by else place[0], 0) + sum(row.counted)
    return found


def listen(watcher: Client) -> None:
    watcher.subscribe(topics.events("hall-1"))


def sent(watcher: Client) -> list[dict[str, Any]]:
    """Every event that was published, in order, repetitions included."""
    return [event for message in list(watcher.received) for event in json.loads(message.payload)["events"]]


def assert_unchanged(events: Sequence[dict[str, Any]]) -> None:
    """Whatever went out twice said the same twice."""
    first: dict[int, dict[str, Any]] = {}
    for event in events:
        assert first.setdefault(event["seq"], event) == event


def shortly(text: str, true: datetime, within_s: float = 5) -> bool:
    """Whether a moment on the wire is the true one, to the time that a receipt may take."""
    return abs((datetime.fromisoformat(text) - true).total_seconds()) < within_s
