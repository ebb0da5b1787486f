"""Pure: what each answer of one visit counts as. The same for every order of arrival."""

from collections.abc import Iterable
from typing import NamedTuple

from collector.events import Kind, Standing

Order = tuple[int, str, int]


class Given(NamedTuple):
    """One answer of a visit. `order`: (minute, stream, seq), which puts a correction after what it corrects."""

    order: Order
    kind: Kind
    question: str
    detail: str
    mark: str
    trigger: str


def standings(visit: Iterable[Given]) -> dict[Order, Standing]:
    """The standing of every answer of one visit.

    A visit with a test rating is a test. A later rating, or later reasons, of the same
    question supersede the earlier, as do the same words sent again. Reasons and comments
    are flagged with the rating that they explain.
    """
    given = sorted(visit)
    if any(g.trigger == "test" for g in given):
        return dict.fromkeys((g.order for g in given), Standing.TEST)
    latest = {_slot(g): g.order for g in given}
    flagged = {g.question for g in given if g.mark and latest[_slot(g)] == g.order}
    return {g.order: _one(g, latest, flagged) for g in given}


def _slot(given: Given) -> tuple[Kind, str, str]:
    return given.kind, given.question, given.detail if given.kind == Kind.COMMENT else ""


def _one(given: Given, latest: dict[tuple[Kind, str, str], Order], flagged: set[str]) -> Standing:
    if latest[_slot(given)] != given.order:
        return Standing.SUPERSEDED
    return Standing.FLAGGED if given.question in flagged else Standing.COUNTED
