"""The boots that an outbox has seen, and the events that wait until the time of theirs is known.

An event made while nobody knew the time is durable at once, with its number. Its body says
`unsure` with the bounds of that moment, so that it is a true event whatever becomes of it; in
`waiting` stand its boot and the seconds since. As long as it waits, it is not sent. `settle`
dates all that wait; from then on nothing about them changes.

When a boot began is all there is to know, and each boot bounds its neighbours: it began after
the one before it had run, and it had run before the next one began.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from broker_config.messages import utc_text
from kiosk.clock import PLAUSIBLE, Moment

NO_LATEST = "9999-12-31T23:59:59.999Z"

SCHEMA = """
CREATE TABLE IF NOT EXISTS boot (
  no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, not_before REAL NOT NULL, start REAL, ran REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS waiting (
  stream INTEGER NOT NULL, seq INTEGER NOT NULL, boot INTEGER NOT NULL REFERENCES boot(no), seconds REAL NOT NULL,
  PRIMARY KEY (stream, seq), FOREIGN KEY (stream, seq) REFERENCES event(stream, seq) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
"""

_NOTE = """
INSERT INTO boot (id, not_before, start, ran) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
  not_before=max(not_before, excluded.not_before), start=coalesce(excluded.start, start), ran=max(ran, excluded.ran)
"""


def _time(name: str) -> str:
    """SQL for the contract's text of a moment: a boot's start and the seconds since."""
    return f"strftime('%Y-%m-%dT%H:%M:%fZ', :{name} + seconds, 'unixepoch')"


_KNOWN = f"json_remove(json_set(body, '$.at', {_time('guess')}, '$.clock', 'estimated'), '$.at_earliest', '$.at_latest')"
_UNSURE = (
    f"json_set(body, '$.at', {_time('guess')}, '$.at_earliest', {_time('earliest')}, "
    f"'$.at_latest', coalesce({_time('latest')}, '{NO_LATEST}'))"
)


@dataclass(frozen=True, slots=True)
class Boot:
    """`start`: when it began, in seconds since 1970; where None, not before `not_before`. `ran`: it lasted so long at least."""

    no: int
    id: str
    not_before: float
    start: float | None
    ran: float


@dataclass(frozen=True, slots=True)
class Span:
    """Between which moments a boot began, in seconds since 1970; nobody knows how late where `latest` is None."""

    earliest: float
    latest: float | None

    @property
    def guess(self) -> float:
        """The middle; without a latest the earliest, which is never ahead of anybody's clock."""
        return self.earliest if self.latest is None else (self.earliest + self.latest) / 2


def bounded(boots: Sequence[Boot]) -> list[Span]:
    """What each boot's start can have been, oldest boot first."""
    earliest: list[float] = []
    for boot in boots:
        ended = earliest[-1] + boots[len(earliest) - 1].ran if earliest else PLAUSIBLE
        earliest.append(max(boot.not_before, ended) if boot.start is None else boot.start)
    spans: list[Span] = []
    latest: float | None = None
    for boot, low in zip(reversed(boots), reversed(earliest), strict=True):
        latest = boot.start if boot.start is not None else latest and latest - boot.ran
        spans.append(Span(low if latest is None or low <= latest else min(PLAUSIBLE, latest), latest))
    return spans[::-1]


class Boots:
    """The tables of boots and of waiting events. Whoever writes here has begun a transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def known(self, boot: str) -> tuple[float | None, float]:
        """(when this boot began, or None; the moment before which it cannot have begun), in seconds since 1970."""
        boots = self._all()
        if all(one.id != boot for one in boots):
            boots.append(Boot(0, boot, PLAUSIBLE, None, 0.0))
        spans = zip(boots, bounded(boots), strict=True)
        return next((one.start, span.earliest) for one, span in spans if one.id == boot)

    def note(self, boot: str, ran: float, start: float | None, not_before: float) -> None:
        """Remember of a boot that it ran for so long, and what is known of its start."""
        self._db.execute(_NOTE, (boot, not_before, start, ran))

    def provisional(self, made: Moment) -> dict[str, Any]:
        """What can be said of a moment now: where an event has its time."""
        earliest = self.known(made.boot)[1] + made.seconds
        text = utc_text(datetime.fromtimestamp(earliest, UTC))
        return {"at": text, "clock": "unsure", "at_earliest": text, "at_latest": NO_LATEST}

    def wait(self, stream: int, seq: int, made: Moment) -> None:
        """An event is kept until its moment can be dated."""
        self.note(made.boot, made.seconds, None, PLAUSIBLE)
        sql = "INSERT INTO waiting (stream, seq, boot, seconds) SELECT ?, ?, no, ? FROM boot WHERE id=?"
        self._db.execute(sql, (stream, seq, made.seconds, made.boot))

    def move(self, old: int, above: int, new: int, start: int) -> None:
        """Renumber what waits, as `event` was."""
        self._db.execute(
            "INSERT INTO waiting (stream, seq, boot, seconds) SELECT ?, ? + n, boot, seconds FROM waiting JOIN "
            "(SELECT seq AS was, row_number() OVER (ORDER BY seq) AS n FROM event WHERE stream=? AND seq>?) ON was=seq "
            "WHERE stream=?",
            (new, start, old, above, old),
        )

    def settle(self) -> None:
        """Date everything that waits as well as can be said now."""
        boots = self._all()
        for boot, span in zip(boots, bounded(boots), strict=True):
            values = {"boot": boot.no, "guess": span.guess, "earliest": span.earliest, "latest": span.latest}
            self._db.execute(
                f"UPDATE event SET at={_time('guess')}, body={_UNSURE if boot.start is None else _KNOWN} FROM waiting "  # noqa: S608 - our own
                "WHERE boot=:boot AND event.stream=waiting.stream AND event.seq=waiting.seq AND json_valid(body)",
                values,
            )
        self._db.execute("DELETE FROM waiting")

    def _all(self) -> list[Boot]:
        return [Boot(*row) for row in self._db.execute("SELECT no, id, not_before, start, ran FROM boot ORDER BY no")]
