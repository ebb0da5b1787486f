"""A number that changes whenever a day that is over gets another figure: what was reckoned from such days holds until then."""

from collections.abc import Iterable
from sqlite3 import Connection

from collector.localtime import local
from collector.tallies import Changes


def note(conn: Connection, changes: Changes, zones: Iterable[str], minute: int) -> None:
    """Change the number if `changes` touch a day before today in one of the time zones; `minute`: now, since 1970 UTC."""
    today = max((local(minute, zone).day for zone in zones), default="")
    if any(day < today for day in changes.days):
        bump(conn)


def bump(conn: Connection) -> None:
    sql = "INSERT INTO meta VALUES ('past_version', '1') ON CONFLICT DO UPDATE SET value=CAST(value AS INTEGER)+1"
    conn.execute(sql)


def version(conn: Connection) -> str:
    row = conn.execute("SELECT value FROM meta WHERE key='past_version'").fetchone()
    return row[0] if row else "0"
