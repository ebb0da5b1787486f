"""All findings about one broker."""

import ssl
from collections.abc import Iterable
from pathlib import Path

from broker_config.acl import BrokerError, Identity
from broker_config.check import roles, strangers
from broker_config.check.member import Target
from broker_config.check.row import Row
from broker_config.installation import Installation

WRONG = ("OPEN", "closed")


def of_installation(there: Installation, host: str, port: int | None) -> list[Row]:
    """With the identities that `init` made for this: nobody's connection is ended by it."""
    own = [identity for identity in there.servers() if identity.id.startswith("check-")]
    rows = of_broker(host or there.local_host, port or there.port, there.ca, own)
    return [*rows, strangers.neighbour(host or there.local_host)] if (port or there.port) != 1883 else rows


def of_broker(host: str, port: int, ca: Path | None, identities: Iterable[Identity]) -> list[Row]:
    """Raises BrokerError when nothing listens there."""
    try:
        rows = [strangers.over_tcp(host, port)]
        secured = strangers.speaks_tls(host, port)
        if secured:
            rows += strangers.over_tls(host, port)
    except OSError as error:
        raise BrokerError(f"No broker is reached at {host}:{port}: {error.strerror or error}.") from error
    return rows + roles.tried(Target(host, port, _trust(ca) if secured else None), identities)


def told(rows: Iterable[Row]) -> str:
    """One line each, the state first."""
    rows = tuple(rows)
    wide = max(len(row.who) for row in rows)
    return "\n".join(f"{row.state:6}  {row.who:{wide}}  {row.means}" for row in rows)


def _trust(ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca) if ca else None)
    except OSError as error:
        raise BrokerError(f"The authority's certificate {ca} cannot be read: {error.strerror or error}.") from error
