"""Pure: what a kiosk must be before it is registered, the ids that are suggested, and how long a one-time code lasts."""

import base64
import hashlib
from collections.abc import Collection
from datetime import timedelta
from typing import Literal

from broker_config.messages import MAX_BATCH_BYTES
from collector.catalogue import Kiosk, Places
from collector.publishable import language_faults

LASTS = timedelta(hours=24)
TRIES = 10
WITHIN = timedelta(hours=1)
MOST_AT_ONCE = 200
LONGEST_ID = 40

Refusal = Literal["wrong", "used", "expired", "often"]


def suggested(counter: str, taken: Collection[str], how_many: int = 1) -> list[str]:
    """The next free ids at a counter: `window-1`, `window-2` … An id has at most 40 characters."""
    found: list[str] = []
    number = 1
    while len(found) < how_many:
        ending = f"-{number}"
        ident = counter[: LONGEST_ID - len(ending)].rstrip("-") + ending
        if ident not in taken:
            found.append(ident)
        number += 1
    return found


def unfit(places: Places, kiosk: Kiosk) -> tuple[str, str] | None:
    """(field, fault) why this kiosk could not be given a configuration; None where it could."""
    if kiosk.counter not in places.counters:
        return "counter", "no-counter"
    assigned = places.questionnaire_of(kiosk)
    if not assigned:
        return "questionnaire", "none-assigned"
    if assigned not in places.questionnaires:
        return "questionnaire", "not-published"
    if any(language_faults(places.questionnaires[assigned], kiosk.languages)):
        return "languages", "text-missing"
    if len(places.config_of(kiosk, 1).wire()) > MAX_BATCH_BYTES:
        return "counter", "too-large"
    return None


def pin_hash(digits: str, salt: bytes) -> str:
    """What a kiosk's configuration says of its service PIN (4 to 12 digits), as `nuomone-kiosk pin` stores it."""
    n, r, p = 2**14, 8, 1
    digest = hashlib.scrypt(digits.encode(), salt=salt, n=n, r=r, p=p, maxmem=2**26, dklen=32)
    return f"scrypt${n}${r}${p}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
