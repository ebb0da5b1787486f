"""A kiosk's few questions to the collector's pages: JSON over HTTPS, to a server that proves itself, never further.

Plain HTTP only to this very machine: on any network whoever listens would have the code.
"""

import http.client
import ipaddress
import json
import socket
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 15.0
LARGEST = 64 * 1024
_NOT_YET_VALID, _EXPIRED, _OTHER_NAME, _OTHER_ADDRESS = 9, 10, 62, 64  # X509_V_ERR_…


class Unreached(RuntimeError):
    """There was no answer, or none that a collector gives; one sentence."""


class Untrusted(RuntimeError):
    """The server did not prove itself; one sentence. Nothing was sent to it."""


@dataclass(frozen=True, slots=True)
class Address:
    """Of a server; `path`: what its pages begin with, usually nothing."""

    host: str
    port: int
    path: str
    is_secure: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """`body`: the JSON object, empty where there was none. `retry_s`: seconds to wait, 0 where none are named."""

    status: int
    body: dict[str, Any]
    retry_s: int = 0

    @property
    def detail(self) -> str:
        return str(self.body.get("detail", ""))[:500]


def address(url: str) -> Address:
    """Raises ValueError with one sentence. Without `https://` before it, it is meant."""
    text = url.strip() if "://" in url else f"https://{url.strip()}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(f"{url!r} is no address of a server: write it as https://nuomone.example.lt") from None
    if parts.scheme not in ("https", "http") or not host or parts.username or parts.query or parts.fragment:
        raise ValueError(f"{url!r} is no address of a server: write it as https://nuomone.example.lt")
    is_secure = parts.scheme == "https"
    if not is_secure and not _is_this_machine(host):
        raise ValueError(f"{url} is not encrypted: whoever listens on the way would have the code. Use https://")
    return Address(host, port or (443 if is_secure else 80), parts.path.rstrip("/"), is_secure)


def trusting(*authorities: str, public: bool = True) -> ssl.SSLContext:
    """TLS 1.2 or later, the server's name checked. Believes these authorities (PEM), and with `public` the system's own."""
    context = ssl.create_default_context() if public else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for pem in filter(None, authorities):
        context.load_verify_locations(cadata=pem)
    return context


def believing_anybody() -> ssl.SSLContext:
    """For what is public and is compared with a fingerprint afterwards."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def ask(where: Address, path: str, context: ssl.SSLContext, body: dict[str, str] | None = None) -> Answer:
    """GET, or POST with a body. The server proves itself before a byte of either is sent. Raises Unreached, Untrusted."""
    try:
        wire = _connection(where, context)
    except (http.client.HTTPException, UnicodeError):
        raise Unreached(f"{where.host!r} is no name of a server: check the address.") from None
    headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body is not None else {})
    try:
        wire.connect()
        wire.request("GET" if body is None else "POST", where.path + path, None if body is None else json.dumps(body), headers)
        return _read(wire.getresponse())
    except ssl.SSLCertVerificationError as error:
        raise Untrusted(_untrusted(where, error)) from None
    except socket.gaierror:
        raise Unreached(f"The name {where.host} is not known: check the address and the network.") from None
    except TimeoutError:
        raise Unreached(f"{where.host}:{where.port} does not answer: check the address, the network and the firewall.") from None
    except UnicodeError:
        raise Unreached(f"{where.host!r} is no name of a server: check the address.") from None
    except (OSError, http.client.HTTPException) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise Unreached(f"{where.host}:{where.port} cannot be reached: {why}.") from None
    finally:
        wire.close()


def _connection(where: Address, context: ssl.SSLContext) -> http.client.HTTPConnection:
    if where.is_secure:
        return http.client.HTTPSConnection(where.host, where.port, timeout=TIMEOUT_S, context=context)
    return http.client.HTTPConnection(where.host, where.port, timeout=TIMEOUT_S)


def _read(response: http.client.HTTPResponse) -> Answer:
    text = response.read(LARGEST + 1)
    retry = response.headers.get("Retry-After", "")
    try:
        body = json.loads(text) if len(text) <= LARGEST else None
    except (ValueError, RecursionError):
        body = None
    return Answer(
        response.status, body if isinstance(body, dict) else {}, int(retry[:6]) if retry.isascii() and retry.isdigit() else 0
    )


def _untrusted(where: Address, error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code == _NOT_YET_VALID:
        return f"The certificate of {where.host} is not valid yet by this device's clock: set the clock, then try again."
    if error.verify_code == _EXPIRED:
        return f"The certificate of {where.host} has ended, or this device's clock is wrong: look at both."
    if error.verify_code in (_OTHER_NAME, _OTHER_ADDRESS):
        return f"The server at {where.host} shows a certificate for another name: check the address."
    return f"The server at {where.host} is not the one it should be: nobody whom this device trusts vouches for it."


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
