"""The whole fleet, judged: read at once and remembered for two seconds, so that sorting and leafing cost little."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple

from collector.access import Viewer
from collector.fleet_state import Facts, Hours, Judged, hours_now, judge, newest_version
from collector.store.fleet import Place, Usuals, today
from collector.store.sqlite import SqliteStore

_LASTS = timedelta(seconds=2)
_USUALS_LAST = timedelta(hours=1)


class Line(NamedTuple):
    """A kiosk with where it stands and what to think of it."""

    facts: Facts
    judged: Judged
    place: Place


@dataclass(frozen=True)
class Fleet:
    """`lines`: every kiosk by id, retired ones too. `newest`: the highest version among them."""

    lines: list[Line]
    places: dict[str, Place]
    newest: str


class Fleets:
    """Shared by all threads. Auditors see other facts than admins, so theirs are remembered apart."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._fleets: dict[object, tuple[datetime, Fleet]] = {}
        self._usuals: dict[object, tuple[datetime, Usuals]] = {}

    def of(self, store: SqliteStore, viewer: Viewer, now: datetime) -> Fleet:
        """The fleet as it is, or was up to two seconds ago."""
        key = (store.identity, viewer.role)
        with self._lock:
            known = self._fleets.get(key)
            if known is None or not timedelta(0) <= now - known[0] < _LASTS:
                known = self._fleets[key] = now, self._read(store, viewer, now)
            return known[1]

    def one(self, store: SqliteStore, viewer: Viewer, kiosk: str, now: datetime) -> Line | None:
        """One kiosk as it is in this moment."""
        places = store.places(viewer)
        with self._lock:
            usuals = self._of_days(store, viewer, places, now)
        return next(iter(_lines(store, viewer, places, usuals, now, kiosk)), None)

    def _read(self, store: SqliteStore, viewer: Viewer, now: datetime) -> Fleet:
        places = store.places(viewer)
        lines = _lines(store, viewer, places, self._of_days(store, viewer, places, now), now)
        in_use = (line.facts.health["version"] for line in lines if line.facts.health and line.judged.state != "retired")
        return Fleet(lines, places, newest_version(in_use))

    def _of_days(self, store: SqliteStore, viewer: Viewer, places: dict[str, Place], now: datetime) -> dict[str, Usuals]:
        """What is usual on today's weekday, which for some offices may be another than for others; it lasts for an hour."""
        found = {}
        for day in {today(place.timezone, now) for place in places.values()}:
            known = self._usuals.get((store.identity, day))
            if known is None or not timedelta(0) <= now - known[0] < _USUALS_LAST:
                self._usuals = {key: kept for key, kept in self._usuals.items() if now - kept[0] < _USUALS_LAST}
                known = self._usuals[store.identity, day] = now, store.usuals(viewer, day)
            found[day] = known[1]
        return found


def _lines(
    store: SqliteStore, viewer: Viewer, places: dict[str, Place], usuals: dict[str, Usuals], now: datetime, kiosk: str = ""
) -> list[Line]:
    hours: dict[str, Hours] = {}
    found = []
    for facts in store.kiosk_facts(viewer, places, usuals, now, kiosk):
        place = places[facts.office]
        if facts.office not in hours:
            hours[facts.office] = hours_now(place.hours, place.holidays, place.timezone, now)
        found.append(Line(facts, judge(facts, hours[facts.office], now), place))
    return found
