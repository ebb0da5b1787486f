"""What the collector keeps of an event: plain, small, without a citizen in it."""

import zlib
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

from broker_config.messages import SCALES
from collector.misuse import Opening


class Kind(IntEnum):
    RATING = 1
    REASONS = 2
    COMMENT = 3
    VOID = 4
    QUARANTINED = 5


class Standing(IntEnum):
    """What an answer counts as. Each is tallied apart; only COUNTED is in a score."""

    COUNTED = 0
    FLAGGED = 1
    SUPERSEDED = 2
    TEST = 3


class ReasonIds(NamedTuple):
    """What may be chosen after a good answer, and after a bad one."""

    good: frozenset[str] = frozenset()
    bad: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Placed:
    """A configuration as intake needs it: where the kiosk stood, and what could be asked there."""

    kiosk: str
    config: str
    office: str
    timezone: str
    counter: str
    services: frozenset[str]
    scales: dict[str, str]
    reasons: dict[str, ReasonIds]
    main: str
    interval_ms: float
    opening: Opening | None = None

    @cached_property
    def bounds(self) -> dict[str, tuple[int, int]]:
        return {question: (SCALES[scale].low, SCALES[scale].high) for question, scale in self.scales.items()}

    @cached_property
    def visit_range(self) -> int:
        """The upper bits of all visit keys of this kiosk."""
        return (zlib.crc32(self.kiosk.encode()) & 0x7FFF) << 48

    @cached_property
    def _contexts(self) -> "dict[tuple[str, str, str, str, bool], Context]":
        return {}

    def context(self, service: str, question: str, language: str, trigger: str, undated: bool) -> "Context":
        """The same object for the same place: most answers differ in their value only."""
        key = (service, question, language, trigger, undated)
        found = self._contexts.get(key)
        if found is None:
            place = (self.kiosk, self.config, self.office, self.timezone, self.counter)
            found = Context(*place, service, question, self.scales[question], question == self.main, language, trigger, undated)
            self._contexts[key] = found
        return found


class Context(NamedTuple):
    """What many answers share. Stored once, so that a rating's own row is small. `main`: its questionnaire's first question."""

    kiosk: str
    config: str
    office: str
    timezone: str
    counter: str
    service: str
    question: str
    scale: str
    main: bool
    language: str
    trigger: str
    undated: bool


class Answer(NamedTuple):
    """An accepted event. `minute`: since 1970 UTC; `visit`: its hash, see `intake.visit_key`; `mark`: the misuse rules or ''.

    `detail`: the reasons, space-separated, or the comment's text; '' for a rating.
    """

    seq: int
    kind: Kind
    minute: int
    visit: int
    context: Context
    value: int
    mark: str
    digest: int
    detail: str


class Voided(NamedTuple):
    """An event that the kiosk could no longer read."""

    seq: int
    digest: int


class Refused(NamedTuple):
    """An event for quarantine: why, and its content, redacted, as JSON."""

    seq: int
    digest: int
    reason: str
    payload: str


class Delivery(NamedTuple):
    """One readable events message: what to store of it, in the order of its events."""

    kiosk: str
    stream: str
    oldest: int
    items: list[Answer | Voided | Refused]


@dataclass(frozen=True)
class Unreadable:
    """A message for quarantine as a whole. `payload` is redacted and cut at 64 KiB."""

    kiosk: str
    sha256: str
    reason: str
    payload: bytes


@dataclass(frozen=True)
class ReceiptDue:
    """What to tell a kiosk after the commit."""

    kiosk: str
    stream: str
    through: int
    restart: bool
    newest: bool = True
