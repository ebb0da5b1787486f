"""A broker as a child process: started, waited for until it accepts connections, and ended."""

import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Literal, Protocol, Self

from broker_config.acl import BrokerError
from broker_config.tied import tied

START_SECONDS = 10.0
STOP_SECONDS = 5.0
SETTLE_SECONDS = 0.05


class Broker(Protocol):
    """What the rest needs to know of a broker, whichever it is."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def protocol(self) -> Literal["5", "3.1.1"]: ...
    def start(self) -> None: ...
    def check(self) -> None: ...
    def stop(self) -> None: ...


class BrokerProcess(ABC):
    """Start and stop, shared by both brokers. What the child says goes to `broker.log` in its folder."""

    name: str
    host: str
    port: int
    folder: Path

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def prepare(self) -> list[str]:
        """Write what the broker needs; return its command line. Raises BrokerError or OSError."""

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def log(self) -> Path:
        return self.folder / "broker.log"

    def start(self) -> None:
        """Return once the port accepts a connection. Raises BrokerError with one sentence otherwise."""
        if self._child:
            return
        check_port_is_free(self.host, self.port)
        try:
            command = self.prepare()
            with self.log.open("wb") as log:
                self._child = subprocess.Popen(tied(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        except OSError as error:
            raise BrokerError(f"{self.name} cannot use the folder {self.folder}: {error.strerror}.") from error
        self._wait_until_open()

    def check(self) -> None:
        """Raises BrokerError when it was started and has ended by itself."""
        if self._child and self._child.poll() is not None:
            raise BrokerError(f"{self.name} ended with code {self._child.returncode}; what it said is in {self.log}.")

    def stop(self) -> None:
        if not self._child:
            return
        self._child.terminate()
        wait_or_kill(self._child, STOP_SECONDS)
        self._child = None

    def hang_up(self) -> None:
        if self._child:
            self._child.send_signal(signal.SIGHUP)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait_until_open(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while self._child and self._child.poll() is None:
            if is_open(self.host, self.port):
                time.sleep(SETTLE_SECONDS)  # a broker may open its port first and fail over a certificate then
                if self._child.poll() is None:
                    return
                break
            if time.monotonic() > deadline:
                self.stop()
                raise BrokerError(f"{self.name} did not open port {self.port} within {START_SECONDS:.0f} seconds.")
            time.sleep(0.01)
        self._child = None
        raise BrokerError(f"{self.name} ended right after its start: {self._last_words()}")

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        errors = [line for line in lines if "Error: " in line] or lines[-1:]
        return errors[0] if errors else "it said nothing."


def wait_or_kill(child: subprocess.Popen[Any], seconds: float) -> int:
    """The exit code of a child that was told to end; one that takes longer than this is killed."""
    try:
        return child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def check_port_is_free(host: str, port: int) -> None:
    """Raises BrokerError when nothing more can listen there."""
    with socket.socket(_family(host)) as probe:
        # As the brokers do: a port that was closed a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BrokerError(f"Nothing can listen on {host}:{port}: {error.strerror}.") from error


def is_open(host: str, port: int) -> bool:
    with socket.socket(_family(host)) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
