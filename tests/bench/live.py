"""A thousand live listeners on one web process: its memory, and how long the last of them waits for a tap."""

import selectors
import socket
import sqlite3
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from broker_config import topics
from broker_config.messages import Score
from collector.access import User
from tests import brokers
from tests.bench import history
from tests.bench.history import Size, office
from tests.bench.report import Figure, at_most
from tests.bench.web_process import pid_of
from tests.brokers import Client
from tests.processes import resident_mb
from tests.system import System, identities

LISTENERS = 1000
SIZE = Size(days=30, hour_days=30, comments=0)
_MOST_S = 60.0


@dataclass(frozen=True)
class Ear:
    """What a listener asks for, and how many offices it hears of."""

    path: str
    session: str
    offices: int


def run(rounds: int = 10) -> dict[str, Figure]:
    """Everybody listens to the first office and to one of his own; half are heads, half see all. Each has his own session."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        system = stack.enter_context(System(Path(folder), history.catalogue_of(SIZE), kiosks=()))
        history.fill(system.data / "collector.sqlite", SIZE, _today())
        url, pid = system.web(), pid_of(system)
        before = resident_mb(pid)
        ears = _ears(system)
        crowd = stack.enter_context(Crowd(url, ears))
        ingest = stack.enter_context(brokers.client(system.broker, identities()[0]))
        every = sum(ear.offices for ear in ears)
        one = max(_told(system, ingest, crowd, 1, LISTENERS) for _ in range(rounds))
        all_ = max(_told(system, ingest, crowd, SIZE.offices, every) for _ in range(rounds))
        after = resident_mb(pid)
    print(f"  {LISTENERS} listeners: {before:.0f} MB before, {after:.0f} MB with them")
    print(f"  last one told: {one:.2f} s after an office's tap, {all_:.2f} s of one at all {SIZE.offices} (worst of {rounds})")
    limit = "what uvicorn, Starlette and sse-starlette hold a connection"
    return {
        "live_listeners_memory": at_most(after, "MB", 300, limit),
        "live_last_told": at_most(one, "s", 1, "Python sends to one listener after another"),
        "live_last_told_of_all_offices": at_most(all_, "s", 1, "a read of the store for each office"),
    }


class Crowd:
    """Connections to streams, all read by one selector; of what they are told only the number is looked at."""

    def __init__(self, url: str, ears: list[Ear]) -> None:
        self._address, self._ears = urlsplit(url), ears
        self._selector = selectors.DefaultSelector()
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Self:
        for ear in self._ears:
            sock = socket.create_connection((self._address.hostname or "", self._address.port or 0))
            request = f"GET {ear.path} HTTP/1.1\r\nHost: {self._address.netloc}\r\nCookie: nuomone_session={ear.session}\r\n\r\n"
            sock.sendall(request.encode())
            self._sockets.append(sock)
            self._selector.register(sock, selectors.EVENT_READ, sock)
        self.hear(sum(ear.offices for ear in self._ears))
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        for sock in self._sockets:
            sock.close()

    def hear(self, wanted: int) -> None:
        """Until so many totals have come in all. Raises TimeoutError."""
        told, deadline = 0, time.monotonic() + _MOST_S
        while told < wanted:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{told} of {wanted} totals were told")
            for key, _ in self._selector.select(0.5):
                some = key.data.recv(65536)
                assert some, "a stream has ended"
                told += some.count(b"event: total")


def _today() -> date:
    return datetime.now(ZoneInfo("Europe/Vilnius")).date()


def _ears(system: System) -> list[Ear]:
    with system.store() as store:
        store.put_user(User("analyst", "analyst", frozenset()), "-")
        ears = []
        for n in range(LISTENERS):
            offices = sorted({office(0), office(n % SIZE.offices)})
            login = f"head-{n}" if n < LISTENERS // 2 else "analyst"
            if login != "analyst":
                store.put_user(User(login, "head", frozenset(offices)), "-")
            session = store.grant(login, "session", timedelta(hours=1), datetime.now(UTC))
            ears.append(Ear(f"/live?{'&'.join(f'office={one}' for one in offices)}", session, len(offices)))
    return ears


def _told(system: System, ingest: Client, crowd: Crowd, offices: int, wanted: int) -> float:
    """Seconds from the first score on MQTT to the last total told, after a tap at each of the first offices."""
    day = str(_today())
    conn = sqlite3.connect(system.data / "collector.sqlite")
    with conn:
        where = "WHERE day=? AND office < ? AND standing=0"
        conn.execute(f"UPDATE tally_day SET c5=c5+1 {where} AND service=?", (day, office(offices), history.service(0)))
        conn.execute(f"UPDATE tally_office_day SET c5=c5+1 {where}", (day, office(offices)))
    conn.close()
    began = time.perf_counter()
    for n in range(offices):
        ingest.paho.publish(topics.score(office(n)), Score(office=office(n), day=day, n=1).wire(), 1, retain=True)
    crowd.hear(wanted)
    return time.perf_counter() - began
