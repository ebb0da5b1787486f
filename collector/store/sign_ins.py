"""Wrong tries to sign in, by the hash of the login, whether there is such a user or not. No address is kept.

A row a try. The bound over all logins also bounds the table: 60 a minute, remembered for a day.
"""

import hashlib
from datetime import datetime, timedelta
from sqlite3 import Connection

from broker_config.messages import utc_text
from collector import lockout
from collector.store import audit


def login_opens(conn: Connection, login: str, now: datetime) -> datetime | None:
    """When this login may be tried again; None when it may now."""
    sql = "SELECT count(*), max(at) FROM wrong_try WHERE sha256=? AND at > ?"
    failures, last = conn.execute(sql, (_sha256(login), utc_text(now - lockout.REMEMBERED))).fetchone()
    return _later(lockout.login_opens(failures, datetime.fromisoformat(last)) if failures else None, now)


def all_open(conn: Connection, now: datetime) -> datetime | None:
    """When anybody may try again; None when one may now."""
    sql = "SELECT count(*), min(at) FROM (SELECT at FROM wrong_try WHERE at > ? ORDER BY at DESC LIMIT ?)"
    failures, oldest = conn.execute(sql, (utc_text(now - lockout.WITHIN), lockout.TRIES_OF_ALL)).fetchone()
    return _later(lockout.all_open(failures, datetime.fromisoformat(oldest)) if failures else None, now)


def opens(conn: Connection, login: str, now: datetime) -> datetime | None:
    """When a try with this login will be heard; None when it is now."""
    return max(filter(None, (login_opens(conn, login, now), all_open(conn, now))), default=None)


def begin(conn: Connection, login: str, now: datetime) -> datetime | None:
    """Count a try as a wrong one before its password is checked, so that many at once are no more than one by one.

    Returns when to come again, and counts nothing, where the tries are used up.
    """
    refused = opens(conn, login, now)
    if refused:
        return refused
    conn.execute("DELETE FROM wrong_try WHERE at <= ?", (utc_text(now - lockout.REMEMBERED),))
    conn.execute("INSERT INTO wrong_try (sha256, at) VALUES (?, ?)", (_sha256(login), utc_text(now)))
    return None


def note_lockout(conn: Connection, login: str, now: datetime) -> None:
    """Audit what a wrong try has locked. A login that does not exist is not named: it may be a mistyped password."""
    opens_at = login_opens(conn, login, now)
    if opens_at and conn.execute("SELECT 1 FROM user WHERE login=?", (login,)).fetchone():
        audit.write(conn, login, "sign-in.locked", login, None, {"minutes": round((opens_at - now) / timedelta(minutes=1))}, now)
    if all_open(conn, now):
        audit.write(conn, "", "sign-in.locked", "*", None, None, now)


def forget(conn: Connection, login: str) -> None:
    """The right password was given, or an administrator opens the login."""
    conn.execute("DELETE FROM wrong_try WHERE sha256=?", (_sha256(login),))


def _later(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment and moment > now else None


def _sha256(login: str) -> str:
    return hashlib.sha256(login.encode()).hexdigest()
