"""The kiosk's window: shows what the station's state says, and hands it what is touched or pressed.

Import this after `kiosk.window.prepare`. Everything here runs in the main thread, except
`propose_config` and `propose_prompt`, which any thread may call.
"""
# mypy: allow-subclassing-any, allow-untyped-decorators, disable-error-code="import-untyped"

import logging
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog
from kivy.app import App
from kivy.base import EventLoop
from kivy.clock import Clock, mainthread
from kivy.core.window import Window

from broker_config.messages import Command, Prompt, Trigger
from kiosk import configuration, screen_map
from kiosk.screens.access import changed
from kiosk.screens.commanded import Commanded
from kiosk.screens.deck import Deck, acts_of
from kiosk.screens.drain import Drain
from kiosk.screens.keyed import Keyed
from kiosk.screens.lights import Lights
from kiosk.screens.operating import operator_for
from kiosk.screens.panel import panel_for
from kiosk.screens.preview_band import PreviewBand
from kiosk.screens.proof import Proof
from kiosk.screens.reader import Reader
from kiosk.screens.sound import Player, Speaker
from kiosk.screens.stage import Stage
from kiosk.screens.trouble import Trouble
from kiosk.speech import Voice, speech_folder
from kiosk.station import Station
from kiosk.theme import Theme
from kiosk.window import Frames, Wires, give_back

TICK_S = 0.25
BEAT_S = 10.0
LIT_S = 0.15
DEAF_S = 0.3

log = structlog.get_logger()


class KioskApp(App):
    """`frames` tells what reached the screen. `shown`: a state's screen, still, waiting or broken. `locked`: no way out."""

    def __init__(
        self, station: Station, folder: Path, wires: Wires, frames: Frames, *, locked: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        logging.getLogger("kivy").setLevel(logging.ERROR)
        self.station, self.folder, self.wires, self.frames, self.locked = station, folder, wires, frames, locked
        self.shown = ""
        self.trouble = Trouble(station.outbox, folder, self.refresh)
        self.map = screen_map.ScreenMap(folder / "screen.json")
        self.panel = Theme(1280, 800)
        self._trigger: Trigger = "tap"
        self._labels: tuple[Any, ...] = ()
        self._meant: tuple[Any, ...] = ()
        self._ended, self._begun, self._proposed = False, False, b""

    # ── what a citizen does ─────────────────────────────────────────────────────────────

    def answer(self, value: int) -> None:
        """Make an answer durable; only then, and after the chosen face was seen, the next screen comes."""
        if self.trouble.kept(lambda: self.station.answer(value, trigger=self._trigger)):
            self.stage.deafen(LIT_S + DEAF_S)
            self.rating.light(value)
            Clock.schedule_once(self.refresh, LIT_S)
            self.wires.on_answer()

    def give(self, act: Callable[[], bool]) -> None:
        """Make reasons or a comment durable; only then the next screen comes."""
        if self.trouble.kept(act):
            self.wires.on_answer()
        self.refresh()

    def do(self, act: Callable[..., None], *what: Any) -> None:
        """What gives nothing that must be kept: choices on the screen, back, skip, the end of thanks."""
        act(*what)
        self.refresh()

    def write(self, text: str) -> None:
        """The comment as it stands; those who hear the screen hear each letter."""
        before = self.station.state.comment if self.station.state else ""
        self.do(self.station.write, text)
        if len(text) == len(before) + 1:
            at = next((n for n, (one, other) in enumerate(zip(before, text, strict=False)) if one != other), len(before))
            self.reader.say([text[at]], keep=False)

    def back(self) -> None:
        """Back on every screen; where more time is offered it declines."""
        if self.shown == "still":
            self.give(self.station.close)
        else:
            self.do(self.station.back)

    def choose_access(self, name: str) -> None:
        """One of the ways to see and hear better; `access` folds them in or out, `privacy` is the notice."""
        if name in ("access", "privacy"):
            self.do(self.station.unfold if name == "access" else self.station.read_privacy)
        elif self.station.state:
            self.do(self.station.choose_access, changed(self.station.state.access, name))

    def touched(self) -> bool:
        """A finger came down. True when that was for the lights alone, or ends what was shown in place of the question."""
        self.keyed.focus.leave()
        self.stay()
        return self.wakes()

    def wakes(self) -> bool:
        """Whether a finger or a key has brought the question back, and means nothing else."""
        return self.commanded.leave() or self.lights.wake()

    def stay(self) -> None:
        """Somebody is there; where just that is asked, a button answers."""
        if self.shown != "still":
            self.station.touched()

    def by_key(self, act: Callable[[], Any]) -> None:
        """What is answered in this was answered with a key."""
        self._trigger = "key"
        try:
            act()
        finally:
            self._trigger = "tap"

    # ── from other threads ──────────────────────────────────────────────────────────────

    @mainthread
    def propose_config(self, payload: bytes) -> None:
        """Take a configuration for between visits; a refused one goes to `on_refused`. Safe from any thread."""
        try:
            self.station.propose(payload)
            self._proposed = payload
        except configuration.Refused as reason:
            self.wires.on_refused(payload, str(reason))

    @mainthread
    def propose_prompt(self, prompt: Prompt) -> None:
        """A visit just ended at this counter. Safe from any thread."""
        self.do(self.station.prompt, prompt.visit, prompt.service, prompt.ttl_s)

    @mainthread
    def propose_command(self, command: Command, arrived: float) -> None:
        """An admin asks for something; `arrived`: in seconds of `time.monotonic`. Safe from any thread."""
        self.commanded.take(command, arrived)

    # ── Kivy's ──────────────────────────────────────────────────────────────────────────

    def build(self) -> Any:
        self.stage = Stage()
        voice = Voice(speech_folder(self.folder))
        self.reader = Reader(self.station, Speaker(voice, Player()))
        self.lights = Lights(self.stage, self.station, self.wires.clock)
        self.stage.touched, self.stage.hears_again = self.touched, self._heard_again
        self.deck = Deck(acts_of(self), speaks=voice.available())
        self.rating = self.deck.screens["rating"]
        self.front: Any = self.deck.notice
        self.keyed, self.proof = Keyed(self), Proof(self.frames, lambda: self.stage.corner)
        self.operator, self.commanded, self.band = operator_for(self), Commanded(self), PreviewBand()
        for widget in (self.band, self.operator.corner):
            self.stage.cover(widget)
        Window.bind(on_flip=self.proof.flipped, size=self.refresh, on_request_close=self._close_asked)
        self.refresh()
        return self.stage

    def open_settings(self, *_: Any) -> bool:
        """Kivy's own settings, which F1 would open, are not for citizens."""
        return False

    def on_stop(self) -> None:
        """Nothing of this app hears the window any more."""
        self.keyed.close()
        Window.unbind(on_flip=self.proof.flipped, size=self.refresh, on_request_close=self._close_asked)

    def on_start(self) -> None:
        EventLoop.input_providers.insert(0, Drain())
        Clock.schedule_interval(self.tick, TICK_S)
        Clock.schedule_interval(self.beat, BEAT_S)
        self._watch = Clock.schedule_interval(self._ready, 0)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._end)

    def tick(self, *_: Any) -> None:
        """Let time pass; show what the state says."""
        if self._ended:
            self.stop()
            return
        self.map.write(self)
        self.keyed.focus.age()
        self.wires.watchdog.feed(self.frames.proven)
        if not self.trouble.here and self.trouble.kept(self.station.lapse):
            self.wires.on_answer()
        if self.trouble.here:
            self.commanded.tick()
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
        self.commanded.tick()

    def beat(self, *_: Any) -> None:
        """One small redraw, which the next frame must show; the lights out when the office has closed; memory given back."""
        give_back()
        self.lights.look()
        self.stage.beat()
        self.proof.expect()

    def refresh(self, *_: Any) -> None:
        """Bring the screen up that belongs to the state. Labels are set again only when something in them changed."""
        state, config = self.station.state, self.station.config
        previewing = self.station.previewing and not self.trouble.here
        plain = self.trouble.here and not self.trouble.sorry
        self.panel = panel_for(self.station, plain=plain, banded=previewing)
        left = None if self.trouble.here else self.station.warning
        name = "broken" if self.trouble.here else "still" if left else state.screen if state else "waiting"
        back, begun = self.station.may_go_back, bool(state and state.visit)
        bare = state and replace(state, since=0.0, touched=None, struck="", visit=None, last_began=None, before=None)
        shown_config = (config.config if config else "", previewing)
        labels = (name, self.trouble.sorry, bare, back, begun, shown_config, self.panel, left and round(left))
        if labels == self._labels or self.operator.inside or self.commanded.inside:
            self.draw_focus()
            return
        self._labels = labels
        if self._begun and not begun and name == self.shown:
            self.stage.deafen(DEAF_S)  # a finger on its way meant the visit that has just closed
        self._begun = begun
        self.operator.corner.show(self.panel)
        self.stage.paint(self.panel.palette)
        self.stage.reach = self.panel.height
        Window.clearcolor = self.panel.palette.paper
        self.band.show(state.language if previewing and state else "", self.panel)
        screen = self.deck.screen(name, self.station, left, self.panel, back=back, sorry=self.trouble.sorry)
        self._bring(name, screen)

    def show_aside(self, name: str, screen: Any) -> None:
        """Put a screen in place of the citizens', over the whole window, until `show_anew`."""
        self.shown, self.front, self.stage.reach = name, screen, 0
        self.band.show("", self.panel)
        self.keyed.focus.leave()
        self.stage.bring(screen)

    def show_anew(self) -> None:
        """Bring the citizens' screen back after another."""
        self._labels = ()
        self.refresh()

    # ── for the keys ────────────────────────────────────────────────────────────────────

    def draw_focus(self) -> None:
        self.keyed.focus.draw(self.panel.palette, self.panel.mm(1))

    # ── inside ──────────────────────────────────────────────────────────────────────────

    def _bring(self, name: str, screen: Any) -> None:
        """A touch within 0.3 s of a change was meant for the screen before; it is not heard, nor what was held on that screen."""
        first, self.shown, self.front = not self.shown, name, screen
        state = self.station.state
        before, self._meant = self._meant, (name, state and (state.asked, state.page))
        if before != self._meant:
            self.stage.let_go()
        if self.stage.bring(screen):
            self.keyed.focus.leave()
            if not first:
                self.stage.deafen(DEAF_S)
        self.draw_focus()
        self.reader.read(name, screen)

    def _heard_again(self) -> None:
        if self.shown == "rating":
            self.rating.plain()

    def _ready(self, *_: Any) -> None:
        """Say `ready` once: a frame was drawn, and nothing on it moves any more."""
        if self.frames.count and self.map.settled(self):
            self._watch.cancel()
            self.map.write(self)
            self.wires.watchdog.ready()
            print("ready", flush=True)

    def _close_asked(self, *_: Any, **__: Any) -> bool:
        """True: the window stays."""
        return self.locked

    def _end(self, *_: Any) -> None:
        self._ended = True
