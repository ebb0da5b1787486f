"""The store's side of inviting people, and of changing them from the page with its guard rails."""

from contextlib import AbstractContextManager
from datetime import datetime
from sqlite3 import Connection

from collector.access import User
from collector.store import invitations, users
from collector.store.invitations import Invitation


class Inviting:
    """What `SqliteStore` is for invitations. Every change is one transaction, its audit row within.

    What an administrator does from the page returns why it was not done: `himself`, `last`, `unknown`, or '' when it was.
    """

    _conn: Connection

    def _writing(self) -> AbstractContextManager[None]:
        raise NotImplementedError

    def invite_user(self, user: User, by: str, now: datetime) -> str | None:
        """The token of a new user's link; None when there is such a login already."""
        with self._writing():
            return invitations.invite(self._conn, user, by, now)

    def invite_again(self, login: str, by: str, now: datetime) -> str | None:
        """Take a user's password and give him a new link; None when there is no such user, or it is himself."""
        with self._writing():
            known = users.account(self._conn, login, now)
            return invitations.reset(self._conn, login, by, now) if known and not known.disabled and by != login else None

    def invitation(self, token: str, now: datetime) -> Invitation | None:
        return invitations.found(self._conn, token, now)

    def accept_invitation(self, token: str, password_hash: str, now: datetime) -> str | None:
        """The login that has this password now; None where the link opens nothing any more."""
        with self._writing():
            return invitations.accept(self._conn, token, password_hash, now)

    def reassign_user(self, user: User, by: str, now: datetime) -> str:
        """Another role or other offices."""
        with self._writing():
            known = users.account(self._conn, user.login, now)
            why = "unknown" if known is None else users.hindrance(self._conn, by, user.login, user.role, disabled=known.disabled)
            if not why and known and known.user != user:
                users.change(self._conn, user, by, now)
            return why

    def disable_user(self, login: str, by: str, now: datetime) -> str:
        """His sessions, tokens and unused links end at once."""
        with self._writing():
            known = users.account(self._conn, login, now)
            why = "unknown" if known is None else users.hindrance(self._conn, by, login, known.user.role, disabled=True)
            if not why:
                users.switch(self._conn, login, True, by, now)
            return why

    def enable_user(self, login: str, by: str, now: datetime) -> str:
        with self._writing():
            if users.account(self._conn, login, now) is None:
                return "unknown"
            users.switch(self._conn, login, False, by, now)
            return ""
