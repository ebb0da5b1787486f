"""`make demo` as a person starts it; with the embedded broker, so that this is that broker's smoke test too."""

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any, Self

import pytest

from kiosk.link import BrokerAddress
from tests.brokers import wait_for
from tests.system import QUICK, KioskThread

DEMO = Path(__file__).parents[2] / "deploy" / "demo.py"


class Demo:
    """A running demo without a window."""

    def __init__(self, data: Path, *more: str) -> None:
        self.data = data
        command = [sys.executable, str(DEMO), "--headless", "--data", str(data), "--days", "1", *more]
        self.child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        self.said = ""

    def wait_until_ready(self) -> dict[str, Any]:
        assert self.child.stdout
        for line in self.child.stdout:
            self.said += line
            if "Ctrl-C" in line:
                described: dict[str, Any] = json.loads((self.data / "demo.json").read_text())
                return described
        raise AssertionError(self.said + (self.child.stderr.read() if self.child.stderr else ""))

    def family(self) -> list[int]:
        """Everybody whose command line names the demo's folder, other than the demo itself."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if str(self.data).encode() in words and int(process.name) != self.child.pid:
                found.append(int(process.name))
        return found

    def interrupt(self) -> int:
        self.child.send_signal(signal.SIGINT)
        return self.end()

    def end(self) -> int:
        self.child.communicate(timeout=30)
        return self.child.returncode

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.child.returncode is None:
            self.child.terminate()
            self.end()


@pytest.mark.timeout(120)
def test_the_demo_feeds_the_page_and_leaves_nothing_running(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    with Demo(data, "--broker", "embedded") as demo:
        described = demo.wait_until_ready()
        assert "embedded broker" in demo.said
        assert {"url", "token", "broker", "identities", "users"} == described.keys()
        assert [identity["role"] for identity in described["identities"]] == ["observer", "queue", "kiosk"]
        spare = described["identities"][2]
        before = _n(described)
        taps = _tap_on_spare(tmp_path, described, spare, 3)
        wait_for(lambda: _stored(described, spare["id"]) == taps, 15)
        wait_for(lambda: _n(described) > before + taps, 20)  # the simulated fleet taps too
        assert all(row["unexplained"] == 0 for row in _api(described, "accounting") if row["kiosk"] == spare["id"])
        family = demo.family()
        assert family
        assert demo.interrupt() == 0
        assert not demo.family()
    with Demo(data, "--broker", "embedded", "--run-for", "1") as demo:
        again = demo.wait_until_ready()
        assert (again["token"], again["users"]) == (described["token"], described["users"])
        assert _n(again) > before
        assert demo.end() == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--port", "99999"], "Port 99999 cannot be used: there is no such port. Give another with PORT=, or none."),
        (["--data", "/proc/nowhere"], "The folder /proc/nowhere cannot be used"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    done = subprocess.run(
        [sys.executable, str(DEMO), "--data", str(tmp_path), *arguments], capture_output=True, text=True, timeout=20
    )
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1


def test_a_taken_port_and_a_broken_folder_are_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, str(DEMO), "--data", str(tmp_path), "--broker-port", str(port)],
            capture_output=True,
            text=True,
            timeout=20,
        )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"Port {port} cannot be used: Address already in use. Give another with BROKER_PORT=, or none." in done.stderr
    (tmp_path / "secrets.json").write_text("{")
    done = subprocess.run([sys.executable, str(DEMO), "--data", str(tmp_path)], capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "secrets.json cannot be read: remove the folder" in done.stderr


@pytest.mark.parametrize("name", ["collector", "broker"])
def test_a_file_in_a_folders_place_and_incomplete_secrets_are_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("")
    command = [sys.executable, str(DEMO), "--headless", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert str(tmp_path / name) in done.stderr
    (tmp_path / "secrets.json").write_text('{"passwords": {}, "token": ""}')
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "secrets.json cannot be read" in done.stderr


def test_a_broken_store_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "collector").mkdir()
    (tmp_path / "collector" / "collector.sqlite").write_bytes(b"no database" * 1000)
    done = subprocess.run(
        [sys.executable, str(DEMO), "--headless", "--data", str(tmp_path)], capture_output=True, text=True, timeout=20
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "collector.sqlite cannot be opened" in done.stderr


# ── asking the demo ─────────────────────────────────────────────────────────────────────


def _api(described: dict[str, Any], what: str) -> list[dict[str, Any]]:
    request = urllib.request.Request(
        f"{described['url']}/api/v1/{what}", headers={"Authorization": f"Bearer {described['token']}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        rows: list[dict[str, Any]] = json.load(answer)["rows"]
    return rows


def _n(described: dict[str, Any]) -> int:
    return sum(row["n"] + row["flagged"] for row in _api(described, "scores"))


def _stored(described: dict[str, Any], kiosk: str) -> int:
    return sum(row["stored"] for row in _api(described, "accounting") if row["kiosk"] == kiosk)


def _tap_on_spare(folder: Path, described: dict[str, Any], identity: dict[str, Any], taps: int) -> int:
    """What an integrator does with the identity in demo.json: a kiosk of his own."""
    broker = described["broker"]
    address = BrokerAddress(broker["host"], broker["port"], identity["username"], identity["password"], broker["protocol"])
    kiosk = KioskThread(folder / "spare", identity["id"], address, timing=QUICK)
    try:
        kiosk.wait_for_config()
        for value in range(taps):
            kiosk.tap(value + 3)
        kiosk.wait_until_drained()
    finally:
        kiosk.stop()
    return taps
