"""A kiosk is killed again and again while citizens tap: nothing confirmed is missing, no number twice, no gap."""

from pathlib import Path

from tests.delivery.scenes import scene, start_ingest
from tests.delivery.storm import assert_nothing_is_missing, storm


def test_five_kills_of_a_kiosk_under_taps(tmp_path: Path) -> None:
    with scene(tmp_path) as system:
        start_ingest(system)
        confirmed = storm(system, kills=5, seed=5)
        assert_nothing_is_missing(system, confirmed)
