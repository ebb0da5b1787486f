"""Tells systemd that the kiosk is alive, which means: frames reach the screen (sd_notify(3), a few datagrams)."""

import os
import socket
from collections.abc import Mapping
from typing import Self

import structlog

log = structlog.get_logger()


class Watchdog:
    """`address`: the socket that systemd listens on, with `@` for an abstract one; with '' nothing is sent."""

    def __init__(self, address: str) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._proof = 0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """From NOTIFY_SOCKET, which systemd sets for units of `Type=notify`."""
        return cls(environment.get("NOTIFY_SOCKET", ""))

    def ready(self) -> None:
        """The first frame is on the screen."""
        self._send("READY=1")

    def feed(self, proof: int) -> bool:
        """Say alive, if `proof`, a count of frames shown, has grown since it was last said. Whether it was said."""
        if proof <= self._proof:
            return False
        self._proof = proof
        self._send("WATCHDOG=1")
        return True

    def stopping(self) -> None:
        """The end is meant."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as to:
                to.sendto(message.encode(), self._address)
        except OSError as error:  # the screen must not stand still for it; systemd draws its own conclusion
            log.warning("systemd was not told", message=message, error=str(error))
