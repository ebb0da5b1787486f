"""An admin changes an office's name, sees what that changes, rolls it out by stages to real kiosks, and takes it back."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from collector.access import User
from tests.bench.configurations import rename_offices
from tests.browsers import chromium, signed_in
from tests.delivery.test_rollout import all_applied, kiosks
from tests.system import System

NEW = "Naujas vardas"


def proper(page: Page) -> None:
    """Nothing that axe finds, and no wider than the screen."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.timeout(60)  # two processes, a browser and five kiosks start, and two stages are watched
def test_an_admin_rolls_out_a_new_name_and_takes_it_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUOMONE_OBSERVE_S", "0.6")
    with System(tmp_path) as system, kiosks(system) as made, chromium() as browser:
        names = lambda: [kiosk.station.config.office.name["lt"] for kiosk in made if kiosk.station.config]  # noqa: E731
        system.add_user(User("ona", "admin", frozenset()))
        system.ingest()
        page = signed_in(browser, system.web(), "ona", "slaptažodis", viewport={"width": 390, "height": 800})
        system.wait_until(lambda: all_applied(system))
        before = names()
        with system.store() as store:
            rename_offices(store, {"lt": NEW, "en": "New name"})
        page.goto(f"{system.url}/configurations")
        assert page.inner_text(".lead") == "5 kioskai rodo ne tai, ką sako katalogas."
        assert NEW in page.inner_text(".change-card")
        proper(page)
        page.select_option("#first", "hall-2")
        page.click("text=Paskleisti >> nth=-1")
        page.wait_for_url("**/configurations/1")
        proper(page)
        page.wait_for_selector("#progress[data-state=done]", timeout=25_000)
        assert "rodo 5 iš 5" in page.inner_text(".lead")
        assert names() == [NEW] * 5
        page.click("text=Grąžinti, kas rodyta anksčiau")
        page.wait_for_url("**/configurations/2")
        system.wait_until(lambda: names() == before)
