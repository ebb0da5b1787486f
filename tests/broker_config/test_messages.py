"""Messages mean the same after a trip over the wire, and nothing else passes for one."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from broker_config.contract_channels import CHANNELS
from broker_config.contract_examples import CONFIG, EXAMPLES
from broker_config.messages import EVENT, SCALES, Batch, Envelope, KioskConfig, Message, Receipt, config_id
from tests.broker_config.payloads import STRATEGIES

ANSWER: dict[str, Any] = {
    "clock": "synced",
    "visit": "5b1e77c2a90d4f33",
    "service": "residence-declaration",
    "question": "overall",
    "value": 4,
    "language": "lt",
}
# The batch of the agreed contract, byte for byte but for white space: what other programs send.
GOLDEN = """
{"stream": "9f2c4be1d0a84f6e8a3b5c7d9e0f1a2b", "oldest": 1, "config": "17-3f9a1c2e",
 "events": [
  {"seq": 41, "type": "rating", "at": "2026-11-21T09:15:02.123Z", "clock": "synced", "visit": "5b1e77c2a90d4f33",
   "gap_ms": 412000, "service": "residence-declaration", "question": "overall", "value": 4, "language": "lt", "trigger": "tap"},
  {"seq": 42, "type": "reasons", "at": "2026-11-21T09:15:04.900Z", "clock": "synced", "visit": "5b1e77c2a90d4f33",
   "service": "residence-declaration", "question": "overall", "value": 4, "language": "lt", "reasons": ["waiting-time", "staff"]},
  {"seq": 43, "type": "comment", "at": "2026-11-21T09:15:31.004Z", "clock": "synced", "visit": "5b1e77c2a90d4f33",
   "service": "residence-declaration", "question": "overall", "value": 4, "language": "lt", "text": "Labai ačiū"}]}
"""
RATING = {**ANSWER, "seq": 41, "type": "rating", "at": "2026-11-21T09:15:02.123Z", "gap_ms": 412000, "trigger": "tap"}


@pytest.mark.parametrize("model", STRATEGIES, ids=lambda model: model.__name__)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_a_message_survives_the_wire(model: type[Message], data: st.DataObject) -> None:
    message = data.draw(STRATEGIES[model])
    assert model.model_validate_json(message.wire()) == message


def test_every_message_has_its_strategy_and_example() -> None:
    assert {*STRATEGIES} == {channel.message for channel in CHANNELS}
    assert {model.__name__ for model in STRATEGIES} <= {*EXAMPLES}


def test_the_golden_batch() -> None:
    batch = Batch.model_validate_json(GOLDEN)
    assert [(event.seq, event.type) for event in batch.events] == [(41, "rating"), (42, "reasons"), (43, "comment")]
    assert json.loads(batch.wire()) == json.loads(GOLDEN)
    assert "ačiū" in batch.wire().decode()


def test_one_bad_event_leaves_the_envelope_readable() -> None:
    raw = json.loads(GOLDEN)
    raw["events"][1] = {"seq": 42, "type": "riddle", "nonsense": [1, {"a": None}]}
    envelope = Envelope.model_validate_json(json.dumps(raw))
    assert [event.seq for event in envelope.events] == [41, 42, 43]
    assert envelope.events[1].model_extra == {"type": "riddle", "nonsense": [1, {"a": None}]}
    with pytest.raises(ValidationError):
        Batch.model_validate_json(json.dumps(raw))


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 0},
        {"seq": "41"},
        {"seq": 41.0},
        {"seq": True},
        {"seq": 2**53},
        {"at": "2026-11-21T09:15:02"},
        {"at": 1795252502},
        {"at": None},
        {"clock": "exact"},
        {"visit": ""},
        {"visit": "a b"},
        {"visit": "a\n"},
        {"service": None},
        {"service": "Residence"},
        {"question": ""},
        {"value": "4"},
        {"value": 4.5},
        {"value": True},
        {"language": "LT"},
        {"gap_ms": -1},
        {"trigger": "guess"},
        {"name": "Jonas"},
        {"type": "vote"},
    ],
    ids=str,
)
def test_an_event_with_anything_wrong_is_refused(change: dict[str, Any]) -> None:
    EVENT.validate_json(json.dumps(RATING))
    with pytest.raises(ValidationError):
        EVENT.validate_json(json.dumps(RATING | change))


@pytest.mark.parametrize("missing", sorted(RATING))
def test_an_event_with_anything_missing_is_refused(missing: str) -> None:
    with pytest.raises(ValidationError):
        EVENT.validate_json(json.dumps({key: value for key, value in RATING.items() if key != missing}))


def test_what_is_not_said_is_left_out() -> None:
    receipt = Receipt.model_validate_json('{"stream": "abcdefgh", "through": 0, "now": "2026-11-21T11:15:31.3+02:00"}')
    assert receipt.wire() == b'{"stream":"abcdefgh","through":0,"now":"2026-11-21T09:15:31.300Z"}'
    restart = receipt.model_copy(update={"restart": True})
    assert json.loads(restart.wire())["restart"] is True


def test_a_configuration_knows_its_hash() -> None:
    config = KioskConfig.model_validate_json(json.dumps(CONFIG))
    assert config.hash_is_right
    assert KioskConfig.model_validate_json(config.wire()).hash_is_right
    assert not KioskConfig.model_validate_json(json.dumps(CONFIG | {"counter": "counter-4"})).hash_is_right
    # Neither the order of keys nor the id itself matters.
    assert config_id(17, dict(reversed(CONFIG.items()))) == CONFIG["config"]


@pytest.mark.parametrize(
    ("scale", "values", "positive", "index"),
    [
        ("smiley5", range(1, 6), (4, 5), [0, 25, 50, 75, 100]),
        ("stars5", range(1, 6), (4, 5), [0, 25, 50, 75, 100]),
        ("smiley4", range(1, 5), (3, 4), [0, 100 / 3, 200 / 3, 100]),
        ("smiley3", range(1, 4), (3,), [0, 50, 100]),
        ("thumbs", range(2), (1,), [0, 100]),
        ("nps11", range(11), (), [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]),
    ],
)
def test_scales(scale: str, values: range, positive: tuple[int, ...], index: list[float]) -> None:
    known = SCALES[scale]
    assert range(known.low, known.high + 1) == values
    assert known.positive == positive
    assert [known.index(value) for value in values] == pytest.approx(index)
