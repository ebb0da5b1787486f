"""Ten kiosks under taps while ingest is killed, and while the broker is restarted, again and again."""

import random
from pathlib import Path

import pytest

from tests.brokers import wait_for
from tests.delivery.scenes import Tapper, assert_counted_once, configured, scene, start_ingest

TEN = tuple(f"hall-{number}" for number in range(1, 11))


@pytest.mark.proof
@pytest.mark.timeout(400)
def test_ingest_killed_twenty_times_under_ten_kiosks(tmp_path: Path) -> None:
    draw = random.Random(20)
    with scene(tmp_path, TEN) as system:
        ingest = start_ingest(system)
        kiosks = configured(system, *TEN)
        with Tapper(kiosks, seed=20) as tapper:
            for _ in range(20):
                more = system.counted() + draw.randint(1, 200)
                wait_for(lambda more=more: system.counted() >= more, 60)
                ingest.kill()
                ingest = start_ingest(system)
        assert_counted_once(system, tapper.taps, *kiosks, timeout=60)


@pytest.mark.proof
@pytest.mark.timeout(400)
def test_broker_restarted_ten_times_under_ten_kiosks(tmp_path: Path) -> None:
    draw = random.Random(10)
    with scene(tmp_path, TEN) as system:
        ingest = start_ingest(system)
        kiosks = configured(system, *TEN)
        with Tapper(kiosks, seed=10) as tapper:
            for _ in range(10):
                more = system.counted() + draw.randint(1, 200)
                wait_for(lambda more=more: system.counted() >= more, 60)
                system.broker.stop()
                if draw.random() < 0.5:
                    (system.settings.folder / "kept" / "retained.db").unlink()
                gone_at, while_gone = tapper.taps, draw.randint(0, 100)
                wait_for(lambda until=gone_at + while_gone: tapper.taps >= until, 60)
                system.broker.start()
        assert_counted_once(system, tapper.taps, *kiosks, timeout=60)
        assert ingest.child.poll() is None
