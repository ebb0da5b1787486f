"""What an authority issues, as the standard library's own TLS and OpenSSL see it."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from broker_config import pki
from broker_config.acl import BrokerError
from broker_config.registry import Registry
from broker_config.tls import ClientTls

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def csr(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    made = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, digest)
    return made.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture(scope="module")
def issuer() -> pki.Issuer:
    return pki.Issuer(*pki.new_authority("Nuomonė", datetime.now(UTC)))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_both_sides_believe_each_other(tmp_path: Path, issuer: pki.Issuer, host: str) -> None:
    now = datetime.now(UTC)
    files = {"ca": issuer.ca, "key": pki.new_key(), "mine": pki.new_key()}
    files["crt"] = issuer.server([host], pki.public_key(files["key"]), timedelta(days=1), now).certificate
    files["own"] = issuer.client("hall-1", pki.requested_key(pki.request(files["mine"])), timedelta(days=1), now).certificate
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(tmp_path / "ca"))
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_cert_chain(tmp_path / "crt", tmp_path / "key")
    near, far = socket.socketpair()
    seen: list[object] = []

    def greet() -> None:
        with server.wrap_socket(far, server_side=True) as wire:
            seen.append(wire.getpeercert())

    thread = threading.Thread(target=greet)
    thread.start()
    with ClientTls(tmp_path / "ca", tmp_path / "own", tmp_path / "mine").context().wrap_socket(near, server_hostname=host):
        thread.join(5)
    assert dict(pair[0] for pair in seen[0]["subject"]) == {"commonName": "hall-1"}  # type: ignore[index]


def test_what_a_certificate_may_be_used_for(issuer: pki.Issuer) -> None:
    ca = pki.certificate(issuer.ca)
    constraints = ca.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (True, True, 0)
    made = issuer.client("hall-1", pki.public_key(pki.new_key()), pki.KIOSK_LIFE, datetime.now(UTC))
    leaf = pki.certificate(made.certificate)
    usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [one._name for one in usage] == ["clientAuth"]
    assert leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    assert leaf.not_valid_before_utc < made.issued < made.expires == leaf.not_valid_after_utc
    assert f"{leaf.serial_number:x}" == made.serial
    assert issuer.is_own(leaf)
    assert not issuer.is_own(pki.certificate(pki.new_authority("Nuomonė", datetime.now(UTC))[0]))


def test_a_certificate_does_not_outlive_its_authority() -> None:
    issuer = pki.Issuer(*pki.new_authority("old", NOW - pki.AUTHORITY_LIFE + timedelta(days=5)))
    made = issuer.client("hall-1", pki.public_key(pki.new_key()), pki.KIOSK_LIFE, NOW)
    assert made.expires == NOW + timedelta(days=5)


@pytest.mark.parametrize(
    "asked",
    [
        csr(rsa.generate_private_key(65537, 1024)),
        csr(ed25519.Ed25519PrivateKey.generate()),
        csr(ec.generate_private_key(ec.SECP192R1())),
        "",
        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
        "ą" * 100,
    ],
    ids=["small RSA", "Ed25519", "small curve", "nothing", "no request", "no PEM"],
)
def test_a_request_with_another_key_is_refused(asked: str) -> None:
    with pytest.raises(BrokerError, match=r"another kind|not a signing request"):
        pki.requested_key(asked)


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)])
def test_other_good_keys_are_taken(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
    assert pki.requested_key(csr(key))


def test_a_request_that_was_changed_on_its_way_is_refused() -> None:
    mine, other = x509.load_pem_x509_csr(pki.request(pki.new_key()).encode()), pki.request(pki.new_key())
    der = x509.load_pem_x509_csr(other.encode()).public_bytes(serialization.Encoding.DER)
    key, foreign = (
        one.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)  # type: ignore[union-attr]
        for one in (mine, x509.load_pem_x509_csr(other.encode()))
    )
    forged = x509.load_der_x509_csr(der.replace(foreign, key)).public_bytes(serialization.Encoding.PEM).decode()
    with pytest.raises(BrokerError, match="not signed by its own key"):
        pki.requested_key(forged)


def test_signatures(issuer: pki.Issuer) -> None:
    key = pki.new_key()
    certificate = pki.certificate(issuer.client("hall-1", pki.public_key(key), pki.KIOSK_LIFE, datetime.now(UTC)).certificate)
    signature = pki.signed_by(key, "ąžuolas")
    assert pki.has_signed(certificate, "ąžuolas", signature)
    for text, given in (("other", signature), ("ąžuolas", pki.signed_by(pki.new_key(), "ąžuolas")), ("ąžuolas", "no base64!")):
        assert not pki.has_signed(certificate, text, given)


def test_lists_grow_in_number_and_moment_though_the_clock_stands_still(tmp_path: Path) -> None:
    book = Registry(tmp_path / "book")
    first, second = book.next_list(NOW), book.next_list(NOW)
    book.close()
    third = Registry(tmp_path / "book").next_list(NOW - timedelta(days=1))
    assert [number for number, _ in (first, second, third)] == [1, 2, 3]
    assert first[1] < second[1] < third[1]


def test_the_book_forgets_what_nobody_can_use(tmp_path: Path) -> None:
    book = Registry(tmp_path / "book")

    def given(kiosk: str, serial: str, on: datetime, *, instead: bool = True) -> None:
        book.add(kiosk, pki.Issued("", serial, on, on + pki.KIOSK_LIFE), instead=instead, now=on)

    given("hall-1", "a1", NOW)
    given("hall-1", "a2", NOW, instead=False)
    given("hall-2", "b1", NOW)
    assert book.kiosks(NOW) == ["hall-1", "hall-2"]
    assert book.how_many_since("hall-1", NOW - timedelta(days=1)) == 2
    assert book.revoke("hall-1", NOW) == 2
    assert (book.kiosks(NOW), book.owner("a1", NOW), book.owner("b1", NOW)) == (["hall-2"], None, "hall-2")
    assert [serial for serial, _ in book.revoked(NOW)] == ["a1", "a2"]
    later = NOW + timedelta(days=91)
    assert (book.revoked(later), book.owner("b1", later)) == ([], None)
    given("hall-3", "c1", NOW + timedelta(days=500))
    assert book._db.execute("SELECT count(*) FROM certificate").fetchone() == (1,)
    book.close()
