"""Pure: a one-time code and a server's address while somebody types them at the kiosk itself, or scans them."""

from urllib.parse import parse_qs, urlsplit

from broker_config.enrolment_code import ALPHABET, LENGTH, PROOF, grouped

LONGEST = LENGTH + PROOF
LONGEST_GROUPED = len(grouped("0" * LONGEST))
LONGEST_ADDRESS = 200
_MEANT = str.maketrans("OIL", "011")


def characters(text: str) -> str:
    """What of a text belongs to a code, no more than the longest has."""
    return "".join(one for one in text.upper().translate(_MEANT) if one in ALPHABET)[:LONGEST]


def typed(text: str, at: int) -> tuple[str, int]:
    """A code as it is shown while it is typed, in groups of four; and where the cursor, which was at `at`, stands in it."""
    before = len(characters(text[:at]))
    shown = grouped(characters(text))
    return shown, min(len(shown), before + max(0, before - 1) // 4)


def is_whole(text: str) -> bool:
    """Whether it has as many characters as a code may have."""
    return len(characters(text)) in (LENGTH, LONGEST)


def address(text: str) -> str:
    """A server's address with its `https://`, which nobody need type; '' for nothing."""
    plain = "".join(text.split())
    return plain if "://" in plain or not plain else f"https://{plain}"


def scanned(text: str) -> tuple[str, str] | None:
    """Server and code from a printed QR code, as a scanner types it: `nuomone:enrol?server=…&code=…`."""
    _, found, rest = text.rpartition("nuomone:enrol?")
    asked = parse_qs(urlsplit(f"?{rest.strip()}").query) if found else {}
    server, code = asked.get("server", [""])[0], asked.get("code", [""])[0]
    return (server, grouped(characters(code))) if server and is_whole(code) else None
