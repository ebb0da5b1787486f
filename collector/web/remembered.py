"""What was reckoned from days that are over, remembered until one of them gets another figure."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from threading import Lock
from typing import Any, TypeVar

from collector.scoring.standout import Candidate, StandOut, stands_out
from collector.scoring.usual import Usual, usual_range
from collector.scoring.variation import Day
from collector.store.sqlite import SqliteStore

Found = TypeVar("Found")

_MOST = 256


class Past:
    """Shared by all threads. What is remembered is not changed by anybody."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def of(self, store: SqliteStore, key: Hashable, reckon: Callable[[], Found]) -> Found:
        """What `reckon` gives, or gave before. `key` names all that it depends on but the store's own state."""
        whole = (store.identity, store.past_version(), store.catalogue_version(), key)
        with self._lock:
            if whole in self._known:
                self._known.move_to_end(whole)
                remembered: Found = self._known[whole]
                return remembered
        found = reckon()
        with self._lock:
            self._known[whole] = found
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        return found


def usual(history: Sequence[Day], n: int) -> Usual | None:
    """See `usual_range`."""
    return _usual(tuple(history), n)


def outstanding(candidates: Sequence[Candidate]) -> list[StandOut]:
    """See `stands_out`."""
    return list(_outstanding(tuple(candidates)))


@lru_cache(8192)
def _usual(history: tuple[Day, ...], n: int) -> Usual | None:
    return usual_range(history, n)


@lru_cache(2048)
def _outstanding(candidates: tuple[Candidate, ...]) -> tuple[StandOut, ...]:
    return tuple(stands_out(candidates))
