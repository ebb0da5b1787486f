"""One event of a backlog cannot be accepted: it alone goes to quarantine, under its seq."""

import sqlite3
from pathlib import Path

from tests.delivery.scenes import assert_counted_once, configured, scene, start_ingest, tap_without_network


def test_an_event_with_an_unknown_field_is_quarantined_and_the_others_are_counted(tmp_path: Path) -> None:
    with scene(tmp_path) as system:
        ingest = start_ingest(system)
        (kiosk,) = configured(system, "hall-1")
        assert ingest.stop() == 0
        kiosk.stop()
        tap_without_network(tmp_path / "hall-1", "hall-1", 7)
        outbox = sqlite3.connect(tmp_path / "hall-1" / "outbox.sqlite")
        outbox.execute("UPDATE event SET body=json_set(body, '$.mood', 'sunny') WHERE seq=4")
        outbox.commit()
        outbox.close()
        start_ingest(system)
        kiosk = system.kiosk("hall-1")
        assert_counted_once(system, 6, kiosk, quarantined=1)
        assert kiosk.outbox.stream().through == 7
        (row,) = system.accounting()
        assert (row["claimed"], row["stored"], row["quarantined"]) == (7, 6, 1)
        with system.store() as store:
            (kept,) = store.quarantine()
        assert (kept["kiosk"], kept["seq"], kept["times"]) == ("hall-1", 4, 1)
        assert "mood" in kept["reason"]
