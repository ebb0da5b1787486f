"""What the web process asks of the one that holds the authority's key, over a Unix socket: one JSON object a line."""

import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

_LARGEST_ANSWER = 256 * 1024


class SigningError(RuntimeError):
    """The signer was not reached, refuses or cannot; the message is one sentence for a person."""


class RefusedSigningError(SigningError):
    """The signer refuses: asking once more is of no use."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A kiosk's new certificate: PEM, serial in lower hex, aware UTC."""

    certificate: str
    serial: str
    issued: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Authority:
    """Whom a kiosk must believe, and the broker as kiosks reach it. `fingerprint`: SHA-256 of the DER, lower hex."""

    ca: str
    fingerprint: str
    host: str
    port: int


class Signer:
    """Each call is a connection of its own. Everything raises SigningError."""

    def __init__(self, socket: Path, timeout_s: float = 15.0) -> None:
        self._socket, self._timeout_s = socket, timeout_s

    def authority(self) -> Authority:
        return self._ask({"do": "authority"}, lambda said: Authority(said["ca"], said["fingerprint"], said["host"], said["port"]))

    def sign(self, kiosk: str, request: str) -> Signed:
        """A certificate for whoever holds the key of `request`; the kiosk's older ones are revoked, its connection ended."""
        return self._ask({"do": "sign", "kiosk": kiosk, "request": request}, _signed)

    def renew(self, certificate: str, request: str, signature: str) -> tuple[str, Signed]:
        """(kiosk, its next certificate). `signature`: base64, over the request's PEM, by the present certificate's key."""
        question = {"do": "renew", "certificate": certificate, "request": request, "signature": signature}
        return self._ask(question, lambda said: (said["kiosk"], _signed(said)))

    def revoke(self, kiosk: str) -> None:
        """No certificate of the kiosk opens a connection any more, and the one that is open ends."""
        self._ask({"do": "revoke", "kiosk": kiosk}, lambda _said: None)

    def _ask(self, question: dict[str, str], read: Callable[[dict[str, Any]], T]) -> T:
        try:
            said = json.loads(self._exchange(json.dumps(question).encode() + b"\n"))
            if said["ok"]:
                return read(said)
            why, refused = str(said["why"]), said.get("refused") is True
        except OSError as error:
            raise SigningError(f"The signer at {self._socket} is not reached: {error.strerror or error}.") from error
        except (ValueError, KeyError, TypeError) as error:
            raise SigningError(f"The signer at {self._socket} gave no answer that can be read.") from error
        raise RefusedSigningError(why) if refused else SigningError(why)

    def _exchange(self, line: bytes) -> bytes:
        deadline = time.monotonic() + self._timeout_s
        with socket.socket(socket.AF_UNIX) as wire:
            wire.settimeout(self._timeout_s)
            wire.connect(str(self._socket))
            wire.sendall(line)
            answer = b""
            while not answer.endswith(b"\n") and len(answer) < _LARGEST_ANSWER:
                wire.settimeout(max(0.01, deadline - time.monotonic()))
                part = wire.recv(65536)
                if not part:
                    break
                answer += part
        return answer


def _signed(said: dict[str, Any]) -> Signed:
    moments = (datetime.fromisoformat(said[name]) for name in ("issued", "expires"))
    return Signed(said["certificate"], said["serial"], *moments)
