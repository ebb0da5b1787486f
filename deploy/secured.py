"""The demo with certificates: `nuomone-broker init` and `serve` in a folder, and every kiosk enrolled with a one-time code."""

import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from endings import DemoError

from broker_config import enrolment_code, initialise
from broker_config.acl import BrokerError, Identity
from broker_config.installation import Installation
from broker_config.mosquitto import current_account
from broker_config.process import START_SECONDS, BrokerProcess
from broker_config.signing import Signer, SigningError
from broker_config.tls import ClientTls
from collector.store.sqlite import SqliteStore
from kiosk import identity
from kiosk.enrolment import NotEnrolled, enrol

HOST = "127.0.0.1"
_GOOD_FOR = timedelta(days=7)


class Secured(BrokerProcess):
    """Mosquitto with TLS, and the signer beside it; both are one process to whoever starts it."""

    name = "Mosquitto with certificates"
    protocol = "5"

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__()
        self.host, self.port, self.folder = HOST, port, folder
        self.installation = Installation(folder, (HOST, "localhost"), port, HOST, current_account())

    def prepare(self) -> list[str]:
        """A folder of an earlier demo had another port: what depends on it is written anew, the authority stays."""
        for stale in (self.folder / "broker.json", self.installation.broker / "mosquitto.conf"):
            stale.unlink(missing_ok=True)
        initialise.initialise(self.installation, datetime.now(UTC))
        return [sys.executable, "-m", "broker_config", "serve", str(self.folder)]

    def start(self) -> None:
        super().start()
        deadline = time.monotonic() + START_SECONDS
        while not self._signs():
            self.check()
            if time.monotonic() > deadline:
                self.stop()
                raise BrokerError(f"The signer did not answer within {START_SECONDS:.0f} seconds; what it said is in {self.log}.")
            time.sleep(0.05)

    def _signs(self) -> bool:
        try:
            Signer(self.installation.socket).authority()
        except SigningError:
            return False
        return True


def environment(installation: Installation, url: str) -> dict[str, str]:
    """What the collector is told instead of a password."""
    ingest, web = installation.paths("collector"), installation.paths("web")
    files = {
        "NUOMONE_BROKER_CA": ingest.ca,
        "NUOMONE_BROKER_CERTIFICATE": ingest.certificate,
        "NUOMONE_BROKER_KEY": ingest.key,
        "NUOMONE_WEB_CERTIFICATE": web.certificate,
        "NUOMONE_WEB_KEY": web.key,
        "NUOMONE_SIGNER": installation.socket,
    }
    return {name: str(file.absolute()) for name, file in files.items()} | {"NUOMONE_ADDRESS": url}


def enrolled(kiosks: Iterable[str], data: Path, url: str, port: int) -> tuple[Identity, ...]:
    """Every kiosk with a key and a certificate in its folder: those without use a one-time code, as a real device does."""
    store = SqliteStore(data / "collector" / "collector.sqlite")
    try:
        return tuple(_identity(store, kiosk, data / "kiosks" / kiosk, url, port) for kiosk in kiosks)
    except NotEnrolled as error:
        raise DemoError(f"A kiosk could not be enrolled: {error}") from None
    finally:
        store.close()


def share(enrolled_as: Path, folder: Path) -> None:
    """The same identity for another folder: one device, which today has a window."""
    folder.mkdir(exist_ok=True)
    link = folder / identity.NAME
    link.unlink(missing_ok=True)
    link.symlink_to((enrolled_as / identity.NAME).absolute())


def _identity(store: SqliteStore, kiosk: str, folder: Path, url: str, port: int) -> Identity:
    tls = _held(folder, url, port)
    if tls is None:
        code = enrolment_code.new()
        store.put_code(kiosk, code, "admin", datetime.now(UTC))
        tls = enrol(folder, code, url).address.tls
    if tls is None:
        raise DemoError(f"{kiosk} was enrolled and has no certificate: remove {folder}.")
    return Identity("kiosk", kiosk, ca=tls.ca, certificate=tls.certificate, key=tls.key)


def _held(folder: Path, url: str, port: int) -> ClientTls | None:
    """The certificate of an earlier start, if it holds for some time yet and was for the same addresses."""
    held, valid = identity.load(folder), identity.validity(folder)
    if not held or not valid or (held.server, held.address.port) != (url, port):
        return None
    return held.address.tls if valid[1] > datetime.now(UTC) + _GOOD_FOR else None
