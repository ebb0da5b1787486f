"""Twenty thousand touches and keys on a real window, and as many by several fingers at once."""

from pathlib import Path

import pytest

from tests.proof.poked import poked_by_fingers, poked_window
from tests.proof.poking import growth

GROWTH_MB = 5


@pytest.mark.proof
@pytest.mark.timeout(890)
def test_twenty_thousand_touches_and_keys_change_nothing_but_the_outbox(tmp_path: Path) -> None:
    assert growth(poked_window(tmp_path, 20_000, seed=20)) < GROWTH_MB


@pytest.mark.proof
@pytest.mark.timeout(890)
def test_twenty_thousand_touches_by_several_fingers_change_nothing_but_the_outbox(tmp_path: Path) -> None:
    assert growth(poked_by_fingers(tmp_path, 20_000, seed=21)) < GROWTH_MB
