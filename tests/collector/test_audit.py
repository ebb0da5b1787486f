"""The audit log: what is in it, who sees it, and how one finds something."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from collector.access import ROLES, User, Viewer
from collector.store.audit import AuditQuery
from collector.store.sqlite import SqliteStore
from collector.web.pages.audit import in_words
from tests.collector.deliveries import NOW
from tests.collector.web_world import World, world

ADMIN = Viewer("admin", "admin", None)


@pytest.fixture
def web(installed: Path, tmp_path: Path) -> Iterator[World]:
    with world(installed, tmp_path) as made:
        yield made


def add(store: SqliteStore, login: str, now: datetime = NOW, by: str = "cli") -> None:
    assert store.add_user(User(login, "head", frozenset({"hall"})), "hash", by, now)


def table(web: World, **params: str) -> list[dict[str, str]]:
    """The rows of the CSV file."""
    answer = web.page(f"/audit?{urlencode(params | {'format': 'csv'})}", "auditor")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_every_change_of_a_user_is_in_it(store: SqliteStore) -> None:
    add(store, "ona")
    store.change_user(User("ona", "analyst", frozenset()), "cli", NOW)
    token = store.grant_api("ona", "ataskaita", timedelta(days=1), "ona", NOW)
    assert token
    (granted,) = store.api_tokens("ona", NOW)
    assert store.revoke_api("ona", granted.id, "cli", NOW)
    store.reset_password("ona", "other", "cli", NOW)
    store.change_own_password("ona", "third", timedelta(hours=1), NOW)
    store.end_sessions("ona", "", NOW)
    store.switch_user("ona", True, "cli", NOW)
    store.switch_user("ona", False, "cli", NOW)
    store.sign_in("ona", "", timedelta(hours=1), NOW)
    facts = {"role": "head", "offices": ["hall"]}
    found = [(row.login, row.action, row.before, row.after) for row in reversed(store.audit_rows(ADMIN, AuditQuery()))]
    assert found == [
        ("cli", "user.add", None, facts),
        ("cli", "user.change", facts, {"role": "analyst", "offices": []}),
        ("ona", "token.grant", None, {"id": granted.id, "label": "ataskaita"}),
        ("cli", "token.revoke", {"id": granted.id, "label": "ataskaita"}, None),
        ("cli", "user.reset", None, None),
        ("ona", "user.password", None, None),
        ("ona", "session.end", None, None),
        ("cli", "user.disable", None, None),
        ("cli", "user.enable", None, None),
        ("ona", "sign-in", None, None),
    ]
    assert token not in str(store.audit_rows(ADMIN, AuditQuery()))


@pytest.mark.parametrize("role", ROLES)
def test_the_store_itself_shows_it_to_those_alone_who_may(store: SqliteStore, role: str) -> None:
    add(store, "ona")
    viewer = Viewer.of(User("x", role, frozenset({"hall"})))  # type: ignore[arg-type]
    may = role in ("admin", "auditor")
    assert bool(store.audit_rows(viewer, AuditQuery())) is may
    assert bool(store.audit_actions(viewer)) is may


def test_a_row_is_found_by_who_what_and_when(web: World) -> None:
    store = web.store()
    add(store, "ona", NOW - timedelta(days=2))
    add(store, "jonas", NOW - timedelta(days=1))
    store.switch_user("ona", True, "cli", NOW)
    store.close()

    def found(**params: str) -> list[tuple[str, str]]:
        return [(row["action"], row["subject"]) for row in table(web, **params)]

    everything = [("user.disable", "ona"), ("user.add", "jonas"), ("user.add", "ona")]
    assert found() == everything
    assert found(login="cli") == everything
    assert found(login="ona") == [everything[0], everything[2]]
    assert found(action="user.add") == everything[1:]
    assert found(**{"from": "2026-11-20"}) == everything[:2]
    assert found(to="2026-11-20") == everything[1:], "the last day is included"
    assert found(**{"from": "2026-11-20", "to": "2026-11-20"}) == [everything[1]]
    assert found(login="ona", action="user.add", to="2026-11-18") == []


def test_days_are_the_offices_days(web: World) -> None:
    store = web.store()
    add(store, "late", datetime.fromisoformat("2026-11-20T22:30:00Z"))  # 00:30 of the 21st in Vilnius
    store.close()
    assert [row["at"] for row in table(web, **{"from": "2026-11-21"})] == ["2026-11-21 00:30:00"]
    assert "2026-11-21 00:30" in web.page("/audit", "auditor").text


def test_a_hundred_a_page_and_on_to_the_last(web: World) -> None:
    store = web.store()
    for n in range(205):
        store.end_sessions("head-none", str(n), NOW)
    store.close()
    address, sizes = "/audit?login=head-none&format=&lang=en", []
    while address:
        page = web.page(address, "admin").text
        sizes.append(page.count("<tr>") - 1)
        links = [link.partition('"')[0].replace("&amp;", "&") for link in page.split('<a href="')[1:]]
        address = next((link for link in links if "before=" in link and "csv" not in link), "")
        assert any("login=head-none" in link and "format=csv" in link for link in links), links
    assert sizes == [100, 100, 5]
    assert len(table(web, login="head-none")) == 100, "exactly what is on the screen"


@pytest.mark.parametrize(
    "query", ["from=no", "to=2026-02-30", "before=-1", "before=x", "before=99999999999999999999", "to=9999-12-31"]
)
def test_an_address_with_a_slip(web: World, query: str) -> None:
    answer = web.page(f"/audit?{query}", "admin")
    assert answer.status_code == 422
    assert "text/html" in answer.headers["content-type"]


def test_formulas_are_text(web: World) -> None:
    store = web.store()
    store.grant_api("admin", "=HYPERLINK(1)", timedelta(days=1), "@admin", NOW)
    store.close()
    (row,) = table(web)
    assert row["login"] == "'@admin"
    assert row["after"].startswith("id: ")


def test_what_was_kept_reads_as_words() -> None:
    assert in_words({"offices": ["hall", "north"], "role": "head"}) == "offices: hall, north; role: head"
    assert (in_words(None), in_words("hidden"), in_words(3)) == ("", "hidden", "3")
