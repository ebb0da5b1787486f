"""Configurations on their real way: broker, ingest process and kiosks, with one that refuses and a restart in the middle."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest

from collector.rollouts import Why
from collector.store.rollouts import Plan, Rollout
from kiosk.configuration import Refused
from kiosk.connection import BrokerAddress
from kiosk.simulate import Plan as Simulated
from kiosk.simulate import SimulatedFleet, SimulatedKiosk
from kiosk.station import Station
from tests.bench.configurations import measure, rename_offices
from tests.catalogues import KIOSKS
from tests.system import EVERYBODY, QUICK, System


class Particular(Station):
    """Has one configuration and refuses every other."""

    def propose(self, payload: bytes) -> None:
        if self.config is not None:
            raise Refused("display: this screen has no such setting")
        super().propose(payload)


@contextmanager
def kiosks(system: System, refusing: str = "") -> Iterator[list[SimulatedKiosk]]:
    """All kiosks of the small catalogue, living in a thread."""
    plan = Simulated(rate=0)
    made = []
    for name in KIOSKS:
        address = BrokerAddress(system.settings.host, system.settings.port, name, "pw")
        made.append(SimulatedKiosk(system.folder / name, name, address, plan))
        made[-1].link.timing = QUICK
        if name == refusing:
            made[-1].station = Particular(system.folder / name, made[-1].outbox)
    fleet, stopping = SimulatedFleet(made, plan), Event()

    def live() -> None:
        while not stopping.is_set():
            fleet.run_once()

    thread = Thread(target=live)
    thread.start()
    try:
        yield made
    finally:
        stopping.set()
        thread.join(10)
        fleet.stop()


def all_applied(system: System) -> bool:
    with system.store() as store:
        found = store.standings(EVERYBODY, datetime.now(UTC))
    return all(one.answer == "applied" and one.online for one in found)


def start(system: System, stages: dict[str, int]) -> int:
    now = datetime.now(UTC)
    with system.store() as store:
        rename_offices(store, {"lt": "Naujas vardas", "en": "New name"})
        found = [one for one in store.standings(EVERYBODY, now) if one.differs]
        return store.start_rollout("admin", Plan(found, stages, store.changes(found)), now, now)


def rollout(system: System, ident: int) -> Rollout:
    with system.store() as store:
        found = store.rollout(EVERYBODY, ident)
    assert found
    return found


def test_a_refusal_stops_it_before_another_kiosk_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUOMONE_OBSERVE_S", "0.6")
    with System(tmp_path) as system, kiosks(system, refusing="hall-1") as made:
        system.ingest()
        system.wait_until(lambda: all_applied(system))
        ident = start(system, {kiosk: 1 if kiosk == "hall-1" else 2 for kiosk in KIOSKS})
        system.wait_until(lambda: rollout(system, ident).state == "stopped")
        assert rollout(system, ident).why == Why("refused", "hall-1", "display: this screen has no such setting")
        shown = {kiosk.station.config.office.name["lt"] for kiosk in made if kiosk.station.config}
        assert shown == {"Gyventojų aptarnavimo skyrius", "Šiaurės seniūnija"}


@pytest.mark.proof
@pytest.mark.timeout(60)  # ingest starts twice, and two stages are watched
def test_an_ingest_that_is_killed_in_the_middle_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUOMONE_OBSERVE_S", "0.6")
    with System(tmp_path) as system, kiosks(system) as made:
        ingest = system.ingest()
        system.wait_until(lambda: all_applied(system))
        ident = start(system, {kiosk: 1 if kiosk == "hall-1" else 2 for kiosk in KIOSKS})
        system.wait_until(lambda: rollout(system, ident).in_state("published", "applied"))
        ingest.kill()
        system.ingest(log="ingest-again.log")
        system.wait_until(lambda: rollout(system, ident).state != "running", 30)
        assert rollout(system, ident).counts == {1: {"well": 1}, 2: {"well": 4}}
        assert {kiosk.station.config.office.name["lt"] for kiosk in made if kiosk.station.config} == {"Naujas vardas"}


@pytest.mark.proof
@pytest.mark.timeout(60)  # fifty kiosks connect first
def test_fifty_kiosks_have_it_and_say_so(tmp_path: Path) -> None:
    assert measure(tmp_path, 50) < 10
