"""Keys, signing requests and certificates: what an authority issues, and what a kiosk needs to ask it.

Elliptic keys on P-256 everywhere. Nothing here reads or writes a file; everything in and out is PEM text.
"""

import base64
import binascii
import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from broker_config.acl import BrokerError, RefusedError

AUTHORITY_LIFE = timedelta(days=3653)
SERVER_LIFE = timedelta(days=730)
KIOSK_LIFE = timedelta(days=90)
# Clocks disagree, and a kiosk's may be an hour behind on the day of its installation.
BACKDATED = timedelta(hours=1)
_LABEL = r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DNS_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*")
_LIST_LIFE = timedelta(days=3653)

PrivateKey = ec.EllipticCurvePrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that was just made. `serial`: lower hex."""

    certificate: str
    serial: str
    issued: datetime
    expires: datetime


# ── for whoever holds a key ─────────────────────────────────────────────────────────────


def new_key() -> str:
    """A private key as PEM. Whoever makes it keeps it."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def request(key_pem: str) -> str:
    """A signing request as PEM. It names nobody: the authority decides whose certificate it becomes."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return _pem(builder.sign(_private(key_pem), hashes.SHA256()))


def signed_by(key_pem: str, text: str) -> str:
    """A signature over the text's bytes (ECDSA, SHA-256), in base64."""
    return base64.b64encode(_private(key_pem).sign(text.encode(), ec.ECDSA(hashes.SHA256()))).decode()


def fingerprint(pem: str) -> str:
    """SHA-256 of a certificate's DER: 64 lower hex digits."""
    return certificate(pem).fingerprint(hashes.SHA256()).hex()


def expires(pem: str) -> datetime:
    return certificate(pem).not_valid_after_utc


def certificate(pem: str) -> x509.Certificate:
    """Raises RefusedError when the text holds no certificate."""
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except (ValueError, x509.InvalidVersion) as error:
        raise RefusedError("This is not a certificate in PEM.") from error


def common_name(found: x509.Certificate) -> str:
    names = found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if len(names) == 1 else ""


def has_signed(signer: x509.Certificate, text: str, signature: str) -> bool:
    """Whether `signature` (base64) over `text` is by the certificate's key."""
    key = signer.public_key()
    try:
        given = base64.b64decode(signature, validate=True)
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(given, text.encode(), ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(given, text.encode(), padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return True


def requested_key(pem: str) -> PublicKey:
    """The public key of a signing request, which proves that its sender holds the private one. Raises RefusedError."""
    try:
        found = x509.load_pem_x509_csr(pem.encode())
        key = found.public_key()
        genuine = found.is_signature_valid
    except (ValueError, UnsupportedAlgorithm, InvalidSignature, x509.InvalidVersion) as error:
        raise RefusedError("This is not a signing request in PEM.") from error
    if not genuine:
        raise RefusedError("The signing request is not signed by its own key.")
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1):
        return key
    if isinstance(key, rsa.RSAPublicKey) and 2048 <= key.key_size <= 8192:
        return key
    raise RefusedError("The key of the signing request is of another kind than P-256, P-384, or RSA of 2048 bits and more.")


# ── for the authority ───────────────────────────────────────────────────────────────────


class Issuer:
    """A certificate authority in memory: its certificate and its private key, both PEM."""

    def __init__(self, ca: str, key: str) -> None:
        self.ca, self._certificate, self._key = ca, certificate(ca), _private(key)

    def is_own(self, found: x509.Certificate) -> bool:
        try:
            found.verify_directly_issued_by(self._certificate)
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True

    def client(self, name: str, key: PublicKey, life: timedelta, now: datetime) -> Issued:
        """For somebody who connects: `name` is the common name, and so the broker's user name."""
        return self._issue(name, key, life, now, ExtendedKeyUsageOID.CLIENT_AUTH, None)

    def server(self, hosts: Iterable[str], key: PublicKey, life: timedelta, now: datetime) -> Issued:
        """For somebody who is connected to, under any of these DNS names and IP addresses."""
        names = general_names(hosts)
        return self._issue(str(names[0].value)[:64], key, life, now, ExtendedKeyUsageOID.SERVER_AUTH, names)

    def revocations(self, revoked: Iterable[tuple[str, datetime]], number: int, since: datetime) -> str:
        """The list of revoked certificates (serial in hex, moment) as PEM; `since` must grow from list to list.

        It is valid for ten years: a broker that reads an expired list refuses everybody.
        """
        entries = [
            x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(moment).build()
            for serial, moment in revoked
        ]
        # All at once: added one by one they are copied each time, seconds for thousands.
        builder = x509.CertificateRevocationListBuilder(
            self._certificate.subject, since, since + _LIST_LIFE, revoked_certificates=entries
        )
        builder = builder.add_extension(x509.CRLNumber(number), critical=False)
        builder = builder.add_extension(self._authority_key(), critical=False)
        return _pem(builder.sign(self._key, hashes.SHA256()))

    def _authority_key(self) -> x509.AuthorityKeyIdentifier:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())

    def _issue(
        self,
        name: str,
        key: PublicKey,
        life: timedelta,
        now: datetime,
        usage: x509.ObjectIdentifier,
        names: Sequence[x509.GeneralName] | None,
    ) -> Issued:
        issued = now.astimezone(UTC).replace(microsecond=0)
        ends = min(issued + life, self._certificate.not_valid_after_utc)
        starts = max(issued - BACKDATED, self._certificate.not_valid_before_utc)
        builder = _builder(name, self._certificate.subject, key, starts, ends)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(signs=False), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        builder = builder.add_extension(self._authority_key(), critical=False)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        made = builder.sign(self._key, hashes.SHA256())
        return Issued(_pem(made), f"{made.serial_number:x}", issued, ends)


def new_authority(name: str, now: datetime) -> tuple[str, str]:
    """(certificate, key) of a new authority, which signs no other authorities."""
    key_pem = new_key()
    key = _private(key_pem)
    issued = now.astimezone(UTC).replace(microsecond=0)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = _builder(name, subject, key.public_key(), issued - BACKDATED, issued + AUTHORITY_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs=True), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return _pem(builder.sign(key, hashes.SHA256())), key_pem


def public_key(key_pem: str) -> PublicKey:
    return _private(key_pem).public_key()


def _builder(name: str, issuer: x509.Name, key: PublicKey, starts: datetime, ends: datetime) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    return builder.serial_number(x509.random_serial_number()).not_valid_before(starts).not_valid_after(ends)


def _usage(*, signs: bool) -> x509.KeyUsage:
    """An authority signs certificates and lists; everybody else proves who they are, and nothing more."""
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def general_names(hosts: Iterable[str]) -> list[x509.DNSName | x509.IPAddress]:
    """Raises BrokerError for what is neither a DNS name nor an IP address."""
    return [_general_name(host) for host in hosts]


def _general_name(host: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    if not _DNS_NAME.fullmatch(host):
        raise BrokerError(f"{host!r} is neither a DNS name nor an IP address.")
    return x509.DNSName(host)


def _private(pem: str) -> PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BrokerError("This is not a private key in PEM.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BrokerError("The private key is not an elliptic one.")
    return key


def _pem(made: x509.Certificate | x509.CertificateSigningRequest | x509.CertificateRevocationList) -> str:
    return made.public_bytes(serialization.Encoding.PEM).decode()
