"""Whatever tally a figure is read from, it is the sum of the same hours."""

from collections import defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.access import Viewer
from collector.store.base import ScoreQuery
from collector.store.scores import DIMENSIONS
from collector.store.sqlite import SqliteStore
from tests.collector.conftest import NewStore
from tests.collector.deliveries import NOW, rating, sent

FIRST, LAST = date(2026, 9, 20), date(2026, 11, 20)
EVERYBODY = Viewer("admin", "admin", None)
_TIMES = ("06:10:00Z", "09:15:00Z", "21:59:00Z", "22:30:00Z")  # the last is the next day in Vilnius


@pytest.fixture(scope="module")
def votes() -> list[dict[str, object]]:
    """Four ratings a day for two months, over services, languages, triggers and values; some of them marked."""
    found = []
    for n in range(((LAST - FIRST).days + 1) * len(_TIMES)):
        day = FIRST + timedelta(days=n // len(_TIMES))
        found.append(
            rating(
                n + 1,
                at=f"{day.isoformat()}T{_TIMES[n % len(_TIMES)]}",
                value=1 + n % 5,
                service=("residence-declaration", "social-benefits", "")[n % 3],
                language=("lt", "en")[n % 7 == 0],
                trigger=("tap", "key", "prompt")[n % 4 % 3],
                gap_ms=100 if n % 11 == 0 else 60_000,
            )
        )
    return found


@pytest.fixture
def voted(new_store: NewStore, votes: list[dict[str, object]]) -> SqliteStore:
    store = new_store()
    for start in range(0, len(votes), 100):
        sent(store, *votes[start : start + 100])
        sent(store, *[vote | {"seq": n} for n, vote in enumerate(votes[start : start + 40], start + 1)], kiosk="north-1", now=NOW)
    return store


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    by=st.lists(st.sampled_from([name for name in DIMENSIONS if name != "question"]), max_size=3, unique=True),
    bounds=st.tuples(st.integers(-40, 100), st.integers(0, 120)),
    offices=st.sampled_from([(), ("hall",), ("north", "hall")]),
    services=st.sampled_from([(), ("social-benefits",)]),
)
def test_every_grain_says_the_same(
    voted: SqliteStore, by: list[str], bounds: tuple[int, int], offices: tuple[str, ...], services: tuple[str, ...]
) -> None:
    first = FIRST + timedelta(days=bounds[0])
    span = first.isoformat(), (first + timedelta(days=bounds[1])).isoformat()
    coarse = _sums(voted, ScoreQuery(offices, services, (), *span, tuple(by)))
    fine = _sums(voted, ScoreQuery(offices, services, (), *span, (*by, *(name for name in ("kiosk", "hour") if name not in by))))
    folded: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0])
    for key, (counted, flagged) in fine.items():
        folded[key[: len(by)]][0] += counted
        folded[key[: len(by)]][1] += flagged
    assert coarse == folded


def _sums(store: SqliteStore, query: ScoreQuery) -> dict[tuple[object, ...], list[int]]:
    rows = store.histograms(EVERYBODY, query)
    return {
        tuple(row.place[name] for name in query.by if name != "question"): [sum(row.counted), sum(row.flagged)] for row in rows
    }


def test_a_head_never_reads_another_office(voted: SqliteStore) -> None:
    head = Viewer("head", "head", frozenset({"north"}))
    everything = voted.histograms(head, ScoreQuery(by=("office",)))
    assert [row.place["office"] for row in everything] == ["north"]
    assert voted.histograms(head, ScoreQuery(offices=("hall",))) == []
    assert voted.histograms(Viewer("none", "head", frozenset()), ScoreQuery()) == []
    assert voted.reasons(head, ScoreQuery(("hall",), first="2026-01-01", last="2026-12-31")) == []
