"""One kiosk without its screen and its network: the visit in progress, its outbox, its configuration.

The app and the simulated fleet drive the same station; it is not thread-safe.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from broker_config.messages import SCALES, KioskConfig, Trigger, utc_text
from broker_config.redaction import redact
from kiosk import configuration, pace, visit
from kiosk.clock import Clock
from kiosk.outbox import Outbox
from kiosk.state import Access, Answer, Because, Prompted, Remark, State


@dataclass(frozen=True, slots=True)
class Aside:
    """The kiosk's own configuration and state, while another configuration is shown until `until`."""

    config: KioskConfig | None
    state: State | None
    until: float


class Station:
    """`config` and `state` are what to show. Without a configuration there is no state and nothing can be answered.

    While another configuration is shown as a preview, nothing that is given becomes an event.
    """

    def __init__(
        self,
        folder: Path,
        outbox: Outbox,
        clock: Clock | None = None,
        *,
        monotonic: Callable[[], float] | None = None,
    ) -> None:
        self._file = folder / "config.json"
        self.outbox, self._clock = outbox, clock or Clock()
        self._monotonic = monotonic or self._clock.monotonic
        self.config = configuration.load(self._file, outbox.kiosk)
        self._next: KioskConfig | None = None
        self._aside: Aside | None = None
        self.state = visit.idle(self.config, self._monotonic()) if self.config else None

    def answer(self, value: int, *, trigger: Trigger = "tap", service: str | None = None) -> bool:
        """Take an answer. True when it is durable and the next screen may be shown."""
        if self.state is None or self.config is None:
            return False
        token = secrets.token_hex(8)
        state, given = visit.answer(self.state, self.config, value, self._monotonic(), token, trigger=trigger, about=service)
        if given is None:
            return False
        self._append(self.config, given, {"type": "rating", "gap_ms": given.gap_ms, "trigger": given.trigger})
        self.state = state
        return True

    def done(self) -> bool:
        """Take the chosen reasons. True when they are durable and the next screen may be shown."""
        if self.state is None or self.config is None:
            return False
        state, given = visit.done(self.state, self.config, self._monotonic())
        self._keep(given)
        moved, self.state = state != self.state, state
        return moved

    def send(self) -> bool:
        """Take the comment, without the personal data in it. True when it is durable and the next screen may be shown."""
        if self.state is None or self.config is None:
            return False
        state, given = visit.send(self.state, self.config, self._monotonic())
        if given is None:
            return False
        self.state = replace(state, removed=self._keep(given))
        return True

    def write(self, text: str) -> None:
        """The comment as it stands on the screen; in memory only."""
        if self.state:
            self.state = visit.write(self.state, text, self._monotonic())

    def choose_service(self, service: str) -> None:
        if self.state and self.config:
            self.state = visit.choose_service(self.state, self.config, service, self._monotonic())

    def turn(self, page: int) -> None:
        if self.state:
            self.state = visit.turn(self.state, page, self._monotonic())

    def choose_reason(self, reason: str) -> None:
        if self.state and self.config:
            self.state = visit.choose_reason(self.state, self.config, reason, self._monotonic())

    def skip(self) -> None:
        if self.state and self.config:
            self.state = visit.skip(self.state, self.config, self._monotonic())

    @property
    def may_go_back(self) -> bool:
        return self.state is not None and visit.may_go_back(self.state, self._monotonic())

    def back(self) -> None:
        if self.state:
            self.state = visit.back(self.state, self._monotonic())

    def close(self) -> bool:
        """The citizen has had enough: what was chosen or written on the screen is kept. True when something became durable."""
        given = pace.unsent(self.state, self.config) if self.state and self.config else None
        self._keep(given)
        self.dismiss()
        return given is not None

    def touched(self) -> None:
        """Somebody is there: what closes by itself waits anew."""
        if self.state and self.config:
            self.state = pace.touched(self.state, self.config, self._monotonic())

    def dismiss(self) -> None:
        """Back to idle from any screen."""
        if self.state and self.config:
            self.state = visit.dismiss(self.state, self.config, self._monotonic())

    def choose_language(self, language: str) -> None:
        if self.state and self.config:
            self.state = visit.choose_language(self.state, self.config, language, self._monotonic())

    def choose_access(self, access: Access) -> None:
        if self.state:
            self.state = visit.choose_access(self.state, access, self._monotonic())

    def unfold(self) -> None:
        if self.state:
            self.state = visit.unfold(self.state, self._monotonic())

    def read_privacy(self) -> None:
        if self.state:
            self.state = visit.read_privacy(self.state, self._monotonic())

    def prompt(self, token: str, service: str, ttl_s: float) -> None:
        """A visit just ended at this counter; it is asked about for `ttl_s` seconds from now. A preview is not disturbed."""
        now, own = self._monotonic(), self._aside
        prompt = Prompted(token, service, now + ttl_s)
        if own and own.state and own.config:
            self._aside = replace(own, state=visit.prompted(own.state, own.config, prompt, now))
        elif own is None and self.state and self.config:
            self.state = visit.prompted(self.state, self.config, prompt, now)

    # ── from afar ───────────────────────────────────────────────────────────────────────

    @property
    def own(self) -> KioskConfig | None:
        """The kiosk's own configuration, also while another is shown."""
        return self._aside.config if self._aside else self.config

    @property
    def previewing(self) -> bool:
        return self._aside is not None

    @property
    def is_free(self) -> bool:
        """Nobody's visit is open and nobody has chosen anything."""
        return self.state is None or self.config is None or visit.is_idle(self.state, self.config)

    def preview(self, config: KioskConfig, seconds: float) -> None:
        """Show another configuration for a while; nothing of it is kept. To be called between visits."""
        self._end_preview()
        now = self._monotonic()
        self._aside = Aside(self.config, self.state, now + seconds)
        self.config, self.state = config, visit.idle(config, now)

    def test_tap(self) -> int:
        """A rating that tries the way to the collector and is never counted; returns its seq.

        It is no citizen's: the visit on the screen and the next visit's gap do not know of it. Raises as the outbox does.
        """
        config, state = self.own, self._aside.state if self._aside else self.state
        if config is None or state is None:
            raise ValueError("there is no configuration yet")
        asked = visit.question(config)
        gap = visit.gap_ms(state.last_began, self._monotonic())
        middle = (SCALES[asked.scale].low + SCALES[asked.scale].high) // 2
        given = Answer(secrets.token_hex(8), gap, "test", visit.service(config), asked.id, middle, config.languages[0])
        return self._write(config, given, {"type": "rating", "gap_ms": gap, "trigger": "test"})

    # ── what time does ──────────────────────────────────────────────────────────────────

    @property
    def warning(self) -> float | None:
        """Seconds left to ask for more time, while that is asked."""
        return pace.warning(self.state, self.config, self._monotonic()) if self.state and self.config else None

    def extend(self) -> None:
        """The citizen wants more time."""
        if self.state:
            self.state = pace.extend(self.state, self._monotonic())

    def lapse(self) -> bool:
        """Close what was left untouched, once what was chosen or written on it is durable. True when something became so."""
        if self.state is None or self.config is None:
            return False
        now = self._monotonic()
        given = pace.overdue(self.state, self.config, now)
        removed = self._keep(given)
        self.state = pace.tick(self.state, self.config, now)
        if removed:
            self.state = replace(self.state, removed=removed)
        return given is not None

    def tick(self) -> KioskConfig | None:
        """Let time pass. Returns the configuration that was applied just now, if one was."""
        self.lapse()
        if self._aside and (self._next or self._monotonic() >= self._aside.until):
            self._end_preview()
        return self._apply(self._next) if self._next and self.is_free else None

    def propose(self, payload: bytes) -> None:
        """Take a configuration to be applied between visits. Raises `configuration.Refused`."""
        self._next = configuration.check(payload, self.outbox.kiosk)

    def _end_preview(self) -> None:
        if self._aside:
            self.config, self.state, self._aside = self._aside.config, self._aside.state, None

    def _apply(self, config: KioskConfig) -> KioskConfig:
        self._next = None  # one that cannot be saved is refused once; it comes again with the next connection
        configuration.save(self._file, config)  # also where it is on the screen already, but damaged on the disk
        if config != self.config:
            last_began = self.state.last_began if self.state else None
            self.config, self.state = config, visit.idle(config, self._monotonic(), last_began)
        return config

    def _keep(self, given: Because | Remark | None) -> tuple[str, ...]:
        """Make reasons or a comment durable; returns the kinds of personal data that were removed from it."""
        if given is None or self.config is None:
            return ()
        if isinstance(given, Because):
            self._append(self.config, given, {"type": "reasons", "reasons": list(given.reasons)})
            return ()
        clean = redact(given.text)
        self._append(self.config, given, {"type": "comment", "text": clean.text})
        return clean.kinds

    def _append(self, config: KioskConfig, given: Answer | Because | Remark, more: dict[str, Any]) -> None:
        """Make it durable; what is given to a preview is nobody's."""
        if self._aside is None:
            self._write(config, given, more)

    def _write(self, config: KioskConfig, given: Answer | Because | Remark, more: dict[str, Any]) -> int:
        """Its seq; dated where somebody knows the time. Where nobody does, the outbox keeps it for later."""
        made = self._clock.now()
        when = {"at": utc_text(made.at), "clock": made.quality} if made.at else {}
        about = {
            "visit": given.visit,
            "service": given.service,
            "question": given.question,
            "value": given.value,
            "language": given.language,
        }
        return self.outbox.append(more | when | about, config.config, waits=None if made.at else made)
