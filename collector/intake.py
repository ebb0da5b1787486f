"""Pure: payload + configuration + now → what to store. Arbitrary bytes never raise anything but `NotReadable`.

The envelope is read first, then each event by itself, so that one bad event never takes
the others with it.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from broker_config.messages import EVENT, MAX_EVENT_BYTES, MAX_PAYLOAD, Batch, Comment, Envelope, Rating, Reasons, Void
from broker_config.redaction import redact, redact_values
from collector.events import Answer, Context, Delivery, Kind, Placed, Refused, Unreadable, Voided
from collector.localtime import local
from collector.misuse import mark

EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=10)

_OWN_FIELDS = frozenset({"stream", "config", "visit", "at", "at_earliest", "at_latest", "seq", "oldest", "gap_ms"})

AnyEvent = Rating | Reasons | Comment | Void
Lookup = Callable[[str], Placed | None]


class NotReadable(ValueError):
    """The message as a whole: not JSON, no envelope, too large."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """An event that is none: its seq could be read, the rest could not."""

    seq: int
    reason: str
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    stream: str
    oldest: int
    config: str
    events: list[AnyEvent | Malformed]


def read(payload: bytes) -> Reading:
    """Read an events message. Raises NotReadable."""
    if len(payload) > MAX_PAYLOAD:
        raise NotReadable(f"too large: {len(payload)} bytes, the limit is {MAX_PAYLOAD}")
    try:
        batch = Batch.model_validate_json(payload)
    except ValidationError:
        return _read_apart(payload)
    first = min(event.seq for event in batch.events)
    return Reading(batch.stream, min(batch.oldest, first), batch.config, list(batch.events))


def deliver(kiosk: str, payload: bytes, lookup: Lookup, now: datetime) -> Delivery | Unreadable:
    """What to store of an events message of a registered kiosk. `lookup` finds one of its configurations by id."""
    try:
        reading = read(payload)
    except NotReadable as error:
        return unreadable(kiosk, payload, str(error))
    placed = lookup(reading.config)
    latest = now + AHEAD
    items = [decide(event, reading.config, placed, latest) for event in reading.events]
    return Delivery(kiosk, reading.stream, reading.oldest, items)


def unreadable(kiosk: str, payload: bytes, reason: str) -> Unreadable:
    """A whole message for quarantine: redacted, and cut at 64 KiB."""
    text = redact_message(payload[:MAX_PAYLOAD])
    return Unreadable(kiosk, hashlib.sha256(payload).hexdigest(), reason, text.encode()[:MAX_PAYLOAD])


def redact_message(payload: bytes) -> str:
    """A message's text without personal data: by its values where it is JSON, as plain text where it is not."""
    text = payload.decode("utf-8", "replace")
    try:
        return json.dumps(redact_values(json.loads(text), _OWN_FIELDS), ensure_ascii=False)
    except (ValueError, RecursionError):
        return redact(text).text


def decide(event: AnyEvent | Malformed, config: str, placed: Placed | None, latest: datetime) -> Answer | Voided | Refused:
    """Accept one event, or say why not. `latest`: the latest moment that an event may bear."""
    if isinstance(event, Malformed):
        return _refused(event.seq, config, event.reason, event.raw)
    if isinstance(event, Comment):
        event = event.model_copy(update={"text": redact(event.text).text})
    digest = _digest(config, event.model_dump_json())
    if isinstance(event, Void):
        return Voided(event.seq, digest)
    reason = f"unknown configuration {config}" if placed is None else _fault(event, placed, latest)
    if placed is None or reason:
        return _refused(event.seq, config, reason, event.model_dump(mode="json"), digest)
    return _answer(event, placed, digest)


def visit_key(kiosk: str, token: str) -> int:
    """A visit as it is stored: 64 bits, signed; the token itself is not kept."""
    return _hash64(f"{kiosk}/{token}")


def _fault(event: Rating | Reasons | Comment, placed: Placed, latest: datetime) -> str:
    bounds = placed.bounds.get(event.question)
    if bounds is None:
        return f"unknown question {event.question}"
    if not bounds[0] <= event.value <= bounds[1]:
        return f"value {event.value} is off the scale {bounds[0]}–{bounds[1]}"
    if event.service and event.service not in placed.services:
        return f"unknown service {event.service}"
    if isinstance(event, Comment) and len(event.text.encode()) > MAX_EVENT_BYTES:
        return "the comment is above 4 KB"
    return _time_fault(event, latest)


def _time_fault(event: Rating | Reasons | Comment, latest: datetime) -> str:
    if event.at < EARLIEST:
        return "its time is before 2025"
    if event.at > latest:
        return "its time is more than 10 minutes ahead of the collector"
    if event.clock != "unsure":
        return "only an unsure clock has bounds" if event.at_earliest or event.at_latest else ""
    if event.at_earliest is None or event.at_latest is None:
        return "an unsure clock needs at_earliest and at_latest"
    return "" if event.at_earliest <= event.at_latest else "at_earliest is after at_latest"


def _answer(event: Rating | Reasons | Comment, placed: Placed, digest: int) -> Answer:
    minute = int(event.at.timestamp()) // 60
    kind, detail, marked, trigger = Kind.RATING, "", "", ""
    if isinstance(event, Rating):
        marked, trigger = mark(event.gap_ms, placed.interval_ms), event.trigger
    elif isinstance(event, Reasons):
        kind, detail = Kind.REASONS, " ".join(sorted(set(event.reasons)))
    else:
        kind, detail = Kind.COMMENT, event.text
    context = Context(
        placed.kiosk,
        placed.config,
        placed.office,
        placed.timezone,
        placed.counter,
        event.service,
        event.question,
        placed.scales[event.question],
        event.language,
        trigger,
        event.clock == "unsure" and _undated(event, placed.timezone),
    )
    return Answer(event.seq, kind, minute, visit_key(placed.kiosk, event.visit), context, event.value, marked, digest, detail)


def _undated(event: Rating | Reasons | Comment, timezone: str) -> bool:
    """True when an unsure event could belong to two local days."""
    earliest, at_latest = event.at_earliest or event.at, event.at_latest or event.at
    days = {local(int(moment.timestamp()) // 60, timezone).day for moment in (earliest, event.at, at_latest)}
    return len(days) > 1


def _read_apart(payload: bytes) -> Reading:
    try:
        envelope = Envelope.model_validate_json(payload)
    except ValidationError as error:
        raise NotReadable(_sentence(error)) from None
    events = [_read_event(numbered.model_dump()) for numbered in envelope.events]
    first = min(event.seq for event in events)
    return Reading(envelope.stream, min(envelope.oldest, first), envelope.config, events)


def _read_event(raw: dict[str, Any]) -> AnyEvent | Malformed:
    try:
        return EVENT.validate_json(json.dumps(raw))
    except ValidationError as error:
        return Malformed(raw["seq"], _sentence(error), raw)


def _refused(seq: int, config: str, reason: str, raw: dict[str, Any], digest: int | None = None) -> Refused:
    clean = redact_values(raw, _OWN_FIELDS)
    if digest is None:
        digest = _digest(config, json.dumps(clean, sort_keys=True))
    kept = json.dumps({"config": config, "event": clean}, ensure_ascii=False)
    return Refused(seq, digest, redact(reason).text, kept)


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else str(first["msg"])


def _digest(config: str, event: str) -> int:
    return _hash64(f"{config}|{event}")


def _hash64(text: str) -> int:
    """A stable signed 64-bit hash."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
