"""Whether a broker with certificates lets this kiosk in: the TLS handshake, and not a word of MQTT."""

import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from broker_config import pki
from broker_config.acl import BrokerError
from broker_config.tls import ClientTls, meaning
from kiosk.check.row import Row, missing, ok, warn
from kiosk.connection import BrokerAddress

_LATE = timedelta(days=14)  # a kiosk renews well before
_QUIET_S = 1.0


def broker(
    address: BrokerAddress, tls: ClientTls, unreached: Callable[[BrokerAddress, Exception], str], patience_s: float
) -> Row:
    """A broker of TLS 1.3 tells after the handshake what it thinks of our certificate: at once, or it waits for us."""
    try:
        expires = pki.expires(tls.certificate.read_text())
        _shake_hands(address, tls.context(), patience_s)
    except BrokerError as error:
        return missing("broker", str(error), "Enrol the kiosk again with a new code.")
    except OSError as error:
        if why := meaning(error, address.host):
            return missing("broker", f"{why[0].upper()}{why[1:].partition(':')[0]}.", _what_to_do(why))
        return missing("broker", unreached(address, error), "Check address, port, network cable, DNS and firewall.")
    return _judged(address, expires, datetime.now(UTC))


def _judged(address: BrokerAddress, expires: datetime, now: datetime) -> Row:
    means = f"{address.host}:{address.port} accepts this kiosk's certificate, which is valid until {expires.date()}."
    if expires - now < _LATE:
        return warn("broker", means, "It should have been renewed by now: look into the kiosk's log.")
    return ok("broker", means)


def _shake_hands(address: BrokerAddress, context: ssl.SSLContext, patience_s: float) -> None:
    """Raises OSError when the broker refuses us, or we it."""
    with (
        socket.create_connection((address.host, address.port), patience_s) as plain,
        context.wrap_socket(plain, server_hostname=address.host) as wire,
    ):
        wire.settimeout(_QUIET_S)
        try:
            if not wire.recv(1):
                raise ConnectionResetError("EOF")
        except TimeoutError:
            return  # it waits for our first word


def _what_to_do(why: str) -> str:
    todo = why.partition(": ")[2] or "enrol the kiosk again with a new code"
    return f"{todo[0].upper()}{todo[1:]}" + ("" if todo.endswith("?") else ".")
