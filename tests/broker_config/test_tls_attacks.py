"""Who does not get in, and what those who are in cannot do; after each attack the broker serves everybody else."""

import socket
import ssl
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_config import topics
from broker_config.messages import MAX_PAYLOAD
from broker_config.mosquitto import PACKET_OVERHEAD
from broker_config.tls import ClientTls
from tests.broker_config.tls_brokers import Served, expired, foreign, is_let_in, served, tls_client
from tests.brokers import Client, wait_for

OWN, OTHER = "hall-1", "hall-2"
REFUSED = 135
CONNACK, PING = b"\x20\x02\x00\x00", b"\xc0\x00"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("attacked")) as one:
        yield one


@pytest.fixture(scope="module")
def own(running: Served) -> ClientTls:
    return running.enrolled(OWN)


@pytest.fixture(scope="module")
def other(running: Served) -> ClientTls:
    return running.enrolled(OTHER)


@pytest.fixture
def collector(running: Served) -> Iterator[Client]:
    with tls_client(running.port, running.server("collector")) as one:
        one.subscribe(topics.ALL_EVENTS, topics.ALL_KIOSK_STATES)
        yield one


@pytest.fixture(autouse=True)
def _others_are_served_afterwards(running: Served, other: ClientTls, collector: Client) -> Iterator[None]:
    yield
    with tls_client(running.port, other) as kiosk:
        assert kiosk.publish(topics.events(OTHER), "served") == 0
    wait_for(lambda: topics.events(OTHER) in collector.topics(), 10)
    assert {message.topic for message in collector.received} <= {topics.events(OTHER), topics.events(OWN)}


def spoken(port: int, said: bytes, context: ssl.SSLContext | None = None) -> bytes:
    """All that the broker answers to raw bytes before it hangs up; TimeoutError when it does not."""
    with socket.create_connection(("127.0.0.1", port), 5) as plain:
        wire = context.wrap_socket(plain, server_hostname="localhost") if context else plain
        wire.settimeout(5)
        answer = b""
        try:
            wire.sendall(said)
            while part := wire.recv(100):
                answer += part
        except (ConnectionError, ssl.SSLError):
            pass
        finally:
            wire.close()
        return answer


# ── outside ─────────────────────────────────────────────────────────────────────────────


def test_no_certificate(running: Served) -> None:
    context = ssl.create_default_context(cafile=str(running.installation.ca))
    assert spoken(running.port, connect_packet("collector"), context) == b""


def test_a_certificate_of_another_authority(running: Served, tmp_path: Path) -> None:
    assert not is_let_in(running.port, foreign(tmp_path, OWN, ca=running.installation.ca))


def test_an_expired_certificate(running: Served, tmp_path: Path) -> None:
    assert not is_let_in(running.port, expired(tmp_path, running.issuer, OWN, ca=running.installation.ca))


def test_a_certificate_for_a_server_opens_nothing_for_a_client(running: Served) -> None:
    files = running.installation.broker
    assert not is_let_in(running.port, ClientTls(running.installation.ca, files / "server.crt", files / "server.key"))


def test_plain_tcp(running: Served) -> None:
    assert spoken(running.port, connect_packet("collector")) in {b"", b"\x15\x03\x03\x00\x02\x02\x46"}


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
@pytest.mark.parametrize("version", ["TLSv1_1", "TLSv1_2", "TLSv1_3"])
def test_tls_of_the_last_decade(running: Served, own: ClientTls, version: str) -> None:
    context = own.context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    with socket.create_connection(("127.0.0.1", running.port), 5) as plain:
        try:
            with context.wrap_socket(plain, server_hostname="localhost") as wire:
                assert wire.version() == version.replace("_", ".")
                assert version != "TLSv1_1"
        except ssl.SSLError:
            assert version == "TLSv1_1"


# ── inside ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "topic",
    [
        topics.events(OTHER),
        topics.state(OTHER),
        topics.receipt(OWN),
        topics.config(OWN),
        topics.command(OTHER),
        topics.score("vilnius"),
    ],
)
def test_a_kiosk_speaks_for_nobody_else(running: Served, own: ClientTls, topic: str) -> None:
    with tls_client(running.port, own) as kiosk:
        assert kiosk.publish(topic, "forged", retain=True) == REFUSED


def test_a_kiosk_does_not_read_anothers_configuration(running: Served, own: ClientTls, collector: Client) -> None:
    collector.publish(topics.config(OTHER), "for the other", retain=True)
    with tls_client(running.port, own) as kiosk:
        kiosk.subscribe(topics.config(OTHER), "#")
        collector.publish(topics.config(OWN), "mine")
        wait_for(lambda: topics.config(OWN) in kiosk.topics(), 10)
        assert set(kiosk.topics()) == {topics.config(OWN)}


def test_nobody_ends_anothers_connection_by_bearing_its_client_id(running: Served, own: ClientTls, collector: Client) -> None:
    with tls_client(running.port, own, client_id="collector"), tls_client(running.port, own, client_id="collector-collector"):
        assert collector.publish(topics.score("vilnius"), "still here") in {0, 16}
    assert not collector.disconnected.is_set()


def test_a_last_will_for_another_is_not_heard(running: Served, own: ClientTls) -> None:
    with tls_client(running.port, own, will=(topics.state(OTHER), b"lost")) as kiosk:
        kiosk.drop()


def test_an_oversize_packet_ends_its_own_connection_only(running: Served, own: ClientTls) -> None:
    with tls_client(running.port, own) as kiosk:
        kiosk.paho.publish(topics.events(OWN), b"x" * (MAX_PAYLOAD + PACKET_OVERHEAD + 1), 1)
        wait_for(kiosk.disconnected.is_set)


def test_a_header_that_promises_256_megabytes(running: Served, own: ClientTls) -> None:
    said = connect_packet(OWN) + b"\x32\xff\xff\xff\x7f" + b"\x00\x01x"
    assert spoken(running.port, said, own.context()) in {CONNACK, b""}


@pytest.mark.parametrize(
    "said",
    [
        b"\x00" * 64,
        b"\xff" * 64,
        b"\x10\xff\xff\xff\xff\xff",
        b"\x10\x0c\x00\x04MQTT\x09\x02\x00\x3c\x00\x00",
        b"\x10\x02\x00\x04",
        b"\x30\x05\x00\x03a/b",
        b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02\xc3\x28",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["zeros", "ones", "endless length", "unknown version", "cut short", "publish first", "broken UTF-8", "HTTP"],
)
def test_malformed_packets(running: Served, own: ClientTls, said: bytes) -> None:
    answer = spoken(running.port, said, own.context())
    assert answer == b"" or answer[:1] == b"\x20"
    assert answer[3:4] != b"\x00"


@pytest.mark.parametrize(
    "second",
    [b"\x32\x04\x00\x00\x00\x01", b"\x36\x07\x00\x03a/b\x00\x01", b"\x82\x02\x00\x00", b"\x30\x07\x00\x05a/\x00/b", b"\xf0\x00"],
    ids=["no topic", "QoS 3", "subscribe to nothing", "a null in a topic", "unknown packet"],
)
def test_malformed_packets_of_somebody_who_is_in(running: Served, own: ClientTls, second: bytes) -> None:
    assert spoken(running.port, connect_packet(OWN) + second + PING, own.context()) in {CONNACK, b""}


def connect_packet(name: str) -> bytes:
    """MQTT 3.1.1, a clean session."""
    body = b"\x00\x04MQTT\x04\x02\x00\x3c" + struct.pack("!H", len(name)) + name.encode()
    return b"\x10" + bytes([len(body)]) + body
