"""Mosquitto 2.0.11 and newer: its configuration from typed settings, and the broker as a child process."""

import base64
import hashlib
import os
import pwd
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from broker_config import durable
from broker_config.acl import BrokerError, Identity, unique
from broker_config.messages import MAX_PAYLOAD
from broker_config.process import BrokerProcess
from broker_config.rendering import template

# A packet is its payload plus topic, packet id and MQTT 5 properties. The room above 64 KiB also lets a payload that
# is slightly too large through to the collector, which quarantines it, where a broker could only hang up.
PACKET_OVERHEAD = 4096

# Mosquitto's own number. Passwords are made by machines and long; and the broker hashes in its only thread, so a
# fleet of thousands that reconnects at once must not keep it busy.
_ITERATIONS = 101
KEPT = "kept"  # the one folder that Mosquitto itself writes in
_SALT_BYTES = 12  # the only length that every Mosquitto 2 reads


@dataclass(frozen=True, slots=True)
class Tls:
    """Certificates instead of passwords: the certificate's common name becomes the user name."""

    cafile: Path
    certfile: Path
    keyfile: Path
    crlfile: Path | None = None


def current_account() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


@dataclass(frozen=True, slots=True)
class Settings:
    """A whole broker. `user` matters only to root: Mosquitto started by root becomes that account."""

    folder: Path
    identities: tuple[Identity, ...]
    port: int = 1883
    host: str = "127.0.0.1"
    persistence: bool = True
    tls: Tls | None = None
    user: str = field(default_factory=current_account)
    max_inflight: int = 100
    max_queued: int = 10_000
    max_queued_bytes: int = 128 * 1024 * 1024
    max_keepalive: int = 120
    max_packet: int = MAX_PAYLOAD + PACKET_OVERHEAD
    max_connections: int = 12_000

    def __post_init__(self) -> None:
        unique(self.identities)


def render(settings: Settings) -> dict[str, str]:
    """File name → text. The password file has fresh salts each time."""
    files = {
        "mosquitto.conf": template("mosquitto.conf").render(s=settings, folder=settings.folder.absolute()),
        "acl": template("acl").render(identities=settings.identities),
    }
    return files if settings.tls else files | {"passwords": passwords(settings.identities)}


def passwords(identities: Iterable[Identity]) -> str:
    """Raises BrokerError when somebody has none."""
    identities = tuple(identities)
    for identity in identities:
        if not identity.password:
            raise BrokerError(f"{identity.id} has no password, and this broker lets in by password.")
    return "".join(f"{identity.id}:{password_hash(identity.password)}\n" for identity in identities)


def password_hash(password: str, salt: bytes | None = None) -> str:
    """Mosquitto's `$7$`: PBKDF2 with HMAC-SHA-512, iterations, salt and hash in base64."""
    salt = os.urandom(_SALT_BYTES) if salt is None else salt
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    return f"$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def write(settings: Settings) -> None:
    """Write the rendered files into the folder, readable only for the account that the broker runs as.

    The folder stays ours: whoever may write in it could have root hand over what his links point to.
    """
    try:
        settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (settings.folder / KEPT).mkdir(mode=0o700, exist_ok=True)
        rendered = render(settings)
        for name, text in rendered.items():
            durable.replace(settings.folder / name, text, durable.OWNER_ONLY)
        if settings.user != current_account():
            keep_folder(settings.folder)
            for name in (KEPT, *rendered):
                hand_over(settings.folder / name, settings.user)
    except OSError as error:
        raise BrokerError(f"The folder {settings.folder} cannot be written: {error.strerror}.") from error


def find_mosquitto() -> Path | None:
    """On the PATH, and in the folders for system programs, which a user's PATH often lacks."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    found = shutil.which("mosquitto", path=path)
    return Path(found) if found else None


def command(folder: Path) -> list[str]:
    """Mosquitto in the foreground on a folder that `write` has filled."""
    program = find_mosquitto()
    if program is None:
        raise BrokerError("Mosquitto is not installed: install the package mosquitto, or use nuomone-broker embedded.")
    conf = folder.absolute() / "mosquitto.conf"
    if not conf.is_file():
        raise BrokerError(f"{folder} holds no mosquitto.conf: write one with nuomone-broker render.")
    return [str(program), "-c", str(conf)]


class Mosquitto(BrokerProcess):
    """`with Mosquitto(settings) as broker:` — written, started and accepting connections."""

    name = "Mosquitto"
    protocol: Literal["5", "3.1.1"] = "5"

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.host, self.port, self.folder = settings.host, settings.port, settings.folder

    def prepare(self) -> list[str]:
        write(self.settings)
        return command(self.folder)

    def reload(self, settings: Settings | None = None) -> None:
        """Read passwords, ACL and revocation lists again, after writing them anew when `settings` is given."""
        if settings:
            self.settings = settings
            write(settings)
        self.hang_up()


def keep_folder(folder: Path) -> None:
    """Ours, and open to nobody but who knows the names in it. Raises OSError."""
    os.chown(folder, os.geteuid(), os.getegid(), follow_symlinks=False)
    folder.chmod(0o711)


def hand_over(path: Path, user: str) -> None:
    """To the account that Mosquitto runs as, when this process runs as another; never through a link. Raises OSError."""
    if user == current_account():
        return
    try:
        account = pwd.getpwnam(user)
    except KeyError as error:
        raise BrokerError(f"There is no account {user} on this machine for Mosquitto to run as.") from error
    os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
