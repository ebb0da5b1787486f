"""A sample of the proof that nobody can touch or type a kiosk to pieces."""

from pathlib import Path

import pytest

from tests.proof.poked import poked_by_fingers, poked_window


@pytest.mark.proof
@pytest.mark.timeout(60)
def test_three_hundred_touches_and_keys_on_a_real_window(tmp_path: Path) -> None:
    poked_window(tmp_path, 300, seed=5)


@pytest.mark.proof
@pytest.mark.timeout(60)
def test_three_hundred_touches_by_several_fingers(tmp_path: Path) -> None:
    poked_by_fingers(tmp_path, 300, seed=6)
