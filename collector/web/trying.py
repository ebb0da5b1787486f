"""One try of a password, at sign-in or for a change of it: counted, bounded, and as long for everybody."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from anyio import to_thread

from collector import passwords
from collector.store.sqlite import SqliteStore
from collector.web.context import Context

QUEUE = 500
Then = Callable[[SqliteStore], str]


@dataclass(frozen=True)
class Tried:
    """`token`: a right one's new session. `wait_s`: after so many seconds a refused one may come again."""

    outcome: Literal["right", "wrong", "refused"]
    token: str = ""
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


async def try_password(here: Context, login: str, password: str, then: Then) -> Tried:
    """Argon2 takes all of a core: a few tries run at once, the others wait here and hold up no page.

    With the right password `then` is done and gives a session's token; it also forgets that this try was counted.
    """
    if here.hashing.statistics().tasks_waiting >= QUEUE:
        return Tried("refused", wait_s=10)
    return await to_thread.run_sync(_try, here, login, password, then, limiter=here.hashing)


def _try(here: Context, login: str, password: str, then: Then) -> Tried:
    now = here.now()
    opens = here.stores.reading().sign_in_opens(login, now)
    if not opens:
        with here.stores.writing() as store:
            opens = store.begin_try(login, now)
    if opens:
        return Tried("refused", wait_s=max(1, math.ceil((opens - now).total_seconds())))
    right = passwords.matches(password, here.stores.reading().password_hash(login))
    with here.stores.writing() as store:
        if right:
            return Tried("right", then(store))
        store.end_wrong_try(login, now)
    return Tried("wrong")
