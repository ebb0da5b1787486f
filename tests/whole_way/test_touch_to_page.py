"""A touch on the real window becomes a number on the real page, over the real broker."""

import json
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from collector.access import User
from tests.browsers import chromium, signed_in
from tests.delivery.scenes import scene
from tests.displays import Screen, windowed, xvfb
from tests.system import Process, System


@pytest.mark.proof
@pytest.mark.timeout(60)
def test_a_touch_becomes_a_number_in_the_browser_and_a_row_of_the_api(tmp_path: Path) -> None:
    with scene(tmp_path) as system, xvfb() as display, chromium() as browser:
        system.ingest()
        url = system.web()
        system.add_user(User("head", "head", frozenset({"hall"})))
        page = signed_in(browser, url, "head", "slaptažodis")
        window = tmp_path / "window"
        kiosk = Process(
            [
                "-m",
                "kiosk",
                "run",
                "--kiosk",
                "hall-1",
                "--data",
                str(window),
                "--port",
                str(system.settings.port),
                "--size",
                "1280x800",
            ],
            tmp_path / "kiosk.log",
            windowed(display, window) | {"NUOMONE_KIOSK_PASSWORD": "pw"},
        )
        try:
            screen = Screen(display, window)
            for value in (5, 1):
                screen.answer(value)
                screen.wait_for("reasons")
                screen.skip_to_thanks()
            expect(page.locator("[data-live] [data-show=n]")).to_have_text("2", timeout=10_000)
        finally:
            assert kiosk.stop() == 0, kiosk.text()
        row = _today(url, system, "hall")
        assert (row["n"], row["distribution"]) == (2, {"1": 1, "2": 0, "3": 0, "4": 0, "5": 1})
        system.wait_until(lambda: system.adds_up() and system.accounting()[0]["stored"] == 2)
        assert system.rebuild() == 0


def _today(url: str, system: System, office: str) -> dict[str, object]:
    """The API's row for the office, as its own head sees it."""
    with system.store() as store:
        token = store.grant("head", "api", timedelta(hours=1), datetime.now(UTC))
    request = urllib.request.Request(f"{url}/api/v1/scores?office={office}&by=day", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as answer:
        rows = json.load(answer)["rows"]
    assert len(rows) == 1
    found: dict[str, object] = rows[0]
    return found
