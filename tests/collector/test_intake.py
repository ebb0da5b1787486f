"""From bytes to decisions: nothing raises, the good events of a message survive its bad ones, nobody's data is kept."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker_config.messages import MAX_PAYLOAD, Batch
from collector.events import Answer, Delivery, Kind, Placed, Refused, Unreadable, Voided
from collector.intake import deliver, visit_key
from tests.broker_config.payloads import CONFIG_IDS, JSON, RATINGS, REASONS, SEQS, STREAMS, VOIDS
from tests.collector.deliveries import NOW, PLACED, STREAM, batch, comment, rating, reasons, void

PERSONAL = "Jonas, 8 612 34567, jonas@pastas.lt, a. k. 33309240064"
SECRETS = ("612 34567", "jonas@pastas.lt", "33309240064")


def decided(payload: bytes, placed: Placed | None = PLACED) -> Delivery | Unreadable:
    return deliver("hall-1", payload, lambda config: placed if placed and config == placed.config else None, NOW)


def delivered(payload: bytes, placed: Placed | None = PLACED) -> Delivery:
    result = decided(payload, placed)
    assert isinstance(result, Delivery), result
    return result


def refused(*events: dict[str, Any], **changes: Any) -> Refused:
    """The refusal of the first of the events; the others must have been accepted."""
    first, *others = delivered(batch(*events, **changes)).items
    assert all(isinstance(item, Answer) for item in others)
    assert isinstance(first, Refused), first
    assert first.seq == events[0]["seq"]
    return first


def unreadable(payload: bytes) -> Unreadable:
    result = decided(payload)
    assert isinstance(result, Unreadable), result
    return result


# ── what is well ────────────────────────────────────────────────────────────────────────


def test_a_rating_is_stored_to_the_minute_with_its_place_and_without_its_visit_token() -> None:
    (item,) = delivered(batch(rating(41, at="2026-11-21T09:15:02.123Z", visit="5b1e77c2a90d4f33"), oldest=7)).items
    assert isinstance(item, Answer)
    minute = int(datetime(2026, 11, 21, 9, 15, tzinfo=UTC).timestamp()) // 60
    assert (item.seq, item.kind, item.minute, item.value, item.mark, item.detail) == (41, Kind.RATING, minute, 4, "", "")
    assert item.visit == visit_key(PLACED, "5b1e77c2a90d4f33") != visit_key(replace(PLACED, kiosk="hall-2"), "5b1e77c2a90d4f33")
    c = item.context
    assert (c.kiosk, c.config, c.office, c.timezone, c.counter) == (
        "hall-1",
        "1-3f9a1c2e",
        "hall",
        "Europe/Vilnius",
        "hall-window",
    )
    assert (c.service, c.question, c.scale, c.language) == ("residence-declaration", "overall", "smiley5", "lt")
    assert (c.trigger, c.undated) == ("tap", False)
    assert "5b1e77c2a90d4f33" not in repr(item)


def test_every_type_of_event_is_read_and_the_missing_service_is_the_empty_string() -> None:
    events = [rating(1, service=""), reasons(2, reasons=["staff", "waiting-time", "staff"]), comment(3), void(4)]
    delivery = delivered(batch(*events, oldest=1))
    first, second, third, last = delivery.items
    assert isinstance(first, Answer)
    assert first.context.service == ""
    assert isinstance(second, Answer)
    assert (second.kind, second.detail) == (Kind.REASONS, "staff waiting-time")
    assert isinstance(third, Answer)
    assert (third.kind, third.detail) == (Kind.COMMENT, "Labai ačiū")
    assert isinstance(last, Voided)
    assert last.seq == 4
    assert (delivery.kiosk, delivery.stream, delivery.oldest) == ("hall-1", STREAM, 1)


def test_oldest_is_never_above_the_first_event() -> None:
    assert delivered(batch(rating(5), rating(6), oldest=9)).oldest == 5
    assert delivered(batch(rating(9), rating(5), oldest=9)).oldest == 5
    assert delivered(batch(rating(5), rating(6) | {"extra": 1}, oldest=9)).oldest == 5, "the same when read event by event"


@pytest.mark.parametrize(("gap_ms", "marked"), [(None, ""), (0, "interval-v1"), (4999, "interval-v1"), (5000, "")])
def test_a_quick_rating_is_marked_and_kept(gap_ms: int | None, marked: str) -> None:
    (item,) = delivered(batch(rating(gap_ms=gap_ms))).items
    assert isinstance(item, Answer)
    assert item.mark == marked


def test_the_digest_tells_a_repetition_from_other_content() -> None:
    def digest(event: dict[str, Any], **changes: Any) -> int:
        return delivered(batch(event, **changes)).items[0].digest

    same = digest(rating())
    assert digest(rating(), oldest=1) == same
    assert delivered(batch(rating(), rating(2) | {"extra": 1})).items[0].digest == same, "read alone or with a bad neighbour"
    assert delivered(batch(rating()), None).items[0].digest == same, "an unknown configuration changes nothing in the event"
    others: list[dict[str, Any]] = [
        {"at": "2026-11-21T09:15:02.124Z"},
        {"clock": "estimated"},
        {"visit": "other"},
        {"gap_ms": None},
        {"service": ""},
        {"question": "advise"},
        {"value": 5},
        {"language": "en"},
        {"trigger": "key"},
    ]
    assert all(digest(rating(**other)) != same for other in others)
    assert digest(rating(), config="1-00000000") != same
    assert digest(reasons()) != digest(reasons(reasons=["staff"]))
    assert digest(comment()) != digest(comment(text="Labai blogai"))


# ── one bad event: quarantined under its seq, the others stored ─────────────────────────


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"colour": "red"}, "rating.colour: Extra inputs are not permitted"),
        ({"service": "fishing"}, "unknown service fishing"),
        ({"service": "archive"}, "unknown service archive"),  # it exists, but not at this counter
        ({"question": "colour"}, "unknown question colour"),
        ({"value": 0}, "value 0 is off the scale 1–5"),
        ({"value": 6}, "value 6 is off the scale 1–5"),
        ({"value": -1}, "value -1 is off the scale 1–5"),
        ({"question": "advise", "value": 11}, "value 11 is off the scale 0–10"),
        ({"value": 10**30}, "rating.value: Input should be less than or equal to 1000"),
        ({"value": 4.5}, "rating.value: Input should be a valid integer"),
        ({"value": True}, "rating.value: Input should be a valid integer"),
        ({"value": "4"}, "rating.value: Input should be a valid integer"),
        ({"at": "2024-12-31T23:59:59.999Z"}, "its time is before 2025"),
        ({"at": "0001-01-01T00:00:00Z"}, "its time is before 2025"),
        ({"at": "0001-01-01T00:00:00+14:00"}, None),
        ({"at": "2026-11-21T12:10:00.001Z"}, "its time is more than 10 minutes ahead of the collector"),
        ({"at": "9999-12-31T23:59:59Z"}, "its time is more than 10 minutes ahead of the collector"),
        ({"at": "9999-12-31T23:59:59-14:00"}, None),
        ({"at": "2026-11-21T09:15:02.123"}, "rating.at: Input should have timezone info"),
        ({"at": "yesterday"}, None),
        ({"clock": "unsure"}, "an unsure clock needs at_earliest and at_latest"),
        ({"clock": "unsure", "at_earliest": "2026-11-21T09:00:00Z"}, "an unsure clock needs at_earliest and at_latest"),
        (
            {"clock": "unsure", "at_earliest": "2026-11-21T10:00:00Z", "at_latest": "2026-11-21T09:00:00Z"},
            "at_earliest is after at_latest",
        ),
        ({"at_latest": "2026-11-21T10:00:00Z"}, "only an unsure clock has bounds"),
        ({"type": "applause"}, None),
        ({"type": None}, None),
        ({"visit": ""}, "rating.visit: String should match pattern '^[0-9A-Za-z_-]{1,64}$'"),
        ({"service": None}, "rating.service: Input should be a valid string"),
        ({"trigger": "magic"}, None),
        ({"gap_ms": -1}, "rating.gap_ms: Input should be greater than or equal to 0"),
    ],
)
def test_a_bad_event_goes_to_quarantine_with_its_reason_and_the_others_are_stored(
    changes: dict[str, Any], reason: str | None
) -> None:
    bad = rating(2, **changes)
    item = refused(bad, rating(1), rating(3))
    assert item.reason == reason if reason else item.reason
    assert json.loads(item.payload)["config"] == PLACED.config
    assert json.loads(item.payload)["event"]["seq"] == 2


@pytest.mark.parametrize("missing", sorted(set(rating()) - {"seq"}))
def test_a_missing_field_is_the_events_own_fault(missing: str) -> None:
    bad = rating(2)
    del bad[missing]
    assert refused(bad, rating(1)).reason


@pytest.mark.parametrize("at", ["2025-01-01T00:00:00Z", "2026-11-21T12:10:00Z"])
def test_the_first_and_the_last_moment_are_accepted(at: str) -> None:
    (item,) = delivered(batch(rating(at=at))).items
    assert isinstance(item, Answer)


def test_an_unknown_configuration_quarantines_every_event_but_voids() -> None:
    first, second = delivered(batch(rating(1), void(2), config="9-12345678")).items
    assert isinstance(first, Refused)
    assert first.reason == "unknown configuration 9-12345678"
    assert isinstance(second, Voided)


def test_a_comment_above_4_kb_is_refused() -> None:
    assert refused(comment(text="ą" * 2049)).reason == "the comment is above 4 KB"
    assert isinstance(delivered(batch(comment(text="ą" * 2048))).items[0], Answer)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"reasons": ["staff", "weather"]}, "unknown reason weather for the value 4"),
        ({"reasons": ["premises"], "value": 3}, "unknown reason premises for the value 3"),
        ({"question": "advise", "value": 9}, "unknown reason waiting-time for the value 9"),
    ],
)
def test_a_reason_that_is_not_offered_after_such_an_answer_is_refused(changes: dict[str, Any], reason: str) -> None:
    assert refused(reasons(2, **changes), rating(1), reasons(3)).reason == reason


@pytest.mark.parametrize(("value", "chosen"), [(3, "waiting-time"), (4, "premises"), (5, "staff")])
def test_a_reason_of_the_answers_own_list_is_accepted(value: int, chosen: str) -> None:
    (item,) = delivered(batch(reasons(value=value, reasons=[chosen]))).items
    assert isinstance(item, Answer), item


def test_an_unsure_event_is_undated_only_when_it_could_belong_to_two_local_days() -> None:
    def undated(earliest: str, at: str, latest: str) -> bool:
        (item,) = delivered(batch(rating(clock="unsure", at=at, at_earliest=earliest, at_latest=latest))).items
        assert isinstance(item, Answer), item
        return item.context.undated

    assert not undated("2026-11-20T22:00:00Z", "2026-11-21T09:00:00Z", "2026-11-21T11:00:00Z")  # 00:00–13:00 in Vilnius
    assert undated("2026-11-20T21:59:00Z", "2026-11-21T09:00:00Z", "2026-11-21T11:00:00Z")
    assert undated("2026-11-20T09:00:00Z", "2026-11-21T09:00:00Z", "2026-11-22T09:00:00Z")


@pytest.mark.parametrize("zone", ["Europe/Vilnius", "America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("earliest", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "2026-11-21T09:00:00Z"])
@pytest.mark.parametrize("latest", ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "2026-11-21T09:00:00Z"])
def test_bounds_at_the_ends_of_the_calendar_raise_nothing(zone: str, earliest: str, latest: str) -> None:
    placed = Placed(**{field: getattr(PLACED, field) for field in PLACED.__dataclass_fields__} | {"timezone": zone})
    event = rating(clock="unsure", at="2026-11-21T09:00:00Z", at_earliest=earliest, at_latest=latest)
    (item,) = delivered(batch(event), placed).items
    assert isinstance(item, Refused) or item.context.undated is (earliest != latest)  # type: ignore[union-attr]


# ── a whole message that cannot be read ─────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "Invalid JSON"),
        (b"\xff\xfe", "Invalid JSON"),
        (b"hello", "Invalid JSON"),
        (b'{"a": "\\ud800"}', "Invalid JSON"),
        (b"[" * 60_000, "Invalid JSON"),
        (b"9" * 5_000, "Invalid JSON"),
        (b"[]", "Input should be an object"),
        (b"null", "Input should be an object"),
        (batch(), "events: List should have at least 1 item"),
        (batch(*[rating(n) for n in range(1, 120)] * 2), "events: List should have at most 200 items"),
        (batch(rating(), stream="UPPER CASE"), "stream: String should match pattern"),
        (batch(rating(), oldest=0), "oldest: Input should be greater than or equal to 1"),
        (batch(rating(), config="17"), "config: String should match pattern"),
        (batch(rating(), extra=1), "extra: Extra inputs are not permitted"),
        (batch(rating(0)), "events.0.seq: Input should be greater than or equal to 1"),
        (batch(rating(1), rating(2**53)), "events.1.seq: Input should be less than or equal to"),
        (batch(rating(1), {"type": "void"}), "events.1.seq: Field required"),
        (batch(rating(1), "void"), "events.1: Input should be an object"),
    ],
)
def test_without_an_envelope_the_whole_message_is_set_aside(payload: bytes, reason: str) -> None:
    message = unreadable(payload)
    assert message.kiosk == "hall-1"
    assert message.reason.startswith(reason)


def test_the_limit_is_64_kib_to_the_byte_and_the_rest_is_cut() -> None:
    fits = batch(rating()) + b" " * (MAX_PAYLOAD - len(batch(rating())))
    assert isinstance(decided(fits), Delivery)
    message = unreadable(fits + b" ")
    assert message.reason == "too large: 65537 bytes, the limit is 65536"
    assert len(message.payload) <= MAX_PAYLOAD
    huge = unreadable(", ą".encode() * MAX_PAYLOAD)
    assert MAX_PAYLOAD - 4 < len(huge.payload) <= MAX_PAYLOAD


def test_a_half_of_a_surrogate_pair_anywhere_raises_nothing() -> None:
    for payload in (b'{"stream": "\\ud800"}', batch(comment()).replace(b"Labai", b"\\udfff"), b'{"\\ud800": 1}'):
        message = unreadable(payload)
        assert b"?" in message.payload or b"\\ud" in message.payload


# ── redaction before anything is kept ───────────────────────────────────────────────────


def secrets_in(kept: object) -> list[str]:
    return [secret for secret in SECRETS if secret in str(kept).replace("\\u0020", " ")]


def test_a_comment_is_redacted_before_it_is_stored() -> None:
    (item,) = delivered(batch(comment(text=PERSONAL))).items
    assert isinstance(item, Answer)
    assert item.detail == "Jonas, [telefonas], [el. paštas], a. k. [asmens kodas]"


@pytest.mark.parametrize(
    "event",
    [
        comment(text=PERSONAL, colour="red"),
        comment(text=PERSONAL, question="unknown"),
        comment(text=[PERSONAL]),
        rating(note=PERSONAL),
        rating(note={"deep": [{"er": PERSONAL}]}),
        rating(**{PERSONAL: 1}),
        rating(note=33309240064),
        rating(value=33309240064),
        rating(service=PERSONAL),
        rating(type=PERSONAL),
        rating(visit=PERSONAL),
        rating(visit={"of": PERSONAL}),
        rating(at=PERSONAL),
        rating(gap_ms=PERSONAL),
        rating(note={"visit": PERSONAL, "config": PERSONAL}),
        rating(at_earliest=[PERSONAL]),
    ],
    ids=lambda event: next((k for k, v in event.items() if v not in (rating() | comment()).values()), "key"),
)
def test_a_quarantined_event_is_redacted_in_reason_and_content(event: dict[str, Any]) -> None:
    item = refused(event)
    assert not secrets_in(item.reason)
    assert not secrets_in(item.payload)


@pytest.mark.parametrize(
    "payload",
    [
        PERSONAL.encode(),
        json.dumps(PERSONAL).encode(),
        json.dumps({"visit": PERSONAL}).encode(),
        json.dumps({"events": [{"seq": 1, "type": "comment", "text": PERSONAL}]}).encode(),
        batch(comment(text=PERSONAL), **{PERSONAL: 1}),
        batch(comment(text=PERSONAL), stream=PERSONAL),
        batch(comment(text=PERSONAL), config={"x": PERSONAL}),
        batch(rating(), oldest=[PERSONAL]),
        batch(comment(text=PERSONAL), rating(0)),
        batch(comment(text=PERSONAL)) + b" " * MAX_PAYLOAD,
        batch(comment(text=PERSONAL))[:-3],
    ],
)
def test_an_unreadable_message_is_redacted_in_reason_and_content(payload: bytes) -> None:
    message = unreadable(payload)
    assert not secrets_in(message.reason)
    assert not secrets_in(message.payload.decode())


@pytest.mark.timeout(5)
@pytest.mark.parametrize("letter", ["a", "1", "a.", "+370", "(8", "8-"])
def test_a_long_word_does_not_hold_the_collector_up(letter: str) -> None:
    """Anybody may send 64 KiB: a rule that takes the square of a word's length would take a quarter of a minute."""
    unreadable((letter * 64_000)[:64_000].encode())


def test_what_a_replay_needs_survives_redaction() -> None:
    kept = json.loads(refused(rating(61234567, service="fishing", gap_ms=861_234_567), oldest=61234567).payload)
    assert kept["event"] == rating(61234567, service="fishing", gap_ms=861_234_567)


# ── nothing raises ──────────────────────────────────────────────────────────────────────

WEIRD = st.sampled_from(
    [
        float("nan"),
        float("inf"),
        -0.0,
        10**400,
        -(2**63),
        "\ud800",
        "\x00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59.999999-14:00",
        "2026-10-25T01:30:00Z",
        {},
        [],
        None,
        True,
    ]
)
FIELDS = st.sampled_from([*rating(), "at_earliest", "at_latest", "reasons", "text", "extra", "__class__"])


def check_is_complete(payload: bytes) -> None:
    """Every event of a readable message is decided under its seq, and what is kept can be stored."""
    result = decided(payload)
    if isinstance(result, Unreadable):
        assert len(result.payload) <= MAX_PAYLOAD
        result.reason.encode()
        return
    seqs = [event["seq"] for event in json.loads(payload)["events"]]
    assert [item.seq for item in result.items] == seqs
    assert result.oldest <= min(seqs)
    for item in result.items:
        assert -(2**63) <= item.digest < 2**63
        if isinstance(item, Refused):
            assert item.reason
            item.payload.encode()


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_arbitrary_bytes_raise_nothing(payload: bytes) -> None:
    check_is_complete(payload)


@given(JSON)
@settings(max_examples=100, deadline=None)
def test_arbitrary_json_raises_nothing(value: Any) -> None:
    check_is_complete(json.dumps(value).encode())
    check_is_complete(batch(rating(extra=value), {"seq": 2, "type": value}))


EVENTS = st.lists(st.one_of(RATINGS, REASONS, VOIDS), min_size=1, max_size=3)
BATCHES = st.builds(Batch, stream=STREAMS, oldest=SEQS, config=CONFIG_IDS, events=EVENTS)


@given(BATCHES, st.booleans())
@settings(max_examples=60, deadline=None)
def test_every_valid_batch_is_a_delivery(valid: Batch, known: bool) -> None:
    payload = valid.wire()
    result = deliver("hall-1", payload, lambda _: PLACED if known else None, NOW)
    assert isinstance(result, Delivery)
    check_is_complete(payload)


@given(st.dictionaries(FIELDS, WEIRD | JSON, max_size=4), st.sampled_from([rating, reasons, comment]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_mutated_event_raises_nothing_and_takes_no_other_with_it(changes: dict[str, Any], kind: Any, ascii_only: bool) -> None:
    changes.pop("seq", None)
    whole = {"stream": STREAM, "oldest": 1, "config": PLACED.config, "events": [rating(1), kind(2) | changes, void(3)]}
    payload = json.dumps(whole, ensure_ascii=True).encode() if ascii_only else json.dumps(whole).encode()
    check_is_complete(payload)
    result = decided(payload)
    if isinstance(result, Delivery):
        assert isinstance(result.items[0], Answer)
        assert isinstance(result.items[2], Voided)


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=3))
@settings(max_examples=200, deadline=None)
def test_a_batch_with_a_few_bytes_overwritten_raises_nothing(place: int, with_: bytes) -> None:
    payload = batch(rating(1), reasons(2), comment(3), void(4))
    place %= len(payload)
    result = decided(payload[:place] + with_ + payload[place + len(with_) :])
    assert isinstance(result, Delivery | Unreadable)


@pytest.mark.parametrize("depth", [50, 190, 198, 199, 200, 1000, 20_000])
def test_deep_nesting_raises_nothing(depth: int) -> None:
    payload = batch(rating(1), rating(2, extra="DEEP")).replace(b'"DEEP"', b"[" * depth + b"]" * depth)
    check_is_complete(payload) if depth < 500 else unreadable(payload)


def test_of_a_key_that_stands_twice_the_last_counts_as_everywhere() -> None:
    payload = batch(rating(1)).replace(b'"seq": 1,', b'"seq": 9, "seq": 1,').replace(b'"value": 4', b'"value": 99, "value": 2')
    (item,) = delivered(payload).items
    assert isinstance(item, Answer)
    assert (item.seq, item.value) == (1, 2)


def test_now_is_given_not_taken() -> None:
    later = NOW + timedelta(days=1)
    event = rating(at="2026-11-22T11:00:00Z")
    early = delivered(batch(event)).items[0]
    late = deliver("hall-1", batch(event), lambda _: PLACED, later)
    assert isinstance(early, Refused)
    assert isinstance(late, Delivery)
    assert isinstance(late.items[0], Answer)
    assert late.items[0].digest == early.digest, "so that it can be accepted when it comes again"
