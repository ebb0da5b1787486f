"""A session: its cookie, how long it lasts, and what ends it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.collector.deliveries import NOW, rows
from tests.collector.web_world import PASSWORD, World, world

HTTPS = {"X-Forwarded-Proto": "https"}


@pytest.fixture
def web(installed: Path, tmp_path: Path) -> Iterator[World]:
    with world(installed, tmp_path) as made:
        yield made


def cookie_of(web: World, login: str = "head-hall", **headers: str) -> str:
    """The cookie's line after signing in."""
    web.client.cookies.clear()
    answer = web.client.post("/sign-in", data={"login": login, "password": PASSWORD}, headers=headers, follow_redirects=False)
    assert answer.status_code == 303
    line: str = answer.headers["set-cookie"]
    return line


def opens(web: World, session: str) -> bool:
    web.client.cookies.clear()
    headers = {"Cookie": f"nuomone_session={session}", "Accept": "text/html"}
    return web.client.get("/account", headers=headers, follow_redirects=False).status_code == 200


def signed_in(web: World, login: str = "head-hall") -> str:
    return cookie_of(web, login).partition(";")[0].removeprefix("nuomone_session=")


def test_the_cookie_is_for_this_site_alone_and_no_script(web: World) -> None:
    plain = cookie_of(web)
    assert plain.startswith("nuomone_session=")
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Max-Age=43200"} <= set(plain.split("; "))
    assert "Secure" not in plain, "the demo on this machine has no certificate"


@pytest.mark.parametrize("headers", [HTTPS, {"Host": "nuomone.example"}, HTTPS | {"Host": "nuomone.example"}], ids=str)
def test_the_cookie_goes_nowhere_unencrypted(web: World, headers: dict[str, str]) -> None:
    line = cookie_of(web, **headers)
    assert line.startswith("__Host-nuomone_session=")
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Secure"} <= set(line.split("; "))
    assert "Domain" not in line
    web.client.cookies.clear()
    for cookie, status in ((line.partition(";")[0], 200), (line.partition(";")[0].removeprefix("__Host-"), 303)):
        asked = web.client.get("/account", headers=headers | {"Cookie": cookie, "Accept": "text/html"}, follow_redirects=False)
        assert asked.status_code == status, "and no neighbour plants one of the plain name"


def test_each_sign_in_is_a_new_session_and_ends_the_browsers_old_one(web: World) -> None:
    first, other = signed_in(web), signed_in(web)
    assert first != other
    assert opens(web, first), "of another browser"
    second = cookie_of(web, Cookie=f"nuomone_session={first}").partition(";")[0].removeprefix("nuomone_session=")
    assert second not in (first, other)
    assert [opens(web, session) for session in (first, second, other)] == [False, True, True]


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(web: World) -> None:
    session = signed_in(web)
    for _ in range(7):
        web.clock.now += timedelta(minutes=100)
        assert opens(web, session)
    web.clock.now = NOW + timedelta(hours=12)
    assert not opens(web, session)


def test_a_session_ends_when_nobody_uses_it_for_two_hours(web: World) -> None:
    session = signed_in(web)
    web.clock.now += timedelta(minutes=119)
    assert opens(web, session)
    web.clock.now += timedelta(minutes=119)
    assert opens(web, session), "it slides"
    web.clock.now += timedelta(minutes=120)
    assert not opens(web, session)
    api = web.api("/offices", "head-hall")
    assert api.status_code == 200, "a program may rest"


def test_use_is_written_once_in_a_few_minutes(web: World) -> None:
    session = signed_in(web)

    def used() -> list[str]:
        with_use = "SELECT used FROM token WHERE kind='session' AND login='head-hall' AND created=? ORDER BY rowid DESC LIMIT 1"
        store = web.store()
        found = rows(store, with_use, "2026-11-21T12:00:00.000Z")
        store.close()
        return [row[0] for row in found]

    web.clock.now = NOW + timedelta(minutes=4)
    assert opens(web, session)
    assert used() == ["2026-11-21T12:00:00.000Z"]
    web.clock.now = NOW + timedelta(minutes=6)
    assert opens(web, session)
    assert used() == ["2026-11-21T12:06:00.000Z"]


def test_a_store_that_takes_no_writes_still_shows_its_pages(web: World, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    monkeypatch.setattr("collector.store.sqlite._BUSY_S", 0.05)
    session = signed_in(web)
    web.clock.now += timedelta(minutes=30)
    other = sqlite3.connect(web.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert opens(web, session)
    other.close()


@pytest.mark.parametrize("how", ["disable", "reset", "put"])
def test_sessions_and_tokens_end_with_what_gave_them(web: World, how: str) -> None:
    session = signed_in(web)
    store = web.store()
    account = store.account("head-hall", NOW)
    assert account is not None
    if how == "disable":
        store.switch_user("head-hall", True, "cli", NOW)
        assert not opens(web, session)
        store.switch_user("head-hall", False, "cli", NOW)
    elif how == "reset":
        store.reset_password("head-hall", "other", "cli", NOW)
    else:
        store.put_user(account.user, "other")
    store.close()
    assert not opens(web, session), "also after the user is enabled again"
    assert web.api("/offices", "head-hall").status_code == 401
    assert opens(web, web.sessions["head-north"])


def test_another_role_holds_from_the_next_page_on(web: World) -> None:
    from collector.access import User

    assert web.page("/offices/north", "head-hall").status_code == 404
    store = web.store()
    store.change_user(User("head-hall", "head", frozenset({"north"})), "cli", NOW)
    store.close()
    assert web.page("/offices/north", "head-hall").status_code == 200
    assert web.page("/offices/hall", "head-hall").status_code == 404
