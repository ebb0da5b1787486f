"""What every answer of a visit counts as, those that are stored already included.

A stored answer whose mark or standing changes is taken out of the tallies and added anew.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from sqlite3 import Connection

from collector.events import Answer, Kind, Standing
from collector.standing import Given, Order, standings
from collector.store.contexts import Contexts
from collector.tallies import Changes, Tallied

_CHUNK = 400
_VISITS = (
    "SELECT e.visit, e.stream, e.seq, e.kind, e.minute, e.context, e.value, e.standing, e.mark, e.detail, s.stream "
    "FROM event e JOIN stream s ON s.id = e.stream WHERE e.visit IN ({})"
)


@dataclass(slots=True)
class Row:
    """An answer about to be inserted, or one that is in the store already. `was`: its mark and standing there."""

    stream: int
    answer: Answer
    context: int
    order: Order
    mark: str
    standing: Standing
    was: tuple[str, Standing] | None = None


class Visits:
    """Settles visits inside a transaction. `changes` gathers what that does to the tallies; `remarked` counts other marks."""

    def __init__(self, conn: Connection, contexts: Contexts, changes: Changes) -> None:
        self._conn, self._contexts, self._changes = conn, contexts, changes
        self.remarked = 0

    def settle_new(self, new: list[Row]) -> set[tuple[str, int]]:
        """Settle every visit that new answers belong to. Returns kiosk and minute of the ratings of its main question."""
        visits: dict[tuple[int, str], list[Row]] = defaultdict(list)
        for row in new:
            visits[row.answer.visit, row.answer.context.kiosk].append(row)
        for row in self._stored({visit for visit, _ in visits}):
            if (row.answer.visit, row.answer.context.kiosk) in visits:
                visits[row.answer.visit, row.answer.context.kiosk].append(row)
        for rows in visits.values():
            if len(rows) > 1:
                self._settle(rows)
        return _minutes(visits.values())

    def remark(self, visits: Collection[int], mark: Callable[[Row], str], kiosk: str = "") -> None:
        """Give the ratings of stored visits, of one kiosk or of all, the marks that `mark` says, and settle them."""
        found: dict[tuple[int, str], list[Row]] = defaultdict(list)
        for row in self._stored(visits):
            found[row.answer.visit, row.answer.context.kiosk].append(row)
        for (_, owner), rows in found.items():
            if owner == (kiosk or owner):
                for row in rows:
                    row.mark = mark(row) if row.answer.kind == Kind.RATING else row.mark
                self._settle(rows)

    def _stored(self, visits: Iterable[int]) -> Iterator[Row]:
        """The answers of these visits in the store. Two kiosks' visits may share a number."""
        wanted = list(visits)
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            for row in self._conn.execute(_VISITS.format(",".join("?" * len(chunk))), chunk).fetchall():
                visit, stream, seq, kind, minute, context, value, standing, mark, detail, name = row
                answer = Answer(seq, Kind(kind), minute, visit, self._contexts.get(context), value, mark or "", 0, detail or "")
                was = (answer.mark, Standing(standing))
                yield Row(stream, answer, context, (minute, name, seq), *was, was)

    def _settle(self, rows: list[Row]) -> None:
        """Decide about the answers of one visit, and rewrite those in the store that count as something else now."""
        decided = standings(_given(row) for row in rows)
        for row in rows:
            row.standing = decided[row.order]
            if row.was is not None and row.was != (row.mark, row.standing):
                self._rewrite(row, row.was)

    def _rewrite(self, row: Row, was: tuple[str, Standing]) -> None:
        self._changes.add(_tallied(row, *was), -1)
        self._changes.add(tallied(row))
        sql = "UPDATE event SET standing=?, mark=? WHERE stream=? AND seq=?"
        self._conn.execute(sql, (int(row.standing), row.mark or None, row.stream, row.answer.seq))
        self.remarked += row.mark != was[0]


def tallied(row: Row) -> Tallied:
    """An answer as it is tallied by its present mark and standing."""
    return _tallied(row, row.mark, row.standing)


def _tallied(row: Row, mark: str, standing: Standing) -> Tallied:
    a = row.answer
    return Tallied(a.kind, a.minute, a.context, a.value, a.detail, standing, mark)


def _given(row: Row) -> Given:
    a = row.answer
    return Given(row.order, a.kind, a.context.question, a.value, a.detail, row.mark, a.context.trigger)


def _minutes(visits: Iterable[list[Row]]) -> set[tuple[str, int]]:
    answers = (row.answer for row in chain.from_iterable(visits))
    return {(a.context.kiosk, a.minute) for a in answers if a.kind == Kind.RATING and a.context.main}
