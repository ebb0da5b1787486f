"""A restored collector gives a number again that a kiosk holds with other content: nobody's votes are lost."""

from pathlib import Path

from tests.brokers import wait_for
from tests.catalogues import document
from tests.delivery.scenes import (
    assert_counted_once,
    configured,
    copy_database,
    scene,
    start_ingest,
    stored,
    unhurried,
)


def _serving(*services: str) -> list[dict[str, object]]:
    counters = document()["counters"]
    counters[0]["services"] = list(services)
    return counters


def test_votes_under_a_configuration_the_store_lost_are_accepted_when_its_kiosk_echoes_it(tmp_path: Path) -> None:
    with scene(tmp_path) as system:
        ingest = start_ingest(system)
        (kiosk,) = configured(system, "hall-1")
        kiosk.tap(5)
        kiosk.wait_until_drained()
        copy_database(system.data / "collector.sqlite", tmp_path / "copy.sqlite")
        system.install(unhurried(counters=_serving("archive")))
        wait_for(lambda: kiosk.station.config and kiosk.station.config.config.startswith("2-"), 10)
        first = kiosk.station.config.config
        kiosk.tap(4)
        kiosk.wait_until_drained()
        assert ingest.stop() == 0
        for value in (1, 2):
            kiosk.tap(value)
        copy_database(tmp_path / "copy.sqlite", system.data / "collector.sqlite")
        system.install(unhurried(counters=_serving("archive", "social-benefits")))
        start_ingest(system)
        wait_for(lambda: kiosk.station.config.config != first, 10)
        second = kiosk.station.config.config
        assert second.split("-")[0] == first.split("-")[0] == "2"
        kiosk.tap(3)
        assert_counted_once(system, 5, kiosk)
        by_config = "SELECT c.config, count(*) FROM event e JOIN context c ON c.id=e.context GROUP BY 1"
        counts = dict(stored(system, by_config))
        assert (counts[first], counts[second], sum(counts.values())) == (3, 1, 5)
        assert stored(system, "SELECT count(*) FROM quarantine") == [(0,)]
