"""The kiosk's connection to its broker: paho without a thread, tried again ever less often, with the will that tells of its loss.

What comes is put into `inbox` by paho's callbacks and read by whoever called `exchange`.
"""

import random
import secrets
import select
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion

from broker_config import topics
from broker_config.handshake import Handshake, has_waiting
from broker_config.messages import State
from broker_config.tls import ClientTls
from kiosk import __version__

log = structlog.get_logger()

_CONNECT_S = 5.0
_READS = 64  # of the socket in one exchange: what is due to be sent must get its turn


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker is and who we are there: by password, or by certificate. `protocol`: "5" or "3.1.1"."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    protocol: str = "5"
    tls: ClientTls | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: the first pause between two attempts at most, the longest one, and how often the broker is told that we live."""

    reconnect_s: float = 1.0
    reconnect_most_s: float = 60.0
    keepalive_s: int = 30


class Connection:
    """One kiosk's. `ready`: connected and subscribed; only then may the kiosk speak, for a receipt must find somebody listening.

    `on_ready` and `on_lost` are called while `exchange` runs.
    """

    def __init__(
        self,
        kiosk: str,
        broker: BrokerAddress,
        patience: Patience,
        jitter: random.Random,
        *,
        on_ready: Callable[[], None],
        on_lost: Callable[[], None],
    ) -> None:
        self.kiosk, self.broker, self._patience, self._jitter = kiosk, broker, patience, jitter
        self._on_ready, self._on_lost = on_ready, on_lost
        self.session = secrets.token_hex(8)
        self.inbox: deque[tuple[str, bytes, bool]] = deque()
        self.unacknowledged: set[int] = set()
        self.connected = self.ready = False
        self._connect_at, self._failures = 0.0, 0
        self._client = self._new_client()
        self._handshake = Handshake(self._client, broker.tls, broker.host)

    # ── outside ─────────────────────────────────────────────────────────────────────────

    def fileno(self) -> int:
        """The socket to wait on, -1 while there is none."""
        sock = self._client.socket()
        return sock.fileno() if sock else -1

    def wants_write(self) -> bool:
        return self._client.want_write()

    def exchange(self, now: float) -> None:
        """Connect when it is time to; read and write what the socket takes."""
        if self._client.socket() is None:
            if now >= self._connect_at:
                self._connect(now)
            return
        for _ in range(_READS):
            if not self._is_readable():
                break
            self._client.loop_read()
        while has_waiting(self._client.socket()):  # whoever waits for the socket would not be woken for it
            self._client.loop_read()
        if self._client.socket() is not None:
            if self._client.want_write():
                self._client.loop_write()
            self._client.loop_misc()

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> int:
        """The message's number, which `unacknowledged` loses when the broker has it."""
        return self._client.publish(topic, payload, qos=qos, retain=retain).mid

    def tell_state(self, state: Literal["online", "offline"]) -> None:
        self.publish(topics.state(self.kiosk), self._state(state), retain=True)

    def stop(self, *, lost: bool = False) -> None:
        """Say goodbye and close. With `lost` the broker is left to find out (its will speaks)."""
        if not self.connected or lost:
            self._close()
            return
        self.tell_state("offline")
        for _ in range(100):  # a connection that is closed over unread bytes looks like a lost one
            if self.fileno() < 0 or not (self.wants_write() or self._is_readable(50)):
                break
            self._client.loop_write()
            self._client.loop_read()
        self._client.disconnect()

    # ── inside ──────────────────────────────────────────────────────────────────────────

    def _new_client(self) -> mqtt.Client:
        version5 = self.broker.protocol == "5"
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"{self.kiosk}-{self.session}",
            protocol=mqtt.MQTTv5 if version5 else mqtt.MQTTv311,
            clean_session=None if version5 else True,
        )
        if not self.broker.tls:
            client.username_pw_set(self.broker.username, self.broker.password)
        client.will_set(topics.state(self.kiosk), self._state("lost"), qos=1, retain=True)
        client.max_inflight_messages_set(0 if version5 else 1000)
        client.connect_timeout = _CONNECT_S
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_message = lambda _c, _u, m: self.inbox.append((m.topic, bytes(m.payload), m.retain))
        client.on_publish = lambda _c, _u, mid, _r, _p: self.unacknowledged.discard(mid)
        client.on_subscribe = self._subscribed
        return client

    def _is_readable(self, wait_ms: int = 0) -> bool:
        """poll, not select: a simulator's file numbers go far above 1,024."""
        if self.fileno() < 0:
            return False
        if has_waiting(self._client.socket()):
            return True
        poll = select.poll()
        poll.register(self, select.POLLIN)
        return bool(poll.poll(wait_ms))

    def _connect(self, now: float) -> None:
        self._failures += 1
        most = min(self._patience.reconnect_s * 2**self._failures, self._patience.reconnect_most_s)
        self._connect_at = now + self._patience.reconnect_s * 0.2 + self._jitter.random() * most
        try:
            self._client.connect(self.broker.host, self.broker.port, keepalive=self._patience.keepalive_s)
        except (OSError, ValueError) as error:
            why = self._handshake.failed(error)
            log.info("broker not reached", host=self.broker.host, port=self.broker.port, error=why)

    def _connected(self, _c: mqtt.Client, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
        self._handshake.answered()
        if reason.is_failure:
            log.warning("the broker refuses this kiosk", reason=str(reason))
            return
        kinds = (topics.receipt, topics.config, topics.command, topics.prompt, topics.state)
        wanted = [(build(self.kiosk), 1) for build in kinds] + [(topics.ALL_COLLECTOR_STATES, 1)]
        self._client.subscribe(wanted)
        self.connected = True

    def _subscribed(self, *_: Any) -> None:
        self._failures = 0
        self.ready = True
        self._on_ready()
        self.tell_state("online")

    def _disconnected(self, *_: Any) -> None:
        self.connected = self.ready = False
        self._handshake.lost()
        self.unacknowledged.clear()
        self._on_lost()

    def _close(self) -> None:
        sock = self._client.socket()
        if sock:
            sock.close()

    def _state(self, state: Literal["online", "offline", "lost"]) -> bytes:
        return State(state=state, session=self.session, version=__version__).wire()
