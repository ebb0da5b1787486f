"""A changed configuration on its way to a thousand connected kiosks, until the last has confirmed it."""

import json
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from broker_config.messages import Text
from collector.catalogue import Catalogue, read
from collector.store.rollouts import Plan
from collector.store.sqlite import SqliteStore
from kiosk import simulate
from kiosk.connection import BrokerAddress
from kiosk.simulate import SimulatedFleet, SimulatedKiosk, allow_many_files
from tests.bench.report import Figure, at_most
from tests.catalogues import document
from tests.system import EVERYBODY, System

KIOSKS = 1000
_OFFICE_OF = 10
_PLAN_FILES = 8
_MOST_S = 300.0


def run() -> dict[str, Figure]:
    """Real Mosquitto, the real ingest process, and headless kiosks in this one."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = measure(Path(folder), KIOSKS)
    print(f"  {KIOSKS} kiosks had and confirmed a new configuration after {seconds:.1f} s")
    limit = "the ingest's transaction a reply, and the headless kiosks on the same cores"
    return {"configuration_confirmed_by_1000": at_most(seconds, "s", 30, limit)}


def measure(folder: Path, kiosks: int) -> float:
    """Seconds from the start of a roll-out to all of them until every kiosk's answer is in the store."""
    names = tuple(f"kiosk-{n}" for n in range(kiosks))
    allow_many_files(_PLAN_FILES * kiosks)
    memory = (
        "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    )  # real kiosks have a disk each, and do not wait for one another
    with System(folder, catalogue_of(names), kiosks=names) as system, tempfile.TemporaryDirectory(dir=memory) as disks:
        system.ingest()
        fleet = _connected(system, names, disks)
        with system.store() as store:
            _until(fleet, lambda: _applied(store) == kiosks)
            rename_offices(store, {"lt": "Naujas vardas", "en": "New name"})
            now = datetime.now(UTC)
            differing = [one for one in store.standings(EVERYBODY, now) if one.differs]
            plan = Plan(differing, {one.kiosk: 1 for one in differing}, store.changes(differing))
            began = time.perf_counter()
            ident = store.start_rollout("bench", plan, now, now)
            _until(fleet, lambda: _confirmed(store, ident) == kiosks)
            seconds = time.perf_counter() - began
        fleet.stop()
    return seconds


def catalogue_of(kiosks: tuple[str, ...]) -> Catalogue:
    whole = document()
    office, counter = whole["offices"][0], whole["counters"][0]
    offices = [f"office-{n}" for n in range(-(-len(kiosks) // _OFFICE_OF))]
    whole["offices"] = [office | {"id": ident} for ident in offices]
    whole["counters"] = [counter | {"id": f"{ident}-window", "office": ident} for ident in offices]
    whole["kiosks"] = [
        {"id": kiosk, "counter": f"{offices[n // _OFFICE_OF]}-window", "questionnaire": "core5"} for n, kiosk in enumerate(kiosks)
    ]
    return read(json.dumps(whole).encode())


def _connected(system: System, names: tuple[str, ...], disks: str) -> SimulatedFleet:
    plan = simulate.Plan(rate=0)
    address = lambda name: BrokerAddress(system.settings.host, system.settings.port, name, "pw")  # noqa: E731
    return SimulatedFleet([SimulatedKiosk(Path(disks) / name, name, address(name), plan) for name in names], plan)


def _until(fleet: SimulatedFleet, condition: Callable[[], bool]) -> None:
    """Let the kiosks live until it is so; asked a few times a second."""
    deadline, asked = time.monotonic() + _MOST_S, 0.0
    while True:
        fleet.run_once()
        if time.monotonic() - asked > 0.2:
            if condition():
                return
            asked = time.monotonic()
            assert asked < deadline, "the kiosks did not answer in time"


def _applied(store: SqliteStore) -> int:
    return sum(one.answer == "applied" for one in store.standings(EVERYBODY, datetime.now(UTC)))


def _confirmed(store: SqliteStore, ident: int) -> int:
    found = store.rollout(EVERYBODY, ident)
    return found.in_state("applied", "well") if found else 0


def rename_offices(store: SqliteStore, name: Text) -> None:
    """As the catalogue's pages do it: nothing is published by that."""
    with store._writing():
        store._conn.execute("UPDATE office SET name=?", (json.dumps(name, ensure_ascii=False),))
        store._conn.execute("UPDATE meta SET value=value+1 WHERE key='catalogue_version'")
