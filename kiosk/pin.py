"""The operator's PIN: kept as a scrypt hash, and guessed at only a few times an hour.

A hash is `scrypt$n$r$p$salt$hash`, salt and hash in base64. It hides a PIN from a glance, not
from a program that tries all of them: what holds is the wait after wrong tries.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from broker_config import durable
from kiosk import clock

log = structlog.get_logger()

FILE = "service-pin"
FREE_TRIES = 5
WAIT_S = 60.0
LONGEST_WAIT_S = 3600.0
_N, _R, _P = 2**14, 8, 1  # 16 MB and some 50 ms: once in a while, in the screen's own thread
_MOST_BYTES = 64 * 2**20


class BadPin(ValueError):
    """What is wrong with a PIN or with a stored hash, in one sentence."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A stored hash. Raises BadPin when the text is none."""

    stored: str

    def __post_init__(self) -> None:
        self._parts()

    def matches(self, text: str) -> bool:
        """Whether this is the PIN; takes as long for a wrong one as for the right one."""
        n, r, p, salt, expected = self._parts()
        found = hashlib.scrypt(text.encode(), salt=salt, n=n, r=r, p=p, maxmem=2 * _MOST_BYTES, dklen=len(expected))
        return hmac.compare_digest(found, expected)

    def _parts(self) -> tuple[int, int, int, bytes, bytes]:
        found = re.fullmatch(r"scrypt\$(\d{1,6})\$(\d{1,2})\$(\d{1,2})\$([\w+/=]+)\$([\w+/=]+)", self.stored, re.ASCII)
        if not found:
            raise BadPin("It is no PIN hash: make one with nuomone-kiosk pin.")
        n, r, p = (int(part) for part in found.groups()[:3])
        try:
            salt, expected = (base64.b64decode(part, validate=True) for part in found.groups()[3:])
        except binascii.Error:
            raise BadPin("Its salt or hash is not in base64: make it anew with nuomone-kiosk pin.") from None
        if (
            n < 2
            or n & (n - 1)
            or n >= 2 ** (16 * r)
            or not 1 <= r * p <= 32
            or 128 * n * r * p > _MOST_BYTES
            or len(expected) < 16
        ):
            raise BadPin("Its cost is not one that a kiosk can bear: make it anew with nuomone-kiosk pin.")
        return n, r, p, salt, expected


def hashed(digits: str, salt: bytes | None = None) -> str:
    """What is stored of a PIN of 4 to 12 digits. Raises BadPin for any other."""
    if not re.fullmatch(r"[0-9]{4,12}", digits):
        raise BadPin("A PIN has 4 to 12 digits and nothing else.")
    salt = os.urandom(16) if salt is None else salt
    digest = hashlib.scrypt(digits.encode(), salt=salt, n=_N, r=_R, p=_P, maxmem=2 * _MOST_BYTES, dklen=32)
    return f"scrypt${_N}${_R}${_P}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def stored(folder: Path, display: dict[str, Any]) -> str:
    """The hash in force: the configuration's `service_pin`, else the folder's; '' without either."""
    given = display.get("service_pin")
    if given:
        return str(given)
    try:
        return (folder / FILE).read_text().strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        return f"unreadable: {error}"


def find(folder: Path, display: dict[str, Any]) -> Pin | None:
    """The PIN in force. None, so no service screen, without one, or where what is stored is no hash."""
    text = stored(folder, display)
    try:
        return Pin(text) if text else None
    except BadPin as error:
        log.warning("the stored PIN cannot be used", reason=str(error))
        return None


def keep(folder: Path, digits: str) -> None:
    """Store a PIN in the kiosk's folder, readable for its owner only. Raises BadPin, OSError."""
    durable.replace(folder / FILE, f"{hashed(digits)}\n".encode(), durable.OWNER_ONLY)


class Lockout:
    """Five wrong PINs are free, then a minute's wait, which doubles with each further wrong one up to an hour.

    Counted in `path`, in the boot's own monotonic time, so that neither a restart nor a clock
    that jumps shortens the wait; after a reboot it begins anew. Each try is on disk before it
    is looked at: pulling the plug gives none back. `lockouts`: how often it ever came to a wait.
    """

    def __init__(self, path: Path, *, boot: str = "", monotonic: Callable[[], float] = clock.since_boot) -> None:
        self._path, self._boot, self._now = path, boot or clock.boot_id(), monotonic
        self._wrong, self._until, self.lockouts = 0, 0.0, 0
        self._read()

    def wait_s(self) -> float:
        """Seconds until one may try; 0 when one may now."""
        return min(max(0.0, self._until - self._now()), wait_after(self._wrong))

    def attempt(self, pin: Pin, text: str) -> bool:
        """Whether the PIN is right; never, while one has to wait."""
        if self.wait_s() > 0:
            return False
        lockouts, self._wrong = self.lockouts, self._wrong + 1
        wait = wait_after(self._wrong)
        self._until, self.lockouts = self._now() + wait, lockouts + (wait > 0)
        self._write()
        if not pin.matches(text):
            return False
        self._wrong, self._until, self.lockouts = 0, 0.0, lockouts
        self._write()
        return True

    def _read(self) -> None:
        try:
            kept = json.loads(self._path.read_bytes())
            self._wrong, self.lockouts = max(0, int(kept["wrong"])), max(0, int(kept["lockouts"]))
            self._until = float(kept["until"])
            if kept["boot"] != self._boot:
                self._begin_again()
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, KeyError) as error:  # a broken file is no way around the wait
            log.warning("the count of wrong PINs cannot be read; waiting", error=str(error))
            self._wrong = FREE_TRIES
            self._begin_again()

    def _begin_again(self) -> None:
        self._until = self._now() + wait_after(self._wrong)
        self._write()

    def _write(self) -> None:
        kept = {"boot": self._boot, "wrong": self._wrong, "until": self._until, "lockouts": self.lockouts}
        try:
            durable.replace(self._path, json.dumps(kept).encode(), durable.OWNER_ONLY)
        except OSError as error:  # a full disk: it counts on, until the next restart
            log.error("the count of wrong PINs is not kept", error=str(error))


def wait_after(wrong: int) -> float:
    """Seconds to wait after so many wrong PINs in a row."""
    return 0.0 if wrong < FREE_TRIES else min(WAIT_S * 2 ** min(wrong - FREE_TRIES, 10), LONGEST_WAIT_S)
