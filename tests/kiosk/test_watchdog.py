"""What systemd hears, on a real datagram socket."""

import secrets
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import device
from kiosk.watchdog import Watchdog


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """An address as in NOTIFY_SOCKET, and the socket that listens there."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@nuomone-{secrets.token_hex(8)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + name[1:] if name.startswith("@") else name)
        listening.setblocking(False)
        yield name, listening


def heard(listening: socket.socket) -> list[str]:
    said = []
    while True:
        try:
            said.append(listening.recv(4096).decode())
        except BlockingIOError:
            return said


def test_a_life_from_start_to_end(systemd: tuple[str, socket.socket]) -> None:
    watchdog = Watchdog.from_environment({"NOTIFY_SOCKET": systemd[0]})
    watchdog.ready()
    watchdog.feed(1)
    watchdog.stopping()
    assert heard(systemd[1]) == ["READY=1", "WATCHDOG=1", "STOPPING=1"]


def test_a_frozen_screen_is_not_alive(systemd: tuple[str, socket.socket]) -> None:
    watchdog = Watchdog.from_environment({"NOTIFY_SOCKET": systemd[0]})
    assert [watchdog.feed(frames) for frames in (0, 3, 3, 3, 4)] == [False, True, False, False, True]
    assert heard(systemd[1]) == ["WATCHDOG=1", "WATCHDOG=1"]


def test_without_systemd_nothing_happens() -> None:
    watchdog = Watchdog.from_environment({})
    watchdog.ready()
    assert watchdog.feed(1)


def test_a_listener_that_is_gone_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Watchdog(str(tmp_path / "nobody")).ready()
    assert "systemd was not told" in capsys.readouterr().out


def test_a_restart_ends_with_the_code_that_systemd_answers() -> None:
    with pytest.raises(SystemExit) as ended:
        device.restart()
    assert ended.value.code == 75


def test_the_power_goes_off_by_the_command_that_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUOMONE_POWEROFF", f"touch {tmp_path / 'off'}")
    device.shut_down()
    assert (tmp_path / "off").exists()


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("no-such-program", "cannot be run"),
        ("sh -c 'echo Not allowed. >&2; exit 4'", "code 4: Not allowed."),
        ("'", "cannot be run"),
    ],
)
def test_a_power_that_stays_on_is_explained(command: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUOMONE_POWEROFF", command)
    with pytest.raises(device.NotDone, match=sentence):
        device.shut_down()


def test_a_command_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUOMONE_POWEROFF", "sleep 19")
    monkeypatch.setattr(device, "PATIENCE_S", 0.05)
    with pytest.raises(device.NotDone, match="did not end"):
        device.shut_down()
