"""The drawing process: each chart drawn once, by whoever asks, and begun again when it died."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from collector.web import charts
from collector.web.charts.pictures import COMMAND, DrawingFault
from collector.web.texts import texts
from tests.brokers import wait_for
from tests.collector.drawn_world import days

SPEC = charts.trend(days(0, 1), "day", texts("lt"))


@pytest.fixture
def pictures() -> Iterator[charts.Pictures]:
    made = charts.Pictures()
    yield made
    made.close()


def pen_of(pictures: charts.Pictures) -> int:
    process = pictures._pen._process
    assert process
    return process.pid


def test_many_readers_get_one_drawing(pictures: charts.Pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, draw = list[str](), pictures._pen.draw
    monkeypatch.setattr(pictures._pen, "draw", lambda spec: (asked.append(spec), draw(spec))[1])
    with ThreadPoolExecutor(8) as readers:
        found = set(readers.map(pictures.svg, [SPEC] * 16))
    assert (len(found), len(asked)) == (1, 1)


def test_the_process_that_answers_never_draws() -> None:
    """vl-convert holds the interpreter's lock while it draws: every other reader would wait."""
    code = "import sys, collector.web.app; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "collector.web.charts.trend" in loaded
    assert not {"vl_convert", "altair"} & set(loaded)


def test_a_drawing_process_that_died_is_begun_again(pictures: charts.Pictures) -> None:
    pictures.svg(SPEC)
    killed = pen_of(pictures)
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: pictures._pen._process and pictures._pen._process.poll() is not None)
    assert "<svg" in pictures.svg(SPEC | {"width": 200})
    assert pen_of(pictures) != killed


def test_what_cannot_be_drawn_says_why_and_harms_nobody_else(pictures: charts.Pictures) -> None:
    with pytest.raises(DrawingFault, match="Vega"):
        pictures.svg({"mark": "nothing"})
    assert "<svg" in pictures.svg(SPEC)


def test_a_chart_may_not_fetch_anything(pictures: charts.Pictures) -> None:
    fetching = {"data": {"url": "http://127.0.0.1:1/data.json"}, "mark": "point", "encoding": {}}
    with pytest.raises(DrawingFault):
        pictures.svg(fetching)


def test_the_drawing_process_ends_with_the_server(pictures: charts.Pictures) -> None:
    pen = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert pen.stdin
    pen.stdin.close()
    assert pen.wait(10) == 0
    assert pen.stdout
    pen.stdout.close()
