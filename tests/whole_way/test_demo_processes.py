"""The demo's children, watched: who is needed ends it, who is not is only told of."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.brokers import wait_for
from tests.processes import is_running

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def children(told: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(DEPLOY)
    import processes

    with processes.Children(told.append) as started:
        yield started
    for name in ("processes", "endings"):
        del sys.modules[name]


def test_the_time_over_is_no_mistake_and_everybody_is_stopped(children: Any, told: list[str], tmp_path: Path) -> None:
    child = children.start("server", ["http.server", "0", "--bind", "127.0.0.1"], tmp_path, {})
    children.watch(0.1)
    assert is_running(child.pid)
    children.stop_all()
    assert not is_running(child.pid)
    assert told == []


def test_a_needed_child_that_ends_is_told_with_its_last_words(children: Any, tmp_path: Path) -> None:
    children.start("fleet", ["kiosk", "simulate", "--identities", str(tmp_path / "none"), "--data", str(tmp_path)], tmp_path, {})
    with pytest.raises(RuntimeError, match=r"The fleet ended with code 1: .*none"):
        children.watch(15)


def test_without_the_others_it_goes_on(children: Any, told: list[str], tmp_path: Path) -> None:
    children.start("window", ["platform"], tmp_path, {}, needed=False)
    server = children.start("server", ["http.server", "0", "--bind", "127.0.0.1"], tmp_path, {})
    wait_for(lambda: children.check() or told, 10)
    children.check()
    assert told == ["The window has ended. The demo goes on without it."]
    os.kill(server.pid, 9)
    with pytest.raises(RuntimeError, match="The server ended with code -9"):
        children.watch(15)
