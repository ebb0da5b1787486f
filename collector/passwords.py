"""Passwords as argon2 hashes."""

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

SHORTEST = 8
LONGEST = 1000
TOO_SHORT = "A password needs at least 8 characters."
TOO_LONG = "A password may have at most 1,000 characters."
THE_LOGIN = "The user name cannot be the password."

# Checked when a login is unknown, so that its answer takes as long as a wrong password's.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$FNA94QESwPoKpcKHagmoHQ$LDyVDmWi0EbN/lH00BJSlbB+Q2gZ22UBmUEQouUYn7A"


def hashed(password: str) -> str:
    return PasswordHasher().hash(password)


def matches(password: str, kept: str | None) -> bool:
    """True when the password is the one whose hash was kept; takes its time for unknown logins too."""
    try:
        return PasswordHasher().verify(kept or _NOBODY, password) and kept is not None
    except VerificationError:
        return False


def fault(password: str, login: str) -> str:
    """Why this cannot be the password of a login, as one sentence; empty when it can."""
    if len(password) < SHORTEST:
        return TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    if password.casefold() == login.casefold():
        return THE_LOGIN
    return ""
