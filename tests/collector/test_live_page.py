"""What a page does with the totals it is told, in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from collector.web.listeners import Pace
from tests.brokers import wait_for
from tests.browsers import chromium
from tests.collector.listening import Studio, studio

_HIDE = """hidden => {
  Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
_OF_TWO = """<!doctype html><html lang="lt"><title>.</title><script src="/static/live.js" defer></script>
<ul data-live="/live?office=hall&amp;office=north">
<li data-office="hall"><b data-show="n"></b>
<i data-show="noun" data-one="vertinimas" data-few="vertinimai" data-other="vertinimų"></i></li>
<li data-office="north"><b data-show="n"></b></li></ul>"""


@pytest.fixture
def quick(installed: Path, tmp_path: Path) -> Iterator[Studio]:
    with studio(installed, tmp_path, Pace(gap_s=0.02)) as made:
        yield made


@contextmanager
def browsing(quick: Studio, login: str = "head-hall") -> Iterator[Page]:
    """A page of somebody signed in, with a clock that the test moves."""
    with chromium() as browser:
        context = browser.new_context()
        context.add_cookies([{"name": "nuomone_session", "value": quick.session(login), "url": quick.url}])
        page = context.new_page()
        page.clock.install()
        yield page


def open_office(quick: Studio, page: Page) -> list[str]:
    """The office's page, connected; returns what will be the times that it is fetched again."""
    address = f"{quick.url}/offices/hall?lang=en"
    page.goto(address)
    expect(page.locator("[data-link=open]")).to_be_visible()
    fetched: list[str] = []
    page.on("requestfinished", lambda request: fetched.append(request.url) if request.url == address else None)
    return fetched


def shows(page: Page, n: int, place: str = "[data-live]") -> None:
    expect(page.locator(f"{place} [data-show=n]")).to_have_text(str(n))


def test_the_total_follows_every_tap_and_the_rest_waits_for_five(quick: Studio) -> None:
    with browsing(quick) as page:
        fetched = open_office(quick, page)
        page.clock.fast_forward(11_000)
        for n in range(1, 5):
            quick.tap()
            shows(page, n)
        assert not fetched
        with page.expect_request_finished(lambda request: "/offices/hall?" in request.url):
            quick.tap()
        shows(page, 5)
        assert len(fetched) == 1


@pytest.mark.proof
def test_after_an_hour_the_rest_is_fetched_without_five(quick: Studio) -> None:
    with browsing(quick) as page:
        fetched = open_office(quick, page)
        quick.tap()
        shows(page, 1)
        page.clock.fast_forward("59:00")
        assert not fetched
        with page.expect_request_finished(lambda request: "/offices/hall?" in request.url):
            page.clock.fast_forward("02:00")


def test_a_hidden_page_holds_no_connection(quick: Studio) -> None:
    with browsing(quick) as page:
        open_office(quick, page)
        page.evaluate(_HIDE, True)
        wait_for(lambda: len(quick.listeners) == 0)
        quick.tap()
        page.evaluate(_HIDE, False)
        shows(page, 1)


def test_a_server_that_was_away_is_found_again(quick: Studio) -> None:
    with browsing(quick) as page:
        page.route("**/live", lambda route: route.fulfill(status=502))
        page.goto(f"{quick.url}/offices/hall?lang=en")
        expect(page.locator("[data-link=lost]")).to_be_visible()
        page.unroute("**/live")
        quick.tap()
        page.clock.fast_forward("00:30")
        shows(page, 1)
        expect(page.locator("[data-link=lost]")).to_be_hidden()


@pytest.mark.proof
def test_a_page_of_several_offices_has_one_connection(quick: Studio) -> None:
    with browsing(quick, "head-both") as page:
        page.route("**/two", lambda route: route.fulfill(body=_OF_TWO, content_type="text/html"))
        page.goto(f"{quick.url}/two")
        quick.tap()
        quick.tap(1, 5, kiosk="north-1")
        shows(page, 1, "[data-office=hall]")
        shows(page, 2, "[data-office=north]")
        expect(page.locator("[data-show=noun]")).to_have_text("vertinimas")
        assert len(quick.listeners) == 1
