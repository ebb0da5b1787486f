"""Sessions of browsers and tokens of programs, stored as SHA-256 only."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Connection

from broker_config.messages import utc_text
from collector.access import User
from collector.store import audit

IDLE = timedelta(hours=2)
MOST = 20  # API tokens of a user
_NOTED_EVERY = {"session": timedelta(minutes=5), "api": timedelta(hours=1)}


@dataclass(frozen=True)
class Granted:
    """Whose a token is. `stale`: its use was last noted so long ago that it should be again."""

    user: User
    stale: bool


@dataclass(frozen=True)
class ApiToken:
    """A token as its user sees it. `id`: the beginning of its hash. Moments are RFC 3339, empty where unknown."""

    id: str
    label: str
    created: str
    used: str
    expires: str


def grant(conn: Connection, login: str, kind: str, lasts: timedelta, now: datetime, label: str = "") -> str:
    """A new token of a user: `session` for the browser, `api` for programs. Shown once, kept only as a hash."""
    token = secrets.token_urlsafe(32)
    conn.execute("DELETE FROM token WHERE expires <= ? OR (kind='session' AND used <= ?)", _since(now))
    used = utc_text(now) if kind == "session" else ""
    row = (_sha256(token), login, kind, utc_text(now + lasts), label, utc_text(now), used)
    conn.execute("INSERT INTO token (sha256, login, kind, expires, label, created, used) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    return token


def grant_api(conn: Connection, login: str, label: str, lasts: timedelta, by: str, now: datetime) -> str | None:
    """A new API token, audited; None where the user has as many as he may have."""
    if len(api_tokens(conn, login, now)) >= MOST:
        return None
    token = grant(conn, login, "api", lasts, now, label)
    audit.write(conn, by, "token.grant", login, None, {"id": _id(_sha256(token)), "label": label}, now)
    return token


def revoke(conn: Connection, token: str) -> None:
    conn.execute("DELETE FROM token WHERE sha256=?", (_sha256(token),))


def revoke_api(conn: Connection, login: str, token_id: str, by: str, now: datetime) -> bool:
    """End an API token of this user; False when he has none with this id."""
    found = next((token for token in api_tokens(conn, login, now) if token.id == token_id), None)
    if found is None:
        return False
    conn.execute("DELETE FROM token WHERE login=? AND kind='api' AND substr(sha256, 1, ?)=?", (login, len(token_id), token_id))
    audit.write(conn, by, "token.revoke", login, {"id": found.id, "label": found.label}, None, now)
    return True


def end_all(conn: Connection, login: str) -> None:
    conn.execute("DELETE FROM token WHERE login=?", (login,))


def end_sessions(conn: Connection, login: str, keep: str = "") -> int:
    """End a user's sessions but the one whose token is `keep`; how many there were."""
    sql = "DELETE FROM token WHERE login=? AND kind='session' AND sha256<>?"
    return conn.execute(sql, (login, _sha256(keep))).rowcount


def granted(conn: Connection, token: str, kind: str, now: datetime) -> Granted | None:
    """The enabled user whose token this is; it has neither expired nor, as a session, been idle for two hours."""
    sql = (
        "SELECT u.login, u.role, u.offices, t.used FROM token t JOIN user u ON u.login = t.login "
        "WHERE t.sha256=? AND t.kind=? AND u.disabled=0 AND t.expires > ? AND (t.kind='api' OR t.used > ?)"
    )
    row = conn.execute(sql, (_sha256(token), kind, *_since(now))).fetchone()
    if row is None:
        return None
    user = User(row[0], row[1], frozenset(json.loads(row[2])))
    return Granted(user, stale=row[3] <= utc_text(now - _NOTED_EVERY[kind]))


def note_use(conn: Connection, token: str, now: datetime) -> None:
    conn.execute("UPDATE token SET used=max(used, ?) WHERE sha256=?", (utc_text(now), _sha256(token)))


def api_tokens(conn: Connection, login: str, now: datetime) -> list[ApiToken]:
    """A user's API tokens that have not expired, newest first."""
    sql = (
        "SELECT sha256, label, created, used, expires FROM token WHERE login=? AND kind='api' AND expires > ? "
        "ORDER BY created DESC, rowid DESC"
    )
    return [ApiToken(_id(row[0]), *row[1:]) for row in conn.execute(sql, (login, utc_text(now)))]


def sessions(conn: Connection, login: str, now: datetime) -> int:
    """In how many browsers a user is signed in."""
    sql = "SELECT count(*) FROM token WHERE login=? AND kind='session' AND expires > ? AND used > ?"
    (n,) = conn.execute(sql, (login, *_since(now))).fetchone()
    return int(n)


def _since(now: datetime) -> tuple[str, str]:
    """Whatever expires no later than the first, and a session not used since the second, has ended."""
    return utc_text(now), utc_text(now - IDLE)


def _id(sha256: str) -> str:
    return sha256[:10]


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
