"""Pure: which cells of which tally an answer adds to.

A tally is an additive histogram: one row a cell, a column a value (c0 … c10). Every score
and chart is computed from cells, so a page costs the same after ten years. The finest
grain is the hour; the others are folded from it.
"""

from collections import defaultdict
from typing import NamedTuple

from broker_config.messages import SCALES
from collector.events import Context, Kind, Standing
from collector.localtime import NO_DAY, local

VALUES = 11
GRAINS: dict[str, tuple[str, ...]] = {
    "hour": ("day", "hour", "office", "service", "counter", "kiosk", "question", "main", "trigger", "language", "standing"),
    "day": ("day", "office", "service", "question", "main", "standing"),
    "month": ("month", "office", "service", "question", "main", "standing"),
    "rhythm": ("month", "weekday", "hour", "office", "question", "main", "standing"),
    "office_month": ("month", "office", "question", "main", "standing"),
    "office_day": ("day", "office", "question", "main", "standing"),
    "facet_month": ("month", "office", "counter", "question", "main", "trigger", "language", "standing"),
}
REASON_GRAINS: dict[str, tuple[str, ...]] = {
    "reason_day": ("day", "office", "service", "question", "reason", "side", "standing"),
    "reason_month": ("month", "office", "service", "question", "reason", "side", "standing"),
}
# The ledger behind the raw figures: which rule marked how many of the flagged ratings of the main question, one a visit.
# A rating that two rules marked is in two cells. It is read an office at a time.
LEDGER_GRAINS: dict[str, tuple[str, ...]] = {"misuse": ("office", "day", "hour", "kiosk", "rule")}
# How much a kiosk is used: visits that answered the main question, marked ones too.
KIOSK_GRAINS: dict[str, tuple[str, ...]] = {"kiosk_day": ("day", "kiosk")}
SUM_GRAINS = REASON_GRAINS | LEDGER_GRAINS | KIOSK_GRAINS

Key = tuple[str | int, ...]
_USED = (Standing.COUNTED, Standing.FLAGGED)


class Tallied(NamedTuple):
    """One answer as it is tallied."""

    kind: Kind
    minute: int
    context: Context
    value: int
    detail: str
    standing: Standing
    mark: str = ""


Counts = dict[int, int]  # value → how many; few of the values of a cell occur


class Changes:
    """What a transaction adds to the tallies: `ratings()[grain][key]` → counts by value, `sums[grain][key]` → n."""

    def __init__(self) -> None:
        self._hours: dict[tuple[Key, str, int], Counts] = {}
        self.sums: dict[str, dict[Key, int]] = {grain: defaultdict(int) for grain in SUM_GRAINS}
        self.offices: set[str] = set()
        self.days: set[str] = set()

    def add(self, one: Tallied, sign: int = 1) -> None:
        """Add one answer, or with sign −1 take it back."""
        if one.kind == Kind.RATING:
            self._add_rating(one, sign)
        elif one.kind == Kind.REASONS:
            self._add_reasons(one, sign)
        self.offices.add(one.context.office)

    def ratings(self) -> dict[str, dict[Key, Counts]]:
        """The cells of every grain, folded from the hours."""
        grains: dict[str, dict[Key, Counts]] = {grain: {} for grain in GRAINS}
        hours, days, months, rhythm, office_months, office_days, facets = grains.values()
        for (hour_key, month, weekday), counts in self._hours.items():
            day, hour, office, service, counter, _kiosk, question, main, trigger, language, standing = hour_key
            hours[hour_key] = counts
            for value, n in counts.items():
                _fold(days, (day, office, service, question, main, standing), value, n)
                _fold(months, (month, office, service, question, main, standing), value, n)
                _fold(rhythm, (month, weekday, hour, office, question, main, standing), value, n)
                _fold(office_months, (month, office, question, main, standing), value, n)
                _fold(office_days, (day, office, question, main, standing), value, n)
                _fold(facets, (month, office, counter, question, main, trigger, language, standing), value, n)
        return grains

    def _add_rating(self, one: Tallied, sign: int) -> None:
        c = one.context
        day, hour, month, weekday = NO_DAY if c.undated else local(one.minute, c.timezone)
        self.days.add(day)
        place = (day, hour, c.office, c.service, c.counter, c.kiosk)
        key: Key = (*place, c.question, int(c.main), c.trigger, c.language, int(one.standing))
        cell = self._hours.get((key, month, weekday))
        if cell is None:
            cell = self._hours[key, month, weekday] = {}
        cell[one.value] = cell.get(one.value, 0) + sign
        if c.main and one.standing in _USED:
            self.sums["kiosk_day"][day, c.kiosk] += sign
        if one.standing == Standing.FLAGGED and c.main:
            for rule in one.mark.split():
                self.sums["misuse"][c.office, day, hour, c.kiosk, rule] += sign

    def _add_reasons(self, one: Tallied, sign: int) -> None:
        c = one.context
        when = NO_DAY if c.undated else local(one.minute, c.timezone)
        self.days.add(when.day)
        side = "good" if is_good(c.scale, one.value) else "bad"
        for reason in one.detail.split():
            rest = (c.office, c.service, c.question, reason, side, int(one.standing))
            self.sums["reason_day"][(when.day, *rest)] += sign
            self.sums["reason_month"][(when.month, *rest)] += sign


def is_good(scale: str, value: int) -> bool:
    """True for the answers after which a citizen is asked what was good (promoters, on `nps11`)."""
    return value in SCALES[scale].positive if SCALES[scale].positive else value >= 9


def spread(counts: Counts) -> tuple[int, ...]:
    """A cell as the columns c0 … c10."""
    row = [0] * VALUES
    for value, n in counts.items():
        row[value] = n
    return tuple(row)


def _fold(cells: dict[Key, Counts], key: Key, value: int, n: int) -> None:
    cell = cells.get(key)
    if cell is None:
        cells[key] = {value: n}
    else:
        cell[value] = cell.get(value, 0) + n
