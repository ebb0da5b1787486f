"""The broker is gone for a while, and comes back on the same port; it may have forgotten what it retained."""

from pathlib import Path

import pytest

from tests.delivery.scenes import assert_counted_once, configured, scene, start_ingest


@pytest.mark.parametrize("forgets", [False, True], ids=["keeps-retained", "forgets-retained"])
def test_taps_while_the_broker_is_gone_are_counted_when_it_is_back(tmp_path: Path, *, forgets: bool) -> None:
    with scene(tmp_path) as system:
        start_ingest(system)
        kiosks = configured(system, "hall-1", "hall-2")
        for kiosk in kiosks:
            kiosk.tap(5)
            kiosk.wait_until_drained()
        system.broker.stop()
        retained = system.settings.folder / "kept" / "retained.db"
        assert retained.exists()
        for kiosk in kiosks:
            for value in (1, 2, 3):
                kiosk.tap(value)
        if forgets:
            retained.unlink()
        system.broker.start()
        for kiosk in kiosks:
            kiosk.tap(4)
        assert_counted_once(system, 10, *kiosks)
