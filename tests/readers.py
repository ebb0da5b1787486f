"""Somebody who reads the pages in a real browser, and what the browser complains of meanwhile."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response, expect

_LEFT_OPEN = re.compile(r"%\(\w+\)s|</?\w+[^>]*>|\bNone\b|\bnan\b|Undefined")


_FOCUSED = "document.activeElement.outerHTML.slice(0, 200)"
_FOCUS_IS_SEEN = """() => {
  const focused = document.activeElement, style = getComputedStyle(focused), box = focused.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const seen = inside && box.width > 0 && box.height > 0;
  const calendar = focused.matches("input[type=date]:not(:focus)");  // inside of it the browser draws the focus itself
  return focused === document.body || calendar || (seen && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
}"""


@dataclass(frozen=True)
class Line:
    """A row of a table of figures; `percent` is None where there is none."""

    percent: int | None
    n: int


class Reader:
    """A browser profile of its own. `asked`: every address; `complaints`: what no page may cause."""

    def __init__(self, browser: Browser, url: str, **profile: Any) -> None:
        self.url = url
        self.context = browser.new_context(base_url=url, **profile)
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.context.on("requestfailed", self._failed)
        self.context.on("response", self._answered)
        self.context.on("console", self._said)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)

    def sign_in(self, login: str, password: str) -> None:
        self.page.goto("/sign-in")
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        self.page.press("#password", "Enter")
        self.page.wait_for_url(lambda address: "/sign-in" not in address)

    def go(self, path: str) -> int:
        """Open a page as by its address; the answer's status."""
        answer = self.page.goto(path)
        assert answer
        self.look()
        return answer.status

    def press(self, what: str | Locator) -> None:
        """Click a link or a button that leads to a page, and look at it."""
        place = self.page.locator(what) if isinstance(what, str) else what
        with self.page.expect_navigation(wait_until="domcontentloaded"):  # a person does not wait for the pictures either
            place.first.click()
        self.look()

    def look(self) -> None:
        """What holds on every page: it has a title and a language, and its words are whole."""
        body = self.page.locator("body").inner_text()
        left = _LEFT_OPEN.findall(body)
        assert not left, f"{self.page.url}: {left}"
        assert self.page.locator("h1").count() == 1, self.page.url
        assert self.page.locator("html").get_attribute("lang") in ("lt", "en")

    def refused(self, path: str) -> int:
        """The status with which a page, or what it is made of, is refused to this person."""
        status: int = self.context.request.get(path, headers={"Accept": "text/html"}, max_redirects=0).status
        return status

    def text(self, what: str) -> str:
        return " ".join(self.page.locator(what).first.inner_text().split())

    def number(self, what: str) -> int:
        """The digits of a text, as one number."""
        return int("".join(filter(str.isdigit, self.text(what))))

    def lines(self, table: str) -> list[Line]:
        """A table of figures as the screen shows it."""
        shown = self.page.locator(f"{table} tbody tr").evaluate_all(
            """rows => rows.map(row => [row.querySelector("td.value")?.innerText ?? "",
              [...row.querySelectorAll("td.number:not(.change, .value, .quiet)")][0].innerText])"""
        )
        return [Line(int(re.sub(r"\D", "", percent)) if percent else None, int(re.sub(r"\D", "", n))) for percent, n in shown]

    def download(self, link: str | Locator) -> list[dict[str, str]]:
        """A table as its file says it."""
        place = self.page.locator(link) if isinstance(link, str) else link
        with self.page.expect_download() as coming:
            place.first.click()
        assert coming.value.suggested_filename.endswith(".csv")
        return list(csv.DictReader(io.StringIO(Path(coming.value.path()).read_text("utf-8-sig"))))

    def tab_to(self, what: str) -> None:
        """With the keyboard alone, seeing all the way where one is."""
        for _ in range(200):
            self.page.keyboard.press("Tab")
            assert self.page.evaluate(_FOCUS_IS_SEEN), f"{self.page.url}: {self.page.evaluate(_FOCUSED)}"
            if self.page.evaluate("what => document.activeElement.matches(what)", what):
                return
        raise AssertionError(f"{self.page.url}: the keyboard does not come to {what}")

    def enter(self, what: str) -> None:
        """Tab to a link or a button that leads to a page, and press Enter."""
        self.tab_to(what)
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.page.keyboard.press("Enter")
        self.look()

    def check(self) -> None:
        """At the end: nothing was complained of, and nothing left the machine."""
        assert self.complaints == []
        assert [address for address in self.asked if not address.startswith((self.url, "data:", "blob:"))] == []

    def _failed(self, request: Request) -> None:
        # What is left, and what becomes a download, the browser breaks off itself.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.complaints.append(f"{response.url}: {response.status}")

    def _said(self, message: ConsoleMessage) -> None:
        page = message.page.url.partition("#")[0] if message.page else ""
        refused = message.text.startswith("Failed to load resource") and message.location.get("url") == page
        if message.type in ("error", "warning") and not refused:
            self.complaints.append(f"{page}: {message.text}")


@contextmanager
def reading(browser: Browser, url: str, **profile: Any) -> Iterator[Reader]:
    """A reader whose browser must not have complained by the end."""
    reader = Reader(browser, url, **profile)
    try:
        yield reader
        reader.check()
    finally:
        reader.context.close()


def agrees(rows: list[dict[str, str]], lines: list[Line]) -> None:
    """A file holds what the screen shows, line by line in the same order; shares are rounded on the screen only."""
    assert [int(row["n"]) for row in rows] == [line.n for line in lines]
    for row, line in zip(rows, lines, strict=True):
        assert bool(row["satisfied"]) == (line.percent is not None), (row, line)
        assert line.percent is None or abs(100 * float(row["satisfied"]) - line.percent) <= 0.5 + 1e-9, (row, line)


def opened(details: Locator) -> Locator:
    """A part of the page that is folded away at first."""
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    expect(details).to_have_attribute("open", "")
    return details
