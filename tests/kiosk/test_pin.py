"""The operator's PIN: what is stored, who gets in, and how long one waits after wrong tries."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kiosk import pin
from kiosk.__main__ import app
from kiosk.pin import BadPin, Lockout, Pin
from tests.brokers import wait_for

ROOT = Path(__file__).parents[2]
HASH = pin.hashed("246810")


class Time:
    def __init__(self) -> None:
        self.now = 500.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def right(monkeypatch: pytest.MonkeyPatch) -> Pin:
    """A PIN of little cost, since these tests try often; `1234` is right."""
    monkeypatch.setattr(pin, "_N", 16)
    return Pin(pin.hashed("1234"))


def lockout(path: Path, clock: Time, boot: str = "first") -> Lockout:
    return Lockout(path / "lockout.json", boot=boot, monotonic=clock)


def fail(lock: Lockout, right: Pin, times: int) -> None:
    for _ in range(times):
        assert not lock.attempt(right, "0000")


# ── the hash ────────────────────────────────────────────────────────────────────────────


def test_only_the_pin_itself_matches() -> None:
    assert HASH.startswith("scrypt$16384$8$1$")
    assert "246810" not in HASH
    assert [Pin(HASH).matches(text) for text in ("246810", "246811", "24681", "2468100", "")] == [True] + [False] * 4


def test_the_same_pin_is_stored_in_another_way_each_time() -> None:
    assert pin.hashed("246810") != HASH


@pytest.mark.parametrize("digits", ["123", "1234567890123", "12a4", "١٢٣٤", "12 34", "", "1234\n"])
def test_a_pin_is_four_to_twelve_digits(digits: str) -> None:
    with pytest.raises(BadPin, match="4 to 12 digits"):
        pin.hashed(digits)


@pytest.mark.parametrize(
    "stored",
    [
        "246810",
        "scrypt$16384$8$1$AAAA",
        "scrypt$999999$8$1$AAAA$" + "A" * 44,
        "scrypt$524288$32$1$AAAA$" + "A" * 44,
        "scrypt$16384$0$0$AAAA$" + "A" * 44,
        "scrypt$16384$8$1$AAAAA$" + "A" * 44,
        "scrypt$16384$8$1$AAAA$AAAA",
    ],
)
def test_a_hash_that_is_none_or_would_stop_the_kiosk_is_refused(stored: str) -> None:
    with pytest.raises(BadPin):
        Pin(stored)


def test_the_configurations_pin_comes_before_the_folders(tmp_path: Path) -> None:
    assert pin.find(tmp_path, {}) is None
    pin.keep(tmp_path, "1111")
    assert (tmp_path / "service-pin").stat().st_mode & 0o777 == 0o600
    here = pin.find(tmp_path, {})
    there = pin.find(tmp_path, {"service_pin": HASH})
    assert here is not None
    assert here.matches("1111")
    assert there is not None
    assert there.matches("246810")


@pytest.mark.parametrize("given", [{"service_pin": "1234"}, {"service_pin": 1234}, {}])
def test_a_stored_pin_that_is_no_hash_opens_nothing(tmp_path: Path, given: dict[str, Any]) -> None:
    if given:
        pin.keep(tmp_path, "1111")
    else:
        (tmp_path / "service-pin").write_bytes(b"\xff\xfe1234")
    assert pin.find(tmp_path, given) is None


# ── wrong tries ─────────────────────────────────────────────────────────────────────────


def test_waits_double_up_to_an_hour(tmp_path: Path, clock: Time, right: Pin) -> None:
    lock, waits = lockout(tmp_path, clock), []
    fail(lock, right, 4)
    assert lock.wait_s() == 0
    for _ in range(8):
        fail(lock, right, 1)
        waits.append(lock.wait_s())
        clock.now += lock.wait_s()
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert lock.lockouts == 8


def test_the_right_pin_does_not_help_while_one_waits_and_forgives_after(tmp_path: Path, clock: Time, right: Pin) -> None:
    lock = lockout(tmp_path, clock)
    fail(lock, right, 5)
    clock.now += 59
    assert not lock.attempt(right, "1234")
    assert lock.wait_s() == pytest.approx(1)
    clock.now += 1
    assert lock.attempt(right, "1234")
    fail(lock, right, 4)
    assert lock.wait_s() == 0
    assert lockout(tmp_path, clock).lockouts == 1


def test_a_restart_of_the_kiosk_shortens_nothing(tmp_path: Path, clock: Time, right: Pin) -> None:
    fail(lockout(tmp_path, clock), right, 5)
    clock.now += 10
    again = lockout(tmp_path, clock)
    assert again.wait_s() == pytest.approx(50)
    assert not again.attempt(right, "1234")


def test_a_reboot_begins_the_wait_anew_however_high_the_new_clock_counts(tmp_path: Path, clock: Time, right: Pin) -> None:
    fail(lockout(tmp_path, clock), right, 5)
    clock.now = 900_000.0
    assert lockout(tmp_path, clock, boot="second").wait_s() == 60
    clock.now = 5.0
    assert lockout(tmp_path, clock, boot="third").wait_s() == 60
    clock.now += 20
    assert lockout(tmp_path, clock, boot="third").wait_s() == 40


def test_a_jump_of_the_wall_clock_unlocks_nothing(tmp_path: Path, right: Pin) -> None:
    import time_machine

    fail(Lockout(tmp_path / "lockout.json"), right, 5)
    with time_machine.travel("2031-01-01"):
        assert 59 < Lockout(tmp_path / "lockout.json").wait_s() <= 60


def test_a_plug_pulled_while_the_pin_is_looked_at_gives_no_try_back(tmp_path: Path, clock: Time, right: Pin) -> None:
    class Unplugged(Exception):
        pass

    class Plug:
        def matches(self, _: str) -> bool:
            raise Unplugged

    for _ in range(5):
        with pytest.raises(Unplugged):
            lockout(tmp_path, clock).attempt(Plug(), "1234")  # type: ignore[arg-type]
    assert lockout(tmp_path, clock).wait_s() == 60


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"wrong": "x"}', b"\xff", b'{"boot": "first", "wrong": 9, "until": null}']
)
def test_a_broken_file_is_no_way_around_the_wait(tmp_path: Path, clock: Time, content: bytes) -> None:
    (tmp_path / "lockout.json").write_bytes(content)
    assert lockout(tmp_path, clock).wait_s() == 60


def test_a_nonsense_time_never_locks_for_longer_than_its_tries_deserve(tmp_path: Path, clock: Time) -> None:
    kept = {"boot": "first", "wrong": 5, "until": 1e12, "lockouts": 1}
    (tmp_path / "lockout.json").write_text(json.dumps(kept))
    assert lockout(tmp_path, clock).wait_s() == 60


def test_a_disk_that_takes_no_write_still_counts(tmp_path: Path, clock: Time, right: Pin) -> None:
    (tmp_path / "lockout.json.new").mkdir()
    lock = lockout(tmp_path, clock)
    fail(lock, right, 5)
    assert lock.wait_s() == 60


# ── the command ─────────────────────────────────────────────────────────────────────────


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "kiosk", "pin", *arguments]


def test_a_pin_from_a_pipe(tmp_path: Path) -> None:
    data = tmp_path / "new"
    done = subprocess.run(command("--data", str(data)), input="987654\n", capture_output=True, text=True, timeout=15, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    found = pin.find(data, {})
    assert found is not None
    assert found.matches("987654")


@pytest.mark.parametrize(
    ("given", "folder", "sentence"), [("12\n", "ok", "4 to 12 digits"), ("", "ok", "4 to 12"), ("1234\n", "file", "cannot be")]
)
def test_a_pin_that_cannot_be_stored_is_one_sentence(tmp_path: Path, given: str, folder: str, sentence: str) -> None:
    (tmp_path / "file").touch()
    done = CliRunner().invoke(app, ["pin", "--data", str(tmp_path / folder)], input=given)
    assert done.exit_code == 1
    assert sentence in done.stderr
    assert done.output.count("\n") == 1


def test_a_terminal_asks_twice_and_shows_nothing(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command("--data", str(tmp_path)), stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, start_new_session=True
    ) as child:
        os.close(theirs)
        shown = b""
        for asked in (b"PIN: ", b"again: "):
            while not shown.lower().endswith(asked.lower()):
                shown += os.read(ours, 1)
            os.write(ours, b"135790\n")
        wait_for(lambda: child.poll() is not None, 15)
        assert child.returncode == 0
    os.close(ours)
    assert b"135790" not in shown
    found = pin.find(tmp_path, {})
    assert found is not None
    assert found.matches("135790")
