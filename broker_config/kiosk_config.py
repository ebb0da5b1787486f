"""What a kiosk shows and asks: its whole configuration, and the number and hash that name it."""

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import Field

from broker_config.wire import ConfigId, Identifier, Language, Message, OptionalIdentifier, Text


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
    """`words`: the answers from the lowest value up, in each language.

    `after`: a further question that is asked only after a good, or only after a bad answer to the main one. Where it is
    `any` it is left out, so that configurations from before it existed keep their hash.
    """

    id: Identifier
    scale: ScaleName
    text: Text
    words: dict[Language, list[str]] = {}
    reasons: ReasonLists = ReasonLists()
    after: Literal["any", "good", "bad"] = Field(default="any", exclude_if=lambda v: v == "any")


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
