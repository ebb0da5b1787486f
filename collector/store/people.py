"""The store's side of people: users, signing in, sessions and tokens, the audit log. A part of the embedded store."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from sqlite3 import Connection

from collector.access import User, Viewer
from collector.store import audit, sign_ins, tokens, users


class People:
    """What `SqliteStore` is for whoever signs in. Every change is one transaction, its audit row within."""

    _conn: Connection

    def _writing(self) -> AbstractContextManager[None]:
        raise NotImplementedError

    # ── users ───────────────────────────────────────────────────────────────────────────

    def put_user(self, user: User, password_hash: str) -> None:
        """Set a user up, or anew, in a store in the making; `add_user` and its like are for everyday and audited."""
        with self._writing():
            users.put(self._conn, user, password_hash)

    def add_user(self, user: User, password_hash: str, by: str, now: datetime) -> bool:
        """False, and nothing done, when there is such a login already."""
        with self._writing():
            return users.add(self._conn, user, password_hash, by, now)

    def change_user(self, user: User, by: str, now: datetime) -> None:
        with self._writing():
            users.change(self._conn, user, by, now)

    def switch_user(self, login: str, disabled: bool, by: str, now: datetime) -> None:
        with self._writing():
            users.switch(self._conn, login, disabled, by, now)

    def reset_password(self, login: str, password_hash: str, by: str, now: datetime) -> None:
        with self._writing():
            users.reset(self._conn, login, password_hash, by, now)

    def change_own_password(self, login: str, password_hash: str, lasts: timedelta, now: datetime) -> str:
        """A new password; all sessions end but the new one whose token this returns."""
        with self._writing():
            users.own_password(self._conn, login, password_hash, now)
            return tokens.grant(self._conn, login, "session", lasts, now)

    def password_hash(self, login: str) -> str | None:
        return users.password_hash(self._conn, login)

    def account(self, login: str, now: datetime) -> users.Account | None:
        return users.account(self._conn, login, now)

    def accounts(self, now: datetime) -> list[users.Account]:
        return users.accounts(self._conn, now)

    # ── signing in ──────────────────────────────────────────────────────────────────────

    def sign_in_opens(self, login: str, now: datetime) -> datetime | None:
        """When a try with this login will be heard; None when it is now."""
        return sign_ins.opens(self._conn, login, now)

    def begin_try(self, login: str, now: datetime) -> datetime | None:
        """Count a try before its password is checked; returns when to come again where the tries are used up."""
        with self._writing():
            return sign_ins.begin(self._conn, login, now)

    def end_wrong_try(self, login: str, now: datetime) -> None:
        """The password was wrong."""
        with self._writing():
            sign_ins.note_lockout(self._conn, login, now)

    def sign_in(self, login: str, ends: str, lasts: timedelta, now: datetime) -> str:
        """The password was right: a new session's token. The session `ends`, if any, was this browser's before."""
        with self._writing():
            tokens.revoke(self._conn, ends)
            users.signed_in(self._conn, login, now)
            return tokens.grant(self._conn, login, "session", lasts, now)

    # ── sessions and tokens ─────────────────────────────────────────────────────────────

    def grant(self, login: str, kind: str, lasts: timedelta, now: datetime) -> str:
        with self._writing():
            return tokens.grant(self._conn, login, kind, lasts, now)

    def grant_api(self, login: str, label: str, lasts: timedelta, by: str, now: datetime) -> str | None:
        """A new API token, audited; None where the user has as many as he may have."""
        with self._writing():
            return tokens.grant_api(self._conn, login, label, lasts, by, now)

    def revoke(self, token: str) -> None:
        with self._writing():
            tokens.revoke(self._conn, token)

    def revoke_api(self, login: str, token_id: str, by: str, now: datetime) -> bool:
        with self._writing():
            return tokens.revoke_api(self._conn, login, token_id, by, now)

    def end_sessions(self, login: str, keep: str, now: datetime) -> int:
        """End a user's other sessions, as he asked; how many there were."""
        with self._writing():
            audit.write(self._conn, login, "session.end", login, None, None, now)
            return tokens.end_sessions(self._conn, login, keep)

    def user_by_token(self, token: str, kind: str, now: datetime) -> User | None:
        found = self.granted(token, kind, now)
        return found.user if found else None

    def granted(self, token: str, kind: str, now: datetime) -> tokens.Granted | None:
        """Whose a token is, and whether its use should be noted."""
        return tokens.granted(self._conn, token, kind, now)

    def note_use(self, token: str, now: datetime) -> None:
        with self._writing():
            tokens.note_use(self._conn, token, now)

    def api_tokens(self, login: str, now: datetime) -> list[tokens.ApiToken]:
        return tokens.api_tokens(self._conn, login, now)

    def sessions(self, login: str, now: datetime) -> int:
        return tokens.sessions(self._conn, login, now)

    # ── audit log ───────────────────────────────────────────────────────────────────────

    def audit_rows(self, viewer: Viewer, query: audit.AuditQuery) -> list[audit.AuditRow]:
        """Newest first; nothing for those who may not see it."""
        return audit.rows(self._conn, viewer, query)

    def audit_actions(self, viewer: Viewer) -> list[str]:
        return audit.actions(self._conn, viewer)
