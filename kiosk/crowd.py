"""Invented citizens for demos and load: when they come, what they choose, what they say.

Everything is drawn from a seeded generator, so that a demo looks the same each time.
"""

import random
import secrets
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from broker_config.messages import SCALES, KioskConfig, Question, utc_text

VISITS_A_DAY = 27.0
WORSE_FOR = timedelta(days=21)
_TWICE = 0.006  # of all visits
_PLAYING = 0.012  # of a kiosk's days
_WEEKDAY = (1.25, 1.05, 1.0, 0.95, 0.75, 0.0, 0.0)
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = dict.fromkeys(_NAMES[:5], ("08:00", "17:00"))
_HOUR = {8: 0.7, 9: 1.1, 10: 1.4, 11: 1.3, 12: 0.6, 13: 1.0, 14: 1.2, 15: 1.1, 16: 0.7}
_COMMENTS = {
    "good": ("Labai malonus aptarnavimas, ačiū!", "Viskas greitai ir aiškiai.", "Darbuotoja kantriai viską paaiškino."),
    "bad": ("Laukiau daugiau kaip valandą.", "Trūko aiškios informacijos, kokių dokumentų reikia.", "Teko ateiti antrą kartą."),
}


@dataclass(frozen=True)
class Crowd:
    """The citizens of one kiosk. `worse`: a service that went bad three weeks before `today`."""

    config: KioskConfig
    seed: int
    today: date
    worse: str = ""

    def history(self, days: int, until: datetime) -> Iterator[dict[str, Any]]:
        """Events of the last `days` days in order of time, as bodies for the outbox."""
        draw = random.Random(f"{self.seed}/{self.config.kiosk}")  # noqa: S311 - a simulation
        last: datetime | None = None
        for back in range(days, -1, -1):
            citizens = self._times(draw, self.today - timedelta(days=back))
            for at in _and_misuse(draw, citizens):
                if at >= until:
                    return
                gap = None if last is None or at.date() != last.date() else round((at - last).total_seconds() * 1000)
                last = at
                yield from self._visit(draw, at, gap)

    def service(self, draw: random.Random) -> str:
        """What this citizen came for; the first services of a counter are its most usual."""
        services = [service.id for service in self.config.services]
        return draw.choices(services, [1 / (rank + 1) for rank in range(len(services))])[0] if services else ""

    def value(self, draw: random.Random, service: str, at: datetime) -> int:
        """An answer on five steps (or the question's own scale), good where office and service are good."""
        level = 0.70 + 0.20 * _share(self.config.office.id) + 0.08 * _share(service) - 0.04
        if service == self.worse and at.date() > self.today - WORSE_FOR:
            level -= 0.28
        five = draw.choices((1, 2, 3, 4, 5), _five(level))[0]
        scale = {"thumbs": (0, 1), "smiley3": (1, 3), "smiley4": (1, 4), "nps11": (0, 10)}.get(self.question.scale, (1, 5))
        return round(scale[0] + (five - 1) / 4 * (scale[1] - scale[0]))

    @property
    def question(self) -> Question:
        return self.config.questionnaire.questions[0]

    def _times(self, draw: random.Random, day: date) -> list[datetime]:
        zone = ZoneInfo(self.config.office.timezone)
        expected = VISITS_A_DAY * _WEEKDAY[day.weekday()] * (0.6 + 0.8 * _share(self.config.kiosk))
        n = max(0, round(draw.gauss(expected, expected**0.5)))
        hours = draw.choices(list(_HOUR), list(_HOUR.values()), k=n)
        local = [datetime(day.year, day.month, day.day, h, tzinfo=zone) + timedelta(seconds=draw.randrange(3600)) for h in hours]
        week = {name: span for name, span in self.config.hours.items() if name in _NAMES} or _HOURS
        on_holiday = day.isoformat() in self.config.hours.get("holidays", ())
        opened, closed = ("", "") if on_holiday else week.get(_NAMES[day.weekday()], ("", ""))  # an absent day is closed
        return sorted(moment.astimezone(UTC) for moment in local if opened <= f"{moment:%H:%M}" < closed)

    def _visit(self, draw: random.Random, at: datetime, gap: int | None) -> Iterator[dict[str, Any]]:
        service, token = self.service(draw), secrets.token_hex(8)
        value = self.value(draw, service, at)
        language = self.config.languages[0] if draw.random() < 0.93 else draw.choice(self.config.languages)
        shared: dict[str, Any] = {"clock": "synced", "visit": token, "service": service, "question": self.question.id}
        shared |= {"value": value, "language": language}
        yield {"type": "rating", "at": utc_text(at), "gap_ms": gap, "trigger": "tap"} | shared
        positive = SCALES[self.question.scale].positive or (9, 10)  # promoters, where a scale has no positive answers
        side = "good" if value in positive else "bad"
        choices = [choice.id for choice in getattr(self.question.reasons, side)]
        if choices and draw.random() < 0.35:
            reasons = sorted(set(draw.choices(choices, [1 / (i + 1) for i in range(len(choices))], k=draw.randint(1, 2))))
            yield {"type": "reasons", "at": utc_text(at + timedelta(seconds=4)), "reasons": reasons} | shared
        if draw.random() < 0.02:
            yield {"type": "comment", "at": utc_text(at + timedelta(seconds=30)), "text": draw.choice(_COMMENTS[side])} | shared


def _and_misuse(draw: random.Random, citizens: list[datetime]) -> list[datetime]:
    """A day's visits with those that should not count: of who taps again at once, and of a child who plays with the faces."""
    again = [at for at in citizens if draw.random() < _TWICE and at.second < 55]
    more = [at + timedelta(seconds=draw.randint(1, 4)) for at in again]
    if citizens and draw.random() < _PLAYING:
        began = draw.choice(citizens).replace(second=0)
        more += [began + timedelta(seconds=4 * n + draw.randrange(4)) for n in range(draw.randint(9, 14))]
    return sorted({*citizens, *more})


def _share(name: str) -> float:
    """A stable number 0–1 for a name."""
    return zlib.crc32(name.encode()) / 2**32


def _five(level: float) -> tuple[float, ...]:
    """Weights of five steps of which `level` lies on the two good ones."""
    bad = 1 - level
    return (bad * 0.28, bad * 0.27, bad * 0.45, level * 0.42, level * 0.58)
