"""Pure: payload + configuration + now → what to store. Arbitrary bytes never raise anything but `NotReadable`.

The envelope is read first, then each event by itself, so that one bad event never takes
the others with it.
"""

import hashlib
import json
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from broker_config.messages import EVENT, MAX_EVENT_BYTES, MAX_PAYLOAD, MAX_SEQ, Batch, Comment, Envelope, Rating, Reasons, Void
from broker_config.redaction import redact, redact_values
from collector.events import Answer, Delivery, Kind, Placed, Refused, Unreadable, Voided
from collector.localtime import local
from collector.misuse import is_closed, mark
from collector.tallies import is_good

EARLIEST = datetime(2025, 1, 1, tzinfo=UTC).timestamp()
AHEAD_S = 600.0

# Values of our own that look like personal data and are none, as long as they have their own form.
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,18}(Z|[+-][0-9]{2}:[0-9]{2})")
_OWN_TEXTS = {
    "stream": re.compile("[0-9a-z-]{8,64}"),
    "config": re.compile("[0-9]{1,9}-[0-9a-f]{8}"),
    "visit": re.compile("[0-9A-Za-z_-]{1,64}"),
    "at": _TIME,
    "at_earliest": _TIME,
    "at_latest": _TIME,
}
_OWN_NUMBERS = frozenset({"seq", "oldest", "gap_ms"})

AnyEvent = Rating | Reasons | Comment | Void
Lookup = Callable[[str], Placed | None]

# model_validate_json without its Python wrapper, which costs a third of a single tap's validation.
_validated: Callable[[bytes], Batch] = Batch.__pydantic_validator__.validate_json


class NotReadable(ValueError):
    """The message as a whole: not JSON, no envelope, too large."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """An event that is none: its seq could be read, the rest could not."""

    seq: int
    reason: str
    raw: dict[str, Any]


class Reading(NamedTuple):
    stream: str
    oldest: int
    config: str
    events: Sequence[AnyEvent | Malformed]


def read(payload: bytes) -> Reading:
    """Read an events message. Raises NotReadable."""
    if len(payload) > MAX_PAYLOAD:
        raise NotReadable(f"too large: {len(payload)} bytes, the limit is {MAX_PAYLOAD}")
    try:
        batch = _validated(payload)
    except ValidationError:
        return _read_apart(payload)
    return Reading(batch.stream, _oldest(batch), batch.config, batch.events)


def deliver(kiosk: str, payload: bytes, lookup: Lookup, now: datetime) -> Delivery | Unreadable:
    """What to store of an events message of a registered kiosk. `lookup` finds one of its configurations by id."""
    try:
        reading = read(payload)
    except NotReadable as error:
        return unreadable(kiosk, payload, str(error))
    placed = lookup(reading.config)
    latest = latest_moment(now)
    items = [decide(event, reading.config, placed, latest) for event in reading.events]
    return Delivery(kiosk, reading.stream, reading.oldest, items)


def latest_moment(now: datetime) -> float:
    """The latest moment that an event may bear, in seconds since 1970."""
    return now.timestamp() + AHEAD_S


def unreadable(kiosk: str, payload: bytes, reason: str) -> Unreadable:
    """A whole message for quarantine: redacted, and cut at 64 KiB."""
    text = redact_message(payload[:MAX_PAYLOAD]).encode("utf-8", "replace")  # JSON may escape half of a surrogate pair
    return Unreadable(kiosk, hashlib.sha256(payload).hexdigest(), redact(reason).text, text[:MAX_PAYLOAD])


def redact_message(payload: bytes) -> str:
    """A message's text without personal data: by its values where it is JSON, as plain text where it is not."""
    text = payload.decode("utf-8", "replace")
    try:
        return json.dumps(redact_values(json.loads(text), _is_own), ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        return redact(text).text


def decide(event: AnyEvent | Malformed, config: str, placed: Placed | None, latest: float) -> Answer | Voided | Refused:
    """Accept one event, or say why not. `latest`: see `latest_moment`."""
    if not isinstance(event, Rating):  # most are ratings
        if isinstance(event, Malformed):
            return _refused(event.seq, config, redact(event.reason).text, event.raw)
        if isinstance(event, Void):
            return Voided(event.seq, _digest(f"{config}|void"))
        if isinstance(event, Comment):
            event = event.model_copy(update={"text": redact(event.text).text})
    at = event.at.timestamp()
    digest = _digest(_content(config, event, at))
    reason = f"unknown configuration {config}" if placed is None else _fault(event, at, placed, latest)
    if placed is None:
        return _refused(event.seq, config, reason, event.model_dump(mode="json"), digest)
    if reason:
        return _refused(event.seq, config, redact(reason).text, event.model_dump(mode="json"), digest)
    return _answer(event, at, placed, digest)


def visit_key(placed: Placed, token: str) -> int:
    """A visit as it is stored: 15 bits of its kiosk and 48 of its token; the token itself is not kept.

    A kiosk's visits lie together, so that a batch changes few pages of their index.
    """
    return placed.visit_range | int.from_bytes(hashlib.blake2b(token.encode(), digest_size=6).digest(), "big")


def _fault(event: Rating | Reasons | Comment, at: float, placed: Placed, latest: float) -> str:
    bounds = placed.bounds.get(event.question)
    if bounds is None:
        return f"unknown question {event.question}"
    if not bounds[0] <= event.value <= bounds[1]:
        return f"value {event.value} is off the scale {bounds[0]}–{bounds[1]}"
    if event.service and event.service not in placed.services:
        return f"unknown service {event.service}"
    if isinstance(event, Reasons) and (unknown := _unknown_reason(event, placed)):
        return f"unknown reason {unknown} for the value {event.value}"
    if isinstance(event, Comment) and len(event.text.encode()) > MAX_EVENT_BYTES:
        return "the comment is above 4 KB"
    return _time_fault(event, at, latest)


def _unknown_reason(event: Reasons, placed: Placed) -> str:
    """The first that is not offered after such an answer, or ''."""
    offered = placed.reasons[event.question]
    side = offered.good if is_good(placed.scales[event.question], event.value) else offered.bad
    return next((reason for reason in event.reasons if reason not in side), "")


def _time_fault(event: Rating | Reasons | Comment, at: float, latest: float) -> str:
    if at < EARLIEST:
        return "its time is before 2025"
    if at > latest:
        return "its time is more than 10 minutes ahead of the collector"
    if event.clock != "unsure":
        return "only an unsure clock has bounds" if event.at_earliest or event.at_latest else ""
    if event.at_earliest is None or event.at_latest is None:
        return "an unsure clock needs at_earliest and at_latest"
    return "" if event.at_earliest <= event.at_latest else "at_earliest is after at_latest"


def _answer(event: Rating | Reasons | Comment, at: float, placed: Placed, digest: int) -> Answer:
    minute = int(at) // 60
    kind, detail, marked, trigger = Kind.RATING, "", "", ""
    undated = event.clock == "unsure" and _undated(event, placed.timezone)
    if isinstance(event, Rating):
        closed = not undated and is_closed(placed.opening, minute, placed.timezone)
        marked, trigger = mark(event.gap_ms, placed.interval_ms, closed=closed), event.trigger
    elif isinstance(event, Reasons):
        kind, detail = Kind.REASONS, " ".join(sorted(set(event.reasons)))
    else:
        kind, detail = Kind.COMMENT, event.text
    context = placed.context(event.service, event.question, event.language, trigger, undated)
    return Answer(event.seq, kind, minute, visit_key(placed, event.visit), context, event.value, marked, digest, detail)


def _undated(event: Rating | Reasons | Comment, timezone: str) -> bool:
    """True when an unsure event could belong to two local days."""
    moments = [event.at_earliest or event.at, event.at, event.at_latest or event.at]
    if (max(moments) - min(moments)).days >= 1:  # such bounds may lie where the calendar ends
        return True
    return len({local(int(moment.timestamp()) // 60, timezone).day for moment in moments}) > 1


def _read_apart(payload: bytes) -> Reading:
    try:
        envelope = Envelope.model_validate_json(payload)
    except ValidationError as error:
        raise NotReadable(_sentence(error)) from None
    events = [_read_event(numbered.model_dump()) for numbered in envelope.events]
    return Reading(envelope.stream, _oldest(envelope), envelope.config, events)


def _oldest(batch: Batch | Envelope) -> int:
    """Never above the first seq of the batch, whatever the kiosk says."""
    return min(batch.oldest, *[event.seq for event in batch.events])


def _read_event(raw: dict[str, Any]) -> AnyEvent | Malformed:
    try:
        return EVENT.validate_json(json.dumps(raw))
    except ValidationError as error:
        return Malformed(raw["seq"], _sentence(error), raw)


def _refused(seq: int, config: str, reason: str, raw: dict[str, Any], digest: int | None = None) -> Refused:
    clean = redact_values(raw, _is_own)
    if digest is None:
        digest = _digest(f"{config}|{json.dumps(clean, sort_keys=True)}")
    kept = json.dumps({"config": config, "event": clean}, ensure_ascii=False)
    return Refused(seq, digest, reason, kept)


def _is_own(name: str, value: Any) -> bool:
    """Our own fields in their contract form stay: a replay needs them."""
    if isinstance(value, str):
        return name in _OWN_TEXTS and _OWN_TEXTS[name].fullmatch(value) is not None
    return name in _OWN_NUMBERS and isinstance(value, int) and 0 <= value <= MAX_SEQ


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else str(first["msg"])


def _content(config: str, event: Rating | Reasons | Comment, at: float) -> str:
    """All that an event says. Ratings are many: theirs is written out."""
    if not isinstance(event, Rating) or event.clock == "unsure":
        return f"{config}|{event.model_dump_json()}"
    return (
        f"{config}|{int(at * 1000)}|{event.clock}|{event.visit}|{event.gap_ms}|"
        f"{event.service}|{event.question}|{event.value}|{event.language}|{event.trigger}"
    )


def _digest(content: str) -> int:
    """32 bits that tell a repetition from a contradiction."""
    return zlib.crc32(content.encode("utf-8", "surrogatepass"))
