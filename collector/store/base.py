"""What a store must do. SQLite is the embedded default; the ingest and the pages know only this."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from broker_config.messages import Health, KioskConfig, QueueVisit, Score
from collector.events import Delivery, Placed, ReceiptDue, Unreadable


class StoreError(Exception):
    """The store cannot be used; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Recorded:
    """What was stored: whom to acknowledge, which offices' scores changed; of a replay also how many rows were accepted."""

    receipts: list[ReceiptDue]
    offices: set[str]
    accepted: int = 0


@dataclass(frozen=True)
class ScoreQuery:
    """Which cells to sum. Dates are local days, both ends included; `by` are the dimensions of the rows.

    Without dates the undated answers are in; with dates only when both are `undated`.
    `days` names single days instead of a span.
    """

    offices: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    first: str | None = None
    last: str | None = None
    by: tuple[str, ...] = ()
    days: tuple[str, ...] = ()


@dataclass(frozen=True)
class Histogram:
    """Counts by value of one row of a query. `place`: the dimensions asked for."""

    place: dict[str, str | int]
    question: str
    scale: str
    counted: tuple[int, ...]
    flagged: tuple[int, ...]


class Store(Protocol):
    """What ingest needs of a store. (The pages read through the same object; a second store will bring its own protocol.)"""

    def record(self, messages: Iterable[Delivery | Unreadable], now: datetime) -> Recorded: ...
    def replay(self, now: datetime, kiosk: str = "") -> Recorded: ...
    def refresh(self) -> None: ...
    def placed(self, kiosk: str, config: str) -> Placed | None: ...
    def is_active(self, kiosk: str) -> bool: ...
    def retired_kiosks(self) -> set[str]: ...
    def receipts(self) -> list[ReceiptDue]: ...
    def office_score(self, office: str, day: str) -> Score: ...
    def office_timezones(self) -> dict[str, str]: ...
    def service_ids(self) -> set[str]: ...
    def kiosks_at(self, office: str, counter: str) -> list[str]: ...
    def keep_visit(self, visit: QueueVisit, day: str, hour: int) -> None: ...
    def expire_quarantine(self, now: datetime) -> int: ...
    def catalogue_version(self) -> str: ...
    def wanted_configs(self) -> dict[str, str]: ...
    def relearn(self, config: KioskConfig, now: datetime) -> bool: ...
    def keep_health(self, kiosk: str, health: Health, now: datetime) -> None: ...
    def keep_state(self, kiosk: str, state: str, session: str, now: datetime) -> None: ...
    def keep_reply(self, kiosk: str, reply: str, now: datetime) -> None: ...
