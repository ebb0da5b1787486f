"""Users, their sessions and their API tokens. Tokens are stored as SHA-256 only."""

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from sqlite3 import Connection

from broker_config.messages import utc_text
from collector.access import Role, User


def put(conn: Connection, user: User, password_hash: str) -> None:
    """Add a user, or give a known login a new role, offices and password; sessions and tokens of before end."""
    sql = (
        "INSERT INTO user (login, password, role, offices) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "password=excluded.password, role=excluded.role, offices=excluded.offices, disabled=0"
    )
    conn.execute(sql, (user.login, password_hash, user.role, json.dumps(sorted(user.offices))))
    conn.execute("DELETE FROM token WHERE login=?", (user.login,))


def password_hash(conn: Connection, login: str) -> str | None:
    """The argon2 hash of an enabled user's password."""
    row = conn.execute("SELECT password FROM user WHERE login=? AND disabled=0", (login,)).fetchone()
    return row[0] if row else None


def grant(conn: Connection, login: str, kind: str, lasts: timedelta, now: datetime) -> str:
    """A new token of a user: `session` for the browser, `api` for programs. Shown once, kept only as a hash."""
    token = secrets.token_urlsafe(32)
    conn.execute("DELETE FROM token WHERE expires < ?", (utc_text(now),))
    conn.execute("INSERT INTO token VALUES (?, ?, ?, ?)", (_sha256(token), login, kind, utc_text(now + lasts)))
    return token


def revoke(conn: Connection, token: str) -> None:
    conn.execute("DELETE FROM token WHERE sha256=?", (_sha256(token),))


def by_token(conn: Connection, token: str, kind: str, now: datetime) -> User | None:
    """The enabled user whose unexpired token this is."""
    sql = (
        "SELECT u.login, u.role, u.offices FROM token t JOIN user u ON u.login = t.login "
        "WHERE t.sha256=? AND t.kind=? AND t.expires > ? AND u.disabled=0"
    )
    row = conn.execute(sql, (_sha256(token), kind, utc_text(now))).fetchone()
    if row is None:
        return None
    role: Role = row[1]
    return User(row[0], role, frozenset(json.loads(row[2])))


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
