"""What a kiosk shows and whose visit it is, and what a citizen gives: the records that `visit` makes one from the other."""

from dataclasses import dataclass
from typing import Literal

from broker_config.messages import Trigger

Screen = Literal["services", "rating", "reasons", "comment", "thanks", "privacy"]


@dataclass(frozen=True, slots=True)
class Access:
    """How this citizen wants the screen: high contrast, larger letters, all targets low, spoken (`volume` 0–3, 0 is silent)."""

    contrast: bool = False
    larger: bool = False
    low: bool = False
    volume: int = 0


@dataclass(frozen=True, slots=True)
class Prompted:
    """A visit that just ended at this counter: ask about it until `until`. `visit` is its token."""

    visit: str
    service: str
    until: float


@dataclass(frozen=True, slots=True)
class Visit:
    """One citizen's answers. `gap_ms`: since the previous visit began, None for the first after a boot.

    `main`: the answer to the main question, which a comment is about.
    """

    token: str
    began: float
    gap_ms: int | None
    trigger: Trigger
    main: int | None = None
    commented: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What the kiosk shows, and whose visit it is. `since`: when this screen came up or was last touched.

    `service`: as chosen or told, None where nobody has. `asked`: the question's place in the
    questionnaire; `value`: its answer, on the way through its reasons; `chosen`: reasons not
    yet given; `comment`: words not yet given. `touched`: the last touch that counted, on the
    chip `struck` or, where that is empty, on whatever brought this screen. `before`: where
    Back leads. `prompt`: one to ask about next; `prompting` while it is the one on the screen.
    `unfolded`: the ways to see and hear better are open on a small panel.
    `extended`: how often this citizen asked for more time. `removed`: kinds of personal data
    that were taken out of the comment.
    """

    screen: Screen
    language: str
    since: float
    visit: Visit | None = None
    last_began: float | None = None
    touched: float | None = None
    struck: str = ""
    service: str | None = None
    page: int = 0
    asked: int = 0
    value: int | None = None
    chosen: tuple[str, ...] = ()
    comment: str = ""
    removed: tuple[str, ...] = ()
    before: "State | None" = None
    access: Access = Access()
    prompt: Prompted | None = None
    prompting: bool = False
    unfolded: bool = False
    extended: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A rating as given, before the outbox numbers it and the clock dates it."""

    visit: str
    gap_ms: int | None
    trigger: Trigger
    service: str
    question: str
    value: int
    language: str


@dataclass(frozen=True, slots=True)
class Because:
    """Reasons as given, for an answer that was given before."""

    visit: str
    service: str
    question: str
    value: int
    language: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment as given, about the main question; personal data is still in it."""

    visit: str
    service: str
    question: str
    value: int
    language: str
    text: str
