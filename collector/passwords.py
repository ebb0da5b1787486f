"""Passwords as argon2 hashes."""

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

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
