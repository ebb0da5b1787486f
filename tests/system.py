"""The real system in a test's folder: Mosquitto, ingest and web as processes, kiosks as threads of their own."""

import contextlib
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from broker_config.acl import Identity
from broker_config.messages import Reply
from broker_config.mosquitto import Mosquitto, Settings
from collector import passwords
from collector.access import User, Viewer
from collector.catalogue import Catalogue
from collector.store.base import ScoreQuery
from collector.store.sqlite import SqliteStore
from kiosk.clock import Clock
from kiosk.connection import BrokerAddress
from kiosk.link import Link, Timing
from kiosk.outbox import Outbox
from kiosk.station import Station
from tests.brokers import free_port, wait_for
from tests.catalogues import KIOSKS, catalogue

EVERYBODY = Viewer("test", "admin", None)
QUICK = Timing(health_s=0.5, probe_s=1.0, lower_s=0.5, reconnect_s=0.05, reconnect_most_s=0.3)


def identities(kiosks: tuple[str, ...] = KIOSKS) -> tuple[Identity, ...]:
    servers = (Identity("collector", "collector", "pw"), Identity("collector", "collector-2", "pw"))
    others = (Identity("observer", "observer", "pw"), Identity("queue", "queue", "pw"))
    return servers + others + tuple(Identity("kiosk", kiosk, "pw") for kiosk in kiosks)


class Process:
    """A child of the test; killed at its end if it is still there."""

    def __init__(self, command: list[str], log: Path, environment: dict[str, str] | None = None) -> None:
        self.log = log
        with log.open("ab") as out:
            self.child = subprocess.Popen(
                [sys.executable, *command], stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=os.environ | (environment or {})
            )

    def stop(self) -> int:
        """SIGTERM, and its exit code."""
        self.child.terminate()
        return self.child.wait(10)

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        self.child.kill()
        self.child.wait(10)

    def text(self) -> str:
        return self.log.read_text(errors="replace")


class KioskThread:
    """A kiosk without a screen: its own outbox, station and link, in a thread."""

    def __init__(
        self,
        folder: Path,
        kiosk: str,
        broker: BrokerAddress,
        *,
        timing: Timing = QUICK,
        machine: str = "test",
        clock: Clock | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.kiosk, self.machine = folder, kiosk, machine
        self.outbox = Outbox(folder / "outbox.sqlite", kiosk, machine)
        self.clock = clock or Clock()
        self.station = Station(folder, self.outbox, self.clock)
        self._address = broker
        self._timing = timing
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._lock = threading.Lock()
        self._thread.start()

    def tap(self, value: int = 5, **how: Any) -> None:
        """One whole visit; returns when its rating is durable."""
        with self._lock:
            self.station.tick()
            self.station.dismiss()
            assert self.station.answer(value, **how), "the station takes no answer"
            self.station.dismiss()  # nobody stays for reasons

    def wait_for_config(self) -> None:
        wait_for(lambda: self.station.config is not None, 10)

    def wait_until_drained(self, timeout: float = 15) -> None:
        """Every stream's events have their receipt."""
        wait_for(lambda: self.outbox.depth(self.outbox.stream()) == 0, timeout)

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(10)
        self.outbox.close()

    def _run(self) -> None:
        outbox = Outbox(self.folder / "outbox.sqlite", self.kiosk, self.machine)
        config_id = lambda: self.station.config.config if self.station.config else ""  # noqa: E731
        link = Link(
            outbox, self._address, clock=self.clock, config_id=config_id, on_config=self.station.propose, timing=self._timing
        )
        while not self._stopping.is_set():
            link.run_once(time.monotonic, 0.02)
            with self._lock:
                applied = self.station.tick()
            if applied:
                link.reply(Reply(id=applied.config, ok=True, detail="applied", data=applied.model_dump(mode="json")))
        link.stop()
        outbox.close()


class System:
    """`with System(tmp_path) as system:` has a broker and a store with a catalogue; the rest is started by the test."""

    def __init__(self, folder: Path, new: Catalogue | None = None, kiosks: tuple[str, ...] = KIOSKS) -> None:
        self.folder = folder
        self.data = folder / "collector"
        self.data.mkdir(parents=True, exist_ok=True)
        self.settings = Settings(folder / "mosquitto", identities(kiosks), free_port())
        self.broker = Mosquitto(self.settings)
        self._cleanup = contextlib.ExitStack()
        self.install(new or catalogue())
        self.url = ""

    def __enter__(self) -> Self:
        self.broker.start()
        self._cleanup.callback(lambda: self.broker.stop())  # noqa: PLW0108 - a test may replace it
        return self

    def __exit__(self, *_: object) -> None:
        self._cleanup.close()

    # ── parts ───────────────────────────────────────────────────────────────────────────

    def install(self, new: Catalogue) -> None:
        with self.store() as store:
            store.migrate()
            store.install(new, datetime.now(UTC))

    def ingest(self, name: str = "collector", *, shared: bool = False, log: str = "ingest.log") -> Process:
        command = ["-m", "collector", "ingest", "--data", str(self.data), "--port", str(self.settings.port), "--name", name]
        process = Process(command + (["--shared"] if shared else []), self.folder / log, {"NUOMONE_BROKER_PASSWORD": "pw"})
        self._cleanup.callback(process.kill)
        wait_for(lambda: "event=connected" in process.text(), 15)
        return process

    def web(self) -> str:
        """Start the web and return its address once it is ready."""
        port = free_port()
        command = [
            "-m",
            "collector",
            "web",
            "--data",
            str(self.data),
            "--broker-port",
            str(self.settings.port),
            "--port",
            str(port),
        ]
        process = Process(command, self.folder / "web.log", {"NUOMONE_BROKER_PASSWORD": "pw"})
        self._cleanup.callback(process.kill)
        self.url = f"http://127.0.0.1:{port}"
        wait_for(lambda: _answers(f"{self.url}/readyz"), 15)
        return self.url

    def kiosk(self, kiosk: str = "hall-1", folder: str = "", **how: Any) -> KioskThread:
        address = BrokerAddress(self.settings.host, self.settings.port, kiosk, "pw")
        thread = KioskThread(self.folder / (folder or kiosk), kiosk, address, **how)
        self._cleanup.callback(thread.stop)
        return thread

    def add_user(self, user: User, password: str = "slaptažodis") -> None:
        with self.store() as store:
            store.put_user(user, passwords.hashed(password))

    # ── what came of it ─────────────────────────────────────────────────────────────────

    @contextlib.contextmanager
    def store(self) -> Iterator[SqliteStore]:
        store = SqliteStore(self.data / "collector.sqlite")
        try:
            yield store
        finally:
            store.close()

    def counted(self, **query: Any) -> int:
        """Ratings of the main question, from the tallies; marked ones too: a test's taps come in bursts."""
        with self.store() as store:
            return sum(sum(h.counted) + sum(h.flagged) for h in store.histograms(EVERYBODY, ScoreQuery(**query)))

    def accounting(self) -> list[dict[str, Any]]:
        with self.store() as store:
            return store.accounting(datetime.now(UTC))

    def adds_up(self) -> bool:
        """Nothing unexplained, nothing lost; and the tallies are what the events say."""
        return all(row["unexplained"] == 0 and row["lost"] == 0 for row in self.accounting())

    def rebuild(self) -> int:
        with self.store() as store:
            return store.rebuild()

    def wait_until(self, condition: Callable[[], Any], timeout: float = 15) -> Any:
        return wait_for(condition, timeout)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
