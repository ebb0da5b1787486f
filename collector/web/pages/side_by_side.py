"""Offices side by side, for all services or for one: in bands, never as places where chance decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil, floor
from typing import Any

from broker_config.messages import SCALES
from collector.access import Viewer
from collector.periods import Period
from collector.scoring.bands import Placed, Standing, bands
from collector.scoring.change import Change, change
from collector.scoring.shown import Shown
from collector.store.base import Histogram
from collector.store.sqlite import SqliteStore
from collector.web.pages.asked import Asked
from collector.web.reading import Reading, Selection, main_question, most
from collector.web.remembered import Past

NPS = "nps11"


@dataclass(frozen=True)
class OfficeRow:
    """One office's figures, and its change against the period before."""

    office: dict[str, Any]
    shown: Shown
    change: Change | None


@dataclass(frozen=True)
class BandShown:
    """Offices whose intervals all overlap. `places`: for each office, by id, from which place to which it may stand."""

    rows: list[OfficeRow]
    places: dict[str, tuple[int, int]]


@dataclass(frozen=True)
class SideBySide:
    """`few`: too few ratings to be ordered; `nps`: net promoter scores, which have no bands.

    `otherwise`: another question was asked there; `silent`: not rated at all. `ordered`: how many are in bands;
    `scale`: the ends of the scale on which all intervals are drawn, as shares.
    """

    asked: Asked
    period: Period
    newest: date
    question: str
    bands: list[BandShown]
    few: list[OfficeRow]
    nps: list[OfficeRow]
    otherwise: list[OfficeRow]
    silent: list[dict[str, Any]]
    ordered: int
    scale: tuple[float, float]

    @property
    def rows(self) -> Iterable[OfficeRow]:
        """Every office with ratings, in the order of the page."""
        for band in self.bands:
            yield from band.rows
        yield from self.few
        yield from self.nps
        yield from self.otherwise


def side_by_side(store: SqliteStore, viewer: Viewer, asked: Asked, newest: date, past: Past, service: str = "") -> SideBySide:
    """All offices that the viewer may see, of one period, by their share of satisfied.

    `newest`: the last day that is over. Later ones are not read: nobody is to watch single taps, and figures that stand
    beside each other are of the same days.
    """
    period = asked.period(newest)
    key = ("side", viewer.offices, period, newest, service, asked.question, asked.raw)
    page = past.of(store, key, lambda: _page(store, viewer, asked, period, newest, service))
    return replace(page, asked=asked)


def _offices_with(store: SqliteStore, viewer: Viewer, service: str) -> list[str]:
    """Where it is on offer; nowhere where it is out of use."""
    return next((one["offices"] for one in store.services(viewer) if one["id"] == service), [])


def _page(store: SqliteStore, viewer: Viewer, asked: Asked, period: Period, newest: date, service: str) -> SideBySide:
    last = min(period.last, newest)
    read = Reading(store, viewer, Selection((), (service,) if service else (), asked.question, asked.raw))
    found = most(read.histograms(("office",), period.first, last), "office")
    question = asked.question or main_question(found.values())
    before = _before(read, period, question)
    offices = {office["id"]: office for office in store.offices(viewer)}
    given = _offices_with(store, viewer, service) if service else None
    rows = {
        key: OfficeRow(offices[key], shown := _shown(read, viewer, key, histogram), change(shown, before.get(key)))
        for key, histogram in found.items()
        if key in offices
    }
    same = {key for key in rows if found[key].question == question}
    is_nps = bool(same) and all(found[key].scale == NPS for key in same)
    ordered = bands([] if is_nps else [_standing(key, found[key], asked.raw) for key in sorted(same)])
    return SideBySide(
        asked=asked,
        period=period,
        newest=newest,
        question=question,
        bands=[_band(band, rows) for band in ordered.bands],
        few=[rows[one.key] for one in ordered.apart],
        nps=[rows[key] for key in sorted(same)] if is_nps else [],
        otherwise=[row for key, row in rows.items() if key not in same],
        silent=[office for key, office in offices.items() if key not in rows and (given is None or key in given)],
        ordered=sum(map(len, ordered.bands)),
        scale=_scale(row.shown for row in rows.values()),
    )


def _scale(shown: Iterable[Shown]) -> tuple[float, float]:
    """The tens of percent between which all intervals lie."""
    estimates = [one.csat for one in shown if one.csat]
    low = min((estimate.low for estimate in estimates), default=0.0)
    high = max((estimate.high for estimate in estimates), default=1.0)
    return floor(10 * low) / 10, ceil(10 * high) / 10


def _before(read: Reading, period: Period, question: str) -> dict[str, Shown]:
    earlier = period.before()
    if earlier is None:
        return {}
    found = most(read.histograms(("office",), earlier.first, earlier.last), "office")
    return {key: _shown(read, read.viewer, key, h) for key, h in found.items() if h.question == question}


def _shown(read: Reading, viewer: Viewer, office: str, histogram: Histogram) -> Shown:
    selection = Selection((office,), read.selection.services, read.selection.question, read.selection.raw)
    return Reading(read.store, viewer, selection).show(histogram)


def _standing(key: str, histogram: Histogram, raw: bool) -> Standing:
    counts = [c + (f if raw else 0) for c, f in zip(histogram.counted, histogram.flagged, strict=True)]
    return Standing(key, sum(counts[value] for value in SCALES[histogram.scale].positive), sum(counts))


def _band(band: Sequence[Placed], rows: dict[str, OfficeRow]) -> BandShown:
    return BandShown([rows[one.key] for one in band], {one.key: (one.best, one.worst) for one in band})
