"""An admin's commands over the real broker: to a kiosk without a screen, and to one that draws."""

import base64
import contextlib
import io
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from broker_config import topics
from broker_config.messages import Command, Reply
from kiosk import simulate
from kiosk.connection import BrokerAddress
from kiosk.device import RESTART
from tests.brokers import Client, client, wait_for
from tests.delivery.scenes import WATCHER, Scene, scene, start_ingest
from tests.system import Process

PLAN = simulate.Plan(rate=0)


class Admin:
    """What the collector sends to a kiosk, and what the kiosk has replied."""

    def __init__(self, kiosk: str, connection: Client) -> None:
        self.kiosk, self.connection, self._asked = kiosk, connection, 0
        connection.subscribe(topics.ALL_REPLIES, topics.state(kiosk))

    def send(self, name: str, *, retain: bool = False, ttl_s: float = 30, **args: Any) -> str:
        self._asked += 1
        command = Command(id=f"{self.kiosk}-{self._asked}", name=name, args=args, ttl_s=ttl_s)
        self.connection.publish(topics.command(self.kiosk), command.wire(), qos=0 if not retain else 1, retain=retain)
        return command.id

    def replies(self, name: str) -> list[Reply]:
        found = [m for m in list(self.connection.received) if m.topic == topics.reply(self.kiosk)]
        return [one for one in (Reply.model_validate_json(m.payload) for m in found) if one.id == name]

    def ask(self, name: str, **args: Any) -> Reply:
        asked = self.send(name, **args)
        wait_for(lambda: self.replies(asked), 10)
        return self.replies(asked)[0]

    def states(self) -> list[str]:
        told = [m for m in list(self.connection.received) if m.topic == topics.state(self.kiosk)]
        return [json.loads(m.payload)["state"] for m in told]


@pytest.fixture
def system(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path, ("hall-1",)) as made:
        start_ingest(made)
        yield made


@pytest.fixture
def admin(system: Scene) -> Iterator[Admin]:
    with client(system.broker, WATCHER) as connection:
        yield Admin("hall-1", connection)


@contextlib.contextmanager
def simulated(system: Scene) -> Iterator[simulate.SimulatedKiosk]:
    address = BrokerAddress(system.settings.host, system.settings.port, "hall-1", "pw")
    kiosk = simulate.SimulatedKiosk(system.folder / "hall-1", "hall-1", address, PLAN)
    fleet, stopping = simulate.SimulatedFleet([kiosk], PLAN), threading.Event()

    def run() -> None:
        while not stopping.is_set():
            fleet.run_once()
        fleet.stop()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        wait_for(lambda: kiosk.station.config, 10)
        yield kiosk
    finally:
        stopping.set()
        thread.join(10)


def test_a_simulated_kiosk_does_what_it_can(system: Scene, admin: Admin) -> None:
    with simulated(system) as kiosk:
        assert (admin.ask("identify").ok, admin.ask("identify").detail) == (True, "no screen")
        assert admin.ask("restart").detail == "simulated"
        assert "simulated" in admin.ask("log").data["text"]
        assert not admin.ask("screenshot").ok
        assert not admin.ask("dance").ok
        assert not admin.ask("show", config=kiosk.station.config.model_dump(mode="json"), seconds=30).ok
        assert [admin.ask("test-tap").data for _ in range(2)] == [{"seq": 1}, {"seq": 2}]
        system.wait_until(lambda: [(row["claimed"], row["stored"]) for row in system.accounting()] == [(2, 2)])
    assert system.counted() == 0, "a test is kept and never counted"
    assert system.adds_up()
    assert system.rebuild() == 0


def test_a_command_that_comes_twice_is_done_once_and_a_retained_one_never(system: Scene, admin: Admin) -> None:
    retained = admin.send("test-tap", retain=True)
    with simulated(system):
        first = admin.ask("test-tap")
        assert (first.ok, first.data) == (True, {"seq": 1})
        again = Command(id=first.id, name="test-tap", ttl_s=30)
        admin.connection.publish(topics.command("hall-1"), again.wire(), qos=0)
        assert admin.ask("log").ok, "what came before has been dealt with"
        assert (len(admin.replies(first.id)), admin.replies(retained)) == (1, [])
        assert admin.ask("test-tap").data == {"seq": 2}


@pytest.mark.timeout(60)
def test_a_kiosk_that_draws_sends_its_picture_and_its_log_and_starts_again(system: Scene, admin: Admin) -> None:
    folder = system.folder / "hall-1"
    command = ["-m", "kiosk", "run", "--kiosk", "hall-1", "--data", str(folder), "--port", str(system.settings.port)]
    environment = {
        "SDL_VIDEODRIVER": "offscreen", "SDL_AUDIODRIVER": "dummy", "NUOMONE_KIOSK_PASSWORD": "pw", "NUOMONE_CLOCK": "system",
        "NUOMONE_SCREEN_MAP": "1", "KIVY_HOME": str(folder / "kivy"),
    }  # fmt: skip
    process = Process([*command, "--size", "800x480"], system.folder / "kiosk.log", os.environ | environment)
    try:
        wait_for(lambda: (folder / "config.json").exists() and admin.states()[-1:] == ["online"], 30)
        wait_for(lambda: admin.ask("test-tap").ok, 10)
        picture = admin.ask("screenshot")
        assert picture.ok, picture.detail
        jpeg = base64.b64decode(picture.data["jpeg"])
        assert len(jpeg) <= 40_000
        image = Image.open(io.BytesIO(jpeg)).convert("RGB")
        assert (image.format or "JPEG", image.size) == ("JPEG", (800, 480))
        assert min(image.getpixel((3, 3))) > 230, "paper, not black"
        colours = {tuple(part // 64 for part in pixel) for _, pixel in image.getcolors(800 * 480)}
        assert len(colours) > 8, "faces are on it"
        assert "test-tap" not in admin.ask("log").data["text"]
        asked = admin.send("restart")
        assert process.child.wait(20) == RESTART
        wait_for(lambda: [reply.ok for reply in admin.replies(asked)] == [True], 5)
        wait_for(lambda: admin.states()[-1] == "offline", 5)
    finally:
        process.kill()
    assert system.counted() == 0
