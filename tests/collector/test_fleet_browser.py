"""An admin looks after the fleet in the real browser; what he sends goes over the real broker to a kiosk and back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from broker_config import topics
from broker_config.acl import Identity
from broker_config.messages import Command, Reply, State
from collector.access import User
from tests.brokers import client, wait_for
from tests.browsers import chromium, signed_in
from tests.catalogues import catalogue, document
from tests.collector.fleet_world import ILL, WELL, fleet_world
from tests.collector.web_world import PASSWORD, World
from tests.system import EVERYBODY, System

ALWAYS = {day: ["00:00", "24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with fleet_world(installed, tmp_path_factory.mktemp("fleet")) as made:
        yield made


@pytest.mark.proof
@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("width", "scheme", "addresses"),
    [
        (390, "dark", ("/fleet", f"/fleet/{ILL}", "/accounting")),
        (1440, "light", ("/fleet", f"/fleet/{WELL}", "/quarantine")),
    ],
)
def test_nothing_stands_in_anybodys_way(
    web: World, browser: Browser, width: int, scheme: str, addresses: tuple[str, ...]
) -> None:
    """No violation that axe finds, no console error, no page wider than the screen."""
    said: list[str] = []
    url = str(web.client.base_url).rstrip("/")
    view = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    page = signed_in(browser, url, "admin", PASSWORD, **view)
    page.on("console", lambda message: said.append(message.text))
    for address in addresses:
        page.goto(url + address)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    assert said == []
    page.context.close()


@pytest.mark.timeout(60)
def test_the_silent_kiosk_is_found_and_answers_when_it_is_back(tmp_path: Path, browser: Browser) -> None:
    offices = [office | {"hours": ALWAYS} for office in document()["offices"]]
    with System(tmp_path, catalogue(offices=offices)) as system:
        system.add_user(User("admin", "admin", frozenset()), PASSWORD)
        system.ingest()
        page = signed_in(browser, system.web(), "admin", PASSWORD)
        lost = (topics.state("hall-2"), State(state="lost", session="5e55", version="1").wire())
        with client(system.broker, Identity("kiosk", "hall-2", "pw"), will=lost) as kiosk:
            kiosk.publish(topics.state("hall-2"), State(state="online", session="5e55", version="1").wire(), retain=True)
            _wait_for_state(system, "online")
            kiosk.drop()
            _wait_for_state(system, "lost")
        page.goto(f"{system.url}/language/en?next=/fleet")
        page.select_option("#need", "silent")
        page.select_option("#state", "lost")
        page.click("main form button")
        page.click("table a >> text=hall-2")
        expect(page.locator(".needs")).to_contain_text("Its connection is lost")
        with client(system.broker, Identity("kiosk", "hall-2", "pw")) as kiosk:
            kiosk.subscribe(topics.command("hall-2"))
            kiosk.publish(topics.state("hall-2"), State(state="online", session="5e56", version="1").wire(), retain=True)
            _wait_for_state(system, "online")
            page.reload()
            expect(page.locator(".lead")).to_contain_text("connected")
            page.click("text=Let its screen flash")
            message = wait_for(lambda: next(iter(kiosk.received), None), 10)
            command = Command.model_validate_json(message.payload)
            assert (message.topic, command.name, command.args) == (topics.command("hall-2"), "identify", {"seconds": 10})
            row = page.locator("#commands tbody tr").first
            expect(row).to_contain_text("no answer yet", timeout=10_000)
            kiosk.publish(topics.reply("hall-2"), Reply(id=command.id, ok=True, detail="").wire())
            expect(row).to_contain_text("done", timeout=10_000)
        page.context.close()


def _wait_for_state(system: System, state: str) -> None:
    """Until the newest on the kiosk's timeline is that."""

    def known() -> bool:
        with system.store() as store:
            return [one.kind for one in store.timeline(EVERYBODY, "hall-2", 1)] == [state]

    wait_for(known, 10)
