"""A whole visit with real touches on a real window: what lies in the outbox afterwards is one citizen's."""

import json
import sqlite3
from pathlib import Path

import pytest

from kiosk import configuration
from tests.collector.deliveries import wanted_configs
from tests.delivery.scenes import scene
from tests.displays import Screen, windowed, xvfb
from tests.system import Process


@pytest.mark.proof
@pytest.mark.timeout(60)
def test_services_face_two_chips_done_thanks(tmp_path: Path) -> None:
    with scene(tmp_path) as system, xvfb() as display:
        window = tmp_path / "window"
        window.mkdir()
        with system.store() as store:
            payload = wanted_configs(store)["hall-1"].encode()
        configuration.save(window / "config.json", configuration.check(payload, "hall-1"))
        command = ["-m", "kiosk", "run", "--kiosk", "hall-1", "--data", str(window), "--size", "1280x800"]
        kiosk = Process([*command, "--port", str(system.settings.port)], tmp_path / "kiosk.log", windowed(display, window))
        try:
            screen = Screen(display, window)
            screen.touch(screen.wait_for("services")["services"]["social-benefits"])
            screen.touch(screen.wait_for("rating")["faces"]["4"])
            reasons = screen.wait_for("reasons")
            for chip in ("waiting-time", "staff"):
                screen.touch(reasons["chips"][chip])
            screen.touch(reasons["done"])
            screen.skip_to_thanks()
            assert screen.wait_for("services")["language"] == "lt"
        finally:
            assert kiosk.stop() == 0, kiosk.text()
    rating, reasons = _events(window / "outbox.sqlite")
    assert (rating["type"], rating["value"], reasons["type"]) == ("rating", 4, "reasons")
    assert reasons["reasons"] == ["waiting-time", "staff"]
    assert rating["visit"] == reasons["visit"]
    assert rating["service"] == reasons["service"] == "social-benefits"


def _events(outbox: Path) -> list[dict[str, object]]:
    with sqlite3.connect(outbox) as db:
        found = [json.loads(body) for (body,) in db.execute("SELECT body FROM event ORDER BY seq")]
    db.close()
    return found
