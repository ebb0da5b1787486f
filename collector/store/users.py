"""Users: who they are, what they may see, their password's hash. Each change is audited with it."""

import json
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from broker_config.messages import utc_text
from collector.access import User
from collector.store import audit, sign_ins, tokens


@dataclass(frozen=True)
class Account:
    """A user as an administrator sees him. `signed_in`: RFC 3339, empty when never; `opens`: when a locked login opens again.

    `joined`: he has chosen a password; `invited`: until when (RFC 3339) his invitation is good, empty where he has none.
    """

    user: User
    disabled: bool
    signed_in: str
    opens: datetime | None
    joined: bool = True
    invited: str = ""


def put(conn: Connection, user: User, password_hash: str) -> None:
    """Set a user up, or anew, in a store in the making: not audited. Sessions and tokens of before end."""
    sql = (
        "INSERT INTO user (login, password, role, offices) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "password=excluded.password, role=excluded.role, offices=excluded.offices, disabled=0"
    )
    conn.execute(sql, (user.login, password_hash, user.role, json.dumps(sorted(user.offices))))
    tokens.end_all(conn, user.login)


def add(conn: Connection, user: User, password_hash: str, by: str, now: datetime) -> bool:
    """False, and nothing done, when there is such a login already."""
    if account(conn, user.login, now):
        return False
    put(conn, user, password_hash)
    audit.write(conn, by, "user.add", user.login, None, _facts(user), now)
    return True


def change(conn: Connection, user: User, by: str, now: datetime) -> None:
    """Another role or other offices, from the next request on."""
    before = account(conn, user.login, now)
    sql = "UPDATE user SET role=?, offices=? WHERE login=?"
    conn.execute(sql, (user.role, json.dumps(sorted(user.offices)), user.login))
    audit.write(conn, by, "user.change", user.login, before and _facts(before.user), _facts(user), now)


def switch(conn: Connection, login: str, disabled: bool, by: str, now: datetime) -> None:
    """Disable a user, whose sessions and tokens end, or enable one; a lock after wrong tries opens."""
    conn.execute("UPDATE user SET disabled=? WHERE login=?", (int(disabled), login))
    if disabled:
        tokens.end_all(conn, login)
        void_links(conn, login)
    sign_ins.forget(conn, login)
    audit.write(conn, by, "user.disable" if disabled else "user.enable", login, None, None, now)


def reset(conn: Connection, login: str, password_hash: str, by: str, now: datetime) -> None:
    """A new password from an administrator: what the old one had opened ends, a locked login opens."""
    conn.execute("UPDATE user SET password=? WHERE login=?", (password_hash, login))
    tokens.end_all(conn, login)
    void_links(conn, login)
    sign_ins.forget(conn, login)
    audit.write(conn, by, "user.reset", login, None, None, now)


def void_links(conn: Connection, login: str) -> None:
    """Invitations that nobody has used open nothing any more."""
    conn.execute("DELETE FROM invitation WHERE login=? AND used=''", (login,))


def own_password(conn: Connection, login: str, password_hash: str, now: datetime) -> None:
    """A new password from the user himself: all his sessions end. His API tokens stay; he sees them beside it."""
    conn.execute("UPDATE user SET password=? WHERE login=?", (password_hash, login))
    tokens.end_sessions(conn, login)
    sign_ins.forget(conn, login)
    audit.write(conn, login, "user.password", login, None, None, now)


def signed_in(conn: Connection, login: str, now: datetime) -> None:
    """Somebody gave the right password: his wrong tries are forgotten."""
    conn.execute("UPDATE user SET signed_in=? WHERE login=?", (utc_text(now), login))
    sign_ins.forget(conn, login)
    audit.write(conn, login, "sign-in", login, None, None, now)


def password_hash(conn: Connection, login: str) -> str | None:
    """The argon2 hash of an enabled user's password; None where he has not chosen one yet."""
    row = conn.execute("SELECT password FROM user WHERE login=? AND disabled=0", (login,)).fetchone()
    return row[0] or None if row else None


def account(conn: Connection, login: str, now: datetime) -> Account | None:
    return next((found for found in accounts(conn, now) if found.user.login == login), None)


def accounts(conn: Connection, now: datetime) -> list[Account]:
    """Everybody, by login."""
    sql = (
        "SELECT login, role, offices, disabled, signed_in, password <> '', coalesce((SELECT max(expires) FROM invitation i "
        "WHERE i.login = u.login AND used = '' AND expires > ?), '') FROM user u ORDER BY login"
    )
    return [
        Account(User(login, role, frozenset(json.loads(offices))), bool(off), at, sign_ins.login_opens(conn, login, now), *joined)
        for login, role, offices, off, at, *joined in conn.execute(sql, (utc_text(now),)).fetchall()
    ]


def hindrance(conn: Connection, by: str, login: str, role: str, *, disabled: bool) -> str:
    """Why `by` may not give a user this role and state: `himself`, or `last` for the last who can set the system up; else ''."""
    if role == "admin" and not disabled:
        return ""
    row = conn.execute("SELECT role='admin' AND disabled=0 FROM user WHERE login=?", (login,)).fetchone()
    if not row or not (row[0] or by == login):
        return ""
    if by == login:
        return "himself"
    sql = "SELECT count(*) FROM user WHERE role='admin' AND disabled=0 AND password <> '' AND login <> ?"
    return "" if conn.execute(sql, (login,)).fetchone()[0] else "last"


def _facts(user: User) -> dict[str, Any]:
    return {"role": user.role, "offices": sorted(user.offices)}
