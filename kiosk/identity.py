"""Who this device is: its key, its certificate, the authority and the broker, in `identity` in the kiosk's folder.

`identity` is a link to a folder that is complete before the link is turned to it: whenever the
power goes, the device is the old one or the new one. The key was made here and never leaves.
"""

import contextlib
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from broker_config import durable
from broker_config.acl import BrokerError
from broker_config.tls import ClientTls
from broker_config.wire import Identifier, Message, Time
from kiosk.connection import BrokerAddress

log = structlog.get_logger()

NAME = "identity"
KEY, CERTIFICATE, CA, FACTS = "key.pem", "certificate.pem", "ca.pem", "enrolled.json"


class Broker(Message):
    host: str
    port: int
    protocol: str = "5"


class Facts(Message):
    """What `enrolled.json` says. `server_ca`: the authority (PEM) of the server's own certificate, where one was given.

    `starts`, `expires`: those of the certificate, here too, so that a kiosk that shows its question does without the
    library that reads certificates.
    """

    kiosk: Identifier
    server: str
    broker: Broker
    server_ca: str = ""
    starts: Time | None = None
    expires: Time | None = None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An enrolled device: which kiosk it is, where it asks for its next certificate, and the broker."""

    kiosk: str
    server: str
    address: BrokerAddress


def load(folder: Path) -> Enrolled | None:
    """None where there is no identity, or none that can be used: then the device is enrolled anew."""
    try:
        found = facts(folder)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.error("the identity cannot be read: enrol this device anew", folder=str(folder), error=str(error))
        return None
    place = folder / NAME  # not what it points to now: the next connection is made with what it points to then
    tls = ClientTls(place / CA, place / CERTIFICATE, place / KEY)
    try:
        tls.context()
    except BrokerError as error:
        log.error("the identity cannot be used: enrol this device anew", error=str(error))
        return None
    broker = found.broker
    return Enrolled(found.kiosk, found.server, BrokerAddress(broker.host, broker.port, found.kiosk, "", broker.protocol, tls))


def facts(folder: Path) -> Facts:
    """What was noted at enrolment. Raises OSError, and ValueError where it cannot be read."""
    return Facts.model_validate_json((folder / NAME / FACTS).read_bytes())


def validity(folder: Path) -> tuple[datetime, datetime] | None:
    """From when and until when the certificate holds (aware UTC); None where there is none that can be read."""
    try:
        found = facts(folder)
    except (OSError, ValueError):
        return None
    return (found.starts, found.expires) if found.starts and found.expires else None


def begin(folder: Path, key: str) -> Path:
    """A place for the next identity, with its key on the disk: who cannot write that should not use up a code. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{NAME}-{secrets.token_hex(4)}"
    place.mkdir(mode=0o700)
    durable.replace(place / KEY, key, durable.OWNER_ONLY)
    return place


def finish(place: Path, certificate: str, ca: str, noted: Facts) -> None:
    """Complete it and become it, in one step; what was before is removed. Raises OSError, and BrokerError for no certificate."""
    from broker_config import pki

    found = pki.certificate(certificate)
    noted = noted.model_copy(update={"starts": found.not_valid_before_utc, "expires": found.not_valid_after_utc})
    durable.replace(place / CERTIFICATE, certificate)
    durable.replace(place / CA, ca)
    durable.replace(place / FACTS, noted.model_dump_json(indent=1) + "\n", durable.OWNER_ONLY)
    _sync(place)
    folder = place.parent
    turned = folder / f"{NAME}.new"
    with contextlib.suppress(FileNotFoundError):
        turned.unlink()
    turned.symlink_to(place.name)
    if (folder / NAME).is_dir() and not (folder / NAME).is_symlink():  # a folder copied by hand, its link followed
        (folder / NAME).rename(folder / f"{NAME}-copied-{secrets.token_hex(4)}")
    turned.replace(folder / NAME)
    _sync(folder)
    for other in folder.glob(f"{NAME}-*"):
        if other != place:
            shutil.rmtree(other, ignore_errors=True)


def discard(place: Path) -> None:
    """Nothing came of it."""
    shutil.rmtree(place, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Names are on the disk, not only what they name."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
