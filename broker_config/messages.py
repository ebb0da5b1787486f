"""Every payload of the contract, as one typed description.

An events message is read in two steps: the envelope first (`Envelope`), then each event
by itself (`EVENT`), so that one bad event never takes the others with it. `Batch` is both
at once, for the common case that everything is well.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints, TypeAdapter

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


# ── events ──────────────────────────────────────────────────────────────────────────────


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


# ── configuration ───────────────────────────────────────────────────────────────────────


class Scale(Message):
    """Values a question may take, which of them are positive, and the 0–100 index of a value.

    `positive` is empty for `nps11`, which has promoters (9–10) and detractors (0–6) instead.
    """

    low: int
    high: int
    positive: tuple[int, ...]

    def index(self, value: float) -> float:
        return 100.0 * (value - self.low) / (self.high - self.low)


SCALES: dict[str, Scale] = {
    "smiley5": Scale(low=1, high=5, positive=(4, 5)),
    "stars5": Scale(low=1, high=5, positive=(4, 5)),
    "smiley4": Scale(low=1, high=4, positive=(3, 4)),
    "smiley3": Scale(low=1, high=3, positive=(3,)),
    "thumbs": Scale(low=0, high=1, positive=(1,)),
    "nps11": Scale(low=0, high=10, positive=()),
}
ScaleName = Literal["smiley5", "stars5", "smiley4", "smiley3", "thumbs", "nps11"]


class Choice(Message):
    """A reason: its id in events, its words on the screen."""

    id: Identifier
    text: Text


class ReasonLists(Message):
    """What may be chosen after a good answer, after a bad one, and under which question."""

    good: list[Choice] = []
    bad: list[Choice] = []
    ask_good: Text = {}
    ask_bad: Text = {}


class Question(Message):
    """`words`: the answers from the lowest value up, in each language."""

    id: Identifier
    scale: ScaleName
    text: Text
    words: dict[Language, list[str]] = {}
    reasons: ReasonLists = ReasonLists()


class Questionnaire(Message):
    """The first question is the main one. `interval_s`: visits that follow one another faster are marked.

    `comment`: whether citizens are asked for their own words. Where it is true it is left out, so that
    configurations from before it existed keep their hash.
    """

    id: Identifier
    questions: Annotated[list[Question], Field(min_length=1, max_length=20)]
    interval_s: Annotated[int, Field(ge=0, le=3600)] = 5
    comment: bool = Field(default=True, exclude_if=lambda v: v is True)


class ConfigOffice(Message):
    id: Identifier
    name: Text
    timezone: Annotated[str, Field(max_length=64)]


class ConfigService(Message):
    id: Identifier
    name: Text


class KioskConfig(Message):
    """The whole configuration of a kiosk. `config` is its number and the start of its hash (`config_id`)."""

    config: ConfigId
    kiosk: Identifier
    office: ConfigOffice
    counter: OptionalIdentifier
    services: list[ConfigService]
    languages: Annotated[list[Language], Field(min_length=1)]
    questionnaire: Questionnaire
    display: dict[str, Any] = {}
    hours: dict[str, Any] = {}

    @property
    def hash_is_right(self) -> bool:
        number = int(self.config.split("-", maxsplit=1)[0])
        return config_id(number, self.model_dump(mode="json")) == self.config


def canonical(payload: dict[str, Any]) -> bytes:
    """A JSON object with sorted keys and no white space, in UTF-8."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def config_id(number: int, payload: dict[str, Any]) -> str:
    """`17-3f9a1c2e`: the number, and 8 hex digits of the SHA-256 of the canonical payload without its `config`."""
    body = {key: value for key, value in payload.items() if key != "config"}
    return f"{number}-{hashlib.sha256(canonical(body)).hexdigest()[:8]}"


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
