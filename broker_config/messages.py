"""Every payload of the contract, as one typed description: events, configuration, and what stands here."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from broker_config.events import EVENT, Batch, Comment, Envelope, Event, Rating, Reasons, Void
from broker_config.kiosk_config import (
    SCALES,
    Choice,
    ConfigOffice,
    ConfigService,
    KioskConfig,
    Question,
    Questionnaire,
    ReasonLists,
    Scale,
    ScaleName,
    canonical,
    config_id,
)
from broker_config.wire import (
    MAX_BATCH_BYTES,
    MAX_BATCH_EVENTS,
    MAX_EVENT_BYTES,
    MAX_PAYLOAD,
    MAX_SEQ,
    Clock,
    ConfigId,
    Count,
    Identifier,
    Language,
    Message,
    OptionalIdentifier,
    Seq,
    Stream,
    Text,
    Time,
    Trigger,
    VisitToken,
    utc_text,
)

__all__ = [
    "EVENT", "MAX_BATCH_BYTES", "MAX_BATCH_EVENTS", "MAX_EVENT_BYTES", "MAX_PAYLOAD", "MAX_SEQ", "SCALES", "Batch", "Choice",
    "Clock", "CollectorState", "Command", "CommandId", "Comment", "ConfigId", "ConfigOffice", "ConfigService", "Count",
    "Envelope", "Event", "Health", "HealthClock", "HealthScreen", "Identifier", "KioskConfig", "Language", "Message",
    "OptionalIdentifier", "Prompt", "Question", "Questionnaire", "QueueVisit", "Rating", "ReasonLists", "Reasons", "Receipt",
    "Reply", "Scale", "ScaleName", "Score", "Seq", "State", "Stream", "Text", "Time", "Trigger", "VisitToken", "Void",
    "canonical", "config_id", "utc_text",
]  # fmt: skip


# ── acknowledgement and presence ────────────────────────────────────────────────────────


class Receipt(Message):
    """Everything 1..`through` of the stream is stored, accepted or quarantined."""

    stream: Stream
    through: Count
    now: Time
    restart: bool = Field(default=False, exclude_if=lambda v: not v)


class State(Message):
    """A kiosk's presence; `lost` is the last will's. `session` tells a stale will from a fresh one."""

    state: Literal["online", "offline", "lost"]
    session: Annotated[str, StringConstraints(pattern="^[0-9a-f]{1,64}$")]
    version: Annotated[str, Field(max_length=40)]


class CollectorState(Message):
    state: Literal["online", "offline", "lost"]


class HealthClock(Message):
    synced: bool
    offset_ms: int | None


class HealthScreen(Message):
    """`frames` grows between two healths, or the screen is frozen."""

    name: Annotated[str, Field(max_length=40)]
    frames: Count


class Health(Message):
    """A kiosk's own account of itself; `pending` is counted from its outbox."""

    stream: Stream
    last_seq: Count
    through: Count
    pending: Count
    oldest: Seq
    uptime_s: Count
    version: Annotated[str, Field(max_length=40)]
    config: ConfigId | Literal[""]
    clock: HealthClock
    disk_free_mb: Count
    screen: HealthScreen


# ── the rest ────────────────────────────────────────────────────────────────────────────

CommandId = Annotated[str, StringConstraints(pattern="^[0-9A-Za-z_.-]{1,64}$")]


class Reply(Message):
    """A configuration applied (`data` echoes it) or refused; or the result of a command."""

    id: CommandId
    ok: bool
    detail: Annotated[str, Field(max_length=2000)]
    data: Any = None


class Command(Message):
    id: CommandId
    name: Identifier
    args: dict[str, Any] = {}
    ttl_s: Annotated[float, Field(gt=0, le=86400)]


class Prompt(Message):
    """A visit just ended at this kiosk's counter."""

    visit: VisitToken
    service: OptionalIdentifier
    ttl_s: Annotated[float, Field(gt=0, le=86400)]


class QueueVisit(Message):
    """A queue system tells that a visit ended."""

    office: Identifier
    counter: OptionalIdentifier
    service: OptionalIdentifier
    ended: Time
    waited_s: Count
    served_s: Count


class Score(Message):
    """Today's score of an office on its main question; below n = 10 only `n`."""

    office: Identifier
    day: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    n: Count
    csat: float | None = Field(default=None, exclude_if=lambda v: v is None)
    low: float | None = Field(default=None, exclude_if=lambda v: v is None)
    high: float | None = Field(default=None, exclude_if=lambda v: v is None)
    index: float | None = Field(default=None, exclude_if=lambda v: v is None)
