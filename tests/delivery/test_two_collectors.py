"""Two collectors share the load; one is killed while it holds batches."""

import os
import signal
from pathlib import Path

import pytest

from tests.brokers import wait_for
from tests.delivery.scenes import Tapper, assert_counted_once, configured, scene, start_ingest


@pytest.mark.timeout(60)  # its three waits together may be longer than the usual limit
def test_a_collector_killed_while_it_holds_batches_takes_no_vote_with_it(tmp_path: Path) -> None:
    """Stopped first, so that batches wait in its socket for certain when it dies."""
    with scene(tmp_path) as system:
        first = start_ingest(system, shared=True)
        second = start_ingest(system, "collector-2", shared=True)
        kiosks = configured(system, "hall-1", "hall-2", "hall-3", "north-1")
        with Tapper(kiosks) as tapper:
            wait_for(lambda: system.counted() >= 20, 15)
            os.kill(second.child.pid, signal.SIGSTOP)
            stopped_at = tapper.taps
            wait_for(lambda: tapper.taps >= stopped_at + 60, 15)
            second.kill()
            killed_at = tapper.taps
            wait_for(lambda: tapper.taps >= killed_at + 20, 15)
        assert_counted_once(system, tapper.taps, *kiosks)
        assert first.child.poll() is None
