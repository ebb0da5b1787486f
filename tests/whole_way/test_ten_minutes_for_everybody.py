"""The same ten minutes for who sees little, uses no mouse, reads on a phone, or has no JavaScript."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browsers import chromium
from tests.demos import password_of
from tests.every_page import VIEWS, WIDTHS, fits, looks_right, visited
from tests.readers import opened, reading

pytestmark = pytest.mark.timeout(120)
HALL = "/offices/aptarnavimas"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def test_every_page_fits_and_axe_finds_nothing(browser: Browser, five_weeks: dict[str, Any]) -> None:
    """Each page in one of the views in turn; all of them in each are among the proofs."""
    for number, (reader, _page) in enumerate(visited(browser, five_weeks)):
        looks_right(reader, *VIEWS[number % len(VIEWS)])
        for width in WIDTHS:
            fits(reader, width)


def test_the_locked_sign_in_can_be_read_by_everybody(browser: Browser, five_weeks: dict[str, Any]) -> None:
    with reading(browser, five_weeks["url"]) as reader:
        for _ in range(6):
            reader.page.goto("/sign-in?lang=en")
            reader.page.fill("#login", "nobody-of-that-name")
            reader.page.fill("#password", "never")
            with reader.page.expect_navigation():
                reader.page.press("#password", "Enter")
        expect(reader.page.locator("[role=alert]")).to_be_visible()
        looks_right(reader, 390, "dark")


def test_the_keyboard_alone_is_enough(browser: Browser, five_weeks: dict[str, Any]) -> None:
    with reading(browser, five_weeks["url"], viewport={"width": 1280, "height": 800}, reduced_motion="reduce") as reader:
        page, keyboard = reader.page, reader.page.keyboard
        page.goto("/sign-in")
        keyboard.type("vadovas")
        reader.tab_to("#password")
        keyboard.type(password_of(five_weeks, "vadovas"))
        with page.expect_navigation():
            keyboard.press("Enter")
        reader.tab_to(".skip")
        keyboard.press("Enter")
        keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null"), "the skip link leads into the page"
        reader.enter("#services a.sort[href$='sort=name']")
        expect(page.locator("#services th[aria-sort=ascending]")).to_have_count(1)
        reader.enter("nav.local a[href$='/period']")
        reader.enter("nav.kinds a[href*='kind=quarter']")
        reader.tab_to(".asked summary")
        keyboard.press("Enter")
        reader.tab_to("#service")
        keyboard.press("ArrowDown")
        reader.enter(".asked button")
        assert "service=" in page.url
        expect(page.locator(".only")).to_be_visible()
        reader.tab_to(".notes summary")
        keyboard.press("Enter")
        reader.tab_to("#note-text")
        keyboard.type("Be pelės")
        with page.expect_navigation():
            keyboard.press("Enter")
        expect(page.locator("#notes li")).to_contain_text("Be pelės")
        reader.enter("#notes li button")
        expect(page.locator("#notes li")).to_have_count(0)
        reader.enter("nav.local a[href$='/comments']")
        reader.tab_to(".filters summary")
        keyboard.press("Enter")
        reader.tab_to("#side")
        keyboard.press("ArrowDown")
        reader.enter(".filters details button")
        assert "side=good" in page.url
        reader.enter("header form button")
        assert page.url.endswith("/sign-in")


def test_without_javascript_only_what_is_live_is_missing(browser: Browser, five_weeks: dict[str, Any]) -> None:
    with reading(browser, five_weeks["url"], java_script_enabled=False) as reader:
        reader.sign_in("vadovas", password_of(five_weeks, "vadovas"))
        page = reader.page
        expect(page.locator(".big .value")).to_be_visible()
        expect(page.locator(".today [data-when]:visible").first).to_be_visible()
        expect(page.locator("[data-link]:visible")).to_have_count(0)
        reader.press("#services a.sort[href$='sort=name']")
        reader.press("nav.local a[href$='/period']")
        for picture in page.locator("figure.chart img").all():
            picture.scroll_into_view_if_needed()
            expect(picture).to_have_js_property("complete", True)
            assert picture.evaluate("picture => picture.naturalWidth") > 0
        opened(page.locator(".asked details"))
        page.locator("#service").select_option(index=1)
        reader.press(".asked button")
        assert "service=" in page.url
        opened(page.locator("#notes details"))
        page.fill("#note-text", "Be skripto")
        reader.press("#notes details button")
        reader.press(page.locator("#notes li", has_text="Be skripto").locator("button"))
        expect(page.locator("#notes li", has_text="Be skripto")).to_have_count(0)
        reader.press("nav.local a[href$='/comments']")
        comment = page.locator(f"#{page.locator('.tended li').first.get_attribute('id')}")
        reader.press(comment.locator("button[value=noted]"))
        expect(comment.locator("button[value=noted]")).to_have_attribute("aria-pressed", "true")
        reader.press(comment.locator("button[value=new]"))
        reader.press("a[href='/account']")
        page.fill("#label", "Be skripto")
        reader.press("form[action='/account/tokens'] button")
        expect(page.locator("#token")).to_be_visible()
        reader.press(page.locator("tr", has_text="Be skripto").locator("button"))
        reader.press("header form button")
        assert page.url.endswith("/sign-in")
