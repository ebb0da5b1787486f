"""The embedded store's file: durable, strict, migrated once, and honest about a file that is none."""

import sqlite3
from pathlib import Path

import pytest

from collector.store.base import StoreError
from collector.store.sqlite import SqliteStore
from tests.collector.deliveries import NOW, arrived, batch, change, rating, rows, sent


def test_what_is_committed_is_on_the_disk(store: SqliteStore) -> None:
    assert store._conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._conn.execute("PRAGMA synchronous").fetchone() == (2,)


def test_every_table_is_strict(store: SqliteStore) -> None:
    listed = rows(
        store, "SELECT name, strict FROM pragma_table_list WHERE schema='main' AND type='table' AND name NOT LIKE 'sqlite_%'"
    )
    loose = {name for name, strict in listed if not strict}
    assert loose == {"_sqlite_migrations"}, "only the library's own"
    with pytest.raises(sqlite3.IntegrityError):
        change(store, "INSERT INTO lost VALUES (1, 'one', 2)")


def test_migrating_again_changes_nothing(store: SqliteStore) -> None:
    before = rows(store, "SELECT sql FROM sqlite_master"), rows(store, "SELECT * FROM _sqlite_migrations")
    assert store.is_ready()
    store.migrate()
    again = SqliteStore(store._path)
    again.migrate()
    again.close()
    assert (rows(store, "SELECT sql FROM sqlite_master"), rows(store, "SELECT * FROM _sqlite_migrations")) == before


def test_a_new_file_is_not_ready_until_it_is_migrated(tmp_path: Path) -> None:
    fresh = SqliteStore(tmp_path / "new.sqlite")
    assert not fresh.is_ready()
    fresh.migrate()
    assert fresh.is_ready()
    fresh.close()


@pytest.mark.parametrize("content", [b"this is no database, " * 100, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_file_that_is_no_store_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.sqlite"
    path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        SqliteStore(path).migrate()
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")
    assert path.read_bytes() == content, "a broken file is left for whoever repairs it"


@pytest.mark.parametrize("read_only", [True, False])
def test_a_folder_in_its_place_is_one_sentence(tmp_path: Path, read_only: bool) -> None:
    with pytest.raises(StoreError, match=r"^The store .* cannot be opened: .*\.$"):
        SqliteStore(tmp_path, read_only=read_only)


def test_reading_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        SqliteStore(tmp_path / "none.sqlite", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_read_only_store_cannot_write(store: SqliteStore) -> None:
    reader = SqliteStore(store._path, read_only=True)
    with pytest.raises(StoreError, match="takes nothing now: attempt to write a readonly database"):
        sent(reader, rating(1))
    with pytest.raises(sqlite3.OperationalError):
        reader._conn.execute("DELETE FROM office")
    sent(store, rating(1))
    assert [row["stored"] for row in reader.accounting(NOW)] == [1], "and sees what others write"
    reader.close()


def test_two_writers_take_turns(store: SqliteStore) -> None:
    other = SqliteStore(store._path)
    for seq in range(1, 9):
        sent(store if seq % 2 else other, rating(seq))
    assert rows(store, "SELECT through FROM stream") == [(8,)]
    assert other.rebuild() == 0
    other.close()


def test_every_process_hears_of_a_changed_catalogue(store: SqliteStore) -> None:
    other = SqliteStore(store._path)
    other.refresh()
    assert other.is_active("hall-1")
    change(store, "UPDATE kiosk SET status='retired' WHERE id='hall-1'")
    change(store, "UPDATE meta SET value=value+1 WHERE key='catalogue_version'")
    recorded = arrived(other, batch(rating(1)))
    assert recorded.receipts == []
    other.close()


def test_a_token_is_kept_as_a_hash_and_ends(store: SqliteStore) -> None:
    from datetime import timedelta

    from collector.access import User

    user = User("ona", "head", frozenset({"hall"}))
    store.put_user(user, "hash")
    token = store.grant("ona", "api", timedelta(hours=1), NOW)
    assert token not in str(rows(store, "SELECT * FROM token"))
    assert store.user_by_token(token, "api", NOW) == user
    assert store.user_by_token(token, "session", NOW) is None, "an API token opens no page"
    assert store.user_by_token(token, "api", NOW + timedelta(hours=1)) is None
    assert store.user_by_token(token + "x", "api", NOW) is None
    change(store, "UPDATE user SET disabled=1")
    assert store.user_by_token(token, "api", NOW) is None
    assert store.password_hash("ona") is None
    store.put_user(user, "hash")
    assert store.user_by_token(token, "api", NOW) is None, "a new password ends what the old one had opened"
    token = store.grant("ona", "api", timedelta(hours=1), NOW)
    store.revoke(token)
    assert store.user_by_token(token, "api", NOW) is None
