"""Each way in which TLS fails is one sentence in the log that says what to do; and what TLS has read ahead is read."""

import random
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from broker_config import pki, topics
from broker_config.acl import BrokerError
from broker_config.tls import ClientTls, client_tls, meaning
from kiosk.check import broker as broker_check
from kiosk.connection import BrokerAddress, Connection, Patience
from tests.broker_config.tls_brokers import Served, expired, foreign, made, served, tls_client
from tests.brokers import free_port, wait_for

QUICK = Patience(reconnect_s=0.02, reconnect_most_s=0.05)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("troubled")) as one:
        yield one


@pytest.fixture(scope="module")
def own(running: Served) -> ClientTls:
    return running.enrolled("hall-1")


def connection(port: int, tls: ClientTls, host: str = "localhost") -> Connection:
    address = BrokerAddress(host, port, "hall-1", "", tls=tls)
    return Connection("hall-1", address, QUICK, random.Random(1), on_ready=lambda: None, on_lost=lambda: None)


def exchanged(one: Connection, until: Callable[[], object], timeout: float = 5) -> None:
    def step() -> object:
        one.exchange(time.monotonic())
        return until()

    wait_for(step, timeout)


def told(port: int, tls: ClientTls, host: str = "localhost") -> str:
    """What the log of a kiosk says when it tries to connect."""
    structlog.reset_defaults()
    with capture_logs() as log, closing(_Stopping(connection(port, tls, host))) as one:
        exchanged(one.connection, lambda: log)
    return str(log[0].get("why") or log[0]["error"])


class _Stopping:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def close(self) -> None:
        self.connection.stop(lost=True)


def test_what_the_broker_has_against_us(running: Served, tmp_path: Path) -> None:
    ca = running.installation.ca
    revoked = running.enrolled("hall-9")
    running.signer.revoke("hall-9")
    for name in ("old", "foreign"):
        (tmp_path / name).mkdir()
    said = {
        "is revoked: enrol again": told(running.port, revoked),
        "has expired: renew it": told(running.port, expired(tmp_path / "old", running.issuer, "hall-1", ca=ca)),
        "is of another authority": told(running.port, foreign(tmp_path / "foreign", "hall-1", ca=ca)),
    }
    for reason, sentence in said.items():
        # Where the broker has hung up before its reason was read, the sentence names them all.
        assert reason in sentence or "does not accept this certificate" in sentence


def test_what_we_have_against_the_broker(running: Served, own: ClientTls, tmp_path: Path) -> None:
    other = made(tmp_path / "other")
    assert "is localhost the right broker?" in told(running.port, ClientTls(other.ca, own.certificate, own.key))
    assert "nuomone-broker renew --host 127.1" in told(running.port, own, "127.1")


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("certificate verify failed: certificate has expired", "the broker's certificate has expired"),
        ("[SSL: SSLV3_ALERT_CERTIFICATE_EXPIRED] sslv3 alert certificate expired", "this certificate, which has expired"),
        ("[SSL: SSLV3_ALERT_CERTIFICATE_REVOKED] sslv3 alert", "is revoked"),
        ("[SSL: TLSV1_ALERT_UNKNOWN_CA] tlsv1 alert unknown ca", "another authority"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "does not speak TLS on this port"),
        (ConnectionResetError(104, "Connection reset by peer"), "without a word"),
        ("certificate is not yet valid", "clock"),
    ],
)
def test_meanings(said: object, means: str) -> None:
    assert means in (meaning(said, "broker.example") or "")


def test_other_errors_have_none() -> None:
    assert meaning(OSError(113, "No route to host"), "broker.example") is None


def test_a_plain_broker_is_told_from_one_with_certificates(own: ClientTls, tmp_path: Path) -> None:
    from broker_config.acl import Identity
    from tests.brokers import mosquitto

    with mosquitto(tmp_path, (Identity("kiosk", "hall-1", "x"),)) as plain:
        assert "without a word" in told(plain.port, own) or "does not speak TLS" in told(plain.port, own)


def test_three_files_or_none(own: ClientTls, tmp_path: Path) -> None:
    assert client_tls(None, None, None) is None
    with pytest.raises(BrokerError, match="needs three files"):
        client_tls(own.ca, own.certificate, None)
    with pytest.raises(BrokerError, match="cannot be used"):
        ClientTls(own.ca, own.certificate, tmp_path / "none").context()


def test_a_renewed_certificate_is_used_at_the_next_connection(running: Served, tmp_path: Path) -> None:
    held = running.enrolled("hall-1", tmp_path)
    one = connection(running.port, held)
    exchanged(one, lambda: one.ready)
    key = pki.new_key()
    held.key.write_text(key)
    held.certificate.write_text(running.signer.sign("hall-1", pki.request(key)).certificate)  # ends the connection too
    exchanged(one, lambda: not one.connected)
    exchanged(one, lambda: one.ready)
    one.stop()


def test_what_tls_has_read_ahead_is_read_in_the_same_exchange(running: Served, own: ClientTls) -> None:
    """Many small messages come in one TLS record: after one exchange none waits where no poll sees it."""
    one = connection(running.port, running.enrolled("hall-1"))
    exchanged(one, lambda: one.ready)
    with tls_client(running.port, running.server("collector")) as collector:
        for number in range(300):
            collector.paho.publish(topics.prompt("hall-1"), f"{number:04}", 0)
        collector.publish(topics.receipt("hall-1"), "last")

        def nothing_waits() -> bool:
            sock = one._client.socket()
            assert not isinstance(sock, ssl.SSLSocket) or sock.pending() == 0
            return (topics.receipt("hall-1"), b"last", False) in one.inbox

        exchanged(one, nothing_waits)
    assert [payload for topic, payload, _ in one.inbox if topic == topics.prompt("hall-1")] == [b"%04d" % n for n in range(300)]
    one.stop()


def test_kiosk_check_shakes_hands_and_disturbs_nobody(running: Served, tmp_path: Path) -> None:
    held = running.enrolled("hall-7")
    address = BrokerAddress("localhost", running.port, "hall-7", "", tls=held)
    with tls_client(running.port, held) as kiosk:
        row = broker_check.broker(address)
        assert (row.state, "valid until" in row.means) == ("ok", True)
        assert not kiosk.disconnected.is_set()
    running.signer.revoke("hall-7")
    row = broker_check.broker(address)
    assert row.state == "missing"
    assert "certificate" in row.means
    late = tmp_path / "late"
    late.mkdir()
    key = pki.new_key()
    soon = running.issuer.client("hall-8", pki.public_key(key), timedelta(days=3), datetime.now(UTC))
    row = broker_check.broker(
        BrokerAddress("localhost", running.port, "hall-8", "", tls=running.keep("x", soon.certificate, key, late))
    )
    assert row.state == "warn"
    row = broker_check.broker(BrokerAddress("localhost", free_port(), "hall-7", "", tls=held))
    assert "cannot be reached" in row.means
