"""The lights go out when the office has closed and nobody is at the screen."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from collections.abc import Callable
from datetime import datetime

from kivy.clock import Clock

from broker_config.messages import Clock as Quality
from kiosk import hours, visit
from kiosk.screens.stage import Stage
from kiosk.station import Station

AWAKE_S = 60.0


class Lights:
    """Dims the stage, where the clock can be believed. The touch or key that lights it again means nothing else."""

    def __init__(self, stage: Stage, station: Station, clock: Callable[[], tuple[datetime, Quality]]) -> None:
        self._stage, self._station, self._clock, self._awake_until = stage, station, clock, 0.0

    def look(self) -> None:
        """Dim or light the stage, as the hour and the citizen have it."""
        self._stage.dim(self._is_night())

    def wake(self) -> bool:
        """Somebody is there. True when the stage was dimmed."""
        self._awake_until = Clock.get_time() + AWAKE_S
        dimmed = self._stage.dimmed
        self._stage.dim(False)
        return dimmed

    def _is_night(self) -> bool:
        state, config = self._station.state, self._station.config
        if state is None or config is None or not visit.is_idle(state, config) or Clock.get_time() < self._awake_until:
            return False
        now, quality = self._clock()
        return quality != "unsure" and not hours.is_open(config.hours, config.office.timezone, now)
