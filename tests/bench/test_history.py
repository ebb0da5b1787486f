"""The history that pages are measured over is one that could have been: its grains tell of the same answers."""

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from collector.store.comments import CommentQuery
from collector.store.sqlite import SqliteStore
from collector.tallies import GRAINS, REASON_GRAINS, VALUES
from tests.bench.history import Size, catalogue_of, fill, office
from tests.system import EVERYBODY

TODAY = date(2026, 11, 21)
SIZE = Size(offices=3, services=4, days=100, hour_days=100, comments=7)
_SUMS = ", ".join(f"sum(c{value})" for value in range(VALUES))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("history") / "collector.sqlite"
    store = SqliteStore(made)
    store.migrate()
    store.install(catalogue_of(SIZE), datetime.now(UTC))
    store.close()
    rows = fill(made, SIZE, TODAY).rows
    assert rows["day"] == 100 * 3 * 4 + 100 * 3
    assert rows["reason_day"] == 100 * 3 * 4
    return made


def asked(path: Path, sql: str) -> list[tuple[object, ...]]:
    conn = sqlite3.connect(path)
    try:
        return conn.execute(sql).fetchall()
    finally:
        conn.close()


def by_office(path: Path, grain: str) -> list[tuple[object, ...]]:
    return asked(path, f"SELECT office, standing, {_SUMS} FROM tally_{grain} GROUP BY office, standing ORDER BY 1, 2")


@pytest.mark.parametrize("grain", sorted(set(GRAINS) - {"day"}))
def test_every_grain_counts_the_same_answers(path: Path, grain: str) -> None:
    found = by_office(path, grain)
    assert len(found) == 6
    assert found == by_office(path, "day")


def test_reasons_of_days_and_months_are_the_same(path: Path) -> None:
    days, months = (
        asked(path, f"SELECT office, service, reason, side, sum(n) FROM tally_{grain} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4")
        for grain in REASON_GRAINS
    )
    assert days == months
    assert len(days) == 3 * 4 * 8


def test_every_service_of_every_office_has_every_day(path: Path) -> None:
    places = asked(path, "SELECT count(*), min(day), max(day) FROM tally_day WHERE standing=0 GROUP BY office, service")
    assert places == [(100, "2026-08-14", "2026-11-21")] * 12


def test_comments_are_read_like_any_others(path: Path) -> None:
    store = SqliteStore(path, read_only=True)
    assert all(
        len(store.comments(EVERYBODY, CommentQuery(office(n)), datetime(2026, 11, 23, tzinfo=UTC)).rows) == 7 for n in range(3)
    )
    store.close()
