"""The broker delivers a receipt that it has kept for three days: it dates nothing, but says "not before"."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from broker_config import topics
from broker_config.messages import Receipt
from tests.brokers import client, wait_for
from tests.delivery.clockless import dead_battery, equip, listen, minutes_pass, sent, shortly
from tests.delivery.scenes import WATCHER, assert_counted_once, scene, start_ingest


def test_a_retained_receipt_is_a_bound_only(tmp_path: Path) -> None:
    three_days_ago = datetime.now(UTC) - timedelta(days=3)
    with scene(tmp_path, ["hall-1"]) as system, client(system.broker, WATCHER) as watcher:
        equip(system)
        retained = Receipt(stream="f" * 32, through=0, now=three_days_ago)
        watcher.publish(topics.receipt("hall-1"), retained.wire(), retain=True)
        machine = dead_battery()
        kiosk = system.kiosk("hall-1", clock=machine.clock())
        wait_for(lambda: kiosk.clock.not_before > three_days_ago.timestamp() - 60)
        assert kiosk.clock.now().at is None
        listen(watcher)
        kiosk.tap(2)
        start_ingest(system)
        wait_for(lambda: minutes_pass(machine, kiosk), 15)
        assert_counted_once(system, 1, kiosk)
        (event,) = sent(watcher)
        assert event["clock"] == "unsure"
        assert shortly(event["at_earliest"], three_days_ago, 10)
