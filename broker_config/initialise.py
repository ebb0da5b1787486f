"""`nuomone-broker init`: everything that a broker with certificates needs, made once. What is there is never touched."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from broker_config import durable, mosquitto, pki
from broker_config.acl import BrokerError, Identity, Role, identities_json, unique
from broker_config.installation import Installation
from broker_config.pki import Issued, Issuer, PublicKey
from broker_config.registry import Registry

# A name has one connection, so the pages have their own beside ingest; and `nuomone-broker check` its own for each role.
SERVERS: tuple[tuple[Role, str], ...] = (
    ("collector", "collector"),
    ("observer", "web"),
    ("observer", "observer"),
    ("queue", "queue"),
    ("kiosk", "check-kiosk"),
    ("collector", "check-collector"),
    ("observer", "check-observer"),
    ("queue", "check-queue"),
)
DUE = timedelta(days=60)

Make = Callable[[PublicKey], Issued]


def initialise(installation: Installation, now: datetime) -> list[Path]:
    """What was made; nothing the second time. An initialisation that was cut short is completed."""
    pki.general_names(installation.certified)  # before anything is made
    for folder, mode in ((installation.folder, 0o755), (installation.authority, 0o700), (installation.broker, 0o700)):
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    made = _authority(installation, now)
    issuer = Issuer(installation.ca.read_text(), installation.ca_key.read_text())
    made += _certificate(*_broker_files(installation), _for_hosts(issuer, installation.certified, now))
    made += _certificate(*_https_files(installation), _for_hosts(issuer, installation.certified, now), chain=issuer.ca)
    if not installation.identities_file.exists():
        _write_identities(installation, [_identity(installation, role, name) for role, name in SERVERS])
    for identity in installation.servers():
        files = installation.paths(identity.id)
        made += _certificate(files.certificate, files.key, _for_client(issuer, identity.id, now))
    made += _broker(installation, issuer, now)
    if not (installation.folder / "broker.json").exists():
        installation.save()
        made.append(installation.folder / "broker.json")
    return made


def add_identity(installation: Installation, issuer: Issuer, role: Role, name: str, now: datetime) -> list[Path]:
    """One more server that connects. Raises BrokerError when the name is taken, now or before, or none."""
    everybody = unique((*installation.servers(), _identity(installation, role, name)))
    files = installation.paths(name)
    if files.key.exists() or name in _kiosks(installation, now):
        raise BrokerError(f"{name} has had a certificate, which may be good still: take another name.")
    made = _certificate(files.certificate, files.key, _for_client(issuer, name, now))
    _write_identities(installation, everybody)
    return made


def _kiosks(installation: Installation, now: datetime) -> list[str]:
    if not installation.book.exists():
        return []
    registry = Registry(installation.book)
    try:
        return registry.kiosks(now)
    finally:
        registry.close()


def renew(installation: Installation, issuer: Issuer, now: datetime, within: timedelta) -> list[Path]:
    """New certificates for the same keys, where the old one ends within this time; what was renewed."""
    due: list[Path] = []
    servers = [(*_broker_files(installation), ""), (*_https_files(installation), issuer.ca)]
    for certificate, key, chain in servers:
        if _ends(certificate) - now <= within:
            _issue(certificate, key, _for_hosts(issuer, installation.certified, now), chain)
            due.append(certificate)
    for identity in installation.servers():
        files = installation.paths(identity.id)
        if _ends(files.certificate) - now <= within:
            _issue(files.certificate, files.key, _for_client(issuer, identity.id, now))
            due.append(files.certificate)
    mosquitto.hand_over(_broker_files(installation)[0], installation.user)
    return due


def _authority(installation: Installation, now: datetime) -> list[Path]:
    if installation.ca.exists() and installation.ca_key.exists():
        return []
    if installation.ca.exists():
        raise BrokerError(f"{installation.ca} is there, but its key {installation.ca_key} is not: see docs/broker.md.")
    ca, key = pki.new_authority(f"Nuomonė {installation.hosts[0][:40]} {now.date()}", now)
    durable.replace(installation.ca_key, key, durable.OWNER_ONLY)
    durable.replace(installation.ca, ca)
    return [installation.ca, installation.ca_key]


def _broker(installation: Installation, issuer: Issuer, now: datetime) -> list[Path]:
    """Mosquitto's own files; the ACL and the list of the revoked are written again at every start."""
    place = installation.broker
    made: list[Path] = []
    if not (place / "ca.crt").exists():
        durable.replace(place / "ca.crt", issuer.ca)
        made.append(place / "ca.crt")
    if not (place / "crl.pem").exists():
        earlier = now - pki.BACKDATED - timedelta(days=1)  # below whatever the book of the signer will begin with
        durable.replace(place / "crl.pem", issuer.revocations((), 1, earlier), durable.OWNER_ONLY)
    if not (place / "mosquitto.conf").exists():
        mosquitto.write(installation.settings(()))
        made.append(place / "mosquitto.conf")
    for name in ("ca.crt", "crl.pem", "server.crt", "server.key"):
        mosquitto.hand_over(place / name, installation.user)
    return made


def _broker_files(installation: Installation) -> tuple[Path, Path]:
    return installation.broker / "server.crt", installation.broker / "server.key"


def _https_files(installation: Installation) -> tuple[Path, Path]:
    return installation.folder / "https" / "web.crt", installation.folder / "https" / "web.key"


def _for_hosts(issuer: Issuer, hosts: Iterable[str], now: datetime) -> Make:
    return lambda key: issuer.server(hosts, key, pki.SERVER_LIFE, now)


def _for_client(issuer: Issuer, name: str, now: datetime) -> Make:
    return lambda key: issuer.client(name, key, pki.SERVER_LIFE, now)


def _certificate(certificate: Path, key: Path, make: Make, chain: str = "") -> list[Path]:
    if certificate.exists() and key.exists():
        return []
    certificate.parent.mkdir(mode=0o700, exist_ok=True)
    if not key.exists():
        durable.replace(key, pki.new_key(), durable.OWNER_ONLY)
    _issue(certificate, key, make, chain)
    return [certificate, key]


def _issue(certificate: Path, key: Path, make: Make, chain: str = "") -> None:
    durable.replace(certificate, make(pki.public_key(key.read_text())).certificate + chain)


def _identity(installation: Installation, role: Role, name: str) -> Identity:
    files = installation.paths(name)
    try:
        return Identity(role, name, ca=files.ca, certificate=files.certificate, key=files.key)
    except ValueError as error:
        raise BrokerError(f"{error}.") from error


def _ends(certificate: Path) -> datetime:
    return pki.expires(certificate.read_text())


def _write_identities(installation: Installation, everybody: Iterable[Identity]) -> None:
    relative = [_beside(identity, installation.folder) for identity in everybody]
    durable.replace(installation.identities_file, identities_json(relative), durable.OWNER_ONLY)


def _beside(identity: Identity, folder: Path) -> Identity:
    """With paths from the folder on, so that it can be moved."""
    ca, certificate, key = (file and file.relative_to(folder) for file in (identity.ca, identity.certificate, identity.key))
    return Identity(identity.role, identity.id, identity.password, ca, certificate, key)
