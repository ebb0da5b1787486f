"""One line of the table."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "missing"]


@dataclass(frozen=True, slots=True)
class Row:
    """`missing`: the kiosk cannot do its work; `warn`: it works, with less. `means` and `do` are sentences; `do` may be ''."""

    name: str
    state: State
    means: str
    do: str = ""


def ok(name: str, means: str) -> Row:
    return Row(name, "ok", means)


def warn(name: str, means: str, do: str) -> Row:
    return Row(name, "warn", means, do)


def missing(name: str, means: str, do: str) -> Row:
    return Row(name, "missing", means, do)
