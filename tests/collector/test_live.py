"""Today's total goes to everybody who may see it, as soon as it changes, and to nobody else."""

import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collector.web.listeners import Pace
from tests.brokers import free_port, wait_for
from tests.collector.deliveries import change
from tests.collector.listening import Stream, Studio, listening, studio

Change = Callable[[Studio, str], None]


@pytest.fixture
def quick(installed: Path, tmp_path: Path) -> Iterator[Studio]:
    """Looks every twentieth second who may still listen."""
    with studio(installed, tmp_path, Pace(gap_s=0.05, check_s=0.05)) as made:
        yield made


def released(quick: Studio, left: int = 0) -> None:
    wait_for(lambda: len(quick.listeners) == left)


def test_a_tap_is_told_to_head_and_analyst(quick: Studio) -> None:
    with listening(quick, "head-hall") as head, listening(quick, "analyst") as analyst:
        wait_for(lambda: head.last() == 0 and analyst.last() == 0)
        quick.tap()
        wait_for(lambda: head.last() == 1 and analyst.last() == 1)


def test_one_stream_serves_several_offices(quick: Studio) -> None:
    named = "/live?office=hall&office=north&office=hall"
    with listening(quick, "head-both", named) as both, listening(quick, "head-both", "/live") as every:
        quick.tap()
        quick.tap(4, 4, kiosk="north-1")
        for stream in (both, every):
            wait_for(lambda stream=stream: (stream.last("hall"), stream.last("north")) == (1, 2))
        with listening(quick, "head-hall", "/live") as mine:
            wait_for(lambda: mine.last("hall") == 1)
            assert {said["office"] for said in mine.told} == {"hall"}, "whoever names no office hears of his own"


@pytest.mark.parametrize("path", ["/live?office=hall&office=north", "/live?office=nowhere", "/offices/north/live"])
def test_one_office_of_somebody_else_and_there_is_no_stream(quick: Studio, path: str) -> None:
    with listening(quick, "head-hall", path) as stream:
        assert stream.status == 404


def test_an_office_that_does_not_exist_has_no_stream_for_those_who_see_all(quick: Studio) -> None:
    with listening(quick, "analyst", "/offices/nowhere/live") as stream:
        assert stream.status == 404


def test_below_ten_ratings_only_their_number_is_told(quick: Studio) -> None:
    with listening(quick, "head-hall") as head, listening(quick, "analyst") as analyst:
        for _ in range(9):
            quick.tap(1)
        wait_for(lambda: head.last() == 9 and analyst.last() == 9)
        assert all(said == {"office": "hall", "n": said["n"], "csat": None} for said in head.told + analyst.told)
        quick.tap(5)
        wait_for(lambda: head.last() == 10 and analyst.last() == 10)
        assert head.told[-1]["csat"]["value"] == analyst.told[-1]["csat"]["value"] == 0.1


def test_no_proxy_keeps_the_stream_back(quick: Studio) -> None:
    with listening(quick, "head-hall") as stream:
        assert stream.status == 200
        for header in ("content-type: text/event-stream", "cache-control: no-store", "x-accel-buffering: no"):
            assert header in stream.headers
        wait_for(lambda: "retry: " in stream.text)


# ── who may listen no longer ────────────────────────────────────────────────────────────


def sign_out(quick: Studio, session: str) -> None:
    quick.store.revoke(session)


def disable(quick: Studio, _session: str) -> None:
    change(quick.store, "UPDATE user SET disabled=1 WHERE login='head-hall'")


def take_the_office_away(quick: Studio, _session: str) -> None:
    change(quick.store, "UPDATE user SET offices='[\"north\"]' WHERE login='head-hall'")


def give_another_role(quick: Studio, _session: str) -> None:
    change(quick.store, "UPDATE user SET role='analyst' WHERE login='head-hall'")


@pytest.mark.parametrize("end", [sign_out, disable, take_the_office_away, give_another_role], ids=lambda end: end.__name__)
def test_whoever_may_no_longer_listen_is_let_go(quick: Studio, end: Change) -> None:
    session = quick.session("head-hall")
    with listening(quick, "head-hall", session=session) as gone, listening(quick, "head-both") as stays:
        wait_for(lambda: gone.last() == 0)
        end(quick, session)
        wait_for(gone.ended.is_set)
        quick.tap()
        wait_for(lambda: stays.last() == 1)
        assert gone.last() == 0
        assert not stays.ended.is_set()
        released(quick, 1)


def test_it_is_looked_at_often_enough() -> None:
    assert Pace().check_s <= 30, "within a minute, the look itself and a slow store included"


# ── what a listener holds ───────────────────────────────────────────────────────────────


def test_a_client_that_has_gone_is_released(quick: Studio) -> None:
    streams = [Stream(quick.url, "/offices/hall/live", quick.session("head-hall")) for _ in range(3)]
    released(quick, 3)
    for stream in streams:
        stream.close()
    released(quick)
    assert not quick.listeners._sides


def test_a_connection_does_not_last_for_ever(installed: Path, tmp_path: Path) -> None:
    with studio(installed, tmp_path, Pace(check_s=0.05, lasts_s=0.2)) as short, listening(short, "head-hall") as stream:
        wait_for(stream.ended.is_set)
        released(short)


def test_streams_end_with_the_server(installed: Path, tmp_path: Path) -> None:
    with studio(installed, tmp_path, Pace()) as made:
        stream = Stream(made.url, "/live", made.session("analyst"))
        wait_for(lambda: stream.last() == 0)
    wait_for(stream.ended.is_set)
    stream.close()


def test_the_web_may_have_as_many_connections_as_the_system_allows(tmp_path: Path) -> None:
    arguments = f"-m collector web --data {tmp_path} --port {free_port()} --broker-port {free_port()}"
    web = subprocess.Popen(["sh", "-c", f"ulimit -Sn 256; exec {sys.executable} {arguments}"])
    try:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        assert hard > 256
        wait_for(lambda: resource.prlimit(web.pid, resource.RLIMIT_NOFILE) == (hard, hard), 15)
    finally:
        web.terminate()
        web.wait(10)
