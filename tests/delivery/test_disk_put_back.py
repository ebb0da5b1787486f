"""A kiosk's disk is put back from an image: votes taken since under numbers that are used already are not lost."""

from pathlib import Path

import pytest

from tests.delivery.scenes import assert_counted_once, clone_disk, configured, scene, start_ingest, tap_without_network


@pytest.mark.parametrize("taps", [2, 6], ids=["receipt-above-the-last-seq", "receipt-between-sent-and-last-seq"])
def test_an_outbox_put_back_loses_no_vote(tmp_path: Path, taps: int) -> None:
    """The receipt stands at 7; the image had sent 3; with the taps since it holds 5, or 9."""
    folder = tmp_path / "hall-1"
    with scene(tmp_path) as system:
        start_ingest(system)
        (kiosk,) = configured(system, "hall-1")
        for value in (1, 2, 3):
            kiosk.tap(value)
        kiosk.wait_until_drained()
        kiosk.stop()
        clone_disk(folder, tmp_path / "image")
        kiosk = system.kiosk("hall-1")
        for _ in range(4):
            kiosk.tap(5)
        kiosk.wait_until_drained()
        assert kiosk.outbox.stream().last_seq == 7
        old = kiosk.outbox.stream().id
        kiosk.stop()
        clone_disk(tmp_path / "image", folder)
        tap_without_network(folder, "hall-1", taps)
        kiosk = system.kiosk("hall-1")
        assert_counted_once(system, 7 + taps, kiosk)
        assert kiosk.outbox.stream().id != old


def test_an_outbox_put_back_with_events_that_were_sent_later_counts_them_once(tmp_path: Path) -> None:
    """The image holds two taps without a receipt; they were stored after it was taken."""
    folder = tmp_path / "hall-1"
    with scene(tmp_path) as system:
        ingest = start_ingest(system)
        (kiosk,) = configured(system, "hall-1")
        assert ingest.stop() == 0
        kiosk.stop()
        tap_without_network(folder, "hall-1", 2)
        clone_disk(folder, tmp_path / "image")
        start_ingest(system)
        kiosk = system.kiosk("hall-1")
        kiosk.tap(5)
        kiosk.wait_until_drained()
        kiosk.stop()
        assert system.counted() == 3
        clone_disk(tmp_path / "image", folder)
        tap_without_network(folder, "hall-1", 4)
        kiosk = system.kiosk("hall-1")
        assert_counted_once(system, 7, kiosk)
