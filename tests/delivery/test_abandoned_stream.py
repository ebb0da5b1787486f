"""A kiosk renumbers what it had told the collector to be pending: nothing of it stays at risk in the old stream's account."""

from pathlib import Path

from broker_config import topics
from broker_config.acl import Identity
from broker_config.messages import Health, HealthClock, HealthScreen
from kiosk.outbox import Outbox
from tests.brokers import client, wait_for
from tests.delivery.scenes import assert_counted_once, configured, scene, start_ingest, tap_without_network
from tests.system import System


def test_votes_that_moved_to_another_machine_are_not_at_risk(tmp_path: Path) -> None:
    with scene(tmp_path) as system:
        start_ingest(system)
        (kiosk,) = configured(system, "hall-1")
        for value in (1, 2, 3):
            kiosk.tap(value)
        kiosk.wait_until_drained()
        kiosk.stop()
        tap_without_network(tmp_path / "hall-1", "hall-1", 2)
        _tell_health(system, tmp_path / "hall-1" / "outbox.sqlite")
        wait_for(lambda: system.accounting()[0]["pending"] == 2)
        kiosk = system.kiosk("hall-1", machine="another")
        assert_counted_once(system, 5, kiosk)
        assert {(row["claimed"], row["stored"]) for row in system.accounting()} == {(3, 3), (2, 2)}


def _tell_health(system: System, path: Path) -> None:
    """What the kiosk on the old machine said of itself just before it died."""
    outbox = Outbox(path, "hall-1", "test")
    stream = outbox.stream()
    health = Health(
        stream=stream.id,
        last_seq=stream.last_seq,
        through=stream.through,
        pending=outbox.depth(stream),
        oldest=outbox.oldest(stream),
        uptime_s=1,
        version="test",
        config="",
        clock=HealthClock(synced=True, offset_ms=None),
        disk_free_mb=1,
        screen=HealthScreen(name="none", frames=0),
    )
    outbox.close()
    with client(system.broker, Identity("kiosk", "hall-1", "pw")) as one:
        one.publish(topics.health("hall-1"), health.wire())
