"""The collector's intake process: one thread that alternates between the network and a batch commit.

`run_once` reads what the socket has, and every `batch` messages or `wait_s` seconds stores
all of it in one transaction; after the commit it publishes receipts and scores. paho's
callbacks only fill the inbox. A batch that was read and not committed is no loss: without
its receipt the kiosk sends it again.
"""

import select
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from broker_config import topics
from broker_config.handshake import Handshake, has_waiting
from broker_config.messages import CollectorState
from broker_config.tls import ClientTls
from collector.acknowledge import Acknowledger
from collector.fleet import Fleet
from collector.inbox import Inbox
from collector.queue_visits import QueueVisits
from collector.rollouts import Pace
from collector.store.base import Store, StoreError

log = structlog.get_logger()

RECEIVE_MAXIMUM = 1000
EXPIRE_EVERY_S = 3600.0


@dataclass(frozen=True)
class IngestSettings:
    """`shared`: several collectors take turns, as the group `shared_group`. `batch`, `wait_s`: when to commit.

    `pace`: how long roll-outs of configurations watch a kiosk.
    """

    name: str
    host: str
    port: int
    username: str
    password: str
    protocol: str = "5"
    shared: bool = False
    batch: int = 1000
    wait_s: float = 0.02
    tls: ClientTls | None = None
    pace: Pace = field(default_factory=Pace)
    shared_group: str = topics.SHARED_GROUP


class Ingest:
    """Owns the MQTT connection; the store and what is said about it are given."""

    def __init__(self, settings: IngestSettings, store: Store, now: Callable[[], datetime]) -> None:
        self._settings, self._store, self._now = settings, store, now
        self._client = self._new_client()
        self._handshake = Handshake(self._client, settings.tls, settings.host)
        self._inbox = Inbox(store, now)
        self._acknowledger = Acknowledger(self._publish, store, now)
        told = self._acknowledger
        self._fleet = Fleet(self._publish, store, now, told.heard_of, told.stored, told.connected, settings.pace)
        self._visits = QueueVisits(self._publish, store, now)
        self._connect_at = 0.0
        self._expire_at = 0.0
        self._waiting_since: float | None = None
        self.connected = False

    def run_once(self) -> bool:
        """Read, and store when a batch is full or old enough. True when something was stored."""
        self._exchange()
        now = time.monotonic()
        if len(self._inbox) and self._waiting_since is None:
            self._waiting_since = now
        stored = False
        if self._is_due(now):
            stored = self._store_batch()
        if self.connected:
            self._acknowledger.tick(now)
            self._fleet.tick(now)
        if now >= self._expire_at:
            self._expire_at = now + EXPIRE_EVERY_S
            self._expire()
        return stored

    def stop(self) -> None:
        """Take no more, finish the batch, say goodbye, close."""
        if self.connected:
            self._client.unsubscribe(self._topics())
            self._listen_until_quiet()
        while len(self._inbox) and self._store_batch():
            pass
        if self.connected:
            self._acknowledger.tick(time.monotonic(), everything=True)
            self._publish(topics.collector_state(self._settings.name), CollectorState(state="offline").wire(), retain=True)
            self._listen_until_quiet()
            self._client.disconnect()

    def _listen_until_quiet(self, most_s: float = 2.0) -> None:
        """Read what is still coming: a connection that is closed over unread bytes looks like a lost one."""
        deadline = time.monotonic() + most_s
        while (
            time.monotonic() < deadline
            and self._client.socket() is not None
            and (self._client.want_write() or self._readable(0.1))
        ):
            self._client.loop_write()
            self._client.loop_read()

    # ── batches ─────────────────────────────────────────────────────────────────────────

    def _is_due(self, now: float) -> bool:
        waited = self._waiting_since is not None and now - self._waiting_since >= self._settings.wait_s
        return len(self._inbox) >= self._settings.batch or waited

    def _store_batch(self) -> bool:
        """One transaction for all waiting events, then presence and replies one by one. What the store refuses waits on."""
        try:
            recorded = self._store.record(self._inbox.decided(), self._now())
            self._inbox.taken()
            self._acknowledger.stored(recorded)
            for topic, payload in self._inbox.others():
                if topic.owner == "queue":
                    self._visits.receive(topic.id, payload)
                else:
                    self._fleet.receive(topic, payload)
        except StoreError as error:
            log.error("the store does not take anything; trying again", error=str(error))
            time.sleep(0.2)
            return False
        self._waiting_since = None
        return True

    def _expire(self) -> None:
        try:
            self._store.expire_quarantine(self._now())
            self._store.expire_timelines(self._now())
        except StoreError as error:
            log.warning("what is old was not tidied away; in an hour again", error=str(error))

    # ── connection ──────────────────────────────────────────────────────────────────────

    def _exchange(self) -> None:
        if self._client.socket() is None:
            self._connect()
            return
        timeout = self._settings.wait_s if len(self._inbox) else 0.1
        readable = self._readable(timeout)
        while readable and len(self._inbox) < self._settings.batch:
            for _ in range(20):
                self._client.loop_read()
            if self._client.socket() is None:
                return
            readable = self._readable(0)
        if self._client.want_write():
            self._client.loop_write()
        self._client.loop_misc()

    def _readable(self, timeout: float) -> bool:
        socket: Any = self._client.socket()
        if has_waiting(socket):
            return True
        return bool(select.select([socket], [socket] if self._client.want_write() else [], [], timeout)[0])

    def _connect(self) -> None:
        now = time.monotonic()
        if now < self._connect_at:
            time.sleep(0.05)
            return
        self._connect_at = now + 1.0
        s = self._settings
        properties = None
        if s.protocol == "5":
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.ReceiveMaximum = RECEIVE_MAXIMUM
        try:
            self._client.connect(s.host, s.port, keepalive=30, properties=properties)
        except (OSError, ValueError) as error:
            why = self._handshake.failed(error)
            log.warning("the broker is not reached; trying again", host=s.host, port=s.port, error=why)

    def _new_client(self) -> mqtt.Client:
        s = self._settings
        version5 = s.protocol == "5"
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"collector-{s.name}",
            protocol=mqtt.MQTTv5 if version5 else mqtt.MQTTv311,
            clean_session=None if version5 else True,
        )
        if not s.tls:
            client.username_pw_set(s.username, s.password)
        client.will_set(topics.collector_state(s.name), CollectorState(state="lost").wire(), qos=1, retain=True)
        client.max_queued_messages_set(0)
        client.connect_timeout = 5.0
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        return client

    def _on_message(self, _c: mqtt.Client, _u: Any, message: mqtt.MQTTMessage) -> None:
        self._inbox.append(message.topic, bytes(message.payload))

    def _on_connect(self, _c: mqtt.Client, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
        self._handshake.answered()
        if reason.is_failure:
            log.error("the broker refuses the collector", reason=str(reason))
            self._connect_at = time.monotonic() + 5.0
            return
        self._client.subscribe([(topic, 1) for topic in self._topics()])

    def _topics(self) -> list[str]:
        """Events and visits are one collector's each; presence, health and replies may be heard by all."""
        taken = [topics.ALL_EVENTS, topics.ALL_VISITS]
        if self._settings.shared:
            taken = [topics.shared(self._settings.shared_group, wanted) for wanted in taken]
        return [*taken, topics.ALL_KIOSK_STATES, topics.ALL_HEALTH, topics.ALL_REPLIES]

    def _on_subscribe(self, *_: Any) -> None:
        """Announced only when events find us: then where every stream stands, then `online`."""
        self.connected = True
        log.info("connected", host=self._settings.host, port=self._settings.port)
        self._fleet.connected()
        self._acknowledger.connected()
        self._publish(topics.collector_state(self._settings.name), CollectorState(state="online").wire(), retain=True)

    def _on_disconnect(self, *_: Any) -> None:
        if self.connected:
            log.warning("the connection to the broker is lost")
        self.connected = False
        self._handshake.lost()

    def _publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> mqtt.MQTTMessageInfo:
        return self._client.publish(topic, payload, qos=qos, retain=retain)
