"""Brokers end with the process that started them, even when nobody could tell them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from broker_config import tied
from broker_config.acl import BrokerError
from broker_config.mosquitto import Mosquitto, Settings
from tests.broker_config.conftest import IDENTITIES
from tests.brokers import free_port, wait_for
from tests.processes import is_running

STARTS = {
    "mosquitto": "from broker_config.mosquitto import Mosquitto, Settings; broker = Mosquitto(Settings(folder, (), port))",
    "embedded": "from broker_config.embedded import Embedded; broker = Embedded(folder, (), port)",
}


@pytest.mark.parametrize("which", STARTS)
def test_a_broker_ends_with_a_parent_that_was_killed(tmp_path: Path, which: str) -> None:
    script = (
        f"from pathlib import Path; folder, port = Path({str(tmp_path)!r}), {free_port()}; {STARTS[which]}; "
        "broker.start(); print(broker.pid, flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        broker = int(parent.stdout.readline())
        assert is_running(broker)
        parent.kill()
    wait_for(lambda: not is_running(broker), 10)


def test_a_child_whose_parent_has_gone_before_never_begins() -> None:
    nobody = 2**22 + 1  # above every process id
    command = [word if word != str(os.getpid()) else str(nobody) for word in tied.tied(["echo", "alive"])]
    assert str(nobody) in command
    ended = subprocess.run(command, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (1, "")


def test_a_program_gets_its_arguments_and_its_parent_the_code() -> None:
    ended = subprocess.run(tied.tied(["sh", "-c", 'echo "$1"; exit 3', "sh", "two words"]), capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "two words\n", "")


def test_a_broker_that_ended_by_itself_is_noticed(tmp_path: Path) -> None:
    broker = Mosquitto(Settings(tmp_path, IDENTITIES, free_port()))
    broker.check()
    with broker:
        broker.check()
        assert broker.pid
        os.kill(broker.pid, 9)
        wait_for(lambda: not is_running(broker.pid or 0))
        with pytest.raises(BrokerError, match=r"Mosquitto ended with code -9; what it said is in .*broker\.log"):
            broker.check()
    broker.check()
