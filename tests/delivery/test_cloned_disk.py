"""One disk in two kiosks: the same numbers with other content, and what becomes of it."""

from pathlib import Path

from tests.brokers import wait_for
from tests.delivery.scenes import assert_counted_once, clone_disk, configured, scene, start_ingest, stored, tap_without_network


def test_two_kiosks_on_one_cloned_disk_lose_no_vote(tmp_path: Path) -> None:
    """Same kiosk id, same machine id, both at work at once: conflict, `restart`, a stream for each."""
    with scene(tmp_path) as system:
        start_ingest(system)
        (kiosk,) = configured(system, "hall-1")
        kiosk.tap(5)
        kiosk.tap(5)
        kiosk.wait_until_drained()
        old = kiosk.outbox.stream().id
        kiosk.stop()
        clone_disk(tmp_path / "hall-1", tmp_path / "clone")
        both = [system.kiosk("hall-1"), system.kiosk("hall-1", folder="clone")]
        for _ in range(4):
            for value, one in enumerate(both, 2):
                one.tap(value)
        wait_for(lambda: old not in {one.outbox.stream().id for one in both})
        for one in both:
            one.tap(4)
        assert_counted_once(system, 12, *both)
        assert both[0].outbox.stream().id != both[1].outbox.stream().id
        assert stored(system, "SELECT count(*) FROM quarantine WHERE reason='conflict'")[0][0] > 0


def test_clones_that_tapped_without_a_network_lose_no_vote(tmp_path: Path) -> None:
    with scene(tmp_path) as system:
        start_ingest(system)
        (kiosk,) = configured(system, "hall-1")
        kiosk.tap(5)
        kiosk.wait_until_drained()
        kiosk.stop()
        clone_disk(tmp_path / "hall-1", tmp_path / "clone")
        tap_without_network(tmp_path / "hall-1", "hall-1", 3, value=1)
        tap_without_network(tmp_path / "clone", "hall-1", 5, value=2)
        both = [system.kiosk("hall-1"), system.kiosk("hall-1", folder="clone")]
        assert_counted_once(system, 9, *both)


def test_a_disk_in_another_kiosk_speaks_only_for_itself(tmp_path: Path) -> None:
    with scene(tmp_path) as system:
        ingest = start_ingest(system)
        first, second = configured(system, "hall-1", "hall-2")
        first.stop()
        second.stop()
        assert ingest.stop() == 0
        tap_without_network(tmp_path / "hall-1", "hall-1", 2)
        config = (tmp_path / "hall-2" / "config.json").read_bytes()
        clone_disk(tmp_path / "hall-1", tmp_path / "hall-2")
        (tmp_path / "hall-2" / "config.json").write_bytes(config)
        first, second = system.kiosk("hall-1"), system.kiosk("hall-2")
        for _ in range(3):
            second.tap(1)
        start_ingest(system)
        assert_counted_once(system, 5, first, second)
        assert first.outbox.stream().id != second.outbox.stream().id
        assert {(row["kiosk"], row["stored"]) for row in system.accounting()} == {("hall-1", 2), ("hall-2", 3)}


def test_a_disk_in_another_machine_brings_what_no_receipt_covers(tmp_path: Path) -> None:
    """The image had two taps without a receipt; the old machine goes on too, and sends them as well."""
    with scene(tmp_path) as system:
        ingest = start_ingest(system)
        (kiosk,) = configured(system, "hall-1")
        kiosk.tap(5)
        kiosk.wait_until_drained()
        kiosk.stop()
        assert ingest.stop() == 0
        tap_without_network(tmp_path / "hall-1", "hall-1", 2)
        clone_disk(tmp_path / "hall-1", tmp_path / "moved")
        both = [system.kiosk("hall-1"), system.kiosk("hall-1", folder="moved", machine="another")]
        for one in both:
            one.tap(3)
        assert both[0].outbox.stream().id != both[1].outbox.stream().id
        start_ingest(system)
        assert_counted_once(system, 5, *both)
