"""Retention on its page: what goes is shown before it is saved; and read by eye and by axe."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from collector.access import Viewer
from collector.store.audit import AuditQuery
from tests.browsers import chromium, signed_in
from tests.collector.web_world import PASSWORD, World, world

ADMIN = Viewer("admin", "admin", None)
LATER = datetime(2026, 12, 30, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(installed, tmp_path_factory.mktemp("web")) as made:
        made.clock.now = LATER
        store = made.store()
        made.sessions["admin"] = store.grant("admin", "session", timedelta(days=1), LATER)
        store.close()
        yield made


def audited(web: World, action: str) -> list[tuple[str, str, Any, Any]]:
    store = web.store()
    rows = [(row.login, row.subject, row.before, row.after) for row in store.audit_rows(ADMIN, AuditQuery(action=action))]
    store.close()
    return rows


def test_a_change_is_shown_saved_audited_and_done_at_night(web: World) -> None:
    page = web.page("/retention", "admin", lang="en")
    assert 'The next run erases</dt><dd><span class="erases">nothing</span>' in page.text
    asked = {"comments_days": "30", "events_months": "1"}
    page = web.page("/retention/city", "admin", lang="en", **asked)
    assert "2 comments, 22 ratings" in page.text
    assert "What is erased cannot be brought back." in page.text
    assert audited(web, "retention.change") == [], "looking changes nothing"
    answer = web.post("/retention/city", "admin", **asked)
    assert (answer.status_code, answer.headers["location"]) == (303, "/retention?done=saved")
    before, after = {"comments_days": 90, "events_months": 24}, {"comments_days": 30, "events_months": 1}
    assert audited(web, "retention.change") == [("admin", "city", before, after)]
    assert "2 comments, 22 ratings" in web.page("/retention", "admin", lang="en").text
    store = web.store()
    erased = store.run_retention(LATER)
    store.close()
    assert (erased.comments, erased.events) == (2, 26), "with the events of two reasons and of the two comments"
    after_run = web.page("/retention", "admin", lang="en").text
    assert '<span class="erases">nothing</span>' in after_run
    assert ">older than kept<" in after_run
    assert [row[3] for row in audited(web, "retention.run")] == [
        {"comments": 2, "events": 26, "quarantine": erased.quarantine, "restored": False}
    ]


@pytest.mark.parametrize("bad", ["", "0", "-1", "3651", "1.5", "x", "٣", "9" * 5000])
def test_a_number_that_is_none_is_said_at_its_field(web: World, bad: str) -> None:
    changes = audited(web, "retention.change")
    for answer in (
        web.post("/retention/city?lang=en", "admin", comments_days=bad, events_months="24"),
        *([web.page("/retention/city", "admin", lang="en", comments_days=bad)] if bad else []),
    ):
        assert (answer.status_code, "Give a whole number of days, 1 to 3650." in answer.text) == (422, True)
    assert web.post("/retention/city?lang=en", "admin", comments_days="90", events_months="121").status_code == 422
    assert audited(web, "retention.change") == changes


def test_it_is_the_administrators_own(web: World) -> None:
    changes, soon = audited(web, "retention.change"), LATER + timedelta(minutes=1)
    store = web.store()
    session = store.grant("auditor", "session", timedelta(days=1), soon)
    store.close()
    assert web.post_as("/retention/city", session, comments_days="1", events_months="1").status_code == 403
    assert web.page("/retention/nowhere", "admin").status_code == 404
    assert audited(web, "retention.change") == changes


def test_the_pages_fit_every_screen_and_axe_finds_nothing(web: World) -> None:
    url = str(web.client.base_url).rstrip("/")
    with chromium() as browser:
        page = signed_in(browser, url, "admin", PASSWORD, viewport={"width": 390, "height": 800}, color_scheme="dark")
        for path in ("/users", "/retention/city?events_months=1"):
            page.goto(f"{url}{path}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            found = Axe().run(page).response["violations"]
            assert not found, (path, [(v["id"], v["nodes"][0]["html"]) for v in found])
