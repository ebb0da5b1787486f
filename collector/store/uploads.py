"""Catalogue files that were uploaded and wait to be applied: the last one of each admin, for a day."""

from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import NamedTuple

from broker_config.messages import utc_text

_KEPT = timedelta(days=1)


class Upload(NamedTuple):
    """`kind`: of the things in it; `name`: of the file."""

    kind: str
    name: str
    content: bytes


def keep(conn: Connection, login: str, upload: Upload, now: datetime) -> None:
    """In place of what the admin uploaded before."""
    drop(conn, login)
    conn.execute(
        "INSERT INTO catalogue_upload VALUES (?, ?, ?, ?, ?)", (login, upload.kind, upload.name, utc_text(now), upload.content)
    )


def kept(conn: Connection, login: str) -> Upload | None:
    row = conn.execute("SELECT kind, name, content FROM catalogue_upload WHERE login=?", (login,)).fetchone()
    return Upload(*row) if row else None


def expire(conn: Connection, now: datetime) -> None:
    """An admin who never came back to one finds the form again."""
    conn.execute("DELETE FROM catalogue_upload WHERE created < ?", (utc_text(now - _KEPT),))


def drop(conn: Connection, login: str) -> None:
    conn.execute("DELETE FROM catalogue_upload WHERE login=?", (login,))
