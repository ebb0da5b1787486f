"""A kiosk is killed again and again while citizens tap: nothing confirmed is missing, no number twice, no gap."""

from pathlib import Path

import pytest

from tests.delivery.scenes import scene, start_ingest
from tests.delivery.storm import assert_nothing_is_missing, storm
from tests.delivery.window_storm import SIZE, window_storm
from tests.displays import xvfb


def test_five_kills_of_a_kiosk_under_taps(tmp_path: Path) -> None:
    with scene(tmp_path) as system:
        start_ingest(system)
        confirmed = storm(system, kills=5, seed=5)
        assert_nothing_is_missing(system, confirmed)


@pytest.mark.proof
@pytest.mark.timeout(60)
def test_three_kills_of_a_kiosk_with_a_window(tmp_path: Path) -> None:
    with scene(tmp_path) as system, xvfb(*SIZE) as display:
        start_ingest(system)
        survived = window_storm(system, display, kills=3, seed=3)
        assert_nothing_is_missing(system, survived.confirmed)
