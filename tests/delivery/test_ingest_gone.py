"""Ingest is stopped for a while, and killed in the middle of its work."""

from pathlib import Path

from tests.brokers import wait_for
from tests.delivery.scenes import Tapper, append_many, assert_counted_once, configured, scene, start_ingest


def test_taps_while_ingest_is_stopped_are_counted_when_it_is_back(tmp_path: Path) -> None:
    with scene(tmp_path) as system:
        ingest = start_ingest(system)
        (kiosk,) = configured(system, "hall-1")
        kiosk.tap(5)
        kiosk.wait_until_drained()
        assert ingest.stop() == 0
        for value in (1, 2, 3):
            kiosk.tap(value)
        assert system.counted() == 1
        start_ingest(system)
        assert_counted_once(system, 4, kiosk)


def test_ingest_killed_under_a_stream_of_taps(tmp_path: Path) -> None:
    with scene(tmp_path) as system:
        ingest = start_ingest(system)
        kiosks = configured(system, "hall-1", "hall-2", "hall-3")
        with Tapper(kiosks) as tapper:
            for _ in range(2):
                before = system.counted()
                wait_for(lambda before=before: system.counted() >= before + 20, 15)
                ingest.kill()
                ingest = start_ingest(system)
        assert_counted_once(system, tapper.taps, *kiosks)


def test_ingest_killed_in_the_middle_of_a_backlog(tmp_path: Path) -> None:
    with scene(tmp_path) as system:
        ingest = start_ingest(system)
        kiosks = configured(system, "hall-1", "hall-2", "hall-3")
        for kiosk in kiosks:
            append_many(kiosk, 2000)
        wait_for(system.counted, 15)
        ingest.kill()
        start_ingest(system)
        assert_counted_once(system, 6000, *kiosks)
