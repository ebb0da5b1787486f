"""How long a login waits after wrong tries, and that nothing is learnt or gained on the way."""

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from argon2 import extract_parameters

from collector import lockout, passwords
from tests.brokers import wait_for
from tests.collector.deliveries import NOW, rows
from tests.collector.web_world import PASSWORD, World, world

MINUTE = timedelta(minutes=1)


@pytest.fixture
def web(installed: Path, tmp_path: Path) -> Iterator[World]:
    with world(installed, tmp_path) as made:
        yield made


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Passwords are compared as they are, and those that were compared are noted: for tests of counting only."""
    asked: list[str] = []

    def matches(password: str, kept: str | None) -> bool:
        asked.append(password)
        return kept is not None and password == PASSWORD

    monkeypatch.setattr(passwords, "matches", matches)
    return asked


def attempt(web: World, login: str = "head-hall", password: str = "wrong") -> httpx.Response:
    form = {"login": login, "password": password}
    web.client.cookies.clear()
    return web.client.post("/sign-in?lang=en", data=form, headers={"Accept": "text/html"}, follow_redirects=False)


def test_the_wait_doubles_from_a_minute_to_an_hour() -> None:
    waits = [(lockout.login_opens(n, NOW) or NOW) - NOW for n in range(1, 14)]
    assert waits[:5] == [timedelta(0)] * 4 + [MINUTE]
    assert waits[4:] == [min(MINUTE * 2**n, timedelta(hours=1)) for n in range(9)]
    assert lockout.login_opens(10**6, NOW) == NOW + timedelta(hours=1)


def test_sixty_in_a_minute_are_enough_for_all() -> None:
    assert lockout.all_open(59, NOW) is None
    assert lockout.all_open(60, NOW) == NOW + MINUTE


def test_five_wrong_tries_lock_a_login_also_for_the_right_password(web: World, cheap: list[str]) -> None:
    assert [attempt(web).status_code for _ in range(5)] == [401] * 5
    for password in ("wrong", PASSWORD):
        locked = attempt(web, password=password)
        assert (locked.status_code, locked.headers["retry-after"]) == (429, "60")
        assert "Please try again in 1 minute." in locked.text
        assert "set-cookie" not in locked.headers
    assert len(cheap) == 5, "no password is checked while a login is locked"
    assert attempt(web, "head-north", PASSWORD).status_code == 303, "others sign in meanwhile"
    web.clock.now += timedelta(seconds=61)
    assert attempt(web).status_code == 401
    locked = attempt(web, password=PASSWORD)
    assert (locked.status_code, locked.headers["retry-after"]) == (429, "120"), "twice as long"
    assert "in 2 minutes." in locked.text
    web.clock.now += timedelta(seconds=121)
    assert attempt(web, password=PASSWORD).status_code == 303
    assert [attempt(web).status_code for _ in range(5)] == [401] * 5, "the right password begins anew"


def test_a_login_that_does_not_exist_is_locked_alike(web: World, cheap: list[str]) -> None:
    known = [attempt(web) for _ in range(7)]
    unknown = [attempt(web, "nobody") for _ in range(7)]
    disabled = web.store()
    disabled.switch_user("head-both", True, "cli", NOW)
    disabled.close()
    off = [attempt(web, "head-both", PASSWORD) for _ in range(7)]
    for others in (unknown, off):
        for one, other in zip(known, others, strict=True):
            assert (one.status_code, one.text, one.headers.get("retry-after")) == (
                other.status_code,
                other.text,
                other.headers.get("retry-after"),
            )


def test_a_wrong_login_costs_what_a_wrong_password_costs() -> None:
    """The same argon2 parameters, so the same work; and it is done: a stand-in is checked."""
    assert extract_parameters(passwords._NOBODY) == extract_parameters(passwords.hashed("any"))
    assert not passwords.matches("wrong", None)


def test_a_lock_outlives_the_process_and_holds_for_every_other(web: World, cheap: list[str]) -> None:
    for _ in range(5):
        attempt(web)
    store = web.store()
    assert store.begin_try("head-hall", web.clock.now) == NOW + MINUTE
    assert store.begin_try("head-north", web.clock.now) is None
    store.close()


def test_spraying_over_many_logins_is_bounded(web: World, cheap: list[str]) -> None:
    tried = [attempt(web, f"login-{n}").status_code for n in range(62)]
    assert tried == [401] * 60 + [429] * 2
    assert attempt(web, password=PASSWORD).status_code == 429
    web.clock.now += MINUTE
    assert attempt(web, password=PASSWORD).status_code == 303
    web.clock.now += timedelta(hours=24)
    attempt(web)
    assert counted(web) == 1, "a day later nothing is left of them"


def test_right_passwords_are_not_counted(web: World, cheap: list[str]) -> None:
    assert {attempt(web, password=PASSWORD).status_code for _ in range(70)} == {303}
    assert counted(web) == 0


def test_no_login_is_kept_in_words(web: World, cheap: list[str]) -> None:
    for _ in range(6):
        attempt(web, "my-password-by-mistake")
    assert counted(web) == 5
    for file in web.path.parent.iterdir():
        assert b"my-password-by-mistake" not in file.read_bytes()


def test_lockouts_and_sign_ins_are_audited(web: World, cheap: list[str]) -> None:
    attempt(web, password=PASSWORD)
    for _ in range(7):
        attempt(web)
        attempt(web, "nobody")
    page = web.page("/audit?format=csv", "auditor").text
    assert re.findall(r",(head-hall),(sign-in[.\w]*),", page) == [("head-hall", "sign-in.locked"), ("head-hall", "sign-in")]
    assert "nobody" not in page
    assert "minutes: 1" in page


def test_spraying_is_audited_once_and_names_nobody(web: World, cheap: list[str]) -> None:
    for n in range(65):
        attempt(web, f"login-{n}")
    page = web.page("/audit?format=csv", "auditor").text
    assert [line.split(",")[1:4] for line in page.splitlines()[1:]] == [["", "sign-in.locked", "*"]]


def test_tries_at_the_same_time_are_no_more_than_one_after_the_other(web: World) -> None:
    """With real argon2: twenty at once with a wrong password, of which five are checked."""
    statuses = asyncio.run(at_once(web, 20, "wrong"))
    assert sorted(statuses) == [401] * 5 + [429] * 15
    assert counted(web) == 5


def test_a_hundred_sign_ins_at_once_stop_no_page(web: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two passwords are checked at a time; while those last, however long, the pages are answered. At last all are in."""
    let_go, checking = threading.Event(), threading.Semaphore(2)

    def matches(_password: str, _kept: str | None) -> bool:
        assert checking.acquire(blocking=False), "more than two at a time"
        let_go.wait(15)
        checking.release()
        return True

    async def look(client: httpx.AsyncClient) -> None:
        await asyncio.to_thread(wait_for, lambda: web.app.state.context.hashing.statistics().tasks_waiting == 98, 10)
        for _ in range(5):
            headers = {"Cookie": f"nuomone_session={web.sessions['head-hall']}", "Accept": "text/html"}
            assert (await client.get("/offices/hall", headers=headers)).status_code == 200
        assert not let_go.is_set()
        let_go.set()

    monkeypatch.setattr(passwords, "matches", matches)
    assert asyncio.run(at_once(web, 100, PASSWORD, look)) == [303] * 100


Look = Callable[[httpx.AsyncClient], Awaitable[None]]


async def at_once(web: World, n: int, password: str, look: Look | None = None) -> list[int]:
    """Sign in so many times at once, and `look` meanwhile."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=web.client.base_url, trust_env=False, timeout=18, limits=limits) as client:
        form = {"login": "head-hall", "password": password}
        tries = [asyncio.ensure_future(client.post("/sign-in", data=form)) for _ in range(n)]
        if look:
            await look(client)
        return [answer.status_code for answer in await asyncio.gather(*tries)]


def counted(web: World) -> int:
    store = web.store()
    ((n,),) = rows(store, "SELECT count(*) FROM wrong_try")
    store.close()
    return int(n)
