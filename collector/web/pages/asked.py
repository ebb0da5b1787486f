"""The state of a page, read from its address: which days, which question, which service, raw or filtered, in which order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal, TypeVar

from fastapi import Depends, HTTPException, Query

from collector.periods import LONGEST, Kind, Period, containing
from collector.web.days import Day

Form = Literal["html", "csv"]
Row = TypeVar("Row")


@dataclass(frozen=True)
class Asked:
    """What an address asks for. `sort` is a column's name, with a minus for falling order; `kind` and `day` make a period."""

    kind: Kind
    day: date | None
    first: date | None
    last: date | None
    question: str
    service: str
    raw: bool
    sort: str
    form: Form
    table: str

    def period(self, newest: date) -> Period:
        """The period asked for; `newest` is the day that it contains where the address names none."""
        if self.kind == "range" and self.first and self.last:
            return Period("range", self.first, self.last)
        if self.kind == "range":
            return Period("range", newest - timedelta(days=29), newest)
        return containing(self.kind, self.day or newest)

    def sorted(self, rows: Sequence[Row], columns: dict[str, Callable[[Row], Any]], default: str) -> list[Row]:
        """The rows in the order asked for; rows without a figure in that column come last either way."""
        name = self.sort if self.sort.removeprefix("-") in columns else default
        key = columns[name.removeprefix("-")]
        there = sorted((row for row in rows if key(row) is not None), key=key, reverse=name.startswith("-"))
        return there + [row for row in rows if key(row) is None]


def asked(
    kind: Annotated[Kind | None, Query(description="day, week, month, quarter, year or range")] = None,
    day: Annotated[Day | None, Query(description="A day of the period.")] = None,
    from_: Annotated[Day | None, Query(alias="from")] = None,
    to: Annotated[Day | None, Query()] = None,
    question: Annotated[str, Query(max_length=40)] = "",
    service: Annotated[str, Query(max_length=40)] = "",
    raw: Annotated[bool, Query()] = False,
    sort: Annotated[str, Query(max_length=20)] = "",
    format: Annotated[Form, Query()] = "html",  # noqa: A002 - the address's word
    table: Annotated[str, Query(max_length=40)] = "",
) -> Asked:
    """Raises 422 with a sentence where the days make no period."""
    if kind is None:
        kind = "range" if from_ or to else "month"
    if kind == "range" and (from_ is None) != (to is None):
        raise HTTPException(422, "A free period needs both its first and its last day.")
    if from_ and to and from_ > to:
        raise HTTPException(422, "The first day is after the last: please exchange them.")
    if from_ and to and (to - from_).days > LONGEST:
        raise HTTPException(422, "Please ask for twenty years at most.")
    return Asked(kind, day, from_, to, question, service, raw, sort, format, table)


AskedFor = Annotated[Asked, Depends(asked)]
