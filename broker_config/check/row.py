"""One finding. `open`: somebody may do what he must not; `closed`: somebody may not do what he must."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "OPEN", "closed", "note"]


@dataclass(frozen=True, slots=True)
class Row:
    """`who` tried, and what came of it in a sentence."""

    who: str
    state: State
    means: str
