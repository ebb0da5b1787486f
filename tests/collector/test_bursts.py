"""More visits in a minute than a kiosk may have: all of them are marked, in whatever order they come."""

import shutil
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker_config.messages import utc_text
from collector.access import Viewer
from collector.events import Standing
from collector.store import burst_limits
from collector.store.base import ScoreQuery
from collector.store.misuse import LedgerRow
from collector.store.sqlite import SqliteStore
from tests.catalogues import catalogue, document
from tests.collector.deliveries import NOW, OTHER_STREAM, STREAM, change, comment, rating, reasons, rows, sent
from tests.collector.test_tallies import BY_EXAMPLE, Sent, send, tallies

EVERYBODY = Viewer("ona", "admin", None)
BEGAN = datetime(2026, 11, 20, 14, 58, tzinfo=UTC)  # a Friday; 16:58 in Vilnius
OPEN = {day: ["08:00", "17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.fixture(scope="session")
def with_hours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store whose first office has opening hours."""
    path = tmp_path_factory.mktemp("hours") / "collector.sqlite"
    store = SqliteStore(path)
    store.migrate()
    first, *others = document()["offices"]
    store.install(catalogue(offices=[first | {"hours": OPEN}, *others]), NOW)
    store.close()
    return path


@pytest.fixture
def office(with_hours: Path, tmp_path: Path) -> SqliteStore:
    return opened(with_hours, tmp_path)


def opened(template: Path, folder: Path) -> SqliteStore:
    for old in folder.glob("burst.sqlite*"):
        old.unlink()
    shutil.copy(template, folder / "burst.sqlite")
    return SqliteStore(folder / "burst.sqlite")


def taps(first: int, n: int, at: datetime = BEGAN, **more: Any) -> list[dict[str, Any]]:
    """Visits of one tap, a second apart."""
    return [rating(first + i, at=utc_text(at + timedelta(seconds=i)), **more) for i in range(n)]


def marks(store: SqliteStore) -> dict[tuple[str, str, int], tuple[str, int]]:
    """(kiosk, stream, seq) → mark and standing."""
    sql = "SELECT s.kiosk, s.stream, e.seq, coalesce(e.mark, ''), e.standing FROM event e JOIN stream s ON s.id=e.stream"
    return {(kiosk, stream, seq): (mark, standing) for kiosk, stream, seq, mark, standing in rows(store, sql)}


def flagged(store: SqliteStore) -> set[int]:
    return {seq for (_, _, seq), (_, standing) in marks(store).items() if standing == Standing.FLAGGED}


# ── by example ──────────────────────────────────────────────────────────────────────────


def test_the_eighth_visit_of_a_minute_marks_those_before_it_too(office: SqliteStore) -> None:
    for one in taps(1, 7):
        sent(office, one)
    assert flagged(office) == set()
    sent(office, *taps(8, 1, BEGAN + timedelta(seconds=59)), *taps(9, 1, BEGAN + timedelta(seconds=60)))
    assert flagged(office) == set(range(1, 9))
    assert {mark for mark, _ in marks(office).values()} == {"", "burst-v1"}
    assert office.rebuild() == 0


def test_two_kiosks_are_two(office: SqliteStore) -> None:
    sent(office, *taps(1, 7))
    sent(office, *taps(1, 7), kiosk="hall-2")
    assert flagged(office) == set()


def test_a_kiosks_next_stream_is_the_same_kiosk(office: SqliteStore) -> None:
    sent(office, *taps(1, 4))
    sent(office, *taps(5, 4), stream=OTHER_STREAM)
    assert flagged(office) == set(range(1, 9))


def test_a_corrected_tap_is_the_same_visit(office: SqliteStore) -> None:
    sent(office, *taps(1, 7), rating(8, at=utc_text(BEGAN), visit="5b1e77c2a90d0001", value=1))
    assert flagged(office) == set()


def test_a_correction_in_the_next_minute_takes_its_visit_along(office: SqliteStore) -> None:
    sent(office, *taps(1, 8))
    sent(office, rating(9, at=utc_text(BEGAN + timedelta(seconds=61)), visit="5b1e77c2a90d0001"))
    assert flagged(office) == set()
    assert all(mark == "" for mark, _ in marks(office).values())
    assert office.rebuild() == 0


def test_test_ratings_are_no_visits(office: SqliteStore) -> None:
    sent(office, *taps(1, 7), *taps(8, 3, trigger="test"))
    assert flagged(office) == set()
    sent(office, *taps(11, 1))
    assert flagged(office) == {*range(1, 8), 11}
    sent(office, rating(12, at=utc_text(BEGAN), visit="5b1e77c2a90d0001", question="advise", trigger="test"))
    assert flagged(office) == set(), "the first visit was a test, so there were seven"


def test_what_explains_the_marked_rating_is_flagged_and_a_further_question_is_not(office: SqliteStore) -> None:
    when = {"at": utc_text(BEGAN), "visit": "5b1e77c2a90d0001"}
    sent(office, *taps(1, 8), reasons(9, **when), comment(10, **when), rating(11, question="advise", value=9, **when))
    assert flagged(office) == {*range(1, 9), 9, 10}
    assert marks(office)["hall-1", STREAM, 11] == ("", Standing.COUNTED)


def test_further_questions_are_no_visits(office: SqliteStore) -> None:
    sent(office, *taps(1, 7), *taps(8, 7, question="advise"))
    assert flagged(office) == set()


def test_an_undated_rating_is_neither_closed_nor_of_a_burst(office: SqliteStore) -> None:
    unsure = {"clock": "unsure", "at_earliest": "2026-11-20T10:00:00Z", "at_latest": "2026-11-21T10:00:00Z"}
    sent(office, *taps(1, 9, datetime(2026, 11, 21, 2, tzinfo=UTC), **unsure))
    assert flagged(office) == set()


def test_outside_the_opening_hours_of_its_own_configuration_a_rating_is_marked(office: SqliteStore) -> None:
    night = "2026-11-20T15:00:00Z"
    sent(office, rating(1, at="2026-11-20T14:59:59Z"), rating(2, at=night), rating(3, at=night, gap_ms=1))
    sent(office, rating(1, at=night, service="social-benefits"), kiosk="north-1")
    assert [mark for mark, _ in marks(office).values()] == ["", "closed-v1", "closed-v1 interval-v1", ""]
    assert flagged(office) == {2, 3}


# ── the ledger ──────────────────────────────────────────────────────────────────────────


def test_the_ledger_says_which_rule_marked_how_many(office: SqliteStore) -> None:
    sent(office, *taps(1, 7), rating(8, at=utc_text(BEGAN), gap_ms=10))
    sent(office, rating(9, at="2026-11-21T09:00:00Z"))
    assert office.ledger(EVERYBODY, "hall", "2026-11-20", "2026-11-21") == [
        ("2026-11-20", 16, "hall-1", "burst-v1", 8),
        ("2026-11-20", 16, "hall-1", "interval-v1", 1),
        ("2026-11-21", 11, "hall-1", "closed-v1", 1),
    ]
    assert [row.rule for row in office.ledger(EVERYBODY, "hall", "2026-11-21", "2026-11-30")] == ["closed-v1"]
    assert office.ledger(EVERYBODY, "north", "2026-11-20", "2026-11-21") == []
    own = Viewer("jonas", "head", frozenset({"hall"}))
    assert len(office.ledger(own, "hall", "2026-11-20", "2026-11-21")) == 3
    assert office.ledger(Viewer("rasa", "head", frozenset({"north"})), "hall", "2026-11-20", "2026-11-21") == []


# ── every order ─────────────────────────────────────────────────────────────────────────


# A visit's ratings: (kiosk, seconds after BEGAN, question, trigger). The minute that matters is from 60 to 120.
ODD: list[list[tuple[str, int, str, str]]] = [
    [("hall-1", 80, "overall", "tap"), ("hall-1", 140, "overall", "tap")],
    [("hall-1", 80, "overall", "tap"), ("hall-1", 85, "advise", "test")],
    [("hall-1", 119, "overall", "tap"), ("hall-1", 119, "overall", "tap")],
    [("hall-1", 20, "overall", "tap"), ("hall-1", 80, "overall", "tap"), ("hall-1", 90, "advise", "tap")],
    [("hall-1", 120, "overall", "key")],
    [("north-1", 80, "overall", "tap")],
]


@st.composite
def crowds(draw: st.DrawFn) -> list[Sent]:
    """Seven or eight plain visits in one minute, and some odd ones: corrected, tests, of another minute, kiosk or stream."""
    visits = [[("hall-1", 60 + number, "overall", "tap")] for number in range(draw(st.integers(6, 8)))]
    visits += draw(st.lists(st.sampled_from(ODD), min_size=1, max_size=4))
    given: list[Sent] = []
    last: Counter[tuple[str, str]] = Counter()
    for number, visit in enumerate(visits):
        gap = draw(st.sampled_from([60_000, 60_000, 1000]))
        for kiosk, second, question, trigger in visit:
            stream = draw(st.sampled_from([STREAM, OTHER_STREAM]))
            last[kiosk, stream] += 1
            at = utc_text(BEGAN + timedelta(seconds=second))
            more = {"visit": f"visit-{number}", "question": question, "trigger": trigger, "service": "social-benefits"}
            given.append((kiosk, stream, rating(last[kiosk, stream], at=at, gap_ms=gap, **more)))
    return given


def by_definition(store: SqliteStore, given: Sequence[Sent]) -> dict[tuple[str, str, int], tuple[str, int]]:
    """What every rating must be marked with and count as, by the rules' own words. Which of a visit's count is taken as it is."""
    standings = {key: standing for key, (_, standing) in marks(store).items()}
    minutes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kiosk, stream, event in given:
        if standings[kiosk, stream, event["seq"]] < Standing.SUPERSEDED and event["question"] == "overall":
            minutes[kiosk, event["at"][:16]].add(event["visit"])
    said = {}
    for kiosk, stream, event in given:
        standing = standings[kiosk, stream, event["seq"]]
        crowded = len(minutes[kiosk, event["at"][:16]]) >= 8 and event["question"] == "overall"
        rules = ["burst-v1"] * (crowded and standing < Standing.SUPERSEDED)
        rules += ["closed-v1"] * (kiosk == "hall-1" and event["at"] >= "2026-11-20T15:00")
        rules += ["interval-v1"] * (event["gap_ms"] < 5000)
        counts_as = (Standing.FLAGGED if rules else Standing.COUNTED) if standing < Standing.SUPERSEDED else standing
        said[kiosk, stream, event["seq"]] = " ".join(rules), int(counts_as)
    return said


def ledgers(store: SqliteStore) -> list[LedgerRow]:
    return [row for office in ("hall", "north") for row in store.ledger(EVERYBODY, office, "2026-11-20", "2026-11-20")]


@given(crowds(), st.data())
@settings(BY_EXAMPLE, max_examples=25)
def test_no_order_repetition_or_cut_changes_a_mark(
    with_hours: Path, tmp_path: Path, given: list[Sent], data: st.DataObject
) -> None:
    store = opened(with_hours, tmp_path)
    send(store, given, 200, 100)
    straight = marks(store), tallies(store), ledgers(store)
    assert straight[0] == by_definition(store, given)
    assert store.rebuild() == store.remark(NOW) == 0
    store.close()
    repeated = data.draw(st.lists(st.sampled_from(given), max_size=6), label="repeated")
    shuffled = data.draw(st.permutations(given + repeated), label="order")
    size, per_transaction = data.draw(st.integers(1, 4), label="size"), data.draw(st.integers(1, 4), label="per transaction")
    store = opened(with_hours, tmp_path)
    send(store, shuffled, size, per_transaction)
    assert (marks(store), tallies(store), ledgers(store)) == straight
    assert store.rebuild() == store.remark(NOW) == 0
    store.close()


@given(crowds())
@settings(BY_EXAMPLE, max_examples=20)
def test_raw_is_filtered_and_flagged_and_the_ledger_explains_what_is_flagged(
    with_hours: Path, tmp_path: Path, given: list[Sent]
) -> None:
    store = opened(with_hours, tmp_path)
    send(store, given, 3, 2)
    found = store.histograms(EVERYBODY, ScoreQuery(by=("office", "hour")))
    filtered, marked = sum(sum(h.counted) for h in found), sum(sum(h.flagged) for h in found)
    tested = {(kiosk, event["visit"]) for kiosk, _, event in given if event["trigger"] == "test"}
    assert filtered + marked == len({(kiosk, event["visit"]) for kiosk, _, event in given} - tested)
    said = [mark.split() for mark, standing in _main(store, given) if standing == Standing.FLAGGED]
    assert len(said) == marked
    told = Counter[str]()
    for row in ledgers(store):
        told[row.rule] += row.n
    assert told == Counter(rule for rules in said for rule in rules)
    store.close()


def _main(store: SqliteStore, given: Sequence[Sent]) -> list[tuple[str, int]]:
    found = marks(store)
    return [found[kiosk, stream, event["seq"]] for kiosk, stream, event in given if event["question"] == "overall"]


# ── limits ──────────────────────────────────────────────────────────────────────────────


def busy(store: SqliteStore, days: int, visits: int, hour: int = 10, kiosk: str = "hall-1") -> None:
    """A tally as it is after `days` days on which a kiosk had so many visits in one local hour, up to two days before NOW."""
    table = "day, hour, office, service, counter, kiosk, question, main, trigger, language, standing"
    counts = ", ".join(f"c{value}" for value in range(11))
    for back in range(3, 3 + days):
        day = (NOW - timedelta(days=back)).date().isoformat()
        row = (day, hour, "hall", "", "", kiosk, "overall", 1, "tap", "lt", back % 2, 0, 0, 0, 0, visits, 0, 0, 0, 0, 0, 0)
        change(store, f"INSERT INTO tally_hour ({table}, {counts}) VALUES ({', '.join('?' * 22)})", *row)


def limits(store: SqliteStore, kiosk: str, day: datetime) -> tuple[int, ...]:
    return burst_limits.of(store._conn, kiosk, f"{day:%Y-%m-%d}")


def test_without_history_and_at_a_quiet_kiosk_the_least_limit_holds(store: SqliteStore) -> None:
    busy(store, days=20, visits=3)
    busy(store, days=4, visits=6000, kiosk="hall-2")
    sent(store, rating(1))
    assert rows(store, "SELECT * FROM burst_limit") == []
    assert limits(store, "hall-1", NOW) == limits(store, "hall-2", NOW) == limits(store, "never-seen", NOW) == (8,) * 24


def test_a_busy_hour_may_have_more_and_only_that_hour(store: SqliteStore) -> None:
    busy(store, days=10, visits=60)
    sent(store, rating(1))
    fixed = limits(store, "hall-1", NOW + timedelta(days=1))
    assert (fixed[10], sum(fixed)) == (10, 23 * 8 + 10), "one visit a minute allows nine"
    assert limits(store, "hall-1", NOW - timedelta(days=1)) == (8,) * 24, "no later day says anything of an earlier one"


def test_a_days_limits_are_fixed_once(store: SqliteStore) -> None:
    busy(store, days=10, visits=60)
    sent(store, rating(1))
    change(store, "UPDATE tally_hour SET c4 = 1000")
    sent(store, rating(2), now=NOW + timedelta(hours=9))
    assert limits(store, "hall-1", NOW + timedelta(days=1))[10] == 10
    sent(store, rating(3), now=NOW + timedelta(days=1))
    assert limits(store, "hall-1", NOW + timedelta(days=1))[10] == 10
    assert limits(store, "hall-1", NOW + timedelta(days=2))[10] > 10


def test_a_days_limits_are_there_before_a_clock_that_is_ahead_can_bear_that_day(store: SqliteStore) -> None:
    """The first zone is 14 hours ahead of UTC, and a kiosk at most ten minutes ahead of the collector."""
    sent(store, rating(1), now=datetime(2026, 11, 21, 9, 49, 59, tzinfo=UTC))
    assert rows(store, "SELECT value FROM meta WHERE key='burst_day'") == [("2026-11-21",)]
    sent(store, rating(2), now=datetime(2026, 11, 21, 9, 50, tzinfo=UTC))
    assert rows(store, "SELECT value FROM meta WHERE key='burst_day'") == [("2026-11-22",)]


def test_a_row_is_written_only_where_limits_change_and_old_ones_go(store: SqliteStore) -> None:
    busy(store, days=10, visits=66)
    for day in range(5):
        sent(store, rating(1 + day), now=NOW + timedelta(days=day))
    assert len(rows(store, "SELECT day FROM burst_limit")) == 1
    sent(store, rating(9), now=NOW + timedelta(days=60))
    assert rows(store, "SELECT limits FROM burst_limit ORDER BY day DESC LIMIT 1") == [(" ".join(["8"] * 24),)]
    sent(store, rating(10), now=NOW + timedelta(days=900))
    assert len(rows(store, "SELECT day FROM burst_limit")) == 2, "visits of these days may be there for ten years"
    assert limits(store, "hall-1", NOW + timedelta(days=1))[10] == 10
    cut = f"{NOW + timedelta(days=800):%Y-%m-%d}"
    change(store, "INSERT INTO erasure SELECT id, ?, ?, 1 FROM office WHERE id='hall'", cut, cut)
    sent(store, rating(11), now=NOW + timedelta(days=901))
    assert len(rows(store, "SELECT day FROM burst_limit")) == 2, "the other office's are all there"
    change(store, "INSERT OR REPLACE INTO erasure SELECT id, ?, ?, 1 FROM office", cut, cut)
    sent(store, rating(12), now=NOW + timedelta(days=902))
    assert len(rows(store, "SELECT day FROM burst_limit")) == 1
    assert limits(store, "hall-1", NOW + timedelta(days=800)) == (8,) * 24


def test_a_minute_of_a_busy_hour_is_a_burst_by_its_own_limit(store: SqliteStore) -> None:
    busy(store, days=10, visits=60)
    at = datetime(2026, 11, 23, 8, tzinfo=UTC)  # ten in Vilnius
    sent(store, *taps(1, 9, at), now=at)
    assert flagged(store) == set()
    sent(store, *taps(10, 1, at), now=at)
    assert flagged(store) == set(range(1, 11))


# ── what was stored before ──────────────────────────────────────────────────────────────


def test_remark_marks_what_was_stored_before_the_rules(office: SqliteStore) -> None:
    night = datetime(2026, 11, 20, 20, tzinfo=UTC)
    sent(office, *taps(1, 9), *taps(10, 2, night, gap_ms=1))
    right = marks(office), tallies(office)
    change(office, "UPDATE event SET mark = CASE WHEN seq >= 10 THEN 'interval-v1' END, standing = iif(seq >= 10, 1, 0)")
    office.rebuild()
    assert (marks(office), tallies(office)) != right
    assert office.remark(NOW) == 11
    assert (marks(office), tallies(office)) == right
    assert office.rebuild() == office.remark(NOW) == 0
    assert rows(office, "SELECT action, after FROM audit WHERE login='' ORDER BY id") == [
        ("misuse.remark", '{"ratings": 11}'),
        ("misuse.remark", '{"ratings": 0}'),
    ]


def test_remark_takes_back_what_no_rule_says(office: SqliteStore) -> None:
    sent(office, *taps(1, 3))
    right = marks(office), tallies(office)
    change(office, "UPDATE event SET mark='closed-v1 interval-v1', standing=1")
    office.rebuild()
    assert office.remark(NOW) == 3
    assert {mark for mark, _ in marks(office).values()} == {"interval-v1"}, "the gap is not kept, so nobody can say it was wrong"
    change(office, "UPDATE event SET mark=NULL, standing=0")
    office.rebuild()
    assert (marks(office), tallies(office)) == right


def test_remark_goes_through_more_than_one_transaction(office: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(office, *taps(1, 30))
    right = marks(office)
    change(office, "UPDATE event SET mark=NULL, standing=0")
    office.rebuild()
    monkeypatch.setattr("collector.store.misuse._PORTION", 4)
    assert office.remark(NOW) == 30
    assert marks(office) == right


def test_a_store_of_before_gets_its_ledger_from_its_marks(office: SqliteStore) -> None:
    unsure = {"clock": "unsure", "at_earliest": "2026-11-20T10:00:00Z", "at_latest": "2026-11-21T10:00:00Z"}
    sent(office, *taps(1, 9, gap_ms=5), rating(10, gap_ms=1, **unsure), rating(11, gap_ms=1, question="advise"))
    before = sorted(rows(office, "SELECT * FROM tally_misuse"))
    assert len(before) == 3
    for table in ("TABLE tally_misuse", "TABLE burst_limit", "INDEX event_minute"):
        change(office, f"DROP {table}")
    change(office, "DELETE FROM _sqlite_migrations WHERE name='m003_misuse'")
    office.migrate()
    assert sorted(rows(office, "SELECT * FROM tally_misuse")) == before
    assert office.rebuild() == 0


@pytest.mark.parametrize("spoil", ["UPDATE tally_misuse SET n = n + 1", "DELETE FROM tally_misuse"])
def test_rebuild_mends_the_ledger(office: SqliteStore, spoil: str) -> None:
    sent(office, *taps(1, 9))
    before = tallies(office)
    change(office, spoil)
    assert office.rebuild() == 1
    assert tallies(office) == before
