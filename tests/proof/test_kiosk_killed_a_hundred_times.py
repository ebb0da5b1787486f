"""A hundred kills of a kiosk while citizens tap: nothing confirmed is missing, no number twice, no gap."""

from pathlib import Path

import pytest

from tests.delivery.scenes import scene, start_ingest
from tests.delivery.storm import assert_nothing_is_missing, storm


@pytest.mark.proof
@pytest.mark.timeout(600)
def test_a_hundred_kills_of_a_kiosk_under_taps(tmp_path: Path) -> None:
    with scene(tmp_path) as system:
        start_ingest(system)
        confirmed = storm(system, kills=100, seed=100)
        assert_nothing_is_missing(system, confirmed)
