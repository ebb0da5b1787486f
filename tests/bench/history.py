"""Years of data for pages to read: a catalogue, tallies without the events they came from, comments with theirs."""

import json
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

from collector.catalogue import Catalogue
from collector.store.sqlite import SqliteStore
from tests.bench import history_tallies
from tests.bench.history_tallies import WINDOWS
from tests.catalogues import catalogue
from tests.collector.deliveries import arrived, batch, comment, wanted_configs

COMMENT_DAYS = 90
_TEXTS = ("Ačiū, viskas greitai.", "Laukiau labai ilgai, o langelis buvo uždarytas.", "Darbuotoja viską aiškiai paaiškino.")


@dataclass(frozen=True)
class Size:
    """`days` up to today and `hour_days` of them by the hour (24 months are kept); `comments`: of an office in 90 days."""

    offices: int = 500
    services: int = 20
    days: int = 3650
    hour_days: int = 730
    comments: int = 180


@dataclass(frozen=True)
class Filled:
    """How long it took, and how many rows each tally has by then."""

    seconds: float
    rows: dict[str, int]


def office(n: int) -> str:
    return f"office-{n:03}"


def service(n: int) -> str:
    return f"service-{n:02}"


def catalogue_of(size: Size) -> Catalogue:
    """One institution; three counters with a kiosk each in every office, every service at each of them."""
    offices = [office(n) for n in range(size.offices)]
    services = [service(n) for n in range(size.services)]
    windows = [(one, f"{one}-{window}") for one in offices for window in WINDOWS]
    return catalogue(
        offices=[{"id": one, "institution": "city", "name": {"lt": f"Skyrius {one}", "en": f"Office {one}"}} for one in offices],
        services=[{"id": one, "institution": "city", "name": {"lt": f"Paslauga {one}", "en": one}} for one in services],
        counters=[{"id": ident, "office": one, "name": {"lt": ident}, "services": services} for one, ident in windows],
        kiosks=[{"id": ident, "counter": ident, "questionnaire": "core5"} for _, ident in windows],
    )


def fill(path: Path, size: Size, today: date) -> Filled:
    """Into a migrated store with the catalogue of this size. Comments take the usual way, tallies the short one."""
    began = time.perf_counter()
    _comments(path, size, today)
    conn = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-262144", "temp_store=MEMORY"):
            conn.execute(f"PRAGMA {pragma}")
        days = [today - timedelta(days=back) for back in reversed(range(size.days))]
        offices, services = [office(n) for n in range(size.offices)], [service(n) for n in range(size.services)]
        rows = history_tallies.fill(conn, days, offices, services, size.hour_days)
    finally:
        conn.close()
    return Filled(time.perf_counter() - began, rows)


def _comments(path: Path, size: Size, today: date) -> None:
    """Recorded as the ingest process records them, so that whatever the store keeps beside a comment is there."""
    store = SqliteStore(path)
    configs = wanted_configs(store)
    now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    for n in range(size.offices):
        kiosk = f"{office(n)}-a"
        config = json.loads(configs[kiosk])["config"]
        written = _written(n, size, now)
        while some := list(islice(written, 100)):
            arrived(store, batch(*some, config=config, stream=f"{n:032x}"), kiosk=kiosk, now=now)
    store.close()


def _written(n: int, size: Size, now: datetime) -> Iterator[dict[str, object]]:
    """An office's comments, oldest first."""
    for seq in range(1, size.comments + 1):
        at = now - timedelta(days=COMMENT_DAYS) * (1 - seq / size.comments)
        said = {"value": 1 + (n + seq) % 5, "text": f"{_TEXTS[seq % 3]} ({seq})", "service": service(seq % size.services)}
        yield comment(seq, at=f"{at:%Y-%m-%dT%H:%M:%S}.000Z", visit=f"{n:08x}{seq:08x}", **said)
