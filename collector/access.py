"""Pure: who may see which office. The only filter; every query about an office takes a Viewer."""

import re
from dataclasses import dataclass
from typing import Literal

Role = Literal["admin", "head", "analyst", "auditor"]
_LOGIN = re.compile(r"[\w.@+-]{1,64}")
COMMAND_LINE = "cli"
ROLES: tuple[Role, ...] = ("admin", "head", "analyst", "auditor")


def is_login(name: str) -> bool:
    """Whether this can be a user's name: none that would be another address, nor that of the command line in the audit log."""
    return name not in (COMMAND_LINE, ".", "..") and _LOGIN.fullmatch(name) is not None


@dataclass(frozen=True)
class User:
    """A person who may sign in. `offices` matters for heads only."""

    login: str
    role: Role
    offices: frozenset[str]


@dataclass(frozen=True)
class Viewer:
    """Whoever looks. `offices` is None for those who see all of them.

    An office's own head is inside it: he sees its distribution however few the ratings
    are. Everybody else is outside, the admin too, and sees nothing but n below 10.
    """

    login: str
    role: Role
    offices: frozenset[str] | None

    @classmethod
    def of(cls, user: User) -> "Viewer":
        return cls(user.login, user.role, user.offices if user.role == "head" else None)

    def may_see(self, office: str) -> bool:
        return self.offices is None or office in self.offices

    def is_inside(self, office: str) -> bool:
        return self.offices is not None and office in self.offices

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"

    @property
    def sees_fleet(self) -> bool:
        """Accounting, quarantine and the audit log are for those who answer for the whole system."""
        return self.role in ("admin", "auditor")

    def may_write(self, office: str) -> bool:
        """Notes and the states of comments are its head's, and the admins'; analysts and auditors only read."""
        return self.role in ("admin", "head") and self.may_see(office)
