"""A kiosk is killed between the tap and its publish: what was confirmed is counted once."""

from pathlib import Path

from tests.delivery.kiosk_process import KioskProcess
from tests.delivery.scenes import assert_counted_once, depths, scene, start_ingest


def test_a_confirmed_tap_survives_the_kill_of_its_kiosk(tmp_path: Path) -> None:
    with scene(tmp_path) as system:
        start_ingest(system)
        folder, port = tmp_path / "hall-1", system.settings.port
        with KioskProcess(folder, "hall-1", port) as kiosk:
            kiosk.wait_until_ready()
            system.broker.stop()
            kiosk.tap(5)
            kiosk.tap(2)
            kiosk.kill()
            assert kiosk.confirmed == [(1, 5), (2, 2)]
        assert depths(folder, "hall-1") == [2]
        assert system.counted() == 0
        with KioskProcess(folder, "hall-1", port) as again:
            again.wait_until_ready()  # by its last configuration: there is no broker yet
            again.tap(3)
            system.broker.start()
            assert_counted_once(system, 3, again)
