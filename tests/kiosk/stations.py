"""A station for a test: monotonic seconds that pass when told, and an outbox that watches the screen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from configs import config

from broker_config.messages import KioskConfig
from kiosk import configuration
from kiosk.outbox import Outbox
from kiosk.station import Station


class Time:
    """Monotonic seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Witness(Outbox):
    """A real outbox that notes which screen was up when an event had become durable."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.shown: Callable[[], str] = lambda: ""
        self.seen: list[tuple[str, str]] = []

    def append(self, body: dict[str, Any], config: str, **more: Any) -> int:
        before = self.shown()
        seq = super().append(body, config, **more)
        self.seen.append((before, self.shown()))
        return seq


def station(tmp_path: Path, outbox: Outbox, clock: Time, given: KioskConfig | None = None) -> Station:
    configuration.save(tmp_path / "config.json", given or config())
    return Station(tmp_path, outbox, monotonic=clock)
