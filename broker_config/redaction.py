"""What may never cross the wire: personal data in free text.

The kiosk redacts before it stores a comment, the collector once more before it stores
anything. A match is replaced by its kind in square brackets. Redacting twice changes nothing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stdnum import iban
from stdnum.lt import asmens


@dataclass(frozen=True, slots=True)
class Redacted:
    """The text that may be kept, and the kinds of what was removed, in order of their rules."""

    text: str
    kinds: tuple[str, ...]


def _valid(check: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda found: check(re.sub(r"[\s.-]", "", found))


def _any(_: str) -> bool:
    return True


# Order matters: what is checked by a check digit comes before what is only a shape.
_RULES: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("el. paštas", re.compile(r"(?<![\w.+-])[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+"), _any),
    ("sąskaita", re.compile(r"\bLT[\s-]?\d{2}(?:[\s-]?\d){16}(?!\d)", re.I), _valid(iban.is_valid)),
    ("asmens kodas", re.compile(r"(?<!\d)\d(?:[\s.-]?\d){10}(?!\d)"), _valid(asmens.is_valid)),
    ("telefonas", re.compile(r"(?<![\d+])(?:\(\s?)?(?:\+\s?370|00\s?370|[08])(?:[\s()./-]{0,3}\d){8}(?!\d)"), _any),
    ("automobilio numeris", re.compile(r"\b[A-Z]{3}[\s-]?\d{3}\b"), _any),
    ("numeris", re.compile(r"(?<!\d)(?!\d{4}-\d\d-\d\d(?!\s?-?\d))\d(?:[\s-]?\d){7,}"), _any),  # a date alone may stay
)


def redact(text: str) -> Redacted:
    """Remove personal codes, phones, e-mail addresses, accounts, plates and long runs of digits."""
    kinds: dict[str, None] = {}
    before = None
    while before != text:  # what is removed may lay bare what stood behind it
        before = text
        for kind, pattern, is_personal in _RULES:
            replaced = pattern.sub(lambda m, k=kind, ok=is_personal: f"[{k}]" if ok(m[0]) else m[0], text)  # type: ignore[misc]
            if replaced != text:
                kinds[kind] = None
                text = replaced
    return Redacted(text, tuple(kinds))


def redact_values(value: Any, keep: Callable[[str, Any], bool]) -> Any:
    """The same JSON value with every string in it redacted, keys too; `keep(name, value)` says which fields stay."""
    if isinstance(value, str):
        return redact(value).text
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**7:
        return redact(str(value)).text
    if isinstance(value, list):
        return [redact_values(item, keep) for item in value]
    if isinstance(value, dict):
        return {redact(k).text: v if keep(k, v) else redact_values(v, keep) for k, v in value.items()}
    return value
