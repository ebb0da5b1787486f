"""Real brokers and real clients for tests."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from broker_config.acl import Identity
from broker_config.embedded import Embedded
from broker_config.mosquitto import Mosquitto, Settings
from broker_config.process import Broker

_kept_places: list[socket.socket] = []
VERSIONS = {"5": MQTTProtocolVersion.MQTTv5, "3.1.1": MQTTProtocolVersion.MQTTv311}


class Refused(ConnectionError):
    """The broker's answer to CONNECT was a refusal; `code` is its reason code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"connection refused with reason {code}")
        self.code = code


class Client:
    """A connected paho client on its own thread that remembers what the broker told it."""

    def __init__(self, paho: mqtt.Client) -> None:
        self.paho = paho
        self.connected: int | None = None
        self.disconnected = threading.Event()
        self.received: list[mqtt.MQTTMessage] = []
        self.published: dict[int, int] = {}
        self.subscribed: dict[int, list[int]] = {}
        paho.on_connect = lambda *told: setattr(self, "connected", told[3].value)
        paho.on_disconnect = lambda *_: self.disconnected.set()
        paho.on_message = lambda *told: self.received.append(told[2])
        paho.on_publish = lambda *told: self.published.__setitem__(told[2], told[3].value)
        paho.on_subscribe = lambda *told: self.subscribed.__setitem__(told[2], [reason.value for reason in told[3]])

    def publish(self, topic: str, payload: bytes | str = b"", *, qos: int = 1, retain: bool = False) -> int:
        """Publish, wait for the acknowledgement, return its reason code (135: not authorized)."""
        mid = self.paho.publish(topic, payload, qos, retain).mid
        wait_for(lambda: mid in self.published)
        return self.published[mid]

    def subscribe(self, *filters: str, qos: int = 1) -> list[int]:
        """Subscribe, wait for the acknowledgement, return its reason codes."""
        mid = self.paho.subscribe([(topic, qos) for topic in filters])[1]
        assert mid is not None
        wait_for(lambda: mid in self.subscribed)
        return self.subscribed[mid]

    def topics(self) -> list[str]:
        return [message.topic for message in list(self.received)]

    def drop(self) -> None:
        """Lose the network without saying goodbye."""
        sock = self.paho.socket()
        assert isinstance(sock, socket.socket)
        sock.shutdown(socket.SHUT_RDWR)
        self.paho.loop_stop()


def free_port() -> int:
    """A port that nothing uses, and that no other test is given as long as this process lives, whichever process runs it.

    It is free until somebody listens there; a name in the kernel, which goes with us, keeps the place.
    """
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        place = socket.socket(socket.AF_UNIX)
        try:
            place.bind(f"\0nuomone-tests-{port}")
        except OSError:
            place.close()
            continue
        _kept_places.append(place)
        return port


def wait_for(condition: Callable[[], Any], timeout: float = 5.0) -> Any:
    """Poll until the condition is true and return its value; an assertion error after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        assert time.monotonic() < deadline, f"nothing after {timeout} s"
        time.sleep(0.005)
    return value


@contextlib.contextmanager
def mosquitto(folder: Path, identities: tuple[Identity, ...], **settings: Any) -> Iterator[Mosquitto]:
    with Mosquitto(Settings(folder / "mosquitto", identities, settings.pop("port", None) or free_port(), **settings)) as broker:
        yield broker


@contextlib.contextmanager
def embedded(folder: Path, identities: tuple[Identity, ...]) -> Iterator[Embedded]:
    with Embedded(folder / "embedded", identities, free_port()) as broker:
        yield broker


@contextlib.contextmanager
def client(
    broker: Broker,
    identity: Identity | None,
    *,
    password: str | None = None,
    will: tuple[str, bytes] | None = None,
    client_id: str = "",
    keepalive: int = 30,
) -> Iterator[Client]:
    """A client in the broker's protocol, connected; raises Refused when the broker says no."""
    version = VERSIONS[broker.protocol]
    paho = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=version, reconnect_on_failure=False)
    if identity:
        paho.username_pw_set(identity.id, identity.password if password is None else password)
    if will:
        paho.will_set(*will, qos=1, retain=True)
    connected = Client(paho)
    paho.connect(broker.host, broker.port, keepalive)
    paho.loop_start()
    try:
        wait_for(lambda: connected.connected is not None)
        if connected.connected:
            raise Refused(connected.connected)
        yield connected
    finally:
        paho.disconnect()
        paho.loop_stop()
