"""One try of a password, at sign-in or for a change of it: counted, bounded, and as long for everybody."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from anyio import to_thread

from collector import passwords
from collector.web.context import Context

QUEUE = 500


@dataclass(frozen=True)
class Tried:
    """`wait_s`: after so many seconds a refused one may come again."""

    outcome: Literal["right", "wrong", "refused"]
    wait_s: int = 0

    @property
    def status(self) -> int:
        return {"right": 200, "wrong": 401, "refused": 429}[self.outcome]

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.wait_s)} if self.outcome == "refused" else {}

    @property
    def wait_minutes(self) -> int:
        return math.ceil(self.wait_s / 60)


async def try_password(here: Context, login: str, password: str) -> Tried:
    """Argon2 takes all of a core: a few tries run at once, the others wait here and hold up no page."""
    if here.hashing.statistics().tasks_waiting >= QUEUE:
        return Tried("refused", 10)
    return await to_thread.run_sync(_try, here, login, password, limiter=here.hashing)


def _try(here: Context, login: str, password: str) -> Tried:
    now = here.now()
    opens = here.stores.reading().sign_in_opens(login, now)
    if not opens:
        with here.stores.writing() as store:
            opens = store.begin_try(login, now)
    if opens:
        return _refused(opens, now)
    if passwords.matches(password, here.stores.reading().password_hash(login)):
        return Tried("right")
    with here.stores.writing() as store:
        store.end_wrong_try(login, here.now())
    return Tried("wrong")


def _refused(opens: datetime, now: datetime) -> Tried:
    return Tried("refused", max(1, math.ceil((opens - now).total_seconds())))
