"""The system clock of a running kiosk jumps; its votes stay where they belong."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.brokers import client
from tests.delivery.clockless import at_noon, days, dead_battery, equip, listen, sent, shortly, synchronise
from tests.delivery.scenes import WATCHER, assert_counted_once, start_ingest

DAY = 86400.0


@pytest.mark.parametrize("trust_system", [False, True], ids=["ntp", "system"])
def test_votes_stay_on_their_day_whatever_the_clock_shows(tmp_path: Path, trust_system: bool) -> None:
    """Forward, back, to 1970; then NTP is there again."""
    with at_noon(tmp_path) as system, client(system.broker, WATCHER) as watcher:
        listen(watcher)
        start_ingest(system)
        equip(system)
        machine = dead_battery()
        synchronise(machine)
        kiosk = system.kiosk("hall-1", clock=machine.clock(trust_system=trust_system))
        kiosk.tap(5)
        machine.ntp = False
        for jump in (3 * DAY, -3 * DAY, -machine.true):
            machine.wrong = jump
            kiosk.tap(4)
        synchronise(machine)
        kiosk.tap(3)
        assert_counted_once(system, 5, kiosk)
        events = sent(watcher)
        assert [event["clock"] for event in events] == ["synced", "estimated", "estimated", "estimated", "synced"]
        assert all(shortly(event["at"], datetime.now(UTC), 15) for event in events)
        assert (len(days(system)), "undated" in days(system)) == (1, False)
