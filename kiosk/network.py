"""The kiosk's network beside its screen: the link in a thread, and what passes between the two."""

import contextlib
import os
import signal
import socket
import sqlite3
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from broker_config.messages import HealthScreen, KioskConfig, Reply
from kiosk import configuration, recovery, restart
from kiosk.clock import Clock
from kiosk.connection import BrokerAddress
from kiosk.link import Link, Timing
from kiosk.outbox import Outbox
from kiosk.service_facts import LinkFacts
from kiosk.window import Frames

if TYPE_CHECKING:
    from kiosk.app import KioskApp
    from kiosk.renewal import Renewal

LONGEST_DETAIL = 2000
LAST_WORDS_S = 2.0

log = structlog.get_logger()


class Network:
    """The link in a thread of its own, with an outbox connection of its own. `facts`: how it stands, for an operator."""

    def __init__(
        self,
        folder: Path,
        kiosk: str,
        machine: str,
        address: BrokerAddress,
        timing: Timing,
        clock: Clock,
        renewal: "Renewal | None" = None,
    ) -> None:
        self._renewal = renewal
        self._folder, self._kiosk, self._machine, self._address = folder, kiosk, machine, address
        self._timing, self._clock, self.frames = timing, clock, Frames()
        self._config = ""
        self.facts = LinkFacts(f"{address.host}:{address.port}")
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_out.setblocking(False)
        self._stopping = threading.Event()
        self._replies: list[Reply] = []
        self._reports: list[Reply] = []
        self._thread: threading.Thread | None = None

    def start(self, app: "KioskApp") -> None:
        """Begin to send; configurations that come go to the app."""
        if app.station.config:
            self.applied(app.station.config)
        if fault := configuration.fault(self._folder / "config.json", self._kiosk):
            self.refused(*fault)
        self._replies += self._reports
        self._thread = threading.Thread(target=self._run, args=(app,), name="link")
        self._thread.start()

    def wake(self) -> None:
        """Something is due: do not wait for the next turn."""
        with contextlib.suppress(BlockingIOError):  # it has been woken often enough
            self._wake_out.send(b".")

    def applied(self, config: KioskConfig) -> None:
        self._config = config.config
        self.reply(Reply(id=config.config, ok=True, detail="applied", data=config.model_dump(mode="json")))

    def refused(self, payload: bytes, reason: str) -> None:
        self.reply(Reply(id=configuration.named(payload), ok=False, detail=reason[:LONGEST_DETAIL]))

    def reply(self, reply: Reply) -> None:
        """Send it with the next turn. Safe from any thread."""
        self._replies.append(reply)
        self.wake()

    def report(self, damaged: list[str]) -> None:
        """Sentences for the collector, about the outbox."""
        for sentence in damaged:
            log.warning(sentence)
            self._reports.append(Reply(id="outbox", ok=False, detail=sentence))

    def stop(self) -> None:
        self._stopping.set()
        self.wake()
        if self._thread:
            self._thread.join(timeout=10)

    def _run(self, app: "KioskApp") -> None:
        """A thread that dies unheard would leave a screen that takes votes and sends none: the process ends with it."""
        try:
            self._link(app)
        except BaseException:
            log.exception("the network's thread has failed; ending, to be started again")
            os.kill(os.getpid(), signal.SIGTERM)
            raise

    def _link(self, app: "KioskApp") -> None:
        outbox = self._open()
        if outbox is None:
            return
        link = Link(
            outbox,
            self._address,
            clock=self._clock,
            config_id=lambda: self._config,
            on_config=app.propose_config,
            on_prompt=app.propose_prompt,
            on_command=app.propose_command,
            screen=lambda: HealthScreen(name=app.shown or "starting", frames=self.frames.proven),
            timing=self._timing,
        )
        while not self._stopping.is_set():
            self._hand_over(link)
            try:
                link.run_once(time.monotonic, 1.0, self._wake_in)
                through = outbox.stream().through
                self.facts = self.facts.seen(link.connected, link.collector_online, through, datetime.now(UTC))
                if self._renewal and (renewed := self._renewal.step()):
                    link.move(renewed.address)
            except (sqlite3.Error, OSError) as error:
                self._fails(error)
        self._say_last(link)
        link.stop()
        outbox.close()
        if self._renewal:
            self._renewal.stop()

    def _hand_over(self, link: Link) -> None:
        while self._replies:
            link.reply(self._replies.pop(0))

    def _say_last(self, link: Link) -> None:
        """Who asked for the end gets the reply before it: the broker has it, or has had its time."""
        self._hand_over(link)
        give_up = time.monotonic() + LAST_WORDS_S
        while link.owes and time.monotonic() < give_up:
            try:
                link.run_once(time.monotonic, 0.05)
            except (sqlite3.Error, OSError) as error:
                log.error("the last replies were not said", error=str(error))
                return

    def _open(self) -> Outbox | None:
        while not self._stopping.is_set():
            try:
                return Outbox(self._folder / recovery.NAME, self._kiosk, self._machine)
            except sqlite3.Error as error:
                self._fails(error)
        return None

    def _fails(self, error: Exception) -> None:
        """A full or locked disk: nothing is lost, it is tried again until it works. A damaged file never works again."""
        if recovery.is_damage(error):
            restart.give_up(self._folder, error)
        else:
            log.error("the outbox does not answer; trying again", error=str(error))
        self._stopping.wait(2.0)
