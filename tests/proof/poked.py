"""A kiosk that is poked, with everything that must hold of it meanwhile and afterwards."""

import os
import subprocess
import sys
from pathlib import Path

from tests import everything, visits
from tests.displays import Screen, windowed, xvfb
from tests.pointer import Pointer
from tests.proof.poking import Poker, assert_in_front, poke
from tests.system import Process

FINGERS = Path(__file__).with_name("fingers.py")
ROOT = Path(__file__).parents[2]
SILENT = {"SDL_AUDIODRIVER": "dummy"}


def poked_window(folder: Path, count: int, seed: int, size: tuple[int, int] = (1280, 800)) -> list[float]:
    """Poke a locked kiosk's real window. Gives its memory in MB after every hundred pokes."""
    config = everything.put(folder)
    with xvfb(*size) as display, Pointer(display) as pointer:
        command = ["-m", "kiosk", "run", "--kiosk", everything.KIOSK, "--data", str(folder), "--port", "1"]
        kiosk = Process(command, folder / "kiosk.log", windowed(display, folder) | SILENT)
        try:
            screen = Screen(display, folder)
            screen.wait_for("services")
            samples = poke(Poker(pointer, screen, size, seed), kiosk.child.pid, count)
            assert kiosk.child.poll() is None, kiosk.text()
            assert_in_front(display, pointer, size)
            screen.wait_until_still()
            screen.leave()
            screen.answer(2)
            screen.wait_for("reasons")
        finally:
            ended = kiosk.stop()
    assert ended == 0, kiosk.text()
    _assert_quiet(kiosk.text())
    given = visits.assert_well_formed(folder / "outbox.sqlite", config)
    print(count, "pokes:", dict(given), [round(one) for one in samples])
    assert given["visits"] > count / 1000
    assert visits.read(folder / "outbox.sqlite")[-1].value == 2
    return samples


def poked_by_fingers(folder: Path, count: int, seed: int) -> list[float]:
    """The same with up to five fingers at once, without a display."""
    environment = os.environ | SILENT | {"PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "offscreen"}
    command = [sys.executable, str(FINGERS), str(folder), str(count), str(seed)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=880)
    assert done.returncode == 0, done.stderr
    _assert_quiet(done.stdout + done.stderr)
    given = visits.assert_well_formed(folder / "outbox.sqlite", everything.config())
    print(count, "touches by fingers:", dict(given), done.stdout.split())
    assert given["visits"] > count / 1000
    return [float(line) for line in done.stdout.split()]


def _assert_quiet(told: str) -> None:
    assert "Traceback" not in told, told
    assert "level=error" not in told, told
    assert "[error" not in told, told
