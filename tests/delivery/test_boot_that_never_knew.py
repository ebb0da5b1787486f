"""A kiosk is tapped in a boot that never learns the time; the next boot says between which moments that was."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broker_config.messages import utc_text
from tests.brokers import client
from tests.delivery.clockless import Offline, at_noon, days, dead_battery, equip, listen, sent, shortly, synchronise
from tests.delivery.scenes import WATCHER, assert_counted_once, start_ingest

MINUTE = 60.0


@pytest.mark.parametrize(("off", "known"), [(5 * MINUTE, True), (2 * 86400.0, False)], ids=["within-a-day", "over-two-days"])
def test_it_counts_on_its_day_where_that_is_certain(tmp_path: Path, off: float, known: bool) -> None:
    """Known until T; off 5 min; a tap in the 10th minute of a boot of 15; off; a boot by now that NTP keeps."""
    past = timedelta(seconds=20 * MINUTE + off)
    with at_noon(tmp_path) as system, client(system.broker, WATCHER) as watcher:
        listen(watcher)
        folder, machine = equip(system), dead_battery(past)
        synchronise(machine)
        with Offline(folder, machine):
            last_known = machine.at()
        machine.reboot(off=5 * MINUTE)
        with Offline(folder, machine) as offline:
            machine.later(10 * MINUTE)
            made = offline.tap(2)
            machine.later(5 * MINUTE)
        machine.reboot(off=off)
        began = machine.at()
        synchronise(machine)
        start_ingest(system)
        kiosk = system.kiosk("hall-1", clock=machine.clock())
        assert_counted_once(system, 1, kiosk)
        event, *again = sent(watcher)
        assert all(one == event for one in again), "what was sent once never changes"
        assert event["clock"] == "unsure"
        assert shortly(event["at_earliest"], last_known + timedelta(minutes=10))
        assert shortly(event["at_latest"], began)
        assert event["at_earliest"] <= utc_text(made) <= event["at_latest"]
        assert event["at_earliest"] <= event["at"] <= event["at_latest"]
        assert list(days(system).values()) == [1]
        assert ("undated" in days(system)) == (not known)


def test_events_after_it_are_sent_behind_it(tmp_path: Path) -> None:
    with at_noon(tmp_path) as system, client(system.broker, WATCHER) as watcher:
        listen(watcher)
        folder, machine = equip(system), dead_battery(timedelta(hours=1))
        with Offline(folder, machine) as offline:
            offline.tap(1)
        machine.reboot(off=30 * MINUTE)
        with Offline(folder, machine) as offline:
            offline.tap(2)
        machine.later(datetime.now(UTC).timestamp() - machine.true)
        start_ingest(system)
        synchronise(machine)
        kiosk = system.kiosk("hall-1", clock=machine.clock())
        kiosk.tap(3)
        assert_counted_once(system, 3, kiosk)
        assert [(event["value"], event["clock"]) for event in sent(watcher)] == [(1, "unsure"), (2, "estimated"), (3, "synced")]
