"""What a broker does with somebody whom it does not know: over plain TCP, over TLS, with a certificate of his own making."""

import socket
import ssl
import tempfile
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

from broker_config import pki
from broker_config.acl import BrokerError
from broker_config.check.member import PATIENCE_S, Member, NotLetIn, Target, member
from broker_config.check.row import Row
from broker_config.check.topics import INVENTED, payload
from broker_config.topics import events

# MQTT 3.1.1, a clean session, nobody's name.
_CONNECT = b"\x10\x16\x00\x04MQTT\x04\x02\x00\x0a\x00\x0anuomone-ch"


def over_tcp(host: str, port: int) -> Row:
    """Whether the port speaks MQTT to whoever comes, unencrypted."""
    answer = _first_word(host, port, None)
    if answer[:1] != b"\x20":
        return Row("nobody, without TLS", "ok", f"{host}:{port} does not speak MQTT without TLS.")
    if answer[3:4] != b"\x00":
        means = f"{host}:{port} speaks MQTT without TLS: whoever is on the network reads every message and password."
        return Row("nobody, without TLS", "OPEN", means)
    return Row(
        "nobody, without TLS", "OPEN", _let_in(Target(host, port), f"{host}:{port} lets anybody in, without TLS or password")
    )


def over_tls(host: str, port: int) -> list[Row]:
    """Without a certificate, with one of another authority, and with a TLS of the last decade."""
    blind = _blind()
    rows = [_certificateless(Target(host, port, blind), _first_word(host, port, blind))]
    with tempfile.TemporaryDirectory() as place:
        own = _of_another_authority(Path(place))
        answer = _first_word(host, port, own)
        who = "a stranger with a certificate of his own"
        if answer[:1] == b"\x20" and answer[3:4] == b"\x00":
            rows.append(Row(who, "OPEN", "The broker believes certificates that anybody can make for himself."))
        else:
            rows.append(Row(who, "ok", "The broker does not believe a certificate of another authority."))
    rows.append(_old_tls(host, port))
    return rows


def speaks_tls(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), PATIENCE_S) as plain, _blind().wrap_socket(plain):
            return True
    except ssl.SSLError as error:
        return "ALERT" in str(error).upper()
    except OSError:
        return False


def neighbour(host: str, port: int = 1883) -> Row:
    """A broker that a package has started beside ours, on the port that everybody knows."""
    try:
        row = over_tcp(host, port)
    except OSError:
        return Row("nobody, on port 1883", "ok", f"Nothing listens on {host}:{port}.")
    return Row("nobody, on port 1883", row.state, row.means)


def _certificateless(target: Target, answer: bytes) -> Row:
    who = "nobody, without a certificate"
    if answer[:1] != b"\x20":
        return Row(who, "ok", "The broker talks to nobody without a certificate.")
    if answer[3:4] == b"\x00":
        return Row(who, "OPEN", _let_in(target, "The broker lets anybody in, without certificate or password"))
    return Row(who, "note", "The broker wants no certificate; without a password it lets nobody in.")


def _let_in(target: Target, means: str) -> str:
    """With what such a one may do: one message of an invented kiosk, which is not retained."""
    try:
        with member(target, None) as anybody:
            return f"{means}; {_may(anybody)}."
    except (NotLetIn, OSError, BrokerError):
        return f"{means}."


def _may(anybody: Member) -> str:
    anybody.subscribe("#")
    anybody.publish(events(INVENTED), payload("nobody"))
    anybody.subscribe("#")
    if anybody.has(events(INVENTED), payload("nobody")):
        return "such a one may read everything, and write as any kiosk"
    return "such a one was not seen to read or write"


def _old_tls(host: str, port: int) -> Row:
    context = _blind()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    try:
        with socket.create_connection((host, port), PATIENCE_S) as plain, context.wrap_socket(plain) as wire:
            return Row("anybody, with TLS 1.1", "OPEN", f"The broker still speaks {wire.version()}.")
    except OSError:
        return Row("anybody, with TLS 1.1", "ok", "The broker speaks TLS 1.2 and later only.")


def _first_word(host: str, port: int, context: ssl.SSLContext | None) -> bytes:
    """The answer to CONNECT, or nothing. Raises OSError where nothing listens."""
    with socket.create_connection((host, port), PATIENCE_S) as plain:
        plain.settimeout(PATIENCE_S)
        try:
            if context is None:
                plain.sendall(_CONNECT)
                return plain.recv(16)
            with context.wrap_socket(plain) as wire:
                wire.sendall(_CONNECT)
                return wire.recv(16)
        except OSError:
            return b""


def _blind() -> ssl.SSLContext:
    """A stranger's: he believes whatever broker this is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _of_another_authority(place: Path) -> ssl.SSLContext:
    now = datetime.now(UTC)
    key = pki.new_key()
    made = pki.Issuer(*pki.new_authority("somebody else", now)).client("collector", pki.public_key(key), timedelta(days=1), now)
    (place / "crt").write_text(made.certificate)
    (place / "key").write_text(key)
    context = _blind()
    context.load_cert_chain(place / "crt", place / "key")
    return context
