"""One kiosk without its screen and its network: the visit in progress, its outbox, its configuration.

The app and the simulated fleet drive the same station; it is not thread-safe.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from broker_config.messages import Clock, KioskConfig, Trigger, utc_text
from kiosk import clock, configuration, visit
from kiosk.outbox import Outbox


class Station:
    """`state` is what to show. Without a configuration it is None and nothing can be answered."""

    def __init__(
        self,
        folder: Path,
        outbox: Outbox,
        *,
        monotonic: Callable[[], float] = clock.monotonic,
        wall: Callable[[], tuple[datetime, Clock]] = clock.wall,
    ) -> None:
        self._file = folder / "config.json"
        self.outbox, self._monotonic, self._wall = outbox, monotonic, wall
        self.config = configuration.load(self._file, outbox.kiosk)
        self._next: KioskConfig | None = None
        self.state = visit.idle(self.config, monotonic()) if self.config else None

    def answer(self, value: int, *, trigger: Trigger = "tap", service: str | None = None) -> bool:
        """Take an answer. True when it is durable and the next screen may be shown."""
        if self.state is None or self.config is None:
            return False
        token = secrets.token_hex(8)
        state, given = visit.answer(self.state, self.config, value, self._monotonic(), token, trigger=trigger, about=service)
        if given is None:
            return False
        about = {"gap_ms": given.gap_ms, "trigger": given.trigger}
        self.outbox.append(self._stamped("rating", given) | about, self.config.config)
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

    def dismiss(self) -> None:
        """Back to idle from any screen."""
        if self.state and self.config:
            self.state = visit.dismiss(self.state, self.config, self._monotonic())

    def choose_language(self, language: str) -> None:
        if self.state and self.config:
            self.state = visit.choose_language(self.state, self.config, language, self._monotonic())

    def lapse(self) -> bool:
        """Close what was left untouched, once the reasons chosen on it are durable. True when some became so."""
        if self.state is None or self.config is None:
            return False
        now = self._monotonic()
        given = visit.overdue(self.state, self.config, now)
        self._keep(given)
        self.state = visit.tick(self.state, self.config, now)
        return given is not None

    def tick(self) -> KioskConfig | None:
        """Let time pass. Returns the configuration that was applied just now, if one was."""
        self.lapse()
        if self._next and (self.state is None or visit.is_idle(self.state)):
            return self._apply(self._next)
        return None

    def propose(self, payload: bytes) -> None:
        """Take a configuration to be applied between visits. Raises `configuration.Refused`."""
        self._next = configuration.check(payload, self.outbox.kiosk)

    def _apply(self, config: KioskConfig) -> KioskConfig:
        self._next = None  # one that cannot be saved is refused once; it comes again with the next connection
        configuration.save(self._file, config)  # also where it is on the screen already, but damaged on the disk
        if config != self.config:
            last_began = self.state.last_began if self.state else None
            self.config, self.state = config, visit.idle(config, self._monotonic(), last_began)
        return config

    def _keep(self, given: visit.Because | None) -> None:
        if given and self.config:
            self.outbox.append(self._stamped("reasons", given) | {"reasons": list(given.reasons)}, self.config.config)

    def _stamped(self, kind: str, given: visit.Answer | visit.Because) -> dict[str, Any]:
        at, quality = self._wall()
        body: dict[str, Any] = {"type": kind, "at": utc_text(at), "clock": quality}
        if quality == "unsure":
            body |= {"at_earliest": utc_text(at), "at_latest": utc_text(at)}
        return body | {
            "visit": given.visit,
            "service": given.service,
            "question": given.question,
            "value": given.value,
            "language": given.language,
        }
