"""An admin sets up an institution down to its counter and takes a list in from a file, in the real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browsers import chromium
from tests.collector.web_world import World, world

FAULTY = "id;institution;name:lt;name:en;yearly\npazymos;rajonas;Pažymos;Certificates;apie 40\nleidimai;nera;Leidimai;Permits;5\n"
MENDED = "id;institution;name:lt;name:en;yearly\npazymos;rajonas;Pažymos;Certificates;40\nleidimai;rajonas;Leidimai;Permits;5\n"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(installed, tmp_path_factory.mktemp("web")) as made:
        yield made


def opened(web: World, browser: Browser, **profile: Any) -> Page:
    """A page with the admin's session."""
    context = browser.new_context(**profile)
    context.add_cookies([{"name": "nuomone_session", "value": web.sessions["admin"], "url": url(web)}])
    return context.new_page()


def url(web: World) -> str:
    return str(web.client.base_url).rstrip("/")


def judged(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def save(page: Page, done: str = "added") -> None:
    page.click("#thing .actions .act")
    page.wait_for_url(lambda address: address.endswith(f"?done={done}"))


def take_in(page: Page, web: World, content: str) -> None:
    page.goto(f"{url(web)}/catalogue/files")
    page.select_option("#kind", "service")
    page.set_input_files("#file", {"name": "paslaugos.csv", "mimeType": "text/csv", "buffer": content.encode()})
    page.click("#take-in .act")


def test_from_an_institution_to_a_list_from_a_file(web: World, browser: Browser) -> None:
    page = opened(web, browser, viewport={"width": 1440, "height": 900})
    page.goto(f"{url(web)}/catalogue")
    page.click("text=Pridėti įstaigą")
    page.type("#name-lt", "Rajonas")
    assert page.input_value("#id") == "rajonas"
    save(page)

    page.click("text=Pridėti padalinį")
    page.type("#name-lt", "Žąslių seniūnija")
    assert page.input_value("#id") == "zasliu-seniunija"
    page.fill("[name='hours:mon:from']", "8.00")
    page.fill("[name='hours:mon:to']", "17")
    page.click("#same-hours button")
    page.click("button[value=holidays]")
    page.wait_for_function("document.querySelector('#holidays').value !== ''")
    assert page.input_value("[name='hours:fri:to']") == "17:00", "what was typed is still there"
    assert "2026-12-24" in page.input_value("#holidays")
    save(page)

    page.click("text=Pridėti langelį")
    page.fill("#name-lt", "Pirmas langelis")
    page.press("#name-lt", "Enter")
    page.wait_for_url(lambda address: address.endswith("/counters/pirmas-langelis?done=added"))

    take_in(page, web, FAULTY)
    page.wait_for_selector("#faults")
    said = page.inner_text("#faults")
    assert "2 eilutė. „apie 40“ nėra sveikasis skaičius." in said
    take_in(page, web, MENDED)
    page.wait_for_url("**/catalogue/files/preview")
    assert "Pažymos" in page.inner_text(".plan")
    judged(page)
    page.click("#apply .act")
    page.wait_for_url(lambda address: address.endswith("/catalogue/files?done=2"))

    page.goto(f"{url(web)}/catalogue/services?institution=rajonas")
    assert "Leidimai" in page.inner_text(".inventory")
    page.goto(f"{url(web)}/audit")
    assert page.inner_text(".audit").count("įrašyta į katalogą") == 5
    page.context.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_nothing_stands_in_anybodys_way(web: World, browser: Browser, width: int, scheme: str) -> None:
    said: list[str] = []
    page = opened(web, browser, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.on("console", lambda message: said.append(message.text))
    for address in (
        "/catalogue",
        "/catalogue/services",
        "/catalogue/offices/hall",
        "/catalogue/new/counters?parent=hall",
        "/catalogue/files",
    ):
        page.goto(url(web) + address)
        judged(page)
    assert said == []
    page.context.close()
