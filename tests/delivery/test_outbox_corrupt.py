"""An outbox is damaged with votes unsent in it: at risk until they are rescued, then each counted once."""

import subprocess
import sys
from pathlib import Path

from collector.events import Kind
from kiosk import recovery
from tests.brokers import wait_for
from tests.delivery.scenes import assert_counted_once, configured, scene, start_ingest, stored, tap_without_network, tell_health
from tests.kiosk import wrecks

SENT, UNSENT = 30, 70


def test_votes_in_a_damaged_outbox_are_at_risk_until_rescued(tmp_path: Path) -> None:
    folder, file = tmp_path / "hall-1", tmp_path / "hall-1" / "outbox.sqlite"
    with scene(tmp_path, ("hall-1",)) as system:
        start_ingest(system)
        (kiosk,) = configured(system, "hall-1")
        for _ in range(SENT):
            kiosk.tap(5)
        kiosk.wait_until_drained()
        old = kiosk.outbox.stream().id
        kiosk.stop()
        tap_without_network(folder, "hall-1", UNSENT)
        tell_health(system, "hall-1", file)
        wait_for(lambda: system.accounting()[0]["pending"] == UNSENT)

        wrecks.overwrite(file, wrecks.leaves(file)[-2])
        recovery.open_outbox(folder, "hall-1", "test")[0].close()
        (aside,) = folder.glob(recovery.ASIDE)
        kiosk = system.kiosk("hall-1")
        kiosk.tap(1)
        kiosk.wait_until_drained()
        wait_for(lambda: [(row["stored"], row["at_risk"]) for row in system.accounting()] == [(SENT, UNSENT), (1, 0)])

        void = SENT + UNSENT - len(wrecks.still_readable(aside, SENT + UNSENT))
        for _ in range(2):
            assert rescue(aside, folder) == 0
            kiosk.tap(2)
        assert_counted_once(system, SENT + UNSENT - void + 3, kiosk)
        assert [(row["stream"] == old, row["stored"]) for row in system.accounting()] == [(True, SENT + UNSENT), (False, 3)]
        kinds = "SELECT count(*) FROM event e JOIN stream s ON s.id=e.stream WHERE s.stream=? AND e.kind=?"
        assert stored(system, kinds, old, Kind.VOID) == [(void,)]
        assert 0 < void < UNSENT
        assert stored(system, "SELECT count(*) FROM quarantine") == [(0,)]


def rescue(aside: Path, folder: Path) -> int:
    command = [sys.executable, "-m", "kiosk", "rescue", str(aside), "--data", str(folder)]
    return subprocess.run(command, timeout=15).returncode
