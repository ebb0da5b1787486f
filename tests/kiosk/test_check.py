"""`nuomone-kiosk check` on real things: a display, a broker, a disk, and each of them broken."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from configs import config
from typer.testing import CliRunner

from broker_config import topics
from broker_config.acl import Identity
from kiosk import configuration, pin
from kiosk.__main__ import app
from kiosk.check import broker as broker_check
from kiosk.check import folder, fonts, hardware, system, table
from kiosk.check.row import Row
from kiosk.connection import BrokerAddress
from kiosk.outbox import Outbox
from tests.brokers import client, free_port, mosquitto, wait_for
from tests.displays import xvfb

ROOT = Path(__file__).parents[2]
KIOSK = Identity("kiosk", "hall-1", "secret")
STRANGER = Identity("observer", "hall-2", "secret")
COLLECTOR = Identity("collector", "main", "secret")

TOUCHSCREEN = """I: Bus=0003 Vendor=0eef Product=0001 Version=0210
N: Name="eGalax Touch"
H: Handlers=event3
B: PROP=2
B: EV=b
B: ABS=2608000 3
B: ABS=260800000000003"""
TOUCHPAD = 'N: Name="Pad"\nB: PROP=5\nB: ABS=260800000000003'
MOUSE = 'N: Name="Mouse"\nB: PROP=0\nB: REL=903'


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with mosquitto(tmp_path_factory.mktemp("broker"), (KIOSK, STRANGER, COLLECTOR)) as running:
        yield running.port


def check(data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as an admin runs it, in a wide terminal."""
    bare = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "SDL_VIDEODRIVER")}
    wanted = {"NUOMONE_KIOSK": "hall-1", "NUOMONE_DATA": str(data), "COLUMNS": "300", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "kiosk", "check"]
    return subprocess.run(command, env=bare | wanted | environment, capture_output=True, text=True, timeout=15, cwd=ROOT)


def states(output: str) -> dict[str, str]:
    found = {}
    for name in ("display", "touch", "sound", "fonts", "clock", "disk", "broker", "configuration", "outbox", "service PIN",
                 "watchdog", "systemd unit"):  # fmt: skip
        line = next(line for line in output.splitlines() if line.startswith(name))
        found[name] = line[len(name) :].split()[0]
    return found


def address(port: int, **other: str) -> BrokerAddress:
    wanted = {"host": "127.0.0.1", "username": "hall-1", "password": "secret", "protocol": "5"} | other
    return BrokerAddress(wanted["host"], port, wanted["username"], wanted["password"], wanted["protocol"])


# ── the whole table ─────────────────────────────────────────────────────────────────────


def test_a_device_that_is_ready(tmp_path: Path, port: int) -> None:
    configuration.save(tmp_path / "config.json", config(17, display={"dpi": 101}))
    Outbox(tmp_path / "outbox.sqlite", "hall-1", "machine").close()
    pin.keep(tmp_path, "246810")
    with xvfb(1024, 600) as display:
        done = check(tmp_path, DISPLAY=display, NUOMONE_BROKER_PORT=str(port), NUOMONE_KIOSK_PASSWORD="secret")
    found = states(done.stdout)
    essential = {name: found[name] for name in ("display", "fonts", "disk", "broker", "configuration", "outbox", "service PIN")}
    assert set(essential.values()) == {"ok"}, done.stdout
    assert "1024 × 600" in done.stdout
    assert "101 DPI" in done.stdout
    assert config(17, display={"dpi": 101}).config in done.stdout
    assert (done.returncode, done.stderr) == (0, "")


def test_a_device_on_which_everything_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    (tmp_path / "outbox.sqlite").write_text("no database, but long enough to be taken for one" * 100)
    (tmp_path / "service-pin").write_text("1234")
    done = check(tmp_path, NUOMONE_BROKER_PORT=str(free_port()))
    found = states(done.stdout)
    assert [name for name, state in found.items() if state == "missing"] == ["display", "broker", "outbox"]
    assert (found["configuration"], found["service PIN"]) == ("warn", "warn")
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("broken", ["nowhere", "a file", "locked"])
def test_a_folder_that_is_none(tmp_path: Path, broken: str) -> None:
    (tmp_path / "a file").touch()
    data = Path("/proc/1/nuomone") if broken == "locked" else tmp_path / broken
    done = check(data, NUOMONE_BROKER_PORT=str(free_port()))
    assert states(done.stdout)["disk"] == "missing"
    assert (done.returncode, done.stderr) == (1, "")


def test_an_id_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["check", "--kiosk", "Hall 1", "--data", str(tmp_path)])
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 1)


def test_a_check_that_fails_itself_is_a_row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def surprise() -> Row:
        raise RuntimeError("[odd]")

    monkeypatch.setattr(system, "clock", surprise)
    row = table.rows(tmp_path, address(free_port()))[4]
    assert (row.name, row.state) == ("clock", "missing")
    assert "[odd]" in row.means
    table.show([row])


# ── the broker ──────────────────────────────────────────────────────────────────────────


def test_the_broker_is_tried_and_nothing_is_disturbed(port: int, tmp_path: Path) -> None:
    with mosquitto(tmp_path, (KIOSK, COLLECTOR)) as running:
        with client(running, COLLECTOR) as collector, client(running, KIOSK) as kiosk:
            collector.subscribe(topics.ALL_REPLIES, topics.ALL_KIOSK_STATES)
            row = broker_check.broker(address(running.port))
            wait_for(lambda: collector.received)
            assert not kiosk.disconnected.is_set()
        assert [message.topic for message in collector.received] == [topics.reply("hall-1")]
    assert (row.state, "were tried" in row.means) == ("ok", True)


@pytest.mark.parametrize(
    ("other", "state", "sentence"),
    [
        ({"password": "wrong"}, "missing", "refuses hall-1: not authorized"),
        ({"username": "nobody"}, "missing", "refuses nobody"),
        ({"username": "hall-2"}, "missing", "not to its own topics"),
        ({"protocol": "3.1.1"}, "warn", "does not say whether hall-1 may publish"),
        ({"protocol": "3.1.1", "password": "wrong"}, "missing", "refuses hall-1"),
        ({"host": "no-such-host.invalid"}, "missing", "name no-such-host.invalid is not known"),
        ({"host": ""}, "missing", "cannot be reached"),
    ],
)
def test_what_a_broker_says(port: int, other: dict[str, str], state: str, sentence: str) -> None:
    row = broker_check.broker(address(port, **other))
    assert (row.state, sentence in row.means) == (state, True), row


def test_no_broker_at_all() -> None:
    assert "Connection refused" in broker_check.broker(address(free_port())).means


def test_something_that_is_no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setattr(broker_check, "PATIENCE_S", 0.2)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        row = broker_check.broker(address(listening.getsockname()[1]))
    assert (row.state, "does not answer in MQTT 5" in row.means) == ("missing", True)


# ── the parts ───────────────────────────────────────────────────────────────────────────


def test_a_touchpad_is_no_touchscreen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "_LONG_BITS", 64)
    screen = TOUCHSCREEN.replace("B: ABS=2608000 3\n", "")
    assert hardware.touchscreens(f"{TOUCHPAD}\n\n{screen}\n\n{MOUSE}") == ["eGalax Touch"]
    assert hardware.touchscreens("") == []


def test_the_kernels_bitmaps_are_read_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "_LONG_BITS", 32)
    screen = TOUCHSCREEN.replace("B: ABS=260800000000003", "")
    assert hardware.touchscreens(screen) == ["eGalax Touch"]
    assert hardware.touchscreens(screen.replace("2608000 3", "3")) == []


def test_nobody_sees_an_offscreen_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "offscreen")
    assert hardware.display({}).state == "missing"


def test_a_screen_on_the_graphics_card_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "kmsdrm")
    monkeypatch.setattr(hardware, "DRM", tmp_path)
    assert hardware.display({"dpi": 125}).state == "missing"
    (tmp_path / "card0-HDMI-A-1").mkdir()
    (tmp_path / "card0-HDMI-A-1" / "status").write_text("connected\n")
    (tmp_path / "card0-HDMI-A-1" / "modes").write_text("1280x800\n1024x768\n")
    assert hardware.display({"dpi": 125}) == Row("display", "ok", "card0-HDMI-A-1 1280x800; 125 DPI configured.")
    assert hardware.display({}).state == "warn"


def test_sound_needs_a_card_and_voices(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cards = tmp_path / "cards"
    monkeypatch.setattr(hardware, "CARDS", cards)
    voices = tmp_path / "espeak-ng"
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    lines = "\\n".join(["Pty Language", *(f" 5 {code} --/M name" for code in ("lt", "en-gb", "pl", "ru", "uk"))])
    voices.write_text(f"#!/bin/sh\nprintf '{lines}\\n'\n")
    voices.chmod(0o755)
    assert "no sound card" in hardware.sound().means
    cards.write_text(" 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n                      HDA Intel PCH at 0xdf\n")
    assert hardware.sound() == Row("sound", "ok", "All five languages have a voice; sound card: PCH.")
    voices.write_text(voices.read_text().replace("uk", "fr"))
    assert "no voice for uk" in hardware.sound().means
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert "not installed" in hardware.sound().means


def test_the_font_is_read_as_it_is() -> None:
    found = fonts.letters((fonts.fonts_folder() / "Roboto-Regular.ttf").read_bytes())
    assert fonts.needed() <= found
    assert "●" not in found
    assert "漢" not in found
    assert fonts.fonts().state == "ok"


def test_letters_that_a_font_lacks_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "LETTERS", fonts.LETTERS + "漢●")
    row = fonts.fonts()
    assert (row.state, row.means) == ("missing", "Roboto has no ● 漢.")


def test_a_font_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "FACES", ("NoFont.ttf",))
    assert fonts.fonts().state == "missing"


def test_a_clock_from_before_the_product() -> None:
    import time_machine

    with time_machine.travel("2019-06-01"):
        assert system.clock().state == "missing"
    assert system.clock().state in ("ok", "warn")


@pytest.mark.parametrize(
    ("shown", "unit", "watchdog"),
    [
        ("LoadState=loaded UnitFileState=enabled ActiveState=active WatchdogUSec=30s Restart=always", "ok", "ok"),
        ("LoadState=loaded UnitFileState=disabled ActiveState=inactive WatchdogUSec=0 Restart=no", "warn", "warn"),
        ("LoadState=not-found UnitFileState= ActiveState=inactive", "warn", "warn"),
    ],
)
def test_what_systemd_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shown: str, unit: str, watchdog: str) -> None:
    program = tmp_path / "systemctl"
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' {shown}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert (system.unit().state, system.watchdog().state) == (unit, watchdog)


# ── the folder ──────────────────────────────────────────────────────────────────────────


def test_another_kiosks_configuration_is_not_used(tmp_path: Path) -> None:
    configuration.save(tmp_path / "config.json", config(kiosk="hall-2"))
    row, found = folder.config(tmp_path, "hall-1")
    assert (row.state, found) == ("warn", None)
    assert "it is for kiosk hall-2" in row.means


def test_waiting_answers_are_counted_while_the_kiosk_runs(tmp_path: Path, rating: Callable[[], dict[str, object]]) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite", "hall-1", "machine")
    for _ in range(3):
        outbox.append(rating(), "1-00000000")
    outbox.receipted(outbox.stream().id, 1)
    assert "2 answers wait" in folder.outbox(tmp_path, "hall-1").means
    assert outbox.append(rating(), "1-00000000") == 4
    assert folder.outbox(tmp_path, "hall-9").state == "warn"
    outbox.close()


@pytest.mark.parametrize("broken", ["garbage", "cut", "folder", "empty", "other"])
def test_a_broken_outbox_is_told_and_kept(tmp_path: Path, rating: Callable[[], dict[str, object]], broken: str) -> None:
    path = tmp_path / "outbox.sqlite"
    if broken == "folder":
        path.mkdir()
    elif broken in ("garbage", "empty"):
        path.write_bytes(b"x" * 9000 if broken == "garbage" else b"")
    elif broken == "other":
        sqlite3.connect(path).execute("CREATE TABLE a (b)").connection.close()
    else:
        outbox = Outbox(path, "hall-1", "machine")
        outbox.extend([rating() for _ in range(200)], "1-00000000")
        outbox.close()
        os.truncate(path, path.stat().st_size // 2)
    row = folder.outbox(tmp_path, "hall-1")
    assert row.state == "missing", row
    assert path.exists()


@pytest.fixture
def rating() -> Callable[[], dict[str, object]]:
    return lambda: {
        "type": "rating", "at": "2026-11-21T09:15:02.123Z", "clock": "synced", "visit": "5b1e77c2a90d4f33", "gap_ms": None,
        "service": "residence", "question": "overall", "value": 4, "language": "lt", "trigger": "tap",
    }  # fmt: skip
