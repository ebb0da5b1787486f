"""`serve` takes its two processes with it, however it ends."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.brokers import free_port, wait_for
from tests.processes import children, command_line, is_running
from tests.system import Process


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_ingest_and_web_end_with_serve(tmp_path: Path, number: signal.Signals) -> None:
    ports = ["--port", str(free_port()), "--broker-port", str(free_port())]
    serve = Process(["-m", "collector", "serve", "--data", str(tmp_path), *ports], tmp_path / "serve.log")
    try:
        wait_for(lambda: len(_parts(serve.child.pid)) == 2, 10)
        parts = _parts(serve.child.pid)
        os.kill(serve.child.pid, number)
        wait_for(lambda: not any(map(is_running, parts.values())), 10)
    finally:
        serve.kill()


def _parts(serve: int) -> dict[str, int]:
    """The collector's commands that run below `serve`."""
    lines = {pid: command_line(pid) for pid in children(serve)}
    return {line[3]: pid for pid, line in lines.items() if line[:3] == [sys.executable, "-m", "collector"]}
