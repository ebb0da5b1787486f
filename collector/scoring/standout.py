"""Pure: what stands out on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from collector.scoring.usual import Day, Usual


@dataclass(frozen=True)
class Candidate:
    key: str
    today: Day
    history: Sequence[Day]


@dataclass(frozen=True)
class StandOut:
    key: str
    direction: Literal["fell", "rose"]
    share: float
    n: int
    usual: Usual
    p: float


def stands_out(candidates: Sequence[Candidate], alpha: float = 0.05) -> list[StandOut]:
    return []
