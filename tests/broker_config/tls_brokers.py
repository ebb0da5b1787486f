"""A whole broker with certificates for tests: `nuomone-broker init`, then `serve`, and clients with certificates."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from broker_config import mosquitto, pki
from broker_config.initialise import initialise
from broker_config.installation import Installation
from broker_config.pki import Issuer
from broker_config.signing import Signer, SigningError
from broker_config.tied import tied
from broker_config.tls import ClientTls
from tests.brokers import VERSIONS, Client, free_port, wait_for

HOSTS = ("localhost", "127.0.0.1")


@dataclass
class Served:
    """A running installation; `signer` is the client of its socket."""

    installation: Installation
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def folder(self) -> Path:
        return self.installation.folder

    @property
    def port(self) -> int:
        return self.installation.port

    @property
    def signer(self) -> Signer:
        return Signer(self.installation.socket)

    @property
    def issuer(self) -> Issuer:
        return Issuer(self.installation.ca.read_text(), self.installation.ca_key.read_text())

    def server(self, identity: str) -> ClientTls:
        return self.installation.paths(identity)

    def enrolled(self, kiosk: str, folder: Path | None = None) -> ClientTls:
        """A kiosk with a key of its own and the signer's certificate."""
        key = pki.new_key()
        return self.keep(kiosk, self.signer.sign(kiosk, pki.request(key)).certificate, key, folder)

    def keep(self, name: str, certificate: str, key: str, folder: Path | None = None) -> ClientTls:
        place = (folder or self.folder) / f"kept-{name}-{pki.fingerprint(certificate)[:8]}"
        place.mkdir()
        (place / "crt").write_text(certificate)
        (place / "key").write_text(key)
        return ClientTls(self.installation.ca, place / "crt", place / "key")


def made(folder: Path, port: int | None = None) -> Installation:
    """What `nuomone-broker init` makes, for this account."""
    there = Installation(folder, HOSTS, port or free_port(), "127.0.0.1", mosquitto.current_account())
    initialise(there, datetime.now(UTC))
    return there


def _answers(there: Installation) -> bool:
    try:
        return bool(Signer(there.socket).authority())
    except SigningError:
        return False


@contextlib.contextmanager
def served(folder: Path, there: Installation | None = None) -> Iterator[Served]:
    """`nuomone-broker serve` on a fresh folder, answering."""
    there = there or made(folder / "nuomone")
    log = folder / "serve.log"
    with log.open("wb") as words:
        command = [sys.executable, "-m", "broker_config", "serve", str(there.folder)]
        process = subprocess.Popen(tied(command), stdout=words, stderr=words)
    try:
        wait_for(lambda: _answers(there) or process.poll() is not None, 15)
        assert process.poll() is None, log.read_text()
        yield Served(there, process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


@contextlib.contextmanager
def tls_client(port: int, tls: ClientTls, *, will: tuple[str, bytes] | None = None, client_id: str = "") -> Iterator[Client]:
    """Connected; raises OSError when the broker ends the handshake, AssertionError when it does not answer."""
    paho = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=VERSIONS["5"], reconnect_on_failure=False)
    paho.tls_set_context(tls.context())
    if will:
        paho.will_set(*will, qos=1, retain=True)
    one = Client(paho)
    paho.connect("127.0.0.1", port, 30)
    paho.loop_start()
    try:
        wait_for(lambda: one.connected is not None or one.disconnected.is_set())
        if one.connected != 0:
            raise ConnectionRefusedError("the broker ended the connection")
        yield one
    finally:
        paho.disconnect()
        paho.loop_stop()


def is_let_in(port: int, tls: ClientTls) -> bool:
    try:
        with tls_client(port, tls):
            return True
    except OSError:
        return False


def foreign(folder: Path, name: str, *, ca: Path) -> ClientTls:
    """A certificate of an authority that somebody made himself, under a name of ours."""
    now = datetime.now(UTC)
    own, key = pki.new_authority("somebody else", now)
    return _written(folder, Issuer(own, key), name, timedelta(days=1), now, ca)


def expired(folder: Path, issuer: Issuer, name: str, *, ca: Path) -> ClientTls:
    return _written(folder, issuer, name, timedelta(minutes=5), datetime.now(UTC) - timedelta(minutes=6), ca)


def _written(folder: Path, issuer: Issuer, name: str, life: timedelta, now: datetime, ca: Path) -> ClientTls:
    key = pki.new_key()
    (folder / "crt").write_text(issuer.client(name, pki.public_key(key), life, now).certificate)
    (folder / "key").write_text(key)
    return ClientTls(ca, folder / "crt", folder / "key")
