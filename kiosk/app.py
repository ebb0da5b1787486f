"""The kiosk's screen: shows what the station's state says, and hands it what is touched.

Import this after `kiosk.window.prepare`. Everything here runs in the main thread, except
`propose_config`, which any thread may call.
"""
# mypy: allow-subclassing-any, allow-untyped-decorators, disable-error-code="import-untyped"

import logging
import signal
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog
from kivy.app import App
from kivy.base import EventLoop
from kivy.clock import Clock, mainthread
from kivy.core.window import Window

from broker_config.messages import KioskConfig
from kiosk import configuration, screen_map
from kiosk.outbox import Outbox, OutboxFull
from kiosk.screens import load
from kiosk.screens.answers import Answers  # noqa: F401 - the kv files name it
from kiosk.screens.languages import Languages  # noqa: F401 - the kv files name it
from kiosk.screens.notice import Notice
from kiosk.screens.rating import Rating
from kiosk.screens.reasons import Reasons
from kiosk.screens.services import Services
from kiosk.screens.stage import Stage
from kiosk.screens.thanks import Thanks
from kiosk.screens.tick import Tick  # noqa: F401 - the kv files name it
from kiosk.screens.tiles import Tiles  # noqa: F401 - the kv files name it
from kiosk.station import Station
from kiosk.theme import for_notices, theme
from kiosk.window import Frames, Wires

TICK_S = 0.25
BEAT_S = 10.0
LIT_S = 0.15
DEAF_S = 0.3
RETRY_S = 5.0

log = structlog.get_logger()


class KioskApp(App):
    """`frames.count` grows with every frame that reaches the screen. `shown`: a state's screen, waiting or broken."""

    def __init__(self, station: Station, folder: Path, wires: Wires, frames: Frames, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        logging.getLogger("kivy").setLevel(logging.ERROR)
        self.station, self.folder, self.wires, self.frames = station, folder, wires, frames
        self.shown, self.broken = "", False
        self.map = screen_map.ScreenMap(folder / "screen.json")
        self._labels: tuple[Any, ...] = ()
        self._ended, self._proposed = False, b""
        self._hearing: Any = None

    # ── what a citizen does ─────────────────────────────────────────────────────────────

    def answer(self, value: int) -> None:
        """Make an answer durable; only then, and after the chosen face was seen, the next screen comes."""
        if self._kept(lambda: self.station.answer(value)):
            self.rating.light(value)
            Clock.schedule_once(self.refresh, LIT_S)
            self._deafen(LIT_S + DEAF_S)
            self.wires.on_answer()

    def done(self) -> None:
        """Make the chosen reasons durable; only then the next screen comes."""
        if self._kept(self.station.done):
            self.wires.on_answer()
        self.refresh()

    def do(self, act: Callable[..., None], *what: Any) -> None:
        """What gives nothing that must be kept: choices on the screen, back, skip, the end of thanks."""
        act(*what)
        self.refresh()

    def choose_language(self, code: str) -> None:
        self.do(self.station.choose_language, code)

    # ── from other threads ──────────────────────────────────────────────────────────────

    @mainthread
    def propose_config(self, payload: bytes) -> None:
        """Take a configuration for between visits; a refused one goes to `on_refused`. Safe from any thread."""
        try:
            self.station.propose(payload)
            self._proposed = payload
        except configuration.Refused as reason:
            self.wires.on_refused(payload, str(reason))

    # ── Kivy's ──────────────────────────────────────────────────────────────────────────

    def build(self) -> Any:
        for name in ("touch", "tiles", "services", "rating", "reasons", "thanks", "notice"):
            load(name)
        self.stage, self.services, self.rating = Stage(), Services(), Rating()
        self.reasons, self.thanks, self.notice = Reasons(), Thanks(), Notice()
        self.screens: dict[str, Any] = {
            "services": self.services,
            "rating": self.rating,
            "reasons": self.reasons,
            "thanks": self.thanks,
        }
        for screen in (self.services, self.rating):
            screen.bind(on_language=lambda _, code: self.choose_language(code))
        for screen in (self.rating, self.reasons):
            screen.bind(on_back=lambda _: self.do(self.station.back), on_skip=lambda _: self.do(self.station.skip))
        self.services.bind(
            on_service=lambda _, service: self.do(self.station.choose_service, service),
            on_turn=lambda _, page: self.do(self.station.turn, int(page)),
        )
        self.rating.bind(on_answer=lambda _, value: self.answer(value))
        self.reasons.bind(on_reason=lambda _, reason: self.do(self.station.choose_reason, reason), on_done=lambda _: self.done())
        self.thanks.bind(on_back=lambda _: self.do(self.station.back), on_tap=lambda _: self.do(self.station.dismiss))
        Window.bind(on_flip=self._flipped, size=self.refresh)
        self.refresh()
        return self.stage

    def on_start(self) -> None:
        EventLoop.input_providers.insert(0, Drain())
        Clock.schedule_interval(self.tick, TICK_S)
        Clock.schedule_interval(lambda _: self.stage.beat(), BEAT_S)
        self._watch = Clock.schedule_interval(self._ready, 0)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._end)

    def tick(self, *_: Any) -> None:
        """Let time pass; show what the state says."""
        if self._ended:
            self.stop()
            return
        self.map.write(self)
        if not self.broken and self._kept(self.station.lapse):
            self.wires.on_answer()
        if self.broken:
            return
        try:
            applied = self.station.tick()
        except OSError as error:
            log.error("configuration not kept", error=str(error))
            self.wires.on_refused(self._proposed, f"it could not be saved: {error}")
            applied = None
        self.refresh()
        if applied:
            self.wires.on_config(applied)

    def refresh(self, *_: Any) -> None:
        """Bring the screen up that belongs to the state. Labels are set again only when something in them changed."""
        state, config = self.station.state, self.station.config
        plain = theme(int(Window.width), int(Window.height), config.display if config else {})
        name = "broken" if self.broken else state.screen if state else "waiting"
        back, begun = self.station.may_go_back, bool(state and state.visit)
        bare = state and replace(state, since=0.0, touched=None, struck="", visit=None, last_began=None, before=None)
        labels = (name, bare, back, begun, config.config if config else "", plain)
        if labels == self._labels:
            return
        self._labels = labels
        self.stage.paint(plain.palette)
        Window.clearcolor = plain.palette.paper
        self._bring(name, self._screen(name, config, plain))

    def face_centres(self) -> dict[int, tuple[int, int]]:
        """The middle of every answer's picture, in pixels from the window's top left."""
        return screen_map.faces(self.rating, int(Window.height))

    # ── inside ──────────────────────────────────────────────────────────────────────────

    def _screen(self, name: str, config: KioskConfig | None, plain: Any) -> Any:
        state, kiosk, back = self.station.state, self.station.outbox.kiosk, self.station.may_go_back
        if state is None or config is None:
            self.notice.waiting(kiosk, for_notices(plain))
            return self.notice
        if name == "broken":
            self.notice.broken(kiosk, state.language, for_notices(plain))
            return self.notice
        if name == "services":
            self.services.show(config, state.language, state.page, plain)
        elif name == "thanks":
            self.thanks.show(state.language, back, for_notices(plain))
        else:
            self.screens[name].show(config, state, back, plain)
        return self.screens[name]

    def _kept(self, act: Callable[[], bool]) -> bool:
        """Whether something was given and is durable; what cannot be kept is owned up to."""
        try:
            return act()
        except (OutboxFull, sqlite3.Error, OSError, ValueError) as error:
            log.error("answer not kept", error=str(error), kind=type(error).__name__)
            self._break()
            return False

    def _bring(self, name: str, screen: Any) -> None:
        """A touch within 0.3 s of a change was meant for the screen before; it is not heard."""
        first, self.shown = not self.shown, name
        if self.stage.bring(screen) and not first:
            self._deafen(DEAF_S)

    def _deafen(self, seconds: float) -> None:
        """Hear nothing for a while; an earlier while that would end within it no longer counts."""
        if self._hearing:
            self._hearing.cancel()
        self.stage.deaf = True
        self._hearing = Clock.schedule_once(self._hear, seconds)

    def _hear(self, *_: Any) -> None:
        self.stage.deaf = False
        if self.shown == "rating":
            self.rating.plain()

    def _break(self) -> None:
        self.broken = True
        self.refresh()
        Clock.schedule_once(self._retry, RETRY_S)

    def _retry(self, *_: Any) -> None:
        """Ask again only when an answer could be kept: room in the outbox, and a disk that takes a write."""
        if writable(self.station.outbox, self.folder):
            self.broken = False
            self.tick()
        else:
            Clock.schedule_once(self._retry, RETRY_S)

    def _ready(self, *_: Any) -> None:
        """Say `ready` once: a frame was drawn, and nothing on it moves any more."""
        if self.frames.count and self.map.settled(self):
            self._watch.cancel()
            self.map.write(self)
            print("ready", flush=True)

    def _flipped(self, *_: Any) -> None:
        self.frames.count += 1

    def _end(self, *_: Any) -> None:
        self._ended = True


class Drain:
    """Reads SDL's events before a frame as well as after it: a touch is seen one frame sooner."""

    def start(self) -> None:
        """An input provider has it."""

    def stop(self) -> None:
        """An input provider has it."""

    def update(self, **_: Any) -> None:
        Window.mainloop()


def writable(outbox: Outbox, folder: Path) -> bool:
    """Whether another answer could be kept: room in the outbox, and a disk that takes a write."""
    probe = folder / "probe"
    try:
        stream = outbox.stream()
        probe.write_bytes(bytes(4096))
        probe.unlink()
    except (sqlite3.Error, OSError):
        return False
    return stream.last_seq - stream.through < outbox.max_events
