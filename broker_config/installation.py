"""The folder of a broker with certificates: what `nuomone-broker init` makes, and every other command reads.

authority/   the authority's key and its book of certificates; for the signer alone
broker/      what Mosquitto reads and writes; belongs to the account that it runs as
identities/  certificate and key of every server that connects to the broker
https/       certificate and key for the pages, where there is no publicly trusted one
ca.crt       the authority's certificate, which anybody may have
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from broker_config import durable, mosquitto
from broker_config.acl import BrokerError, Identity, read_identities
from broker_config.tls import ClientTls


@dataclass(frozen=True, slots=True)
class Installation:
    """`hosts`: names and addresses under which kiosks reach the broker; the first is told to them. `user`: of Mosquitto."""

    folder: Path
    hosts: tuple[str, ...]
    port: int
    listen: str
    user: str

    @property
    def authority(self) -> Path:
        return self.folder / "authority"

    @property
    def broker(self) -> Path:
        return self.folder / "broker"

    @property
    def ca(self) -> Path:
        return self.folder / "ca.crt"

    @property
    def ca_key(self) -> Path:
        return self.authority / "ca.key"

    @property
    def book(self) -> Path:
        return self.authority / "issued.sqlite"

    @property
    def identities_file(self) -> Path:
        return self.folder / "identities.json"

    @property
    def socket(self) -> Path:
        return self.folder / "signer.sock"

    @property
    def certified(self) -> tuple[str, ...]:
        """What the servers' certificates are for: also this machine under its own names, for programs on it."""
        here = ("localhost", "127.0.0.1", "::1", self.local_host)
        return tuple(dict.fromkeys((*self.hosts, *here)))

    @property
    def local_host(self) -> str:
        """Where the broker is for programs on the same machine."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.listen, self.listen)  # noqa: S104

    def servers(self) -> tuple[Identity, ...]:
        return read_identities(self.identities_file)

    def reserved(self) -> frozenset[str]:
        """Names that no kiosk may bear: of every server there is or was, whose certificate may be good still."""
        issued = (file.stem for file in (self.folder / "identities").glob("*.crt"))
        return frozenset((*(identity.id for identity in self.servers()), *issued))

    def paths(self, identity: str) -> ClientTls:
        """Where the files of a server's identity are."""
        return ClientTls(self.ca, self.folder / "identities" / f"{identity}.crt", self.folder / "identities" / f"{identity}.key")

    def settings(self, kiosks: Iterable[str]) -> mosquitto.Settings:
        """Mosquitto for the servers and these kiosks."""
        fleet = tuple(Identity("kiosk", kiosk) for kiosk in kiosks)
        place = self.broker.absolute()
        tls = mosquitto.Tls(place / "ca.crt", place / "server.crt", place / "server.key", place / "crl.pem")
        return mosquitto.Settings(self.broker, self.servers() + fleet, self.port, self.listen, tls=tls, user=self.user)

    def save(self) -> None:
        kept = {name: value for name, value in asdict(self).items() if name != "folder"}
        durable.replace(self.folder / "broker.json", json.dumps(kept, indent=1) + "\n")


def read(folder: Path) -> Installation:
    """Raises BrokerError when `init` has not been there."""
    try:
        kept = json.loads((folder / "broker.json").read_bytes())
        return Installation(folder, tuple(kept["hosts"]), kept["port"], kept["listen"], kept["user"])
    except OSError as error:
        raise BrokerError(f"{folder} holds no broker: make one with nuomone-broker init {folder} --host NAME.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BrokerError(f"{folder / 'broker.json'} cannot be read: {error}.") from error
