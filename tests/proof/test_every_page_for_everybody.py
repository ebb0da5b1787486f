"""Every page at both widths, light and dark: axe finds nothing, nothing sticks out, no console says a word."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browsers import chromium
from tests.every_page import VIEWS, looks_right, visited


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.proof
@pytest.mark.timeout(890)
def test_every_page_in_every_view(browser: Browser, five_weeks: dict[str, Any]) -> None:
    for reader, _page in visited(browser, five_weeks):
        for width, scheme in VIEWS:
            looks_right(reader, width, scheme)
