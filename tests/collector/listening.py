"""A client of the live stream that keeps what it is told, and an application with a broker to listen to."""

import contextlib
import json
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from broker_config import topics
from broker_config.acl import Identity
from collector.access import User
from collector.store.sqlite import SqliteStore
from collector.web.app import WebSettings, create_app
from collector.web.listeners import Listeners, Pace
from tests import brokers
from tests.brokers import Client, wait_for
from tests.collector.deliveries import NOW, rating, sent
from tests.collector.web_world import serving

COLLECTOR = Identity("collector", "collector", "pw")


class Stream:
    """One connection, read in a thread. `ended` once the server has said its last chunk, or closed."""

    def __init__(self, url: str, path: str, session: str) -> None:
        address = urlsplit(url)
        self.sock = socket.create_connection((address.hostname or "", address.port or 0))
        request = f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: nuomone_session={session}\r\n\r\n"
        self.sock.sendall(request.encode())
        self._text = ""
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        wait_for(lambda: "\r\n\r\n" in self._text)

    @property
    def status(self) -> int:
        return int(self._text.split()[1])

    @property
    def headers(self) -> str:
        return self._text.split("\r\n\r\n")[0].lower()

    @property
    def text(self) -> str:
        return self._text

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(line.removeprefix("data: ")) for line in self._text.splitlines() if line.startswith("data: ")]

    def last(self, office: str = "hall") -> int:
        """The newest n that was told of an office; −1 for none."""
        return int(next((said["n"] for said in reversed(self.told) if said["office"] == office), -1))

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()
        self._thread.join(5)

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while some := self.sock.recv(65536):
                self._text += some.decode()
                if self._text.endswith("\r\n0\r\n\r\n"):
                    self.ended.set()
        self.ended.set()


@dataclass
class Studio:
    """`tap` stores ratings and says so over the broker, as ingest does."""

    url: str
    store: SqliteStore
    broker: Client
    listeners: Listeners
    seq: int = 0

    def session(self, login: str) -> str:
        return self.store.grant(login, "session", timedelta(hours=1), NOW)

    def tap(self, *values: int, kiosk: str = "hall-1") -> None:
        for value in values or (5,):
            self.seq += 1
            service = {"service": "social-benefits", "visit": f"5b1e77c2a90d{self.seq:04x}", "value": value}
            sent(self.store, rating(self.seq, **service), kiosk=kiosk)
        office = kiosk.split("-", maxsplit=1)[0]
        score = self.store.office_score(office, NOW.date().isoformat())
        self.broker.publish(topics.score(office), score.wire(), retain=True)


@contextlib.contextmanager
def studio(installed: Path, folder: Path, pace: Pace) -> Iterator[Studio]:
    """Web process and broker over a store without ratings; users as in `USERS` of the pages' tests, but without passwords."""
    path = folder / "collector.sqlite"
    shutil.copy(installed, path)
    store = SqliteStore(path)
    for login, offices in (("head-hall", {"hall"}), ("head-both", {"hall", "north"})):
        store.put_user(User(login, "head", frozenset(offices)), "-")
    store.put_user(User("analyst", "analyst", frozenset()), "-")
    with brokers.mosquitto(folder, (COLLECTOR,)) as broker, brokers.client(broker, COLLECTOR) as client:
        app = create_app(WebSettings(folder, "127.0.0.1", broker.port, "collector", "pw", "5", pace), lambda: NOW)
        with serving(app) as url:
            live = app.state.context.live
            wait_for(lambda: live.is_connected)
            yield Studio(url, store, client, live.listeners)
    store.close()


@contextlib.contextmanager
def listening(studio: Studio, login: str, path: str = "/offices/hall/live", session: str = "") -> Iterator[Stream]:
    stream = Stream(studio.url, path, session or studio.session(login))
    try:
        yield stream
    finally:
        stream.close()
