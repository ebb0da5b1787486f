"""A queue system tells of a visit, and the counter's screen asks about just that: from MQTT to the stored answer."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker_config.acl import Identity
from broker_config.messages import utc_text
from tests.brokers import client, wait_for
from tests.delivery.scenes import scene, start_ingest, stored
from tests.displays import Screen, windowed, xvfb
from tests.system import Process

TRIGGERS = "SELECT trigger, service, value FROM event JOIN context ON context.id = event.context"


@pytest.mark.timeout(60)
def test_a_visit_that_ended_is_asked_about_and_answered(tmp_path: Path) -> None:
    with scene(tmp_path) as system, xvfb() as display:
        start_ingest(system)
        window = tmp_path / "window"
        command = ["-m", "kiosk", "run", "--kiosk", "hall-1", "--data", str(window), "--size", "1280x800"]
        environment = windowed(display, window) | {"NUOMONE_KIOSK_PASSWORD": "pw"}
        kiosk = Process([*command, "--port", str(system.settings.port)], tmp_path / "kiosk.log", environment)
        try:
            screen = Screen(display, window)
            screen.wait_for("services", 20)
            visit = {
                "office": "hall",
                "counter": "hall-window",
                "service": "social-benefits",
                "ended": utc_text(datetime.now(UTC)),
            }
            with client(system.broker, Identity("queue", "queue", "pw")) as queue:
                queue.publish("nuomone/v1/queue/queue/visits", json.dumps(visit | {"waited_s": 60, "served_s": 300}), qos=1)
                wait_for(lambda: screen.map().get("prompting"), 15)
            screen.touch(screen.map()["faces"]["5"])
            screen.wait_for("reasons")
            wait_for(lambda: stored(system, TRIGGERS), 15)
        finally:
            assert kiosk.stop() == 0, kiosk.text()
        assert stored(system, TRIGGERS) == [("prompt", "social-benefits", 5)]
