"""The collector's store is put back from a copy: its lower receipts make the kiosks fill the hole."""

from pathlib import Path

import pytest

from tests.delivery.scenes import assert_counted_once, configured, copy_database, scene, start_ingest
from tests.system import Process, System


@pytest.mark.timeout(60)
def test_a_store_put_back_is_refilled(tmp_path: Path) -> None:
    with scene(tmp_path) as system:
        ingest = start_ingest(system)
        kiosks = configured(system, "hall-1", "hall-2")
        for kiosk in kiosks:
            kiosk.tap(5)
            kiosk.wait_until_drained()
        copy_database(system.data / "collector.sqlite", tmp_path / "copy.sqlite")
        for kiosk in kiosks:
            for value in (1, 2, 3):
                kiosk.tap(value)
        assert_counted_once(system, 8, *kiosks)
        _put_back(system, ingest, tmp_path / "copy.sqlite")
        assert system.counted() == 2
        start_ingest(system)
        assert_counted_once(system, 8, *kiosks)


@pytest.mark.timeout(60)
def test_a_store_put_back_from_before_the_first_tap_is_refilled(tmp_path: Path) -> None:
    """The copy does not know the kiosk's stream at all, and nobody taps any more."""
    with scene(tmp_path) as system:
        copy_database(system.data / "collector.sqlite", tmp_path / "copy.sqlite")
        ingest = start_ingest(system)
        (kiosk,) = configured(system, "hall-1")
        for value in (1, 2, 3):
            kiosk.tap(value)
        assert_counted_once(system, 3, kiosk)
        _put_back(system, ingest, tmp_path / "copy.sqlite")
        assert system.counted() == 0
        start_ingest(system)
        assert_counted_once(system, 3, kiosk)


def _put_back(system: System, ingest: Process, copy: Path) -> None:
    assert ingest.stop() == 0
    copy_database(copy, system.data / "collector.sqlite")
