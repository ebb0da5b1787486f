"""The signer beside a real broker: who it signs for, and what has become true when it answers."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_config import pki, topics
from broker_config.signing import RefusedSigningError, Signer, SigningError
from tests.broker_config.tls_brokers import Served, is_let_in, served, tls_client
from tests.brokers import wait_for


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("signer")) as one:
        yield one


def test_it_tells_whom_to_believe(running: Served) -> None:
    said = running.signer.authority()
    assert (said.host, said.port) == ("localhost", running.port)
    assert said.ca == running.installation.ca.read_text()
    assert said.fingerprint == pki.fingerprint(said.ca)


def test_a_kiosk_may_speak_as_soon_as_it_is_signed(running: Served) -> None:
    with tls_client(running.port, running.server("collector")) as collector:
        collector.subscribe(topics.ALL_EVENTS)
        with tls_client(running.port, running.enrolled("hall-1")) as kiosk:
            assert kiosk.publish(topics.events("hall-1"), "mine") == 0
            assert kiosk.publish(topics.events("hall-2"), "forged") == 135
            wait_for(lambda: collector.topics() == [topics.events("hall-1")])


def test_a_new_device_ends_the_old_one(running: Served) -> None:
    old = running.enrolled("hall-3")
    with tls_client(running.port, old) as before:
        new = running.enrolled("hall-3")
        wait_for(before.disconnected.is_set, 2)
    assert not is_let_in(running.port, old)
    assert is_let_in(running.port, new)


def test_revoked_is_out_at_once_and_its_will_is_heard(running: Served) -> None:
    held, state = running.enrolled("hall-4"), topics.state("hall-4")
    with (
        tls_client(running.port, running.server("collector")) as collector,
        tls_client(running.port, held, will=(state, b"lost")) as kiosk,
    ):
        collector.subscribe(topics.ALL_KIOSK_STATES)
        running.signer.revoke("hall-4")
        wait_for(kiosk.disconnected.is_set, 2)
        wait_for(lambda: state in collector.topics())
    assert not is_let_in(running.port, held)
    running.signer.revoke("hall-4")


def test_renewal_keeps_the_old_certificate_good(running: Served) -> None:
    old = running.enrolled("hall-5")
    key = pki.new_key()
    asked = pki.request(key)
    kiosk, signed = running.signer.renew(old.certificate.read_text(), asked, pki.signed_by(old.key.read_text(), asked))
    assert kiosk == "hall-5"
    assert pki.common_name(pki.certificate(signed.certificate)) == "hall-5"
    assert is_let_in(running.port, old)
    assert is_let_in(running.port, running.keep("hall-5", signed.certificate, key))


def test_renewal_needs_the_key_of_a_good_certificate(running: Served) -> None:
    old = running.enrolled("hall-6")
    certificate, asked = old.certificate.read_text(), pki.request(pki.new_key())
    with pytest.raises(SigningError, match="not signed by the certificate's key"):
        running.signer.renew(certificate, asked, pki.signed_by(pki.new_key(), asked))
    running.signer.revoke("hall-6")
    with pytest.raises(RefusedSigningError, match="not good any more"):
        running.signer.renew(certificate, asked, pki.signed_by(old.key.read_text(), asked))
    server = running.server("collector")
    with pytest.raises(RefusedSigningError, match="not good any more"):
        running.signer.renew(server.certificate.read_text(), asked, pki.signed_by(server.key.read_text(), asked))


@pytest.mark.parametrize("name", ["collector", "web", "check-kiosk", "Hall", "", "a/b", "a" * 41])
def test_no_kiosk_takes_the_name_of_a_server_or_one_that_is_none(running: Served, name: str) -> None:
    with pytest.raises(RefusedSigningError, match=r"name of a server|no kiosk's id"):
        running.signer.sign(name, pki.request(pki.new_key()))


def test_what_it_cannot_do_just_now_is_no_refusal(running: Served) -> None:
    """Its files cannot be written: the same question is answered later."""
    place = running.installation.broker / "crl.pem"
    kept = place.read_bytes()
    place.unlink()
    place.mkdir()
    try:
        with pytest.raises(SigningError) as told:
            running.signer.revoke("hall-7")
    finally:
        place.rmdir()
        place.write_bytes(kept)
    assert not isinstance(told.value, RefusedSigningError)
    running.signer.revoke("hall-7")


def test_where_nobody_listens_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(SigningError, match="is not reached"):
        Signer(tmp_path / "nothing.sock").authority()


def test_a_silent_client_holds_up_nobody(running: Served) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(running.installation.socket))
        silent.sendall(b'{"do": "auth')
        assert running.signer.authority().port == running.port


def test_the_socket_is_for_owner_and_group(running: Served) -> None:
    assert running.installation.socket.stat().st_mode & 0o777 == 0o660
