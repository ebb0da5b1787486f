"""`nuomone-kiosk run` on a device that is no kiosk yet: a process of its own, ended and begun as systemd would."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.brokers import wait_for

ROOT = Path(__file__).parents[2]
# What `run` does, but for the network: the code is accepted and an identity is there.
REGISTERED = """
import sys
from pathlib import Path
from kiosk import restart
from kiosk.watchdog import Watchdog
folder = Path(sys.argv[1])
if (folder / "enrolled").exists():
    print("begun again as", (folder / "enrolled").read_text(), (folder / "server-told").read_text(), flush=True)
    sys.exit(0)
def enrol(code, server):
    (folder / "server-told").write_text(server)
    (folder / "enrolled").write_text("hall-1")
    return "hall-1"
import kiosk.screens
from kiosk import window
original = window.prepare
def prepare(*given, **more):
    original(*given, **more)
    from kivy.clock import Clock
    from kiosk.first_start import FirstStartApp
    shown = FirstStartApp.on_start
    def on_start(app):
        shown(app)
        Clock.schedule_once(lambda _: [app.screen.type(one) for one in "7G4MQ2ZKX9TP"], 0.2)
        Clock.schedule_once(lambda _: app.screen.enter(), 0.4)
    FirstStartApp.on_start = on_start
restart.prepare = prepare
restart.first_start(folder, "", enrol, (800, 480), Watchdog(""))
"""


def started(folder: Path, *command: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "offscreen", "SDL_AUDIODRIVER": "dummy"}
    environment |= {"KIVY_HOME": str(folder / "kivy"), "NUOMONE_SERVER": ""}
    return subprocess.Popen([sys.executable, *command], env=environment, stdout=subprocess.PIPE, text=True)


@pytest.mark.timeout(40)
def test_without_an_identity_it_asks_to_be_registered_and_ends_when_told(tmp_path: Path) -> None:
    with started(tmp_path, "-m", "kiosk", "run", "--data", str(tmp_path), "--size", "800x480") as child:
        assert child.stdout
        assert child.stdout.readline() == "first start\n"
        child.send_signal(signal.SIGTERM)
        assert child.wait(15) == 0
    assert not list(tmp_path.glob("*.sqlite")), "there is no outbox before there is a kiosk"


@pytest.mark.timeout(40)
def test_once_registered_the_same_process_begins_again_as_that_kiosk(tmp_path: Path) -> None:
    (tmp_path / "server").write_text("nuomone.lt\n")
    program = tmp_path / "program.py"
    program.write_text(REGISTERED)
    with started(tmp_path, str(program), str(tmp_path)) as child:
        wait_for(lambda: child.poll() is not None, 30)
        assert child.stdout
        said = child.stdout.read().splitlines()
    assert (said[0], said[-1], child.returncode) == ("first start", "begun again as hall-1 https://nuomone.lt", 0)
