"""Which kiosks a roll-out is about, and as of which day: what the address asks for, and what was found."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from fastapi import HTTPException

from collector.access import Viewer
from collector.localtime import usual_timezone
from collector.store.configurations import Change, Standing
from collector.wanted import Content
from collector.web.context import Context


@dataclass(frozen=True)
class Choice:
    """As it stands in the address: a day or nothing, an office or nothing, kiosks' ids with anything between."""

    day: str = ""
    office: str = ""
    kiosks: str = ""


@dataclass(frozen=True)
class Chosen:
    """`differing`: kiosks that show something else than the catalogue says on `day`; `faulty`: nothing can be made for them.

    `busy`: how many more differ and are in a roll-out already. `unknown`: ids that were asked for and are no kiosk here.
    `fingerprint`: of what would go out.
    """

    choice: Choice
    day: str
    is_today: bool
    timezone: str
    kiosks: int
    differing: list[Standing]
    changes: list[Change]
    faulty: list[Standing]
    busy: int
    unknown: list[str] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        lines = [f"{one.wanted.config_id(one.kiosk, 0)} {one.kiosk}" for one in self.differing if isinstance(one.wanted, Content)]
        return hashlib.sha256("\n".join((self.day, *lines)).encode()).hexdigest()[:16]


def choose(here: Context, viewer: Viewer, choice: Choice) -> Chosen:
    """Look at the kiosks that are asked for. 422 where the day is none, or has passed."""
    store = here.stores.reading()
    zone = usual_timezone(store.office_timezones().values())
    today = here.now().astimezone(ZoneInfo(zone)).date().isoformat()
    day = _day(choice.day, today)
    is_today = day == today
    every = store.standings(viewer, here.now(), "" if is_today else day, choice.office)
    wanted = [word for word in re.split(r"[^a-z0-9-]+", choice.kiosks.lower()) if word]
    found = [one for one in every if one.kiosk in set(wanted)] if wanted else every
    under_way = store.in_rollouts(viewer)
    differing = [one for one in found if one.differs and one.kiosk not in under_way]
    busy = sum(one.differs and one.kiosk in under_way for one in found)
    unknown = sorted(set(wanted) - {one.kiosk for one in every})
    faulty = [one for one in found if one.fault]
    return Chosen(choice, day, is_today, zone, len(found), differing, store.changes(differing), faulty, busy, unknown)


def matching(standings: list[Standing], state: str) -> list[Standing]:
    """Those in a state: `other` than the catalogue says, `unanswered`, `refused`, or with a `fault`; all for anything else."""
    judged: dict[str, Callable[[Standing], bool]] = {
        "other": lambda one: one.differs,
        "unanswered": lambda one: bool(one.published) and not one.answer,
        "refused": lambda one: one.answer == "refused",
        "fault": lambda one: one.fault is not None,
    }
    return [one for one in standings if judged[state](one)] if state in judged else standings


def _day(text: str, today: str) -> str:
    try:
        day = date.fromisoformat(text).isoformat() if text else today
    except ValueError:
        raise HTTPException(422, "A day is written as 2026-11-21.") from None
    if day < today:
        raise HTTPException(422, "That day has passed: choose today or a later one.")
    return day
