"""Invitations: a one-time link by which somebody chooses his own password. Kept as SHA-256; 256 random bits guard it."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Literal

from broker_config.messages import utc_text
from collector.access import User
from collector.store import audit, sign_ins, tokens, users

LASTS = timedelta(days=7)


@dataclass(frozen=True)
class Invitation:
    """`void`: the user was disabled since."""

    login: str
    state: Literal["open", "used", "expired", "void"]


def invite(conn: Connection, user: User, by: str, now: datetime) -> str | None:
    """A new user without a password, and the token of his link; None, and nothing done, when there is such a login already."""
    if users.account(conn, user.login, now):
        return None
    users.put(conn, user, "")
    facts = {"role": user.role, "offices": sorted(user.offices)}
    audit.write(conn, by, "user.invite", user.login, None, facts, now)
    return _made(conn, user.login, by, now)


def reset(conn: Connection, login: str, by: str, now: datetime) -> str:
    """A new link for a user whose password, sessions and tokens end at once; a locked login opens."""
    users.reset(conn, login, "", by, now)
    return _made(conn, login, by, now)


def found(conn: Connection, token: str, now: datetime) -> Invitation | None:
    """What a token opens; None for one that was never given, or that a newer one has replaced."""
    sql = "SELECT i.login, i.used, i.expires, u.disabled FROM invitation i JOIN user u ON u.login = i.login WHERE i.sha256=?"
    row = conn.execute(sql, (_sha256(token),)).fetchone()
    if row is None:
        return None
    login, used, expires, disabled = row
    state: Literal["open", "used", "expired", "void"] = "open"
    if used:
        state = "used"
    elif disabled:
        state = "void"
    elif expires <= utc_text(now):
        state = "expired"
    return Invitation(login, state)


def accept(conn: Connection, token: str, password_hash: str, now: datetime) -> str | None:
    """Give the invited his password, once. Returns his login; None where the token opens nothing any more."""
    invitation = found(conn, token, now)
    if invitation is None or invitation.state != "open":
        return None
    conn.execute("UPDATE invitation SET used=? WHERE sha256=?", (utc_text(now), _sha256(token)))
    conn.execute("UPDATE user SET password=? WHERE login=?", (password_hash, invitation.login))
    tokens.end_all(conn, invitation.login)
    sign_ins.forget(conn, invitation.login)
    audit.write(conn, invitation.login, "user.accept", invitation.login, None, None, now)
    return invitation.login


def _made(conn: Connection, login: str, by: str, now: datetime) -> str:
    """The one link that is good; those of before are not."""
    users.void_links(conn, login)
    token = secrets.token_urlsafe(32)
    row = (_sha256(token), login, by, utc_text(now), utc_text(now + LASTS))
    conn.execute("INSERT INTO invitation (sha256, login, by, created, expires) VALUES (?, ?, ?, ?, ?)", row)
    return token


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
