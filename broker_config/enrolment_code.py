"""Pure: the one-time code with which a kiosk asks for its certificate, as people read and type it.

Twelve characters of Crockford's base32 carry 60 random bits. Twenty more may follow: the
first 100 bits of the SHA-256 of the authority's certificate, by which the kiosk knows whose
certificates to believe, beside the public ones, before it gives the code away.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
PROOF = 20
_BITS = 5
_MEANT = str.maketrans("OIL", "011", "-–— \t\r\n\u00a0")  # letters that no code has, and what stands between


def new() -> str:
    """A code of twelve characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normalised(text: str) -> str | None:
    """What was typed, as `new` or `with_proof` made it; None where it can be neither.

    Case, hyphens and spaces do not matter, nor whether O or 0, I, L or 1 was typed.
    """
    code = text.upper().translate(_MEANT)
    is_one = len(code) in (LENGTH, LENGTH + PROOF) and set(code) <= set(ALPHABET)
    return code if is_one else None


def with_proof(code: str, fingerprint: str) -> str:
    """The code followed by the start of the authority's fingerprint (64 hex digits)."""
    return code + proof(fingerprint)


def proof(fingerprint: str) -> str:
    """The first 100 bits of a fingerprint, in twenty characters."""
    bits = int(fingerprint, 16) >> (len(fingerprint) * 4 - PROOF * _BITS)
    return "".join(ALPHABET[bits >> (_BITS * place) & 31] for place in reversed(range(PROOF)))


def grouped(code: str) -> str:
    """In groups of four with hyphens, for people."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
