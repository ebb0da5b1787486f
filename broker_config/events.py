"""What citizens gave, as a kiosk publishes it.

An events message is read in two steps: the envelope first (`Envelope`), then each event
by itself (`EVENT`), so that one bad event never takes the others with it. `Batch` is both
at once, for the common case that everything is well.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from broker_config.wire import (
    MAX_BATCH_EVENTS,
    MAX_EVENT_BYTES,
    Clock,
    ConfigId,
    Count,
    Identifier,
    Language,
    Message,
    OptionalIdentifier,
    Seq,
    Stream,
    Time,
    Trigger,
    VisitToken,
)


class _Answer(Message):
    seq: Seq
    at: Time
    clock: Clock
    at_earliest: Time | None = Field(default=None, exclude_if=lambda v: v is None)
    at_latest: Time | None = Field(default=None, exclude_if=lambda v: v is None)
    visit: VisitToken
    service: OptionalIdentifier
    question: Identifier
    value: Annotated[int, Field(ge=-1000, le=1000)]
    language: Language


class Rating(_Answer):
    """One answer on a scale. `gap_ms`: monotonic milliseconds since this kiosk's previous visit began."""

    type: Literal["rating"]
    gap_ms: Count | None
    trigger: Trigger


class Reasons(_Answer):
    """Why, as chosen from the question's list for good or for bad answers."""

    type: Literal["reasons"]
    reasons: Annotated[list[Identifier], Field(min_length=1, max_length=20)]


class Comment(_Answer):
    """The citizen's own words, personal data already removed."""

    type: Literal["comment"]
    text: Annotated[str, StringConstraints(pattern=r"^[^\x00]+$"), Field(max_length=MAX_EVENT_BYTES)]


class Void(Message):
    """Stands for an event that the kiosk can no longer read."""

    seq: Seq
    type: Literal["void"]


Event = Annotated[Rating | Reasons | Comment | Void, Field(discriminator="type")]
EVENT: TypeAdapter[Rating | Reasons | Comment | Void] = TypeAdapter(Event)


class _Numbered(BaseModel):
    """An event of which only the seq has been read yet."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)
    seq: Seq


class _Header(Message):
    stream: Stream
    oldest: Seq
    config: ConfigId


class Envelope(_Header):
    """An events message of which the events have not been read yet, only their seqs."""

    events: Annotated[list[_Numbered], Field(min_length=1, max_length=MAX_BATCH_EVENTS)]


class Batch(_Header):
    """What a kiosk publishes on `events`: 1 to 200 events made under one configuration."""

    events: Annotated[list[Event], Field(min_length=1, max_length=MAX_BATCH_EVENTS)]
