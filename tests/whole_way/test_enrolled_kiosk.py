"""From a form in the browser to a kiosk at the broker, over TLS all the way; then replaced, renewed and stopped."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect

from broker_config import enrolment_code, pki
from broker_config.process import wait_or_kill
from broker_config.tied import tied
from collector.access import Viewer
from kiosk import identity, renewal
from kiosk.clock import Clock
from kiosk.enrolment import enrol
from kiosk.identity import Enrolled
from kiosk.network import Network
from kiosk.outbox import Outbox
from kiosk.renewal import Renewal
from tests.broker_config.tls_brokers import Served, is_let_in, served, tls_client
from tests.brokers import wait_for
from tests.browsers import chromium, signed_in
from tests.collector.enrolling import installed_at, web_of
from tests.collector.web_world import PASSWORD, World
from tests.system import QUICK, KioskThread

ADMIN = Viewer("admin", "admin", None)


@dataclass
class Whole:
    """A broker with its signer, an ingest, and the pages over HTTP (`web`) and HTTPS (`url`)."""

    broker: Served
    web: World
    url: str

    def code(self, kiosk: str) -> str:
        code = enrolment_code.new()
        store = self.web.store()
        store.put_code(kiosk, code, "admin", self.web.clock.now)
        store.close()
        return enrolment_code.with_proof(code, self.broker.signer.authority().fingerprint)

    def state(self, kiosk: str) -> str:
        store = self.web.store()
        found = {row["id"]: str(row["state"]) for row in store.kiosks(ADMIN)}
        store.close()
        return found[kiosk]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    folder = tmp_path_factory.mktemp("whole")
    with served(folder) as broker, web_of(
        installed_at(folder / "template.sqlite"), folder, broker.installation.socket, broker.issuer
    ) as (web, url):  # fmt: skip
        own = broker.server("collector")
        files = ["--ca", str(own.ca), "--certificate", str(own.certificate), "--key", str(own.key)]
        command = [sys.executable, "-m", "collector", "ingest", "--data", str(folder), "--host", "localhost"]
        with (folder / "ingest.log").open("wb") as log:
            ingest = subprocess.Popen(tied([*command, "--port", str(broker.port), *files]), stdout=log, stderr=log)
        yield Whole(broker, web, url)
        ingest.terminate()
        wait_or_kill(ingest, 10)


@pytest.mark.timeout(60)
def test_an_admin_adds_a_kiosk_and_it_is_online(whole: Whole, tmp_path: Path) -> None:
    with chromium() as browser:
        url = str(whole.web.client.base_url).rstrip("/")
        page = signed_in(browser, url, "admin", PASSWORD)
        page.goto(f"{url}/fleet/new?lang=en")
        page.select_option("#counter", "hall-window")
        page.select_option("#questionnaire", "core5")
        page.fill("#dpi", "149")
        page.click(".form button.act")
        expect(page.locator("#code")).to_be_visible()
        code, server = page.inner_text("#code"), page.inner_text("#server")
        command = ["-m", "kiosk", "enrol", code, "--server", server, "--data", str(tmp_path)]
        done = subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=20)
        assert done.returncode == 0, done.stderr
        assert "This device is hall-window-1 now" in done.stdout
        found = identity.load(tmp_path)
        assert found is not None
        kiosk = KioskThread(tmp_path, found.kiosk, found.address)
        try:
            kiosk.wait_for_config()
            assert kiosk.station.config is not None
            assert kiosk.station.config.display["dpi"] == 149
            wait_for(lambda: whole.state("hall-window-1") == "online", 10)
            kiosk.tap(5)
            kiosk.wait_until_drained()
            page.goto(f"{url}/fleet/hall-window-1/settings?lang=en")
            expect(page.locator("#device-title + dl")).to_contain_text("holds until")
        finally:
            kiosk.stop()


def test_a_new_device_ends_the_old_ones_live_connection(whole: Whole, tmp_path: Path) -> None:
    old = enrol(tmp_path / "old", whole.code("hall-1"), whole.url)
    assert old.address.tls is not None
    with tls_client(whole.broker.port, old.address.tls) as client:
        new = enrol(tmp_path / "new", whole.code("hall-1"), whole.url)
        wait_for(client.disconnected.is_set, 10)
    assert new.address.tls is not None
    assert not is_let_in(whole.broker.port, old.address.tls)
    assert is_let_in(whole.broker.port, new.address.tls)


def test_a_stolen_device_is_out_and_stays_out(whole: Whole, tmp_path: Path) -> None:
    stolen = enrol(tmp_path, whole.code("hall-2"), whole.url)
    assert stolen.address.tls is not None
    with tls_client(whole.broker.port, stolen.address.tls) as client:
        assert whole.web.post("/fleet/hall-2/revoke", "admin").status_code == 303
        wait_for(client.disconnected.is_set, 10)
    assert not is_let_in(whole.broker.port, stolen.address.tls)
    with pytest.raises(renewal.NotRenewed, match="Enrol the device with a new code"):
        renewal.renew(tmp_path)


def serial(folder: Path) -> int:
    return pki.certificate((folder / "identity" / identity.CERTIFICATE).read_text()).serial_number


def key(folder: Path) -> str:
    return (folder / "identity" / identity.KEY).read_text()


def shown() -> Any:
    """What the network needs of an app."""
    station = SimpleNamespace(config=None)
    return SimpleNamespace(station=station, shown="rating", propose_config=print, propose_prompt=print, propose_command=print)


def test_a_running_kiosk_renews_itself_and_comes_back_with_the_new_certificate(whole: Whole, tmp_path: Path) -> None:
    found = enrol(tmp_path, whole.code("hall-3"), whole.url)
    before, old_key = serial(tmp_path), key(tmp_path)
    Outbox(tmp_path / "outbox.sqlite", "hall-3", "test").close()
    starts, ends = identity.validity(tmp_path) or (None, None)
    assert starts is not None
    assert ends is not None
    connections: list[Enrolled] = []

    class Watched(Renewal):
        def step(self) -> Enrolled | None:
            fresh = super().step()
            connections.extend([fresh] if fresh else [])
            return fresh

    soon = Watched(tmp_path, now=lambda: ends - (ends - starts) / 4, jitter=SimpleNamespace(random=lambda: 0.0, uniform=max))  # type: ignore[arg-type]
    network = Network(tmp_path, "hall-3", "test", found.address, QUICK, Clock(), soon)
    network.start(shown())
    try:
        wait_for(lambda: len(connections) == 1, 15)
        assert serial(tmp_path) != before
        assert key(tmp_path) != old_key
        wait_for(lambda: network.facts.connected, 10)
        wait_for(lambda: whole.state("hall-3") == "online", 10)
    finally:
        network.stop()
        network._wake_in.close()
        network._wake_out.close()
    store = whole.web.store()
    kept = store.certificate(ADMIN, "hall-3")
    store.close()
    assert kept is not None
    assert int(kept.serial, 16) == serial(tmp_path)
