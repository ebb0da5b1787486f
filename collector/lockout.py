"""Pure: how long a login, or everybody, waits after wrong tries to sign in."""

from datetime import datetime, timedelta

FREE_TRIES = 5
REMEMBERED = timedelta(hours=24)
TRIES_OF_ALL = 60
WITHIN = timedelta(minutes=1)
_FIRST = timedelta(minutes=1)
_LONGEST = timedelta(hours=1)
_DOUBLINGS = 6  # 64 minutes are above the longest already


def login_opens(failures: int, last: datetime) -> datetime | None:
    """When a login may be tried again after so many wrong tries in a row; None while tries are free.

    The fifth locks it for a minute; each later one for twice as long as the one before, at most an hour.
    """
    if failures < FREE_TRIES:
        return None
    doublings = min(failures - FREE_TRIES, _DOUBLINGS)
    return last + min(_FIRST * (1 << doublings), _LONGEST)


def all_open(failures: int, oldest: datetime) -> datetime | None:
    """When anybody may try again after so many wrong tries of all logins within a minute, the oldest of them at `oldest`."""
    return None if failures < TRIES_OF_ALL else oldest + WITHIN
