"""A client that tries things at a broker, and remembers what the broker lets through to it."""

import contextlib
import secrets
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from broker_config.acl import Identity
from broker_config.tls import client_tls, meaning

PATIENCE_S = 5.0


class NotLetIn(ConnectionError):
    """The broker's answer to somebody who wants to connect; the message is its reason."""


@dataclass(frozen=True, slots=True)
class Target:
    """The broker. `trust`: what to check it against; None without TLS."""

    host: str
    port: int
    trust: ssl.SSLContext | None = None


class Member:
    """Connected, on paho's own thread. `received`: (topic, payload) in their order.

    `taken`: topics of what was published and not refused; an MQTT 3.1.1 broker refuses nothing aloud, so there it is empty.
    """

    def __init__(self, client: mqtt.Client, *, refuses_aloud: bool) -> None:
        self._client, self._refuses_aloud = client, refuses_aloud
        self._done: dict[int, bool] = {}
        self.received: list[tuple[str, bytes]] = []
        self.taken: set[str] = set()
        client.on_message = lambda _c, _u, message: self.received.append((message.topic, bytes(message.payload)))
        client.on_publish = lambda _c, _u, mid, reason, _p: self._done.__setitem__(mid, not reason.is_failure)
        client.on_subscribe = lambda _c, _u, mid, *_: self._done.__setitem__(mid, True)

    def publish(self, topic: str, payload: bytes) -> None:
        """Until the broker says that it has it, whatever it does with it."""
        mid = self._client.publish(topic, payload, 1).mid
        self._wait(mid)
        if self._refuses_aloud and self._done.get(mid):
            self.taken.add(topic)

    def subscribe(self, *filters: str) -> None:
        """What was published before this returns, and is let through, has been received."""
        for wanted in filters:
            self._wait(self._client.subscribe(wanted, 0)[1])

    def has(self, topic: str, payload: bytes) -> bool:
        return (topic, payload) in self.received

    def _wait(self, mid: int | None) -> None:
        until(lambda: mid in self._done or not self._client.is_connected())


@contextlib.contextmanager
def member(target: Target, identity: Identity | None, *, version5: bool = True) -> Iterator[Member]:
    """Raises NotLetIn, or OSError when the broker is not reached."""
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id=f"check-{secrets.token_hex(6)}",
        protocol=mqtt.MQTTv5 if version5 else mqtt.MQTTv311,
        clean_session=None if version5 else True,
        reconnect_on_failure=False,
    )
    _prove(client, target, identity)
    client.connect_timeout = PATIENCE_S
    answers: list[Any] = []
    said: list[str] = []
    client.on_connect = lambda _c, _u, _f, reason, _p: answers.append(reason)
    client.on_disconnect = lambda *_: answers.append(None)
    client.on_log = lambda _c, _u, level, text: said.append(text) if level == mqtt.MQTT_LOG_ERR else None
    client.connect(target.host, target.port, keepalive=20)
    one = Member(client, refuses_aloud=version5)
    client.loop_start()
    try:
        until(lambda: answers)
        if not answers or answers[0] is None:
            raise NotLetIn(meaning(" ".join(said) or "EOF", target.host) or "it ended the connection")
        if answers[0].is_failure:
            raise NotLetIn(str(answers[0]).lower())
        yield one
    finally:
        client.disconnect()
        client.loop_stop()


def until(true: Callable[[], Any]) -> bool:
    end = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def _prove(client: mqtt.Client, target: Target, identity: Identity | None) -> None:
    tls = client_tls(identity.ca, identity.certificate, identity.key) if identity else None
    if tls:
        client.tls_set_context(tls.context())
    elif target.trust:
        client.tls_set_context(target.trust)
        if not target.trust.check_hostname:
            client.tls_insecure_set(True)
    if identity and identity.password:
        client.username_pw_set(identity.id, identity.password)
