"""The page of comments in a real browser: by the keyboard alone, without JavaScript, and for those who cannot see it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browsers import chromium
from tests.collector.deliveries import comment, rating, sent
from tests.collector.web_world import World, world

LONG = "Eilėje laukiau daugiau kaip valandą.\n" + "nebeprisikiškiakopūsteliaujantiesiems" * 9


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(installed, tmp_path_factory.mktemp("browser")) as made:
        store = made.store()
        for seq, text in ((101, "Ilgas laikas eilėje"), (103, LONG), (105, "Bjaurus žodis")):
            body = {"visit": f"6b1e77c2a90d{seq:04x}", "at": "2026-11-20T07:15:00Z", "value": 1}
            sent(store, rating(seq, gap_ms=100 if seq == 103 else None, **body), comment(seq + 1, text=text, **body))
        store.close()
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def opened(
    browser: Browser, web: World, login: str = "head-hall", path: str = "", faults: list[str] | None = None, **context: Any
) -> Page:
    """A page of a fresh profile with this person's session; what its console says is in `faults`."""
    said, url = faults if faults is not None else [], str(web.client.base_url)
    profile = browser.new_context(**context)
    profile.add_cookies([{"name": "nuomone_session", "value": web.sessions[login], "url": url}])
    page = profile.new_page()
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(f"{url}/offices/hall/comments{path}")
    return page


@pytest.mark.proof
@pytest.mark.parametrize(
    ("login", "path", "width", "scheme"),
    [
        ("head-hall", "?raw=1", 390, "light"),
        ("head-hall", "?q=laik&side=bad", 768, "dark"),
        ("admin", "?hidden=1", 1440, "light"),
        ("analyst", "?q=niekas", 390, "dark"),
    ],
)
def test_axe_finds_nothing_and_nothing_sticks_out(
    web: World, browser: Browser, login: str, path: str, width: int, scheme: str
) -> None:
    faults: list[str] = []
    page = opened(browser, web, login, path, faults, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(closed => { closed.open = true })")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults == []
    page.context.close()


def tabbed_to(page: Page, what: str) -> None:
    """Tab on until this has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return
    raise AssertionError(f"the keyboard does not come to {what}")


def test_the_keyboard_alone_searches_answers_and_hides_without_javascript(web: World, browser: Browser) -> None:
    page = opened(browser, web)
    tabbed_to(page, "#q")
    page.keyboard.type("bjaur")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("mark").all_inner_texts() == ["Bjaurus"]
    tabbed_to(page, "button[value=noted]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    ident = page.locator(".tended li").get_attribute("id")
    assert page.url.endswith(f"/offices/hall/comments?q=bjaur#{ident}")
    assert page.locator("[aria-pressed=true]").inner_text() == "Perskaitytas"
    tabbed_to(page, ".tend summary")
    page.keyboard.press("Enter")
    tabbed_to(page, "input[name=reason]")
    page.keyboard.type("Keiksmažodis")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".tended li").count() == 0
    assert page.locator("script").count() == 0, "there is no script to need"
    page.goto(f"{web.client.base_url}/offices/hall/comments?hidden=1")
    assert "Keiksmažodis" in page.locator(".tended").inner_text()
    tabbed_to(page, ".tend button.plain")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".tended li").count() == 0
    page.context.close()
