"""`make demo` as a person starts it; with the embedded broker, so that this is that broker's smoke test too."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.brokers import wait_for
from tests.demos import DEMO, Demo, api, tap_on_spare
from tests.processes import catches, children, is_running


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
        taps = tap_on_spare(tmp_path, described, 3)
        wait_for(lambda: _stored(described, spare["id"]) == taps, 15)
        wait_for(lambda: _n(described) > before + taps, 20)  # the simulated fleet taps too
        assert all(row["unexplained"] == 0 for row in api(described, "accounting") if row["kiosk"] == spare["id"])
        with Demo(data) as second:
            assert second.end() == 1
            assert second.complained == f"A demo is running in the folder {data}: end that one, or give another with DATA=.\n"
        assert len(demo.family()) >= 5, "broker, serve, ingest, web, fleet"
        assert demo.interrupt() == 0
        assert (demo.family(), demo.complained) == ([], "")
    with Demo(data, "--broker", "embedded", display=":4095") as demo:
        again = demo.wait_until_ready()
        assert (again["token"], again["users"]) == (described["token"], described["users"])
        assert _n(again) > before
        demo.wait_until_said("The demo goes on without it.")
        assert "The window ended with code 1: There is no display" in demo.said
        assert demo.interrupt(signal.SIGTERM) == 0


# ── its end ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def hanging_up_is_heard() -> Iterator[None]:
    """Also where the tests themselves run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hanging_up_is_heard")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_in_its_first_moments_it_ends_quietly(tmp_path: Path, number: signal.Signals) -> None:
    with Demo(tmp_path) as demo:
        wait_for(lambda: catches(demo.child.pid, signal.SIGHUP))
        assert demo.interrupt(number) == 0
        assert (demo.said, demo.complained) == ("", "")
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("hanging_up_is_heard")
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGKILL])
def test_it_takes_everybody_with_it(tmp_path: Path, number: signal.Signals) -> None:
    with Demo(tmp_path) as demo:
        wait_for(lambda: len(demo.family()) >= 2, 15)  # the broker and the collector
        assert demo.interrupt(number) == (0 if number == signal.SIGHUP else -signal.SIGKILL)
        assert demo.complained == ""
        wait_for(lambda: not demo.family(), 10)


def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    command = [sys.executable, str(DEMO), "--end-with-parent", "--headless", "--data", str(tmp_path)]
    starter = f"import subprocess; subprocess.Popen({command!r}); input()"
    with subprocess.Popen([sys.executable, "-c", starter], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as parent:
        wait_for((tmp_path / "broker" / "broker.log").exists, 15)
        (demo,) = children(parent.pid)
        parent.kill()
    wait_for(lambda: not is_running(demo), 15)


def test_a_broker_that_dies_ends_it_with_a_sentence(tmp_path: Path) -> None:
    with Demo(tmp_path) as demo:
        demo.wait_until_said("Broker:")
        os.kill(demo.broker(), signal.SIGKILL)
        assert demo.end() == 1
        assert re.fullmatch(
            r"(Mosquitto with certificates|The embedded broker) ended with code -9; what it said is in .*broker\.log\.\n",
            demo.complained,
        )
        assert not demo.family()


# ── mistakes ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--port=abc"], "PORT must be a whole number from 0 to 65535, not 'abc'."),
        (["--port=99999"], "PORT must be a whole number from 0 to 65535, not '99999'."),
        (["--broker-port=²"], "BROKER_PORT must be a whole number from 0 to 65535, not '²'."),
        (["--port=8000", "--broker-port=8000"], "PORT and BROKER_PORT cannot both be 8000: give two different ports"),
        (["--days=-3"], "DAYS must be a whole number from 0 to 365, not '-3'."),
        (["--days="], "DAYS must be a whole number from 0 to 365, not ''."),
        (["--broker=xyz"], "BROKER must be auto, mosquitto or embedded, not 'xyz'."),
        (["--run-for=x"], "RUN_FOR must be a number of seconds, 0 or more, not 'x'."),
        (["--run-for=nan"], "RUN_FOR must be a number of seconds, 0 or more, not 'nan'."),
        (["--data="], "DATA must name a folder."),
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


def _n(described: dict[str, Any]) -> int:
    return sum(row["n"] + row["flagged"] for row in api(described, "scores"))


def _stored(described: dict[str, Any], kiosk: str) -> int:
    return sum(row["stored"] for row in api(described, "accounting") if row["kiosk"] == kiosk)
