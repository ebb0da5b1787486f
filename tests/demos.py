"""`make demo` as a test starts it, and what an integrator does with its demo.json."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any, Self

from broker_config.tls import ClientTls
from kiosk.connection import BrokerAddress
from tests.processes import children, command_line
from tests.system import QUICK, KioskThread

DEMO = Path(__file__).parents[1] / "deploy" / "demo.py"


class Demo:
    """A running demo, without a window where no display is given."""

    def __init__(self, data: Path, *more: str, display: str = "", days: int = 1) -> None:
        self.data = data
        command = [
            sys.executable,
            str(DEMO),
            "--data",
            str(data),
            "--days",
            str(days),
            *([] if display else ["--headless"]),
            *more,
        ]
        self.child = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=os.environ | {"DISPLAY": display, "SDL_VIDEODRIVER": "x11"},
        )
        self.said = self.complained = ""

    def wait_until_ready(self) -> dict[str, Any]:
        self.wait_until_said("Ctrl-C")
        described: dict[str, Any] = json.loads((self.data / "demo.json").read_text())
        return described

    def wait_until_said(self, words: str) -> None:
        assert self.child.stdout
        for line in self.child.stdout:
            self.said += line
            if words in line:
                return
        raise AssertionError(self.said + (self.child.stderr.read() if self.child.stderr else ""))

    def family(self) -> list[int]:
        """Everybody whose command line or environment names the demo's folder, other than the demo itself."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            except OSError:
                continue
            if str(self.data).encode() in words and int(process.name) != self.child.pid:
                found.append(int(process.name))
        return found

    def broker(self) -> int:
        return next(pid for pid in children(self.child.pid) if any("broker" in word for word in command_line(pid)))

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> int:
        self.child.send_signal(number)
        return self.end()

    def end(self) -> int:
        said, self.complained = self.child.communicate(timeout=30)
        self.said += said
        return self.child.returncode

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.child.returncode is None:
            self.child.terminate()
            self.end()


def api(described: dict[str, Any], what: str) -> list[dict[str, Any]]:
    """The rows of a list of the API, as the demo's admin gets them."""
    request = urllib.request.Request(
        f"{described['url']}/api/v1/{what}", headers={"Authorization": f"Bearer {described['token']}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        rows: list[dict[str, Any]] = json.load(answer)["rows"]
    return rows


def password_of(described: dict[str, Any], login: str) -> str:
    return next(str(user["password"]) for user in described["users"] if user["login"] == login)


def address_of(described: dict[str, Any], ident: str) -> BrokerAddress:
    """The broker as somebody who is named in demo.json: by certificate, or by password."""
    broker = described["broker"]
    one = next(identity for identity in described["identities"] if identity["id"] == ident)
    tls = ClientTls(Path(broker["ca"]), Path(one["cert"]), Path(one["key"])) if broker["ca"] else None
    return BrokerAddress(broker["host"], broker["port"], ident, one["password"] or "", broker["protocol"], tls)


def tap_on_spare(folder: Path, described: dict[str, Any], taps: int) -> int:
    """What an integrator does with the identity in demo.json: a kiosk of his own."""
    address = address_of(described, "spare-1")
    kiosk = KioskThread(folder / "spare", address.username, address, timing=QUICK)
    try:
        kiosk.wait_for_config()
        for value in range(taps):
            kiosk.tap(value + 3)
        kiosk.wait_until_drained()
    finally:
        kiosk.stop()
    return taps
