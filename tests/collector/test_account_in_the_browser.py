"""Signing in, the account and the audit log as a person meets them: in the real browser, for everybody's eyes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browsers import chromium, signed_in
from tests.collector.deliveries import NOW
from tests.collector.web_world import PASSWORD, World, world


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(installed, tmp_path_factory.mktemp("web")) as made:
        store = made.store()
        for _ in range(5):
            store.begin_try("ona", NOW)
        store.close()
        yield made


@pytest.mark.proof
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
def test_nothing_stands_in_anybodys_way(web: World, browser: Browser, width: int, scheme: str) -> None:
    """No violation that axe finds, no console error, no page wider than the screen."""
    said: list[str] = []
    view = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    page = signed_in(browser, str(web.client.base_url).rstrip("/"), "auditor", PASSWORD, **view)
    page.on("console", lambda message: said.append(message.text))
    for address in ("/account?done=password", "/audit"):
        page.goto(str(web.client.base_url).rstrip("/") + address)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    page.context.close()


def test_the_locked_answer_is_read_out_and_tells_when(web: World, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(str(web.client.base_url).rstrip("/") + "/sign-in?lang=en")
    page.fill("[name=login]", "ona")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("[role=alert]")
    assert "po 1 minutės" in page.inner_text("[role=alert]")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()


def test_a_password_is_changed_with_the_keyboard_alone(web: World, browser: Browser) -> None:
    page = signed_in(browser, str(web.client.base_url).rstrip("/"), "head-both", PASSWORD)
    page.goto(str(web.client.base_url).rstrip("/") + "/account")
    page.focus("#password")
    for words in (PASSWORD, "keli ilgi žodžiai", "keli ilgi žodžiai"):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account?done=password")
    assert "Slaptažodis pakeistas" in page.inner_text("[role=status]")
    page.context.close()
    signed_in(browser, str(web.client.base_url).rstrip("/"), "head-both", "keli ilgi žodžiai").context.close()
