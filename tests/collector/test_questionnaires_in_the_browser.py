"""An admin's task in the real browser: a set that ships, changed, refused, mended, published from a day, assigned, listed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browsers import chromium, signed_in
from tests.collector.web_world import PASSWORD, World, world


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(installed, tmp_path_factory.mktemp("web")) as made:
        yield made


def address(web: World, path: str) -> str:
    return str(web.client.base_url).rstrip("/") + path


def in_english(web: World, browser: Browser, **view: object) -> Page:
    page = signed_in(browser, address(web, ""), "admin", PASSWORD, **view)
    page.goto(address(web, "/language/en"))
    return page


def is_clean(page: Page) -> None:
    """No violation that axe finds, and no page wider than the screen."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.timeout(60)
def test_from_a_set_that_ships_to_the_kiosks_that_ask_it(web: World, browser: Browser) -> None:
    said: list[str] = []
    page = in_english(web, browser, viewport={"width": 1440, "height": 900})
    page.on("console", lambda message: said.append(message.text))
    page.goto(address(web, "/questionnaires"))
    page.check("#set-trust")
    page.click("text=Start a draft")
    page.wait_for_url("**/questionnaires/trust/1")

    # The screens follow the typing, in the language looked at, and say when a text is too long.
    asked = page.locator(".look[data-look=lt] [data-from=q0-text-lt]")
    page.fill("#q0-text-lt", "Ar pasitikite mumis labiau?")
    assert asked.inner_text() == "Ar pasitikite mumis labiau?"
    assert not page.is_visible(".too-long")
    page.fill("#q0-text-lt", "Ar po šio apsilankymo " * 9)
    assert page.is_visible(".look[data-look=lt] .too-long")
    page.fill("#q0-text-lt", "Ar pasitikite mumis labiau?")
    page.click("button[value=look-pl]")
    assert page.is_visible(".look[data-look=pl] [data-from=q0-text-pl]")
    assert not asked.is_visible()
    page.fill("#q0-text-pl", "")
    page.fill("#q0-word0-lt", "Nepasitikėčiau")
    page.click(".keep button")
    page.wait_for_url("**done=saved**")

    # Publication is refused with the list, whose links lead to what is to be mended.
    page.click("text=2 things are missing or wrong")
    page.wait_for_selector(".to-mend")
    told = page.locator(".to-mend li > span").all_inner_texts()
    assert told == [
        "Question 1 has no text (Polish).",
        "Question 1: the word “Nepasitikėčiau” has 14 letters, at most 12 fit under a face (Lithuanian).",
    ]
    page.click(".to-mend a >> nth=0")
    page.wait_for_selector("#q0-text-pl:focus")
    page.keyboard.type("Czy ufają nam Państwo bardziej?")
    page.fill("#q0-word0-lt", "Ne")
    page.click(".keep button")
    page.click("text=Complete: to publication")
    page.fill("#from", "2026-11-21")
    page.click("main button.act")
    page.wait_for_url("**/questionnaires?done=published**")

    # Assigned to an office, it is asked by its kiosks, once what they had themselves is taken from them.
    page.click("[aria-labelledby=name-trust] >> text=Where it is asked")
    for kiosk in ("hall-1", "hall-2"):
        page.check(f"#kiosk-{kiosk}")
    page.check("#office-north")
    page.click("text=Save the places")
    page.wait_for_url("**/questionnaires?done=assigned**")
    there = page.inner_text("[aria-labelledby=name-trust]")
    assert "kiosks hall-1, hall-2; 2 kiosks ask it." in there
    assert "asked now" in there
    assert "2026-11-21" in there
    assert said == []
    page.context.close()


@pytest.mark.proof
@pytest.mark.timeout(60)
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_the_pages_stand_in_nobodys_way(web: World, browser: Browser, width: int, scheme: str) -> None:
    """The editor with faults in it, a published version, the list of faults, the places, the list."""
    web.post("/questionnaires/core5/draft", "admin")
    web.post("/questionnaires", "admin", template="core5", ident="su-klaidomis")
    page = in_english(web, browser, viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path in ("/su-klaidomis/1?open=q0-bad&language=ru", "/core5/1", "/su-klaidomis/1/publish", "/core5/assign", ""):
        page.goto(address(web, f"/questionnaires{path}"))
        is_clean(page)
    page.context.close()


def test_without_a_script_the_server_draws_the_screens(web: World, browser: Browser) -> None:
    web.post("/questionnaires", "admin", template="nps", ident="be-skripto")
    page = in_english(web, browser, java_script_enabled=False)
    page.goto(address(web, "/questionnaires/be-skripto/1"))
    page.fill("#q0-text-uk", "Порадите нас?")
    page.click("button[value=look-uk]")
    page.wait_for_url("**language=uk**")
    assert page.inner_text(".look[data-look=uk] [data-from=q0-text-uk]") == "Порадите нас?"
    page.click("[aria-label='Remove question 1']")
    page.wait_for_url("**done=saved**")
    assert page.is_visible("text=There is no question yet.")
    page.context.close()
