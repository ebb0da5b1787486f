"""Comments in the store: found, held back, hidden, tended, erased; each only by those who may."""

import shutil
import sqlite3
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from collector.access import Viewer
from collector.store import comments, erasing
from collector.store.comments import COUNTED_UP_TO, PAGE, CommentQuery
from collector.store.schema import migrations
from collector.store.sqlite import SqliteStore
from tests.collector.deliveries import NOW, OTHER_STREAM, change, comment, rating, rows, sent

HEAD = Viewer("head-hall", "head", frozenset({"hall"}))
NORTH = Viewer("head-north", "head", frozenset({"north"}))
ADMIN, ANALYST, AUDITOR = (Viewer(role, role, None) for role in ("admin", "analyst", "auditor"))
HALL = CommentQuery("hall")
DAY = date(2026, 11, 21)


def said(store: SqliteStore, *texts: str, first: int = 1, **changes: Any) -> None:
    """Comments, each with its rating before it, long enough ago to be shown."""
    for at, text in enumerate(texts):
        seq = first + 2 * at
        visit = f"5b1e77c2a90d{seq:04x}"
        shared = {
            name: value
            for name, value in changes.items()
            if name in ("at", "value", "service", "language", "kiosk", "now", "stream")
        }
        body = {name: value for name, value in shared.items() if name not in ("kiosk", "now", "stream")}
        where = {name: value for name, value in shared.items() if name in ("kiosk", "now", "stream")}
        gap = {"gap_ms": changes["gap_ms"]} if "gap_ms" in changes else {}
        sent(store, rating(seq, visit=visit, **body, **gap), comment(seq + 1, visit=visit, text=text, **body), **where)


def texts(store: SqliteStore, query: CommentQuery = HALL, viewer: Viewer = HEAD, page: int = 1) -> list[str]:
    return [found.text for found in store.comments(viewer, query, NOW, page).rows]


def ident(store: SqliteStore, text: str) -> int:
    sql = "SELECT k.id FROM comment k JOIN event e USING (stream, seq) WHERE e.detail=?"
    ((found,),) = rows(store, sql, text)
    return int(found)


def audited(store: SqliteStore) -> list[tuple[Any, ...]]:
    return rows(store, "SELECT login, action, subject, before, after FROM audit ORDER BY id")


# ── finding ─────────────────────────────────────────────────────────────────────────────


def test_words_are_found_with_and_without_marks_and_by_their_beginning(store: SqliteStore) -> None:
    said(store, "Ačiū už pagalbą", "aciu labai", "Ilgas laikas eilėje", "Gaila laiko", "Łatwo i szybko", "Спасибо, ещё раз")
    for query, found in {
        "aciu": ["aciu labai", "Ačiū už pagalbą"],
        "AČIŪ": ["aciu labai", "Ačiū už pagalbą"],
        "pagalba uz": ["Ačiū už pagalbą"],
        "laik": ["Gaila laiko", "Ilgas laikas eilėje"],
        '"gaila laiko"': ["Gaila laiko"],
        '"laiko gaila"': [],
        "latwo": ["Łatwo i szybko"],
        "СПАСИБО еще": ["Спасибо, ещё раз"],
        "hall": [],
        "office : hall OR labai": [],
        "!?": [],
    }.items():
        assert sorted(texts(store, replace(HALL, words=query))) == sorted(found), query


def test_filters_narrow_and_can_be_put_together(store: SqliteStore) -> None:
    said(store, "Gerai", "Greitai")
    said(store, "Poor", first=11, value=2, language="en", service="social-benefits")
    said(store, "Vakar", first=21, at="2026-11-20T09:15:00Z")
    for changes, found in (
        ({}, ["Greitai", "Gerai", "Vakar", "Poor"]),
        ({"service": "social-benefits"}, ["Poor"]),
        ({"side": "bad"}, ["Poor"]),
        ({"side": "good"}, ["Greitai", "Gerai", "Vakar"]),
        ({"language": "lt", "words": "g"}, []),
        ({"language": "lt", "words": "gr"}, ["Greitai"]),
        ({"state": "done"}, []),
        ({"last": DAY - timedelta(days=1)}, ["Vakar"]),
        ({"first": DAY}, ["Greitai", "Gerai", "Poor"]),
        ({"first": DAY, "last": DAY - timedelta(days=1)}, []),
    ):
        assert set(texts(store, replace(HALL, **changes))) == set(found), changes  # type: ignore[arg-type]


def test_the_newest_comes_first_whenever_it_arrived_and_pages_follow_on(store: SqliteStore) -> None:
    for hour in (9, 7, 8):
        said(store, f"valanda {hour}", first=hour * 10, at=f"2026-11-21T{hour:02}:15:00Z")
    for query in (HALL, replace(HALL, words="valanda")):
        assert texts(store, query) == ["valanda 9", "valanda 8", "valanda 7"]
    for n in range(PAGE):
        said(store, f"senas {n}", first=200 + 2 * n, at=f"2026-11-20T09:{n:02}:00Z")
    for query in (HALL, replace(HALL, first=date(2026, 1, 1))):
        first, second = texts(store, query), texts(store, query, page=2)
        assert (len(first), len(second), texts(store, query, page=3)) == (PAGE, 3, [])
        assert len({*first, *second}) == PAGE + 3
    found = store.comments(HEAD, HALL, NOW)
    assert (found.total, found.more, found.suppressed) == (PAGE + 3, False, False)


def test_counting_ends_somewhere(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert COUNTED_UP_TO >= 1000
    monkeypatch.setattr(comments, "COUNTED_UP_TO", 2)
    said(store, "vienas", "du")
    assert (store.comments(HEAD, HALL, NOW).total, store.comments(HEAD, HALL, NOW).more) == (2, False)
    said(store, "trys", first=11)
    assert (store.comments(HEAD, HALL, NOW).total, store.comments(HEAD, HALL, NOW).more) == (2, True)


def test_a_comment_has_its_day_and_half_day_in_the_offices_time_and_no_minute(store: SqliteStore) -> None:
    said(store, "ryte", first=1, at="2026-11-20T09:59:00Z")  # 11:59 in Vilnius
    said(store, "vakare", first=11, at="2026-11-20T22:30:00Z")  # 00:30 of the next day
    said(store, "po pietų", first=21, at="2026-11-20T10:00:00Z")
    found = {row.text: row for row in store.comments(HEAD, HALL, NOW).rows}
    assert {text: (str(row.day), row.morning) for text, row in found.items()} == {
        "ryte": ("2026-11-20", True),
        "vakare": ("2026-11-21", True),
        "po pietų": ("2026-11-20", False),
    }
    assert not {"minute", "place", "at", "visit"} & set(vars(found["ryte"]))


def test_a_comment_of_no_certain_day_is_in_no_span_of_days(store: SqliteStore) -> None:
    unsure = {"clock": "unsure", "at_earliest": "2026-11-19T09:00:00Z", "at_latest": "2026-11-20T09:00:00Z"}
    body = {"at": "2026-11-20T09:00:00Z", **unsure}
    sent(store, rating(1, **body), comment(2, visit="5b1e77c2a90d0001", text="Nežinia kada", **body))
    (row,) = store.comments(HEAD, HALL, NOW).rows
    assert row.day is None
    assert texts(store, replace(HALL, first=date(2026, 1, 1))) == []
    assert texts(store, replace(HALL, last=date(2027, 1, 1))) == []


# ── what counts ─────────────────────────────────────────────────────────────────────────


def test_misuse_is_shown_only_in_the_raw_view_and_marked(store: SqliteStore) -> None:
    said(store, "įtartina", gap_ms=100)
    said(store, "tikra", first=11)
    assert texts(store) == ["tikra"]
    raw = store.comments(HEAD, replace(HALL, raw=True), NOW).rows
    assert {row.text: row.flagged for row in raw} == {"įtartina": True, "tikra": False}


def test_what_an_event_counts_as_is_read_anew(store: SqliteStore) -> None:
    said(store, "apsigalvojo")
    assert texts(store) == ["apsigalvojo"]
    sent(store, rating(3, visit="5b1e77c2a90d0001", gap_ms=100, at="2026-11-21T09:16:00Z"))
    assert texts(store) == []
    assert texts(store, replace(HALL, raw=True)) == ["apsigalvojo"]
    sent(store, rating(4, visit="5b1e77c2a90d0001", trigger="test", at="2026-11-21T09:17:00Z"))
    assert texts(store, replace(HALL, raw=True)) == [], "a test is nobody's opinion"


def test_the_same_words_sent_again_are_one_comment(store: SqliteStore) -> None:
    said(store, "du kartus")
    sent(store, comment(3, visit="5b1e77c2a90d0001", text="du kartus"))
    sent(store, comment(3, visit="5b1e77c2a90d0001", text="du kartus"))
    assert texts(store, replace(HALL, raw=True)) == ["du kartus"]
    assert rows(store, "SELECT count(*) FROM comment") == [(2,)]


# ── held back ───────────────────────────────────────────────────────────────────────────


def minutes_ago(minutes: int) -> str:
    return (NOW - timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def test_a_fresh_comment_waits_for_an_hour(store: SqliteStore) -> None:
    said(store, "ką tik", at=minutes_ago(59))
    assert texts(store) == []
    assert store.comments(HEAD, HALL, NOW).total == 0
    assert texts(store, replace(HALL, words="tik")) == []
    assert store.newest_comments(HEAD, "hall", 10, NOW) == []
    later = store.comments(HEAD, HALL, NOW + timedelta(minutes=1))
    assert [row.text for row in later.rows] == ["ką tik"]


def test_or_for_five_more_ratings_of_its_office(store: SqliteStore) -> None:
    said(store, "ką tik", at=minutes_ago(20))
    others = [rating(seq, at=minutes_ago(10)) for seq in range(11, 16)]
    sent(store, *[other | {"service": "social-benefits"} for other in others], kiosk="north-1")
    sent(store, *others[:4], rating(16, at=minutes_ago(10), gap_ms=100), rating(17, at=minutes_ago(9), trigger="test"))
    assert texts(store) == [], "four, one that is marked, a test, and five of another office"
    sent(store, others[4])
    assert texts(store) == ["ką tik"]


def test_ratings_that_came_with_it_do_not_bring_it_out(store: SqliteStore) -> None:
    before = [rating(seq, at=minutes_ago(25)) for seq in range(1, 9)]
    sent(store, *before, comment(9, visit="5b1e77c2a90d0008", at=minutes_ago(24), text="su kitais"))
    assert texts(store) == []


def test_what_is_held_back_cannot_be_touched_either(store: SqliteStore) -> None:
    said(store, "ką tik", at=minutes_ago(20))
    assert not store.hide_comment(HEAD, "hall", ident(store, "ką tik"), "anksti", NOW)
    assert audited(store) == []


# ── who sees ────────────────────────────────────────────────────────────────────────────


def test_an_offices_comments_are_for_those_who_may_see_it(store: SqliteStore) -> None:
    said(store, *(f"salė {n}" for n in range(10)))
    assert texts(store, viewer=NORTH) == []
    assert store.newest_comments(NORTH, "hall", 10, NOW) == []
    assert texts(store, CommentQuery("north")) == []
    for viewer in (HEAD, ADMIN, ANALYST, AUDITOR):
        assert len(texts(store, viewer=viewer)) == 10


def test_the_index_gives_nothing_of_another_office(store: SqliteStore) -> None:
    said(store, "bendras žodis salėje")
    said(store, "bendras žodis šiaurėje", kiosk="north-1", service="social-benefits")
    assert texts(store, replace(HALL, words="bendras")) == ["bendras žodis salėje"]
    assert texts(store, CommentQuery("north", words="bendras"), NORTH) == ["bendras žodis šiaurėje"]


def test_below_ten_ratings_of_the_period_only_the_offices_head_sees_any(store: SqliteStore) -> None:
    said(store, "vienas", at="2026-11-20T09:15:00Z")
    sent(store, *[rating(seq, at=f"2026-11-20T09:{seq}:00Z") for seq in range(11, 19)])
    sent(store, rating(30, at="2026-11-20T09:30:00Z", gap_ms=100), rating(31, question="advise", value=9))
    day = replace(HALL, first=date(2026, 11, 20), last=date(2026, 11, 20))
    for viewer in (ADMIN, ANALYST, AUDITOR):
        for query in (HALL, day):
            found = store.comments(viewer, query, NOW)
            assert (found.suppressed, found.rows, found.total) == (True, [], 0), "nine, one marked, one to another question"
        assert store.newest_comments(viewer, "hall", 10, NOW) == []
    assert texts(store, day) == ["vienas"]
    sent(store, rating(32, at="2026-11-21T09:30:00Z"))
    for viewer in (ADMIN, ANALYST, AUDITOR):
        assert texts(store, viewer=viewer) == ["vienas"], "ten in all time"
        assert [found.text for found in store.newest_comments(viewer, "hall", 10, NOW)] == ["vienas"]
        assert store.comments(viewer, day, NOW).suppressed, "nine that day"
        assert texts(store, replace(HALL, first=date(2026, 11, 20)), viewer) == ["vienas"]
        assert store.comments(viewer, replace(HALL, first=date(2026, 11, 22)), NOW).suppressed
        assert store.comments(viewer, replace(HALL, first=DAY, last=date(2026, 11, 20)), NOW).suppressed


# ── tending ─────────────────────────────────────────────────────────────────────────────


def test_a_state_is_set_by_those_who_tend_and_audited(store: SqliteStore) -> None:
    said(store, "žodžiai")
    one = ident(store, "žodžiai")
    assert store.set_comment_state(HEAD, "hall", one, "noted", NOW)
    assert store.set_comment_state(HEAD, "hall", one, "noted", NOW)
    assert store.set_comment_state(ADMIN, "hall", one, "done", NOW)
    assert texts(store, replace(HALL, state="done")) == ["žodžiai"]
    assert audited(store) == [
        ("head-hall", "comment.state", f"hall/comments/{one}", '{"state": "new"}', '{"state": "noted"}'),
        ("admin", "comment.state", f"hall/comments/{one}", '{"state": "noted"}', '{"state": "done"}'),
    ]


def test_a_hidden_comment_is_gone_for_everybody_and_listed_for_those_who_tend(store: SqliteStore) -> None:
    said(store, *(f"geri žodžiai {n}" for n in range(10)), "pikti žodžiai")
    one = ident(store, "pikti žodžiai")
    assert store.hide_comment(HEAD, "hall", one, "keiksmai", NOW)
    for viewer in (HEAD, ADMIN, ANALYST, AUDITOR):
        assert "pikti žodžiai" not in texts(store, viewer=viewer)
        assert texts(store, replace(HALL, words="pikti"), viewer) == []
        assert "pikti žodžiai" not in [found.text for found in store.newest_comments(viewer, "hall", 20, NOW)]
    hidden = replace(HALL, hidden=True)
    for viewer in (HEAD, ADMIN):
        (row,) = store.comments(viewer, hidden, NOW).rows
        assert (row.text, row.hidden, row.hidden_by) == ("pikti žodžiai", "keiksmai", "head-hall")
        assert row.hidden_at == "2026-11-21T12:00:00.000Z"
    for viewer in (ANALYST, AUDITOR, NORTH):
        assert store.comments(viewer, hidden, NOW).rows == []
    assert store.show_comment(ADMIN, "hall", one, NOW)
    assert store.show_comment(ADMIN, "hall", one, NOW)
    assert "pikti žodžiai" in texts(store)
    assert audited(store) == [
        ("head-hall", "comment.hide", f"hall/comments/{one}", "null", '{"reason": "keiksmai"}'),
        ("admin", "comment.show", f"hall/comments/{one}", '{"reason": "keiksmai"}', "null"),
    ]


def test_nobody_else_changes_anything(store: SqliteStore) -> None:
    said(store, "salė")
    said(store, "šiaurė", kiosk="north-1", service="social-benefits")
    hall, north = ident(store, "salė"), ident(store, "šiaurė")
    before = rows(store, "SELECT * FROM comment")
    for viewer, office, one in (
        (NORTH, "hall", hall),
        (NORTH, "north", hall),
        (HEAD, "hall", north),
        (ADMIN, "hall", north),
        (ANALYST, "hall", hall),
        (AUDITOR, "hall", hall),
        (ADMIN, "hall", 10**6),
        (ADMIN, "nowhere", hall),
    ):
        assert not store.set_comment_state(viewer, office, one, "done", NOW)
        assert not store.hide_comment(viewer, office, one, "nepatinka", NOW)
        assert not store.show_comment(viewer, office, one, NOW)
    assert rows(store, "SELECT * FROM comment") == before
    assert audited(store) == []


# ── erasing, an existing store ──────────────────────────────────────────────────────────


def test_an_erased_comment_leaves_no_word_behind_and_stays_counted(store: SqliteStore) -> None:
    said(store, "slaptas vardas", "lieka")
    one = ident(store, "slaptas vardas")
    comments.delete(store._conn, [one, 10**6])
    erasing.tidy_index(store._conn, first=True)
    while erasing.tidy_index(store._conn, first=False):
        pass
    assert texts(store) == ["lieka"]
    assert texts(store, replace(HALL, words="slaptas")) == []
    for table in ("event", "comment", "comment_text", "comment_text_content", "comment_text_data"):
        assert not [row for row in rows(store, f"SELECT * FROM {table}") if "slapta" in str(row)]
    assert rows(store, "SELECT count(*) FROM event WHERE kind=3") == [(2,)]
    sent(store, rating(1), comment(2, visit="5b1e77c2a90d0001", text="slaptas vardas"))
    assert texts(store) == ["lieka"], "sent again it is known, and stays erased"
    said(store, "nauja", first=11)
    assert ident(store, "nauja") > one + 1, "a number is never given twice"


def test_an_existing_store_is_filled(tmp_path: Path, installed: Path) -> None:
    """A store as it was before: its comments are in events only."""
    path = tmp_path / "collector.sqlite"
    shutil.copy(installed, path)
    store = SqliteStore(path)
    said(store, "senas žodis")
    said(store, "kitas", stream=OTHER_STREAM, at="2026-11-20T09:15:00Z")
    said(store, "šiaurė", kiosk="north-1", service="social-benefits")
    before = rows(store, "SELECT * FROM comment ORDER BY place"), rows(store, "SELECT words FROM comment_text ORDER BY rowid")
    for undo in (
        "DROP TABLE comment",
        "DROP TABLE comment_text",
        "CREATE INDEX event_comment ON event (minute) WHERE kind = 3",
        "DELETE FROM _sqlite_migrations WHERE name='m005_comments'",
    ):
        change(store, undo)
    assert migrations.pending(Database(store._conn))
    store.migrate()
    assert [row[1:9] for row in rows(store, "SELECT * FROM comment ORDER BY place")] == [row[1:9] for row in before[0]]
    assert rows(store, "SELECT words FROM comment_text ORDER BY rowid") == before[1]
    assert texts(store) == ["senas žodis", "kitas"]
    assert texts(store, replace(HALL, words="zodis")) == ["senas žodis"]
    said(store, "naujas", first=51)
    assert len(texts(store)) == 3
    store.close()


def test_an_index_row_belongs_to_every_comment(store: SqliteStore) -> None:
    said(store, "vienas", "du", "trys")
    comments.delete(store._conn, [ident(store, "du")])
    assert rows(store, "SELECT rowid FROM comment_text ORDER BY 1") == rows(store, "SELECT place FROM comment ORDER BY 1")
    store._conn.execute("INSERT INTO comment_text (comment_text) VALUES ('integrity-check')")
    with pytest.raises(sqlite3.IntegrityError):
        store._conn.execute("INSERT INTO comment (stream, seq) VALUES (1, 2)")
