"""A kiosk renumbers what it had told the collector to be pending: nothing of it stays at risk in the old stream's account."""

from pathlib import Path

from tests.brokers import wait_for
from tests.delivery.scenes import assert_counted_once, configured, scene, start_ingest, tap_without_network, tell_health


def test_votes_that_moved_to_another_machine_are_not_at_risk(tmp_path: Path) -> None:
    with scene(tmp_path) as system:
        start_ingest(system)
        (kiosk,) = configured(system, "hall-1")
        for value in (1, 2, 3):
            kiosk.tap(value)
        kiosk.wait_until_drained()
        kiosk.stop()
        tap_without_network(tmp_path / "hall-1", "hall-1", 2)
        tell_health(system, "hall-1", tmp_path / "hall-1" / "outbox.sqlite")
        wait_for(lambda: system.accounting()[0]["pending"] == 2)
        kiosk = system.kiosk("hall-1", machine="another")
        assert_counted_once(system, 5, kiosk)
        assert {(row["claimed"], row["stored"]) for row in system.accounting()} == {(3, 3), (2, 2)}
