"""Pure: from what is known of a kiosk to what a person should know of it: its state, and what needs somebody, worst first."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from statistics import median
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from broker_config.messages import Health, utc_text
from collector.misuse import opening

Quality = Literal["good", "off", "unsynced"]

HEALTH_AFTER = timedelta(minutes=3)  # three that are missing: one may be on its way, one may have been lost
APPLIED_AFTER = timedelta(minutes=10)
OFF_MS = 5_000
LITTLE_DISK_MB = 500
MANY_WAITING = 50
NO_SCREEN = "none"
_COMPARED_AFTER_S = 30.0  # a healthy idle screen draws every 10 s
# So many ratings would have come by now if all were usual. By chance alone none comes once in e^10 = 22,000 times.
MISSED = 10
USUAL_WEEKS = 8
_FEWEST_WEEKS = 3

NEEDS = ("lost", "offline", "health", "tap", "never", "screen", "refused", "waiting", "disk", "clock", "config")
SILENT = frozenset({"lost", "offline", "never", "health", "tap"})
STATES = ("online", "offline", "lost", "never", "retired")


class Hours(NamedTuple):
    """An office's day so far. `is_open` is None where its hours are not known; `past` of `whole` minutes of opening."""

    is_open: bool | None
    past: int = 0
    whole: int = 0


class Facts(NamedTuple):
    """A kiosk as the store knows it. Moments are RFC 3339 in UTC, '' for none; `last_tap`: minutes since 1970 UTC, 0 for none.

    `wanted`, `answer`, `wanted_at`: the configuration published, what the kiosk said to it, since when.
    `today`: visits rated on the local day; `usual`: on such a weekday, None where that is not known yet.
    """

    id: str
    status: str
    office: str
    counter: str
    state: str
    since: str
    health: Mapping[str, Any]
    health_at: str
    still_since: str
    wanted: str
    answer: str
    wanted_at: str
    last_tap: int
    today: int
    usual: float | None


class Judged(NamedTuple):
    """`needs`: what asks for somebody, by the words of NEEDS, worst first. `fresh`: its health is of now."""

    state: str
    needs: tuple[str, ...]
    silent: bool
    fresh: bool
    clock: Quality | Literal[""]
    differs: bool


def hours_now(hours: Mapping[str, Any], holidays: Iterable[str], timezone: str, now: datetime) -> Hours:
    """Whether an office is open by its own clock on the wall."""
    known = opening(hours)
    if known is None:
        return Hours(None)
    local = now.astimezone(ZoneInfo(timezone))
    opens, closes = (0, 0) if local.date().isoformat() in set(holidays) else known.spans[local.weekday()]
    minute = local.hour * 60 + local.minute
    return Hours(opens <= minute < closes, max(0, min(minute, closes) - opens), closes - opens)


def judge(facts: Facts, hours: Hours, now: datetime) -> Judged:
    """The state of a kiosk in the words of STATES, and its needs."""
    state = "retired" if facts.status == "retired" else facts.state or "never"
    health = facts.health
    fresh = state == "online" and facts.health_at >= _before(now)[0]
    quality = clock_quality(health["clock"]["synced"], health["clock"]["offset_ms"]) if health else ""
    # A health is up to a minute old; the reply comes at once.
    differs = bool(facts.wanted) and facts.answer != "applied" and bool(health) and health["config"] != facts.wanted
    needs = () if state == "retired" else tuple(_needs(facts, state, hours, now, fresh, quality, differs))
    silent = hours.is_open is True and not SILENT.isdisjoint(needs)
    return Judged(state, needs, silent, fresh, quality, differs)


def _needs(facts: Facts, state: str, hours: Hours, now: datetime, fresh: bool, quality: str, differs: bool) -> Iterator[str]:
    """In the order of NEEDS."""
    may_be_open, (health_limit, applied_limit) = hours.is_open is not False, _before(now)
    if state in ("lost", "offline") and may_be_open:
        yield state
    if state == "online" and not fresh and facts.since < health_limit and may_be_open:
        yield "health"
    if state == "online" and _is_missed(facts, hours, now):
        yield "tap"
    if state == "never":
        yield "never"
    if fresh and facts.still_since:
        yield "screen"
    if facts.answer == "refused":
        yield "refused"
    if fresh:
        yield from _told(facts.health, quality)
        if differs and facts.answer != "refused" and facts.wanted_at < applied_limit:
            yield "config"


def _told(health: Mapping[str, Any], quality: str) -> Iterator[str]:
    """What a kiosk says of itself and is not well."""
    if health["pending"] >= MANY_WAITING:
        yield "waiting"
    if health["disk_free_mb"] < LITTLE_DISK_MB:
        yield "disk"
    if quality != "good":
        yield "clock"


def clock_quality(synced: bool, offset_ms: int | None) -> Quality:
    """`unsynced`: the kiosk does not know the time; `off`: it has another than its time server by over 5 s."""
    if not synced:
        return "unsynced"
    return "off" if abs(offset_ms or 0) > OFF_MS else "good"


def screen_stands_still(before: Health, health: Health, apart_s: float) -> bool | None:
    """Whether no frame was drawn between two healths; None where they do not tell: no screen, or started anew, or too close."""
    if NO_SCREEN in (before.screen.name, health.screen.name) or apart_s < _COMPARED_AFTER_S:
        return None
    return health.screen.frames == before.screen.frames and health.uptime_s >= before.uptime_s


def usual(days: Iterable[int | None]) -> float | None:
    """The median of the same weekdays, oldest first; those before the first rating (None) do not count, empty days after do."""
    known = list(days)
    while known and known[0] is None:
        known.pop(0)
    return float(median(n or 0 for n in known)) if len(known) >= _FEWEST_WEEKS else None


def newest_version(versions: Iterable[str]) -> str:
    """The highest of them, number by number: 0.10.0 is above 0.9.1."""
    return max(versions, key=_numbers, default="")


def _is_missed(facts: Facts, hours: Hours, now: datetime) -> bool:
    """While the office is open: nobody has rated for so long that it is no chance at this kiosk's usual."""
    if not hours.is_open or not facts.usual or not hours.whole:
        return False
    since_tap = int(now.timestamp()) // 60 - facts.last_tap
    return facts.usual * min(hours.past, since_tap) / hours.whole >= MISSED


def _numbers(version: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in version.split("."))


@lru_cache(8)
def _before(now: datetime) -> tuple[str, str]:
    """As the store writes moments, for HEALTH_AFTER and APPLIED_AFTER; texts of one length and zone compare as moments do."""
    return utc_text(now - HEALTH_AFTER), utc_text(now - APPLIED_AFTER)
