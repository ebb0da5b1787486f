"""A hundred kills of a kiosk while citizens tap: nothing confirmed is missing, no number twice, no gap."""

from pathlib import Path

import pytest

from tests.delivery.scenes import scene, start_ingest
from tests.delivery.storm import assert_nothing_is_missing, storm
from tests.delivery.window_storm import SIZE, window_storm
from tests.displays import xvfb

STARTS_S = 3.0


@pytest.mark.proof
@pytest.mark.timeout(600)
def test_a_hundred_kills_of_a_kiosk_under_taps(tmp_path: Path) -> None:
    with scene(tmp_path) as system:
        start_ingest(system)
        confirmed = storm(system, kills=100, seed=100)
        assert_nothing_is_missing(system, confirmed)


@pytest.mark.proof
@pytest.mark.timeout(890)
def test_a_hundred_kills_of_a_kiosk_with_a_window(tmp_path: Path) -> None:
    with scene(tmp_path) as system, xvfb(*SIZE) as display:
        start_ingest(system)
        survived = window_storm(system, display, kills=100, seed=101)
        starts = sorted(round(one, 2) for one in survived.started_s)
        print(f"{len(survived.confirmed)} confirmed; starts: {starts}; most work for one: {max(survived.worked_s):.2f} s")
        assert_nothing_is_missing(system, survived.confirmed)
        assert len(survived.confirmed) > 50
        assert max(survived.worked_s) < STARTS_S
