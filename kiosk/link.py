"""The kiosk's MQTT side: drains the outbox, obeys receipts, takes configurations, keeps presence.

`Link` has no thread of its own. `step(now)` does what is due; `run_once` waits for the
socket first. The app wraps it in one thread, the simulator many of them in one selector.
"""

import json
import random
import select
import shutil
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from pydantic import ValidationError

from broker_config import topics
from broker_config.messages import (
    MAX_BATCH_EVENTS,
    CollectorState,
    Command,
    Health,
    HealthScreen,
    Prompt,
    Receipt,
    Reply,
    State,
)
from kiosk import __version__, configuration
from kiosk.batches import Stream
from kiosk.clock import Clock
from kiosk.connection import BrokerAddress, Connection, Patience
from kiosk.delivery import Delivery
from kiosk.outbox import Outbox
from kiosk.timekeeping import Timekeeper

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Timing(Patience):
    """Seconds; the contract's values."""

    health_s: float = 60.0
    probe_s: float = 300.0
    lower_s: float = 5.0
    prune_s: float = 3600.0


@dataclass
class Due:
    """When the next periodic things happen, in monotonic seconds."""

    health: float = 0.0
    probe: float = 0.0
    prune: float = 0.0


def _no_screen() -> HealthScreen:
    return HealthScreen(name="none", frames=0)


class Link:
    """One kiosk's connection. `most_in_flight`: batches published and not yet acknowledged by the broker.

    `on_command` gets a command and when it arrived, in `step`'s seconds.
    """

    def __init__(
        self,
        outbox: Outbox,
        broker: BrokerAddress,
        *,
        clock: Clock | None = None,
        config_id: Callable[[], str] = lambda: "",
        on_config: Callable[[bytes], None] = lambda _: None,
        on_prompt: Callable[[Prompt], None] = lambda _: None,
        on_command: Callable[[Command, float], None] = lambda _command, _arrived: None,
        screen: Callable[[], HealthScreen] = _no_screen,
        timing: Timing | None = None,
        most_in_flight: int = 8,
        batch_events: int = MAX_BATCH_EVENTS,
        jitter: random.Random | None = None,
    ) -> None:
        self.outbox, self.timing, self.kiosk = outbox, timing or Timing(), outbox.kiosk
        self._config_id, self._on_config, self._on_prompt, self._screen = config_id, on_config, on_prompt, screen
        self._on_command = on_command
        self._most_in_flight = most_in_flight
        self._jitter = jitter = jitter or random.Random()  # noqa: S311 - spreads retries, guards nothing
        self.delivery = Delivery(
            outbox, lower_s=self.timing.lower_s, batch_events=batch_events, jitter=jitter, on_restart=self._health_now
        )
        self._connection = self._connect(broker)
        self._timekeeper = Timekeeper(outbox, clock or Clock())
        self._replies: deque[Reply] = deque()
        self._collectors: set[str] = set()
        self._due = Due()
        self._started: float | None = None
        self._streams_told: tuple[int, ...] = ()

    # ── outside ─────────────────────────────────────────────────────────────────────────

    @property
    def connected(self) -> bool:
        return self._connection.connected

    @property
    def collector_online(self) -> bool:
        return bool(self._collectors)

    def fileno(self) -> int:
        """The socket to wait on, -1 while there is none."""
        return self._connection.fileno()

    def wants_write(self) -> bool:
        return self._connection.wants_write()

    def reply(self, reply: Reply) -> None:
        """Queue a reply; safe from another thread."""
        self._replies.append(reply)

    @property
    def owes(self) -> bool:
        """Whether a reply has not been said yet, or something said is not yet with the broker, while it is there."""
        return self._connection.ready and bool(self._replies or self._connection.unacknowledged)

    def run_once(self, now: Callable[[], float], timeout: float = 1.0, wake: socket.socket | None = None) -> bool:
        """Wait at most `timeout` seconds for the socket or `wake`, then do what is due. True when connected."""
        poll = select.poll()
        if wake:
            poll.register(wake, select.POLLIN)
        if self.fileno() >= 0:
            poll.register(self, select.POLLIN | (select.POLLOUT if self.wants_write() else 0))
        for fd, _ in poll.poll(timeout * 1000):
            if wake and fd == wake.fileno():
                wake.recv(4096)
        self.step(now())
        return self.connected

    def step(self, now: float) -> None:
        """Read what came, obey it, send what is due."""
        self._started = now if self._started is None else self._started
        self._connection.exchange(now)
        while self._connection.inbox:
            self._receive(*self._connection.inbox.popleft(), now)
        self._timekeeper.step(listening=self.connected and self.collector_online)
        if self._connection.ready:
            self._speak(now)
        if now >= self._due.prune:
            self._due.prune = now + self.timing.prune_s
            self._timekeeper.prune()

    def move(self, broker: BrokerAddress) -> None:
        """Say goodbye, and come back to this address or with this certificate; what was in flight is sent again."""
        self._connection.stop()
        self._lose()
        self._connection = self._connect(broker)

    def stop(self, *, lost: bool = False) -> None:
        """Say goodbye and close. With `lost` the broker is left to find out (its will speaks)."""
        self._timekeeper.stop()
        self._connection.stop(lost=lost)

    # ── the connection's ────────────────────────────────────────────────────────────────

    def _connect(self, broker: BrokerAddress) -> Connection:
        return Connection(self.kiosk, broker, self.timing, self._jitter, on_ready=self._begin, on_lost=self._lose)

    def _begin(self) -> None:
        self._streams_told = ()
        self._due.health = 0.0

    def _lose(self) -> None:
        self._collectors.clear()
        self.delivery.forget_flights()
        self._due.probe = 0.0

    # ── what comes ──────────────────────────────────────────────────────────────────────

    def _receive(self, topic: str, payload: bytes, retained: bool, now: float) -> None:
        parsed = topics.parse(topic)
        if parsed is None:
            return
        try:
            if parsed.owner == "collector":
                self._collector(parsed.id, payload)
            elif parsed.kind == "receipt":
                receipt = Receipt.model_validate_json(payload)
                self._timekeeper.heard(receipt.now, retained=retained)
                self.delivery.obey(receipt, now)
            elif parsed.kind == "config" and payload:
                self._on_config(payload)
            elif parsed.kind == "prompt":
                self._on_prompt(Prompt.model_validate_json(payload))
            elif parsed.kind == "command" and not retained:  # a retained one would come with every connection
                self._on_command(Command.model_validate_json(payload), now)
            elif parsed.kind == "state" and payload:
                self._deny(State.model_validate_json(payload))
        except ValidationError as error:
            log.warning("unreadable message", topic=topic, error=str(error.errors()[0]["msg"]))

    def _deny(self, state: State) -> None:
        """The will of an earlier connection, come late: we are here."""
        if state.state == "lost" and state.session != self._connection.session:
            self._connection.tell_state("online")

    def _collector(self, name: str, payload: bytes) -> None:
        online = bool(payload) and CollectorState.model_validate_json(payload).state == "online"
        was = self.collector_online
        (self._collectors.add if online else self._collectors.discard)(name)
        if online and not was:
            self.delivery.forget_flights()
            self._echo_configs()

    def _echo_configs(self) -> None:
        """A collector that starts may have been put back from a backup: tell it what our events were made under."""
        for payload in self.outbox.configs():
            try:
                config = json.loads(payload)
                echo = Reply(id=config["config"], ok=True, detail="events of it are held", data=config)
            except (ValueError, TypeError, KeyError) as error:  # pydantic's ValidationError is a ValueError
                log.error("a configuration kept with its events is damaged", error=str(error))
                name = configuration.named(payload.encode())
                echo = Reply(id=name, ok=False, detail="the copy kept with its events is damaged")
            self._connection.publish(topics.reply(self.kiosk), echo.wire())

    # ── what goes ───────────────────────────────────────────────────────────────────────

    def _speak(self, now: float) -> None:
        while self._replies:
            reply = self._replies[0]
            if reply.ok and isinstance(reply.data, dict) and "questionnaire" in reply.data:
                self.outbox.remember(reply.id, json.dumps(reply.data, ensure_ascii=False))  # may fail: it is tried again
            self._connection.unacknowledged.add(self._connection.publish(topics.reply(self.kiosk), reply.wire()))
            self._replies.popleft()
        if self.collector_online:
            if self._timekeeper.asks():
                self.delivery.ask(self)
            self.delivery.send(self, now)
        elif now >= self._due.probe:
            self._due.probe = now + self.timing.probe_s
            self.delivery.probe(self, now)
        if now >= self._due.health:
            self._due.health = now + self.timing.health_s
            self._tell_health(now)

    def _tell_health(self, now: float) -> None:
        """Of older streams once a connection, and when one is left or rescued: what moved on is not pending there any more."""
        *older, current = self.outbox.streams()
        numbers = tuple(stream.no for stream in (*older, current))
        for stream in older if self._streams_told != numbers else ():
            self._connection.publish(topics.health(self.kiosk), self._health(stream, now).wire())
        self._streams_told = numbers
        self._connection.publish(topics.health(self.kiosk), self._health(current, now).wire(), qos=0)

    def has_room(self) -> bool:
        return len(self._connection.unacknowledged) < self._most_in_flight

    def carry(self, payload: bytes) -> None:
        self._connection.unacknowledged.add(self._connection.publish(topics.events(self.kiosk), payload))

    def _health_now(self) -> None:
        self._due.health = 0.0

    def _health(self, stream: Stream, now: float) -> Health:
        return Health(
            stream=stream.id,
            last_seq=stream.last_seq,
            through=stream.through,
            pending=self.outbox.depth(stream),
            oldest=self.outbox.oldest(stream),
            uptime_s=int(now - (self._started or now)),
            version=__version__,
            config=self._config_id(),
            clock=self._timekeeper.health(),
            disk_free_mb=shutil.disk_usage(self.outbox.folder).free // 2**20,
            screen=self._screen(),
        )
