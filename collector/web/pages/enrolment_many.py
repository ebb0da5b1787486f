"""What the form for many kiosks asks for: how many at which counter, and which registered ones get a code."""

from dataclasses import dataclass, field

from fastapi import Request

_FIELD = "n-"


@dataclass(frozen=True)
class Wanted:
    """`numbers`: new kiosks by counter; `kiosks`: registered ones; `typed`: as it was, by counter.

    `fault`: why it makes no sense.
    """

    office: str = ""
    numbers: dict[str, int] = field(default_factory=dict)
    kiosks: frozenset[str] = frozenset()
    typed: dict[str, str] = field(default_factory=dict)
    fault: str = ""


async def wanted_of(request: Request) -> Wanted:
    """From a form's fields `n-<counter>`, `kiosk` (many) and `office`."""
    sent = await request.form()
    words = [(name, value.strip()) for name, value in sent.multi_items() if isinstance(value, str)]
    typed = {name.removeprefix(_FIELD): value for name, value in words if name.startswith(_FIELD) and value not in ("", "0")}
    sense = all(value.isascii() and value.isdigit() and len(value) <= 3 for value in typed.values())
    return Wanted(
        office=next((value for name, value in words if name == "office"), ""),
        numbers={counter: int(value) for counter, value in typed.items()} if sense else {},
        kiosks=frozenset(value for name, value in words if name == "kiosk"),
        typed=typed,
        fault="" if sense else "how-many",
    )
