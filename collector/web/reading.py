"""Figures as pages need them: read through the store for one viewer, scored, and cut to what he may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from collector.access import Viewer
from collector.periods import Period
from collector.scoring.score import Counts
from collector.scoring.shown import Shown, show
from collector.store.base import Histogram, ScoreQuery
from collector.store.sqlite import SqliteStore


@dataclass(frozen=True)
class Selection:
    """What figures are about. No office: all that the viewer may see; no question: the main one; `raw`: flagged ones too."""

    offices: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    question: str = ""
    raw: bool = False


class Reading:
    """Reads one selection for one viewer."""

    def __init__(self, store: SqliteStore, viewer: Viewer, selection: Selection) -> None:
        self.store, self.viewer, self.selection = store, viewer, selection
        self._inside = bool(selection.offices) and all(map(viewer.is_inside, selection.offices))

    def whole(self, first: date, last: date) -> Shown | None:
        """All of a span together: of the question with most answers. None where nothing was rated."""
        found = self.histograms((), first, last)
        return self.show(max(found, key=lambda h: sum(h.counted))) if found else None

    def period(self, period: Period | None) -> Shown | None:
        return self.whole(period.first, period.last) if period else None

    def by(self, dimension: str, first: date, last: date) -> dict[str, Shown]:
        """Figures by the value of one dimension, each of its question with most answers."""
        return {
            key: self.show(histogram) for key, histogram in most(self.histograms((dimension,), first, last), dimension).items()
        }

    def histograms(self, by: tuple[str, ...], first: date, last: date) -> list[Histogram]:
        """Nothing where the span ends before it begins."""
        return [] if last < first else self.store.histograms(self.viewer, self.query(by, first, last))

    def on_days(self, by: tuple[str, ...], days: Iterable[date]) -> list[Histogram]:
        """Histograms of single days."""
        selected = self.query(by, date.min, date.min)
        wanted = tuple(day.isoformat() for day in days)
        query = ScoreQuery(selected.offices, selected.services, selected.questions, by=by, days=wanted)
        return self.store.histograms(self.viewer, query)

    def reasons(self, first: date, last: date) -> list[tuple[str, str, int]]:
        """(reason, good|bad, n) of unmarked ratings of one question; nothing where so few gave them that n alone is shown."""
        counted = Reading(self.store, self.viewer, replace(self.selection, raw=False)).whole(first, last)
        if counted is None or counted.suppressed:
            return []
        query = replace(self.query((), first, last), questions=(counted.question,))
        return self.store.reasons(self.viewer, query)

    def query(self, by: tuple[str, ...], first: date, last: date) -> ScoreQuery:
        s = self.selection
        questions = (s.question,) if s.question else ()
        return ScoreQuery(s.offices, s.services, questions, first.isoformat(), last.isoformat(), by)

    def show(self, histogram: Histogram) -> Shown:
        return self.scored(histogram, histogram.question)

    def scored(self, counts: Counts, question: str) -> Shown:
        """The figures of counts that answer a question."""
        return show(counts, inside=self._inside, raw=self.selection.raw, question=question)


def most(histograms: Sequence[Histogram], dimension: str) -> dict[str, Histogram]:
    """One histogram a value of the dimension: that of the question with most answers."""
    found: dict[str, Histogram] = {}
    for histogram in histograms:
        key = str(histogram.place[dimension])
        if key not in found or sum(histogram.counted) > sum(found[key].counted):
            found[key] = histogram
    return found


def main_question(histograms: Iterable[Histogram]) -> str:
    """The question with most answers among them; '' without any."""
    sums: dict[str, int] = {}
    for histogram in histograms:
        sums[histogram.question] = sums.get(histogram.question, 0) + sum(histogram.counted)
    return max(sums, key=lambda question: (sums[question], question), default="")
