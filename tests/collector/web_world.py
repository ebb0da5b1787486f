"""A web application over a store with votes of two offices, and everybody who may ask it something."""

import hashlib
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from collector import passwords
from collector.access import User
from collector.store.sqlite import SqliteStore
from collector.web.app import WebSettings, create_app
from tests.brokers import free_port, wait_for
from tests.collector.deliveries import NOW, arrived, comment, rating, reasons, sent

PASSWORD = "slaptažodis"
USERS = (
    User("admin", "admin", frozenset()),
    User("analyst", "analyst", frozenset()),
    User("auditor", "auditor", frozenset()),
    User("head-hall", "head", frozenset({"hall"})),
    User("head-north", "head", frozenset({"north"})),
    User("head-both", "head", frozenset({"hall", "north"})),
    User("head-none", "head", frozenset()),
)


@dataclass
class Clock:
    """The application's time; a test moves it by setting `now`."""

    now: datetime = NOW


@dataclass
class World:
    """`client` has no session; `tokens` are API tokens by login."""

    client: httpx.Client
    path: Path
    tokens: dict[str, str]
    sessions: dict[str, str]
    app: FastAPI
    clock: Clock

    def api(self, path: str, login: str = "admin", **params: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[login]}"} if login else {}
        self.client.cookies.clear()
        return self.client.get(f"/api/v1{path}", params=params, headers=headers, follow_redirects=False)

    def scores(self, login: str = "admin", **params: Any) -> list[dict[str, Any]]:
        answer = self.api("/scores", login, **params)
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["rows"]
        return rows

    def page(self, path: str, login: str = "", **params: Any) -> Any:
        """A page as a browser with this person's session asks for it."""
        self.client.cookies.clear()
        cookies = {"Cookie": f"nuomone_session={self.sessions[login]}"} if login else {}
        return self.client.get(path, params=params or None, headers={"Accept": "text/html", **cookies}, follow_redirects=False)

    def post(self, path: str, login: str = "", *, csrf: bool = True, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        """A form as a browser with this person's session sends it."""
        return self.post_as(path, self.sessions[login] if login else "", csrf=csrf, headers=headers, **fields)

    def post_as(self, path: str, session: str, *, csrf: bool = True, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        """The same with any session's token."""
        self.client.cookies.clear()
        form = fields | ({"csrf": hashlib.sha256(b"csrf:" + session.encode()).hexdigest()} if csrf else {})
        sent = {"Accept": "text/html"} | ({"Cookie": f"nuomone_session={session}"} if session else {}) | (headers or {})
        return self.client.post(path, data=form, headers=sent, follow_redirects=False)

    def store(self) -> SqliteStore:
        return SqliteStore(self.path)


def vote(store: SqliteStore) -> None:
    """hall: 12 on the 20th (2 of them flagged), 3 on the 21st; north: 4 on the 21st, of which it was told in secret words."""
    values = [5, 5, 5, 4, 4, 4, 3, 2, 1, 5, 5, 5]
    day = [
        rating(n, value=value, at=f"2026-11-20T{7 + n % 3:02}:15:00Z", gap_ms=100 if n in (1, 9) else None)
        for n, value in enumerate(values, 1)
    ]
    sent(store, *day)
    benefits = [rating(n, value=5, service="social-benefits", language="en") for n in range(13, 16)]
    sent(store, *benefits)
    advice = [
        rating(n, question="advise", value=value, visit=f"5b1e77c2a90d{n - 15:04x}") for n, value in enumerate((9, 10, 6), 16)
    ]
    sent(
        store,
        *advice,
        reasons(19, value=5, visit="5b1e77c2a90d000d"),
        comment(20, text="Salės žodžiai", visit="5b1e77c2a90d000e"),
    )
    north = [rating(n, value=1, service="social-benefits") for n in range(1, 5)]
    secret = {"service": "social-benefits", "visit": "5b1e77c2a90d0001", "value": 1}
    sent(store, *north, comment(5, text="Šiaurės paslaptis", **secret), reasons(6, **secret), kiosk="north-1")
    sent(store, rating(21, value=9))
    arrived(store, b"junk", kiosk="north-1")


@contextmanager
def world(installed: Path, folder: Path, now: datetime = NOW) -> Iterator[World]:
    """The application with no broker in reach, and everybody signed in at `now`."""
    path = folder / "collector.sqlite"
    shutil.copy(installed, path)
    store = SqliteStore(path)
    vote(store)
    kept = passwords.hashed(PASSWORD)
    for user in USERS:
        store.put_user(user, kept)
    tokens = {user.login: store.grant(user.login, "api", timedelta(days=1), now) for user in USERS}
    sessions = {user.login: store.grant(user.login, "session", timedelta(days=1), now) for user in USERS}
    store.close()
    clock = Clock(now)
    app = create_app(WebSettings(folder, "127.0.0.1", free_port(), "collector", "pw", "5"), lambda: clock.now)
    with serving(app) as url, _client(url) as client:
        yield World(client, path, tokens, sessions, app, clock)


def _client(url: str) -> httpx.Client:
    """A connection a request: after a fault the server closes its own, maybe just when it would be used again."""
    return httpx.Client(base_url=url, trust_env=False, timeout=10, limits=httpx.Limits(max_keepalive_connections=0))


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The application on a real server in a thread; yields its address."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_for(lambda: server.started, 10)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
    assert not thread.is_alive(), "the server hangs"
