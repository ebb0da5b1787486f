"""What every payload is made of: the limits, the kinds of text and number, and the message that all others are."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from broker_config.topics import IDENTIFIER

MAX_PAYLOAD = 64 * 1024
MAX_BATCH_BYTES = 60_000
MAX_BATCH_EVENTS = 200
MAX_EVENT_BYTES = 4096
MAX_SEQ = 2**53 - 1


def utc_text(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: `2026-11-21T09:15:02.123Z`; at the very ends of the calendar in its own zone."""
    try:
        return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except OverflowError:
        return moment.isoformat(timespec="milliseconds")


Identifier = Annotated[str, StringConstraints(pattern=f"^{IDENTIFIER}$")]
OptionalIdentifier = Annotated[str, StringConstraints(pattern=f"^({IDENTIFIER})?$")]
Language = Annotated[str, StringConstraints(pattern="^[a-z]{2,3}$")]
Stream = Annotated[str, StringConstraints(pattern="^[0-9a-z-]{8,64}$")]
VisitToken = Annotated[str, StringConstraints(pattern="^[0-9A-Za-z_-]{1,64}$")]
ConfigId = Annotated[str, StringConstraints(pattern="^[0-9]{1,9}-[0-9a-f]{8}$")]
Seq = Annotated[int, Field(ge=1, le=MAX_SEQ)]
Count = Annotated[int, Field(ge=0, le=MAX_SEQ)]
Time = Annotated[AwareDatetime, PlainSerializer(utc_text, return_type=str)]
Text = dict[Language, str]
Clock = Literal["synced", "estimated", "unsure"]
Trigger = Literal["tap", "prompt", "key", "test"]


class Message(BaseModel):
    """A payload on the wire: immutable, and nothing in it that the contract does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    def wire(self) -> bytes:
        """UTF-8 JSON, not ASCII-escaped."""
        return self.model_dump_json().encode()
