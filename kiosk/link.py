"""The kiosk's MQTT side: drains the outbox, obeys receipts, takes configurations, keeps presence.

`Link` has no thread of its own. `step(now)` does what is due; `run_once` waits for the
socket first. The app wraps it in one thread, the simulator many of them in one selector.
paho's callbacks only put messages into `_inbox`.
"""

import json
import random
import secrets
import select
import shutil
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion
from pydantic import ValidationError

from broker_config import topics
from broker_config.messages import (
    MAX_BATCH_EVENTS,
    CollectorState,
    Health,
    HealthScreen,
    Prompt,
    Receipt,
    Reply,
    State,
)
from kiosk import __version__, configuration
from kiosk.clock import Clock
from kiosk.delivery import Delivery
from kiosk.outbox import Outbox, Stream
from kiosk.timekeeping import Timekeeper

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker is and who we are there. `protocol`: "5" or "3.1.1"."""

    host: str
    port: int
    username: str
    password: str
    protocol: str = "5"


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds; the contract's values."""

    health_s: float = 60.0
    probe_s: float = 300.0
    lower_s: float = 5.0
    reconnect_s: float = 1.0
    reconnect_most_s: float = 60.0
    prune_s: float = 3600.0
    keepalive_s: int = 30


@dataclass
class Due:
    """When the next periodic things happen, in monotonic seconds."""

    connect: float = 0.0
    health: float = 0.0
    probe: float = 0.0
    prune: float = 0.0
    failures: int = 0


def _no_screen() -> HealthScreen:
    return HealthScreen(name="none", frames=0)


class Link:
    """One kiosk's connection. `most_in_flight`: batches published and not yet acknowledged by the broker."""

    def __init__(
        self,
        outbox: Outbox,
        broker: BrokerAddress,
        *,
        clock: Clock | None = None,
        config_id: Callable[[], str] = lambda: "",
        on_config: Callable[[bytes], None] = lambda _: None,
        on_prompt: Callable[[Prompt], None] = lambda _: None,
        screen: Callable[[], HealthScreen] = _no_screen,
        timing: Timing | None = None,
        most_in_flight: int = 8,
        batch_events: int = MAX_BATCH_EVENTS,
        jitter: random.Random | None = None,
    ) -> None:
        self.outbox, self.broker, self.timing = outbox, broker, timing or Timing()
        self.kiosk = outbox.kiosk
        self._config_id, self._on_config, self._on_prompt, self._screen = config_id, on_config, on_prompt, screen
        self._most_in_flight = most_in_flight
        self._jitter = jitter or random.Random()  # noqa: S311 - spreads retries, guards nothing
        self.delivery = Delivery(
            outbox, lower_s=self.timing.lower_s, batch_events=batch_events, jitter=self._jitter, on_restart=self._health_now
        )
        self._timekeeper = Timekeeper(outbox, clock or Clock())
        self._session = secrets.token_hex(8)
        self._client = self._new_client()
        self._inbox: deque[tuple[str, bytes, bool]] = deque()
        self._replies: deque[Reply] = deque()
        self._collectors: set[str] = set()
        self._unacknowledged: set[int] = set()
        self._due = Due()
        self._started: float | None = None
        self._streams_told: tuple[int, ...] = ()
        self._subscribed = False
        self.connected = False

    # ── outside ─────────────────────────────────────────────────────────────────────────

    @property
    def collector_online(self) -> bool:
        return bool(self._collectors)

    def fileno(self) -> int:
        """The socket to wait on, -1 while there is none."""
        sock = self._client.socket()
        return sock.fileno() if sock else -1

    def wants_write(self) -> bool:
        return self._client.want_write()

    def reply(self, reply: Reply) -> None:
        """Queue a reply; safe from another thread."""
        self._replies.append(reply)

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
        self._exchange(now)
        while self._inbox:
            topic, payload, retained = self._inbox.popleft()
            self._receive(topic, payload, retained, now)
        self._timekeeper.step(listening=self.connected and self.collector_online)
        if self.connected and self._subscribed:
            self._speak(now)
        if now >= self._due.prune:
            self._due.prune = now + self.timing.prune_s
            self._timekeeper.prune()

    def stop(self, *, lost: bool = False) -> None:
        """Say goodbye and close. With `lost` the broker is left to find out (its will speaks)."""
        self._timekeeper.stop()
        if not self.connected or lost:
            self._close()
            return
        self._publish(topics.state(self.kiosk), self._state("offline"), retain=True)
        for _ in range(100):  # a connection that is closed over unread bytes looks like a lost one
            if self.fileno() < 0 or not (self.wants_write() or self._is_readable(50)):
                break
            self._client.loop_write()
            self._client.loop_read()
        self._client.disconnect()

    # ── connection ──────────────────────────────────────────────────────────────────────

    def _new_client(self) -> mqtt.Client:
        version5 = self.broker.protocol == "5"
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"{self.kiosk}-{self._session}",
            protocol=mqtt.MQTTv5 if version5 else mqtt.MQTTv311,
            clean_session=None if version5 else True,
        )
        client.username_pw_set(self.broker.username, self.broker.password)
        client.will_set(topics.state(self.kiosk), self._state("lost"), qos=1, retain=True)
        client.max_inflight_messages_set(0 if version5 else 1000)
        client.connect_timeout = 5.0
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = lambda _c, _u, m: self._inbox.append((m.topic, bytes(m.payload), m.retain))
        client.on_publish = lambda _c, _u, mid, _r, _p: self._unacknowledged.discard(mid)
        client.on_subscribe = self._on_subscribe
        return client

    def _exchange(self, now: float) -> None:
        if self._client.socket() is None:
            if now >= self._due.connect:
                self._connect(now)
            return
        for _ in range(64):
            if not self._is_readable():
                break
            self._client.loop_read()
        if self._client.socket() is not None:
            if self._client.want_write():
                self._client.loop_write()
            self._client.loop_misc()

    def _is_readable(self, wait_ms: int = 0) -> bool:
        """poll, not select: a simulator's file numbers go far above 1,024."""
        if self.fileno() < 0:
            return False
        poll = select.poll()
        poll.register(self, select.POLLIN)
        return bool(poll.poll(wait_ms))

    def _connect(self, now: float) -> None:
        self._due.failures += 1
        most = min(self.timing.reconnect_s * 2**self._due.failures, self.timing.reconnect_most_s)
        self._due.connect = now + self.timing.reconnect_s * 0.2 + self._jitter.random() * most
        try:
            self._client.connect(self.broker.host, self.broker.port, keepalive=self.timing.keepalive_s)
        except (OSError, ValueError) as error:
            log.info("broker not reached", host=self.broker.host, port=self.broker.port, error=str(error))

    def _on_connect(self, _c: mqtt.Client, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
        if reason.is_failure:
            log.warning("the broker refuses this kiosk", reason=str(reason))
            return
        kinds = (topics.receipt, topics.config, topics.command, topics.prompt, topics.state)
        wanted = [(build(self.kiosk), 1) for build in kinds] + [(topics.ALL_COLLECTOR_STATES, 1)]
        self._client.subscribe(wanted)
        self.connected = True

    def _on_subscribe(self, *_: Any) -> None:
        """Only a subscribed kiosk speaks: a receipt must find somebody listening."""
        self._due.failures = 0
        self._streams_told = ()
        self._subscribed = True
        self._due.health = 0.0
        self._publish(topics.state(self.kiosk), self._state("online"), retain=True)

    def _on_disconnect(self, *_: Any) -> None:
        self.connected = self._subscribed = False
        self._collectors.clear()
        self._unacknowledged.clear()
        self.delivery.forget_flights()
        self._due.probe = 0.0

    def _close(self) -> None:
        sock = self._client.socket()
        if sock:
            sock.close()

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
            elif parsed.kind == "state" and payload:
                self._deny(State.model_validate_json(payload))
        except ValidationError as error:
            log.warning("unreadable message", topic=topic, error=str(error.errors()[0]["msg"]))

    def _deny(self, state: State) -> None:
        """The will of an earlier connection, come late: we are here."""
        if state.state == "lost" and state.session != self._session:
            self._publish(topics.state(self.kiosk), self._state("online"), retain=True)

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
            self._publish(topics.reply(self.kiosk), echo.wire())

    # ── what goes ───────────────────────────────────────────────────────────────────────

    def _speak(self, now: float) -> None:
        while self._replies:
            reply = self._replies[0]
            if reply.ok and isinstance(reply.data, dict) and "questionnaire" in reply.data:
                self.outbox.remember(reply.id, json.dumps(reply.data, ensure_ascii=False))  # may fail: it is tried again
            self._publish(topics.reply(self.kiosk), reply.wire())
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
            self._publish(topics.health(self.kiosk), self._health(stream, now).wire())
        self._streams_told = numbers
        self._publish(topics.health(self.kiosk), self._health(current, now).wire(), qos=0)

    def has_room(self) -> bool:
        return len(self._unacknowledged) < self._most_in_flight

    def carry(self, payload: bytes) -> None:
        self._unacknowledged.add(self._publish(topics.events(self.kiosk), payload).mid)

    def _publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> mqtt.MQTTMessageInfo:
        return self._client.publish(topic, payload, qos=qos, retain=retain)

    def _state(self, state: Literal["online", "offline", "lost"]) -> bytes:
        return State(state=state, session=self._session, version=__version__).wire()

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
