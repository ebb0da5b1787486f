"""A fleet of headless kiosks: the same visit, outbox and link as a real one, thousands in one process."""

import math
import random
import resource
import selectors
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from broker_config.messages import KioskConfig, Reply
from kiosk import configuration
from kiosk.clock import Clock
from kiosk.commands import Commands, Done, NotDone
from kiosk.connection import BrokerAddress
from kiosk.crowd import Crowd
from kiosk.link import Link
from kiosk.outbox import Outbox
from kiosk.station import Station

log = structlog.get_logger()

_HISTORY_CHUNK = 5000
_ROUND_S = 1.0


@dataclass(frozen=True)
class Plan:
    """`rate`: taps a second over the whole fleet. `history`: days to send first, for kiosks that have sent nothing."""

    rate: float
    history: int = 0
    seed: int = 1
    worse: str = ""


class SimulatedKiosk:
    """One kiosk without a screen; its folder holds an outbox and a configuration like a real one's."""

    def __init__(self, folder: Path, kiosk: str, broker: BrokerAddress, plan: Plan) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.outbox = Outbox(folder / "outbox.sqlite", kiosk, "simulated")
        clock = Clock()
        self.station = Station(folder, self.outbox, clock)
        commands = Commands(self, self._say, time.monotonic)
        self.link = Link(
            self.outbox,
            broker,
            clock=clock,
            config_id=self._config_id,
            on_config=self._take_config,
            on_command=commands.take,  # it is always free: nothing waits
        )
        self._plan = plan
        self._draw = random.Random(f"{plan.seed}/{kiosk}/live")  # noqa: S311 - a simulation
        self.registered = -1
        self.needs_history = plan.history > 0 and self.outbox.stream().last_seq == 0

    def step(self, now: float) -> None:
        self.link.step(now)
        self._tick()
        if self.needs_history and self.station.config:
            self._write_history()

    def tap(self) -> bool:
        """A citizen answers and leaves; False when the kiosk is not ready for one."""
        config = self.station.config
        if config is None or self.needs_history:
            return False
        crowd = self._crowd()
        service = crowd.service(self._draw)
        answered = self.station.answer(crowd.value(self._draw, service, datetime.now(UTC)), service=service)
        self.station.dismiss()
        return answered

    # ── what an admin asks for ──────────────────────────────────────────────────────────

    def free(self) -> bool:
        return True

    def identify(self, _seconds: float) -> Done:
        return Done(detail="no screen")

    def restart(self) -> Done:
        return Done(detail="simulated")

    def test_tap(self) -> Done:
        try:
            return Done({"seq": self.station.test_tap()})
        except ValueError as reason:
            raise NotDone(f"There is nothing to tap: {reason}.") from None

    def log(self) -> Done:
        return Done({"text": f"{self.outbox.kiosk} is simulated and keeps no log.\n"})

    def screenshot(self) -> Done:
        raise NotDone("This kiosk is simulated: it has no screen.")

    def show(self, _config: KioskConfig, _seconds: float) -> Done:
        raise NotDone("This kiosk is simulated: it has no screen.")

    def close(self) -> None:
        self.link.stop()
        self.outbox.close()

    def _config_id(self) -> str:
        return self.station.config.config if self.station.config else ""

    def _take_config(self, payload: bytes) -> None:
        try:
            self.station.propose(payload)
        except configuration.Refused as error:
            self._say(Reply(id=configuration.named(payload), ok=False, detail=str(error)))
        else:
            self._tick()  # said in the same step: a thousand confirm at once

    def _say(self, reply: Reply) -> None:
        self.link.reply(reply)

    def _tick(self) -> None:
        applied = self.station.tick()
        if applied:
            self._say(Reply(id=applied.config, ok=True, detail="applied", data=applied.model_dump(mode="json")))

    def _crowd(self) -> Crowd:
        if self.station.config is None:
            raise RuntimeError("no configuration yet")
        today = datetime.now(ZoneInfo(self.station.config.office.timezone)).date()
        return Crowd(self.station.config, self._plan.seed, today, self._plan.worse)

    def _write_history(self) -> None:
        self.needs_history = False
        config = self.station.config.config if self.station.config else ""
        bodies = list(self._crowd().history(self._plan.history, datetime.now(UTC)))
        for start in range(0, len(bodies), _HISTORY_CHUNK):
            self.outbox.extend(bodies[start : start + _HISTORY_CHUNK], config)


class SimulatedFleet:
    """Many kiosks on one selector; `run_once` reads what came, taps what is due, and lets a slice keep house."""

    def __init__(self, kiosks: list[SimulatedKiosk], plan: Plan) -> None:
        self.kiosks, self._plan = kiosks, plan
        self._selector = selectors.DefaultSelector()
        self._draw = random.Random(plan.seed)  # noqa: S311 - a simulation
        self._next_tap = math.inf
        self._cursor = 0
        self._last_round = time.monotonic()
        self.taps = 0

    def run_once(self) -> bool:
        """True when a citizen tapped."""
        for key, _ in self._selector.select(0.02):
            self._step(key.data)
        self._keep_house()
        return self._tap_when_due(time.monotonic())

    def history_left(self) -> tuple[int, int, int]:
        """(kiosks still without their history, events not yet receipted, all events)."""
        streams = [(kiosk.outbox, stream) for kiosk in self.kiosks for stream in kiosk.outbox.streams()]
        backlog = sum(outbox.depth(stream) for outbox, stream in streams if stream.last_seq > stream.through)
        return sum(k.needs_history for k in self.kiosks), backlog, sum(stream.last_seq for _, stream in streams)

    def start_tapping(self) -> None:
        self._next_tap = time.monotonic()

    def stop(self) -> None:
        for kiosk in self.kiosks:
            kiosk.close()
        self._selector.close()

    def _step(self, kiosk: SimulatedKiosk) -> None:
        kiosk.step(time.monotonic())
        fd = kiosk.link.fileno()
        if fd != kiosk.registered and kiosk.registered >= 0:
            self._selector.unregister(kiosk.registered)
        if fd >= 0:
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if kiosk.link.wants_write() else 0)
            (self._selector.modify if fd == kiosk.registered else self._selector.register)(fd, events, kiosk)
        kiosk.registered = fd

    def _keep_house(self) -> None:
        """Every kiosk once in a round of a second, a slice at a time."""
        now = time.monotonic()
        share = min(1.0, (now - self._last_round) / _ROUND_S)
        self._last_round = now
        for _ in range(math.ceil(len(self.kiosks) * share)):
            self._cursor = (self._cursor + 1) % len(self.kiosks)
            self._step(self.kiosks[self._cursor])

    def _tap_when_due(self, now: float) -> bool:
        tapped = False
        while now >= self._next_tap and self._plan.rate > 0:
            self._next_tap += self._draw.expovariate(self._plan.rate)
            kiosk = self._draw.choice(self.kiosks)
            if kiosk.tap():
                self.taps += 1
                tapped = True
                self._step(kiosk)
        return tapped


def allow_many_files(wanted: int) -> None:
    """Each kiosk has a socket and the files of its outbox."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if most > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def send_history(fleet: SimulatedFleet, stopping: Callable[[], bool], progress: Callable[[int, int], None]) -> None:
    """Until every event of the history has its receipt; `progress(done, all)` a few times a second."""
    shown = 0.0
    while not stopping():
        fleet.run_once()
        if time.monotonic() - shown < 0.25:
            continue
        shown = time.monotonic()
        without, backlog, total = fleet.history_left()
        progress(total - backlog, total)
        if not without and not backlog:
            return


def tap(fleet: SimulatedFleet, stopping: Callable[[], bool]) -> None:
    """Live citizens, until told to stop."""
    fleet.start_tapping()
    while not stopping():
        fleet.run_once()
