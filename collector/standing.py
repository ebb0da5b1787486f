"""Pure: what each answer of one visit counts as. The same for every order of arrival."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from collector.events import Kind, Standing

Order = tuple[int, str, int]


class Given(NamedTuple):
    """One answer of a visit, known by `order`: (minute, stream, seq)."""

    order: Order
    kind: Kind
    question: str
    value: int
    detail: str
    mark: str
    trigger: str


def standings(visit: Iterable[Given]) -> dict[Order, Standing]:
    """The standing of every answer of one visit.

    A visit with a test rating is a test. A later rating, or later reasons, of the same
    question supersede the earlier, as do the same words sent again. Reasons are superseded
    too where the rating that they explain is corrected to another value; words stay what
    the citizen said. Reasons and comments are flagged with their question's rating.
    """
    given = _in_order(list(visit))
    if any(g.trigger == "test" for g in given):
        return dict.fromkeys((g.order for g in given), Standing.TEST)
    latest = {_slot(g): g.order for g in given}
    ratings = {g.question: g for g in given if g.kind == Kind.RATING}
    flagged = {g.question for g in given if g.mark and latest[_slot(g)] == g.order}
    return {g.order: _one(g, latest, ratings.get(g.question), flagged) for g in given}


def _in_order(visit: list[Given]) -> list[Given]:
    """As the kiosk gave them: by seq within a stream.

    A kiosk that began a new stream carried its answers over and went on there, so the
    stream with more of the visit, then the later one, comes last.
    """
    streams: dict[str, list[int]] = defaultdict(list)
    for given in visit:
        streams[given.order[1]].append(given.order[0])
    rank = {stream: (len(minutes), max(minutes), stream) for stream, minutes in streams.items()}
    return sorted(visit, key=lambda given: (rank[given.order[1]], given.order[2], given.order[0]))


def _slot(given: Given) -> tuple[Kind, str, str]:
    return given.kind, given.question, given.detail if given.kind == Kind.COMMENT else ""


def _one(given: Given, latest: dict[tuple[Kind, str, str], Order], rating: Given | None, flagged: set[str]) -> Standing:
    if latest[_slot(given)] != given.order:
        return Standing.SUPERSEDED
    if given.kind == Kind.REASONS and rating and rating.value != given.value:
        return Standing.SUPERSEDED
    return Standing.FLAGGED if given.question in flagged else Standing.COUNTED
