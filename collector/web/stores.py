"""The web's way to the store: one read-only connection a thread, a writing one only while it writes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.store.sqlite import SqliteStore


class Stores:
    """Opens the store in `path` again when the file was replaced, as by restoring a backup."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    def reading(self) -> SqliteStore:
        """This thread's read-only store."""
        status = self._path.stat()
        identity = (status.st_dev, status.st_ino)
        if getattr(self._local, "identity", None) != identity:
            if hasattr(self._local, "store"):
                self._local.store.close()
            self._local.store = SqliteStore(self._path, read_only=True)
            self._local.identity = identity
        store: SqliteStore = self._local.store
        return store

    @contextmanager
    def writing(self) -> Iterator[SqliteStore]:
        """A store for one short write."""
        store = SqliteStore(self._path)
        try:
            yield store
        finally:
            store.close()
