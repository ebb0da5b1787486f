"""That what is erased is gone: from the pages, from the bytes of the files, and after a restore again."""

import shutil
import sqlite3
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from broker_config.messages import utc_text
from collector.__main__ import app
from collector.access import Viewer
from collector.catalogue import Retention
from collector.retention import Cut, cut, months_before, start_of
from collector.store import erasing
from collector.store.base import ScoreQuery, StoreError
from collector.store.comments import CommentQuery
from collector.store.sqlite import SqliteStore
from tests.collector.deliveries import NOW, comment, rating, reasons, rows, sent, through, void
from tests.collector.test_tallies import tallies

ADMIN = Viewer("ona", "admin", None)
HEAD = Viewer("jonas", "head", frozenset({"hall"}))
WORDS = "Aukštadvariečiai"
LATER = datetime(2027, 3, 1, 3, tzinfo=UTC)  # 100 days on


@pytest.fixture
def path(installed: Path, tmp_path: Path) -> Path:
    """A collector's folder with nothing in it but the small catalogue."""
    shutil.copy(installed, tmp_path / "collector.sqlite")
    return tmp_path / "collector.sqlite"


def files_with(folder: Path, words: str) -> list[str]:
    """The files in which the words stand, as they are and as the index folds them."""
    folded = words.lower().translate(str.maketrans("šč", "sc"))
    wanted = (words.encode(), folded.encode())
    return [file.name for file in folder.iterdir() if any(one in file.read_bytes() for one in wanted)]


def many_comments(store: SqliteStore) -> None:
    """Comments among hundreds of other events of several kiosks, so that pages split and words move about in the file."""
    for number in range(60):
        for kiosk in ("hall-1", "hall-2", "north-1"):
            at = utc_text(datetime(2026, 11, 20, 6, tzinfo=UTC) + timedelta(minutes=number * 7))
            one = {"visit": f"v{number}", "service": "social-benefits", "at": at}
            text = f"{WORDS} {number} " + "žodžiai " * (number % 50)
            first = number * 3 + 1
            sent(store, rating(first, **one), reasons(first + 1, **one), comment(first + 2, text=text, **one), kiosk=kiosk)


def test_the_words_are_in_no_file_after_a_run_and_all_else_is_as_it_was(path: Path) -> None:
    store = SqliteStore(path)
    many_comments(store)
    broken = comment(500, text=f"{WORDS} karantine", service="nowhere")
    sent(store, broken)
    before, counted = tallies(store), store.accounting(LATER)
    assert files_with(path.parent, WORDS)
    erased = store.run_retention(LATER)
    assert (erased.comments, erased.events, erased.quarantine) == (180, 0, 1)
    assert files_with(path.parent, WORDS) == []
    assert (tallies(store), store.accounting(LATER), store.rebuild()) == (before, counted, 0)
    assert store.comments(HEAD, CommentQuery("hall", words="aukstadvarieciai"), LATER).rows == []
    assert store.comments(HEAD, CommentQuery("hall"), LATER).rows == []
    one = {"visit": "v0", "service": "social-benefits", "at": "2026-11-20T06:00:00.000Z"}
    again = sent(store, comment(3, text=f"{WORDS} 0 ", **one))
    assert not any(receipt.restart for receipt in again.receipts), "the same again, not a contradiction"
    assert files_with(path.parent, WORDS) == []
    assert store.run_retention(LATER).comments == 0
    store.close()


def test_events_go_with_their_words_and_their_visits(path: Path) -> None:
    store = SqliteStore(path)
    assert store.change_retention(ADMIN, "city", Retention(comments_days=3650, events_months=3), NOW)
    many_comments(store)
    store.run_retention(LATER)
    assert rows(store, "SELECT count(*) FROM event") == rows(store, "SELECT count(*) FROM comment") == [(0,)]
    assert rows(store, "SELECT first, last, stored FROM sealed") == [(1, 180, 180)] * 3
    assert files_with(path.parent, WORDS) == []
    assert rows(store, "SELECT count(*) FROM tally_hour") == [(0,)]
    assert rows(store, "SELECT sum(c4) FROM tally_day") == [(180,)]
    hours = store.histograms(ADMIN, ScoreQuery(first="2026-11-20", last="2026-11-20", by=("hour",)))
    days = store.histograms(ADMIN, ScoreQuery(first="2026-11-20", last="2026-11-20", by=("day",)))
    assert (hours, sum(days[0].counted) + sum(days[0].flagged)) == ([], 180)
    store.close()


def test_a_comment_that_comes_late_comes_without_words(path: Path) -> None:
    store = SqliteStore(path)
    store.run_retention(LATER)
    recorded = sent(store, rating(1), comment(2, text=WORDS, visit="5b1e77c2a90d0001"), now=LATER)
    assert through(recorded) == 2
    assert rows(store, "SELECT kind, detail FROM event ORDER BY seq") == [(1, None), (3, None)]
    assert rows(store, "SELECT count(*) FROM comment") == [(0,)]
    store.close()
    assert files_with(path.parent, WORDS) == []


def test_voids_and_refusals_between_sealed_events_are_sealed_when_their_quarantine_is_over(path: Path) -> None:
    store = SqliteStore(path)
    assert store.change_retention(ADMIN, "city", Retention(comments_days=3650, events_months=1), NOW)
    run = datetime(2026, 12, 23, 3, tzinfo=UTC)
    sent(store, rating(1), void(2), rating(3, service="nowhere"), rating(4), rating(7), now=run - timedelta(days=3))
    counted = store.accounting(run)
    store.run_retention(run)
    assert rows(store, "SELECT first, last, stored, quarantined FROM sealed") == [(1, 2, 2, 0), (4, 4, 1, 0), (7, 7, 1, 0)]
    assert store.accounting(run) == counted
    sent(store, rating(5), rating(6), now=run)
    assert rows(store, "SELECT through FROM stream") == [(7,)], "over what is sealed"
    store.expire_quarantine(datetime(2027, 4, 1, tzinfo=UTC))
    sent(store, rating(8, at="2026-11-25T10:00:00Z"), now=run)
    store.run_retention(LATER)
    assert rows(store, "SELECT first, last, stored, quarantined, late FROM sealed") == [(1, 8, 5, 1, 2)]
    row = store.accounting(LATER)[0]
    assert (row["claimed"], row["stored"], row["quarantined"], row["late"], row["unexplained"]) == (8, 5, 1, 2, 0)
    store.close()


def test_what_a_kiosk_never_sent_is_lost_and_what_is_sealed_is_not(path: Path) -> None:
    store = SqliteStore(path)
    assert store.change_retention(ADMIN, "city", Retention(comments_days=3650, events_months=1), NOW)
    sent(store, rating(2), rating(3), rating(6))
    store.run_retention(LATER)
    sent(store, rating(9, at="2027-02-28T10:00:00Z"), oldest=9, now=LATER)
    assert rows(store, "SELECT first, last FROM lost ORDER BY first") == [(1, 1), (4, 5), (7, 8)]
    row = store.accounting(LATER)[0]
    assert (row["stored"], row["lost"], row["unexplained"]) == (4, 5, 0)
    store.close()


def test_a_longer_retention_brings_nothing_back_and_moves_no_cut(path: Path) -> None:
    store = SqliteStore(path)
    sent(store, rating(1), comment(2, visit="5b1e77c2a90d0001"))
    store.run_retention(LATER)
    cuts = rows(store, "SELECT * FROM erasure ORDER BY 1")
    assert [row[0] for row in cuts] == ["hall", "north"]
    assert store.change_retention(ADMIN, "city", Retention(comments_days=3650, events_months=120), LATER)
    again = store.run_retention(LATER)
    assert (again.comments, again.events) == (0, 0)
    assert rows(store, "SELECT * FROM erasure ORDER BY 1") == cuts
    store.close()


def test_a_run_that_was_broken_off_is_finished_by_the_next(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SqliteStore(path)
    assert store.change_retention(ADMIN, "city", Retention(comments_days=3650, events_months=1), NOW)
    many_comments(store)
    before, counted = without_hours(store), store.accounting(LATER)
    monkeypatch.setattr(erasing, "PORTION", 50)
    portion, calls = erasing.seal, []

    def broken(*args: Any) -> tuple[int, erasing.At | None]:
        calls.append(args)
        if len(calls) == 6:
            raise StoreError("the power is gone")
        return portion(*args)

    monkeypatch.setattr(erasing, "seal", broken)
    with pytest.raises(StoreError):
        store.run_retention(LATER)
    left = rows(store, "SELECT count(*) FROM event")[0][0]
    assert 0 < left < 540, "in the midst"
    assert (without_hours(store), store.accounting(LATER), store.rebuild(), store.remark(LATER)) == (before, counted, 0, 0)
    assert store.run_retention(LATER).events == left
    assert (without_hours(store), store.accounting(LATER), store.rebuild()) == (before, counted, 0)
    assert rows(store, "SELECT count(*), min(done) FROM erasure") == [(2, 1)]
    store.close()


def without_hours(store: SqliteStore) -> object:
    return tallies(store) | {"tally_hour": [], "tally_kiosk_day": []}  # both go with the events


def test_events_are_taken_in_while_old_ones_are_erased(path: Path) -> None:
    store = SqliteStore(path)
    assert store.change_retention(ADMIN, "city", Retention(comments_days=3650, events_months=1), NOW)
    many_comments(store)
    store.close()

    def erase() -> None:
        other = SqliteStore(path)
        other.run_retention(LATER)
        other.close()

    eraser = threading.Thread(target=erase)
    eraser.start()
    store = SqliteStore(path)
    for seq in range(181, 221):
        sent(store, rating(seq, at=utc_text(datetime(2027, 2, 20, 8, tzinfo=UTC) + timedelta(minutes=seq))), now=LATER)
    eraser.join(15)
    assert not eraser.is_alive()
    assert rows(store, "SELECT count(*) FROM event") == [(40,)]
    assert {(row["claimed"], row["stored"], row["unexplained"]) for row in store.accounting(LATER)} == {
        (220, 220, 0),
        (180, 180, 0),
    }
    assert store.rebuild() == 0
    store.close()


# ── a backup that is put back ───────────────────────────────────────────────────────────


def test_a_restored_backup_is_erased_again_before_anybody_is_served(path: Path) -> None:
    store = SqliteStore(path)
    many_comments(store)
    backup = path.with_name("backup")
    sqlite3.connect(path).execute("VACUUM INTO ?", (str(backup),)).close()
    store.run_retention(LATER)
    after = tallies(store)
    store.close()
    for name in ("", "-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)
    backup.rename(path)
    assert files_with(path.parent, WORDS) == [path.name], "the backup has them"
    answer = CliRunner().invoke(app, ["migrate", "--data", str(path.parent)])
    assert answer.exit_code == 0, answer.output
    assert files_with(path.parent, WORDS) == []
    store = SqliteStore(path)
    assert tallies(store) == after
    assert [one.restored for one in store.erasures()] == [True, False]
    assert store.reapply_erasures(LATER) is None, "once is enough"
    store.close()


def test_a_line_that_was_cut_off_is_as_if_it_had_not_been_written(path: Path) -> None:
    store = SqliteStore(path)
    store.run_retention(LATER)
    log = path.with_name("erasures.jsonl")
    log.write_bytes(log.read_bytes() + b'{"at": "2027')
    assert len(store.erasures()) == 1
    store.run_retention(LATER + timedelta(days=1))
    assert len(store.erasures()) == 2
    assert log.read_bytes().count(b"2027-03-01") == 2
    store.close()


def test_a_spoiled_log_stops_the_start_with_one_sentence(path: Path) -> None:
    path.with_name("erasures.jsonl").write_text("{}\nnonsense\n")
    answer = CliRunner().invoke(app, ["migrate", "--data", str(path.parent)])
    assert answer.exit_code == 1
    assert "Line 2 of the erasure log" in answer.output


def test_nothing_is_erased_where_the_log_cannot_be_written(path: Path) -> None:
    store = SqliteStore(path)
    many_comments(store)
    path.with_name("erasures.jsonl").mkdir()
    with pytest.raises(StoreError, match="erasure log"):
        store.run_retention(LATER)
    assert rows(store, "SELECT count(*) FROM comment") == [(180,)]
    assert rows(store, "SELECT count(*) FROM erasure") == [(0,)]
    store.close()


# ── pure ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-11-22", 24, "2024-11-22"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-01-15", 1300, "2000-01-01"),
    ],
)
def test_months_before(day: str, months: int, before: str) -> None:
    assert months_before(date.fromisoformat(day), months).isoformat() == before


def test_a_comment_never_outlives_its_event() -> None:
    today = date(2026, 11, 22)
    assert cut(Retention(), today) == Cut("2026-08-24", "2024-11-22")
    assert cut(Retention(comments_days=3650, events_months=1), today) == Cut("2026-10-22", "2026-10-22")


def test_a_day_begins_by_the_offices_own_clock() -> None:
    assert start_of("2026-07-01", "Europe/Vilnius") * 60 == datetime(2026, 6, 30, 21, tzinfo=UTC).timestamp()
    assert start_of("2026-12-01", "Europe/Vilnius") * 60 == datetime(2026, 11, 30, 22, tzinfo=UTC).timestamp()


def test_the_commands_say_what_goes_and_what_went(path: Path) -> None:
    store = SqliteStore(path)
    old = {"at": "2025-01-15T09:00:00Z", "visit": "old"}
    sent(store, rating(1, **old), comment(2, **old), rating(3))
    store.close()
    runner, where = CliRunner(), ["--data", str(path.parent)]
    told = runner.invoke(app, ["retention", "preview", *where]).output
    assert "city: comments 90 days, events 24 months" in told
    assert "hall: 1 comments from before" in told
    assert runner.invoke(app, ["retention", "run", "--compact", *where]).output == (
        "Erased: 1 comments, 0 events, 0 rows of quarantine.\nThe database was written anew.\n"
    )
    assert "hall: 0 comments" in runner.invoke(app, ["retention", "preview", *where]).output
