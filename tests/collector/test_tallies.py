"""The tallies say what the events say, for every order of arrival, every repetition and every cut into batches."""

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broker_config.messages import utc_text
from collector.events import Context, Kind, Standing
from collector.store.sqlite import SqliteStore
from collector.tallies import GRAINS, REASON_GRAINS, SUM_GRAINS, Changes, Tallied, is_good
from tests.collector.deliveries import (
    NOW,
    OTHER_STREAM,
    STREAM,
    arrived,
    batch,
    change,
    comment,
    config_of,
    rating,
    reasons,
    rows,
    sent,
    void,
    wanted_configs,
)

BY_EXAMPLE = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TALLIES = tuple(f"tally_{grain}" for grain in (*GRAINS, *SUM_GRAINS))

Sent = tuple[str, str, dict[str, Any]]  # kiosk, stream, event


def copy(installed: Path, folder: Path) -> SqliteStore:
    path = folder / "example.sqlite"
    for old in folder.glob("example.sqlite*"):
        old.unlink()
    shutil.copy(installed, path)
    return SqliteStore(path)


def tallies(store: SqliteStore) -> dict[str, list[tuple[Any, ...]]]:
    """Every cell that is not zero."""
    cells = {table: rows(store, f"SELECT * FROM {table}") for table in TALLIES}
    keys = {f"tally_{grain}": len(key) for grain, key in (GRAINS | SUM_GRAINS).items()}
    return {table: sorted(row for row in found if any(row[keys[table] :])) for table, found in cells.items()}


def standings(store: SqliteStore) -> list[tuple[Any, ...]]:
    sql = "SELECT s.kiosk, s.stream, e.seq, e.kind, e.standing FROM event e JOIN stream s ON s.id=e.stream ORDER BY 1, 2, 3"
    return rows(store, sql)


# ── what citizens may do ────────────────────────────────────────────────────────────────

# Around the repeated hour in Vilnius, around a midnight there, and on a plain day.
STARTS = st.sampled_from(
    [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 31, 21, 59, 30, tzinfo=UTC),
        datetime(2026, 11, 20, 9, 15, tzinfo=UTC),
    ]
)


@st.composite
def visits(draw: st.DrawFn) -> list[Sent]:
    """Some visits at kiosks of two offices, numbered without a gap; corrections may go on in the kiosk's next stream."""
    given: list[Sent] = []
    last: Counter[tuple[str, str]] = Counter()
    for number in range(draw(st.integers(1, 5))):
        kiosk = draw(st.sampled_from(["hall-1", "hall-2", "north-1"]))
        at = draw(STARTS)
        shared = {"visit": f"visit-{draw(st.integers(0, 2))}", "service": draw(st.sampled_from(["", "social-benefits"]))}
        trigger = draw(st.sampled_from(["tap", "tap", "key", "test"]))
        gap = draw(st.sampled_from([None, 1000, 60_000]))
        for _ in range(draw(st.integers(1, 4))):
            stream = draw(st.sampled_from([STREAM, STREAM, OTHER_STREAM]))
            last[kiosk, stream] += 1
            seq = last[kiosk, stream]
            at += timedelta(seconds=draw(st.integers(0, 90)))
            when: dict[str, Any] = {"at": utc_text(at)}
            if draw(st.booleans()) and number % 2:
                early, late = at - timedelta(hours=draw(st.integers(0, 5))), at + timedelta(hours=1)
                when |= {"clock": "unsure", "at_earliest": utc_text(early), "at_latest": utc_text(late)}
            kind = draw(st.sampled_from(["rating", "rating", "reasons", "reasons", "comment", "void"]))
            offers_reasons = ("overall", 5)
            question, most = draw(st.sampled_from([offers_reasons, offers_reasons, ("advise", 10)]))
            question, most = offers_reasons if kind == "reasons" else (question, most)
            answer = (
                shared
                | when
                | {"question": question, "value": draw(st.integers(1, most)), "language": draw(st.sampled_from(["lt", "en"]))}
            )
            if kind == "rating":
                event = rating(seq, gap_ms=gap, trigger=trigger, **answer)
            elif kind == "reasons":
                event = reasons(seq, reasons=draw(st.sampled_from([["staff"], ["staff", "waiting-time"]])), **answer)
            else:
                event = (
                    comment(seq, text=draw(st.sampled_from(["Gerai", "Blogai"])), **answer) if kind == "comment" else void(seq)
                )
            given.append((kiosk, stream, event))
    return given


def send(store: SqliteStore, events: Sequence[Sent], size: int, per_transaction: int) -> None:
    """In this order: batches of at most `size` events, some of them in one transaction."""
    messages: list[tuple[str, bytes]] = []
    start = 0
    while start < len(events):
        kiosk, stream, _ = events[start]
        end = start
        while end < len(events) and end - start < size and events[end][:2] == (kiosk, stream):
            end += 1
        bodies = [event for _, _, event in events[start:end]]
        messages.append((kiosk, batch(*bodies, stream=stream, config=config_of(store, kiosk))))
        start = end
    for first in range(0, len(messages), per_transaction):
        by_kiosk: dict[str, list[bytes]] = {}
        for kiosk, payload in messages[first : first + per_transaction]:
            by_kiosk.setdefault(kiosk, []).append(payload)
        for kiosk, payloads in by_kiosk.items():
            arrived(store, *payloads, kiosk=kiosk)


@pytest.mark.timeout(60)
@given(visits(), st.data())
@BY_EXAMPLE
def test_order_repetition_and_cut_change_nothing(installed: Path, tmp_path: Path, given: list[Sent], data: st.DataObject) -> None:
    store = copy(installed, tmp_path)
    send(store, given, 200, 100)
    straight = tallies(store), standings(store)
    assert store.rebuild() == 0
    store.close()
    again = data.draw(st.lists(st.sampled_from(given), max_size=6), label="repeated")
    shuffled = data.draw(st.permutations(given + again), label="order")
    size, per_transaction = data.draw(st.integers(1, 4), label="size"), data.draw(st.integers(1, 4), label="per transaction")
    store = copy(installed, tmp_path)
    send(store, shuffled, size, per_transaction)
    assert (tallies(store), standings(store)) == straight
    assert store.rebuild() == 0
    assert all(row["unexplained"] == row["lost"] == 0 for row in store.accounting(NOW))
    assert not store.quarantine()
    store.close()


@given(visits())
@BY_EXAMPLE
def test_counted_reasons_agree_with_the_rating_that_counts(installed: Path, tmp_path: Path, given: list[Sent]) -> None:
    store = copy(installed, tmp_path)
    send(store, given, 2, 1)
    sql = "SELECT e.visit, e.value FROM event e JOIN context c ON c.id = e.context WHERE kind=? AND c.question=? AND standing<2"
    rated = dict(rows(store, sql, Kind.RATING, "overall"))
    explained = rows(store, sql, Kind.REASONS, "overall")
    assert len(explained) == len({visit for visit, _ in explained})
    assert all(rated.get(visit, value) == value for visit, value in explained)
    tallied = sum(n for (n,) in rows(store, "SELECT n FROM tally_reason_day WHERE standing<2 AND reason='staff'"))
    assert tallied == len(explained), "every answer of these visits names the staff"
    store.close()


@given(visits())
@BY_EXAMPLE
def test_grains_agree_and_one_rating_a_visit_and_question_counts(installed: Path, tmp_path: Path, given: list[Sent]) -> None:
    store = copy(installed, tmp_path)
    send(store, given, 3, 2)
    found = tallies(store)

    def total(grain: str) -> Counter[tuple[Any, ...]]:
        key = GRAINS[grain]
        places = [key.index(name) for name in ("office", "question", "standing")]
        sums: Counter[tuple[Any, ...]] = Counter()
        for row in found[f"tally_{grain}"]:
            assert min(row[len(key) :]) >= 0
            for value, n in enumerate(row[len(key) :]):
                sums[(*(row[place] for place in places), value)] += n
        return +sums

    assert all(total(grain) == total("hour") for grain in GRAINS)
    tested = {(kiosk, e["visit"]) for kiosk, _, e in given if e.get("trigger") == "test"}
    rated = {
        (kiosk, e["visit"], e["question"]) for kiosk, _, e in given if e["type"] == "rating" and (kiosk, e["visit"]) not in tested
    }
    counting = {key: n for key, n in total("hour").items() if key[2] in (Standing.COUNTED, Standing.FLAGGED)}
    assert sum(counting.values()) == len(rated), "one a visit and question, and none of a test visit"
    assert sum(total("hour").values()) == sum(e["type"] == "rating" for _, _, e in given), "every rating is somewhere"
    store.close()


# ── spoiled tallies ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE tally_day SET c5 = c5 + 3",
        "UPDATE tally_hour SET c4 = 0",
        "DELETE FROM tally_month",
        "UPDATE tally_rhythm SET weekday = 3",
        "INSERT INTO tally_office_month VALUES ('2020-01', 'hall', 'overall', 1, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
        "UPDATE tally_reason_day SET n = n + 1",
        "DELETE FROM tally_reason_month",
    ],
)
def test_rebuild_mends_spoiled_cells_and_says_how_many(store: SqliteStore, spoil: str) -> None:
    sent(store, rating(1, value=5), rating(2), reasons(2 + 1, visit="5b1e77c2a90d0002"))
    before = tallies(store)
    assert store.rebuild() == 0
    change(store, spoil)
    assert tallies(store) != before
    assert store.rebuild() >= 1
    assert tallies(store) == before
    assert store.rebuild() == 0


def test_rebuild_mends_more_cells_than_one_transaction_takes(store: SqliteStore) -> None:
    payload = [f"('2020-01-{n % 28 + 1:02}', 'hall', 's{n}', 'overall', 1, 0, 1,0,0,0,0,0,0,0,0,0,0)" for n in range(1200)]
    change(store, f"INSERT INTO tally_day VALUES {', '.join(payload)}")
    assert store.rebuild() == 1200
    assert rows(store, "SELECT * FROM tally_day") == []


def test_ingest_goes_on_between_the_transactions_of_a_rebuild(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Differences are added, not written over what came in the meantime."""
    from collector.store import rebuild

    sent(store, rating(1, value=5))
    change(store, "UPDATE tally_day SET c5 = 7")
    real = rebuild.apply
    other = SqliteStore(store._path)

    def late(*given: Any) -> None:
        store._conn.execute("COMMIT")
        if not rows(store, "SELECT 1 FROM event WHERE seq=2"):
            sent(other, rating(2, value=5))
        store._conn.execute("BEGIN IMMEDIATE")
        real(*given)

    monkeypatch.setattr(rebuild, "apply", late)
    assert store.rebuild() == 1
    other.close()
    assert rows(store, "SELECT c5 FROM tally_day") == [(2,)]
    monkeypatch.undo()
    assert store.rebuild() == 0


# ── days, hours, standings ──────────────────────────────────────────────────────────────


def hours(store: SqliteStore) -> dict[tuple[str, int], int]:
    sql = "SELECT day, hour, sum(c0+c1+c2+c3+c4+c5) FROM tally_hour WHERE standing=0 GROUP BY 1, 2"
    return {(day, hour): n for day, hour, n in rows(store, sql) if n}


def test_a_day_is_cut_at_midnight_of_the_offices_own_zone(store: SqliteStore) -> None:
    sent(
        store,
        rating(1, at="2026-11-20T21:59:59.999Z"),
        rating(2, at="2026-11-20T22:00:00Z"),
        rating(3, at="2026-11-20T23:00:00+01:00"),
    )
    assert hours(store) == {("2026-11-20", 23): 1, ("2026-11-21", 0): 2}
    assert rows(store, "SELECT month, weekday, hour FROM tally_rhythm ORDER BY weekday") == [
        ("2026-11", 4, 23),
        ("2026-11", 5, 0),
    ]


def test_the_repeated_hour_of_autumn_is_one_hour_and_the_skipped_one_of_spring_is_none(store: SqliteStore) -> None:
    times = ["00:30", "00:59", "01:00", "01:59", "02:00"]
    sent(store, *[rating(seq, at=f"2026-10-25T{time}:00Z") for seq, time in enumerate(times, 1)])
    assert hours(store) == {("2026-10-25", 3): 4, ("2026-10-25", 4): 1}
    sent(store, rating(6, at="2026-03-29T00:59:00Z"), rating(7, at="2026-03-29T01:00:00Z"))
    assert {hour: n for (day, hour), n in hours(store).items() if day == "2026-03-29"} == {2: 1, 4: 1}


def test_an_undated_answer_is_in_no_day_but_counted(store: SqliteStore) -> None:
    unsure = {"clock": "unsure", "at_earliest": "2026-11-20T10:00:00Z", "at_latest": "2026-11-21T10:00:00Z"}
    sent(store, rating(1, **unsure), reasons(2, visit="5b1e77c2a90d0001", **unsure))
    assert hours(store) == {("undated", -1): 1}
    assert rows(store, "SELECT month, weekday FROM tally_rhythm") == [("undated", -1)]
    assert {row[0] for row in rows(store, "SELECT day FROM tally_reason_day")} == {"undated"}
    assert store.rebuild() == 0


def test_a_correction_replaces_the_first_answer_also_from_the_kiosks_next_stream(store: SqliteStore) -> None:
    one = {"visit": "same"}
    sent(store, rating(1, value=1, at="2026-11-21T09:15:00Z", **one))
    sent(store, rating(1, value=5, at="2026-11-21T09:16:00Z", **one), stream=OTHER_STREAM)
    assert rows(store, "SELECT standing, c1, c5 FROM tally_day WHERE c1 + c5 > 0 ORDER BY 1") == [(0, 0, 1), (2, 1, 0)]
    sent(store, rating(1, value=3, at="2026-11-21T09:16:00Z", **one), kiosk="hall-2")
    assert rows(store, "SELECT sum(c3) FROM tally_day WHERE standing=0") == [(1,)], "another kiosk's visit is another visit"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_correction_takes_the_reasons_of_the_first_answer_back(store: SqliteStore, order: tuple[int, ...]) -> None:
    one = {"visit": "same"}
    events = [rating(1, value=1, **one), reasons(2, value=1, **one), rating(3, value=5, **one)]
    for place in order:
        sent(store, events[place])
    assert rows(store, "SELECT DISTINCT side, standing FROM tally_reason_day WHERE n > 0") == [("bad", Standing.SUPERSEDED)]
    sent(store, reasons(4, value=5, reasons=["staff"], **one))
    assert rows(store, "SELECT reason, side, n FROM tally_reason_day WHERE n > 0 AND standing=0") == [("staff", "good", 1)]
    assert store.rebuild() == 0


def test_a_test_visit_counts_nowhere(store: SqliteStore) -> None:
    one = {"visit": "same"}
    sent(store, reasons(1, **one), comment(2, **one), rating(3, question="advise", value=9, **one))
    sent(store, rating(4, trigger="test", **one))
    assert {row[4] for row in standings(store)} == {Standing.TEST}
    live = "SELECT 1 FROM {} WHERE standing <> 3 AND {} <> 0"
    sums = "+".join(f"c{value}" for value in range(11))
    assert not any(rows(store, live.format(f"tally_{grain}", f"({sums})")) for grain in GRAINS)
    assert not any(rows(store, live.format(f"tally_{grain}", "n")) for grain in REASON_GRAINS)


def test_a_marked_rating_is_flagged_with_its_reasons_and_the_visits_next_question(store: SqliteStore) -> None:
    one = {"visit": "same"}
    sent(store, rating(1, gap_ms=100, **one), reasons(2, **one), comment(3, **one), rating(4))
    by_seq = {seq: standing for _, _, seq, _, standing in standings(store)}
    assert by_seq == {1: Standing.FLAGGED, 2: Standing.FLAGGED, 3: Standing.FLAGGED, 4: Standing.COUNTED}
    assert rows(store, "SELECT standing, c4 FROM tally_day ORDER BY standing") == [(0, 1), (1, 1)]
    assert {row[0] for row in rows(store, "SELECT standing FROM tally_reason_day WHERE n > 0")} == {Standing.FLAGGED}
    assert rows(store, "SELECT mark FROM event WHERE seq=1") == [("interval-v1",)]


# ── pure ────────────────────────────────────────────────────────────────────────────────

CONTEXT = Context("hall-1", "1-0", "hall", "Europe/Vilnius", "w", "s", "overall", "smiley5", True, "lt", "tap", undated=False)


def test_what_is_added_and_taken_back_is_nothing() -> None:
    changes = Changes()
    for one in (
        Tallied(Kind.RATING, 29_000_000, CONTEXT, 4, "", Standing.COUNTED),
        Tallied(Kind.REASONS, 29_000_000, CONTEXT, 4, "staff waiting-time", Standing.COUNTED),
        Tallied(Kind.COMMENT, 29_000_000, CONTEXT, 4, "Gerai", Standing.COUNTED),
    ):
        changes.add(one)
        changes.add(one, -1)
    assert not any(any(counts.values()) for cells in changes.ratings().values() for counts in cells.values())
    assert not any(n for cells in changes.sums.values() for n in cells.values())
    assert changes.offices == {"hall"}


@pytest.mark.parametrize(
    ("scale", "good", "bad"),
    [("smiley5", 4, 3), ("stars5", 4, 3), ("smiley4", 3, 2), ("smiley3", 3, 2), ("thumbs", 1, 0), ("nps11", 9, 8)],
)
def test_reasons_are_on_the_side_of_the_answer_they_explain(scale: str, good: int, bad: int) -> None:
    assert is_good(scale, good)
    assert not is_good(scale, bad)


def test_the_config_used_is_the_one_in_the_events_not_the_newest(store: SqliteStore) -> None:
    """A kiosk that was moved while offline is still credited to where the tap took place."""
    from tests.catalogues import catalogue, document

    before = config_of(store)
    moved = [k | {"counter": "north-window"} if k["id"] == "hall-1" else k for k in document()["kiosks"]]
    store.install(catalogue(kiosks=moved), NOW)
    assert json.loads(wanted_configs(store)["hall-1"])["office"]["id"] == "north"
    arrived(store, batch(rating(1), config=before))
    sent(store, rating(2, service="social-benefits"))
    assert rows(store, "SELECT office, c4 FROM tally_day ORDER BY office") == [("hall", 1), ("north", 1)]
