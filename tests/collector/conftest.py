"""A store with the small catalogue in it, made afresh for each test and each hypothesis example."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collector.store.sqlite import SqliteStore
from tests.catalogues import catalogue
from tests.collector.deliveries import NOW

NewStore = Callable[[], SqliteStore]


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a migrated store with the catalogue, to be copied; installed so long ago that no log says it."""
    path = tmp_path_factory.mktemp("template") / "collector.sqlite"
    store = SqliteStore(path)
    store.migrate()
    store.install(catalogue(), NOW)
    store._conn.executescript("DELETE FROM audit; DELETE FROM kiosk_event WHERE kind = 'registered'")
    store.close()
    return path


@pytest.fixture
def new_store(installed: Path, tmp_path: Path) -> Iterator[NewStore]:
    """`new_store()` opens a copy; all are closed at the end."""
    opened: list[SqliteStore] = []

    def new() -> SqliteStore:
        path = tmp_path / f"store-{len(opened)}.sqlite"
        shutil.copy(installed, path)
        opened.append(SqliteStore(path))
        return opened[-1]

    yield new
    for store in opened:
        store.close()


@pytest.fixture
def store(new_store: NewStore) -> SqliteStore:
    return new_store()
