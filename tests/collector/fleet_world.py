"""A fleet of five: one well, one silent, one ill in many ways, one refusing, one never seen; it is Saturday noon and open."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from broker_config.messages import Health
from collector.store.sqlite import SqliteStore
from tests.catalogues import catalogue, document
from tests.collector.deliveries import NOW, STREAM, arrived, batch, change, config_of, rating, sent
from tests.collector.web_world import World, world

WELL, SILENT, ILL, REFUSING, NEVER = "hall-1", "hall-2", "hall-3", "hall-4", "north-1"
OPEN = {day: ["08:00", "17:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat")}


def health(**changes: Any) -> Health:
    of = {
        "stream": STREAM,
        "last_seq": 0,
        "through": 0,
        "pending": 0,
        "oldest": 1,
        "uptime_s": 90_000,
        "version": "0.2.0",
        "config": "",
        "clock": {"synced": True, "offset_ms": 12},
        "disk_free_mb": 20_480,
        "screen": {"name": "rating", "frames": 100},
    }
    return Health.model_validate(of | changes)


def well(store: SqliteStore, kiosk: str, now: datetime = NOW, **changes: Any) -> None:
    """Connected for hours, telling that all is well, twice a minute apart."""
    store.keep_state(kiosk, "online", "5e55", now - timedelta(hours=3))
    of = {"config": config_of(store, kiosk)} | changes
    store.keep_health(kiosk, health(**of), now - timedelta(seconds=70))
    screen = of.get("screen", {"name": "rating", "frames": 107})
    store.keep_health(kiosk, health(**of | {"uptime_s": 90_060, "screen": screen}), now - timedelta(seconds=10))


def fill(store: SqliteStore) -> None:
    offices = [office | {"hours": OPEN} for office in document()["offices"]]
    store.install(catalogue(offices=offices), NOW - timedelta(days=90))
    well(store, WELL)
    sent(store, rating(401, at="2026-11-21T11:45:00Z"), oldest=401, stream="abcdef01")
    store.keep_state(SILENT, "online", "5e56", NOW - timedelta(hours=5))
    store.keep_state(SILENT, "lost", "5e56", NOW - timedelta(hours=2))
    well(
        store,
        ILL,
        clock={"synced": False, "offset_ms": None},
        disk_free_mb=120,
        pending=73,
        last_seq=73,
        through=0,
        stream="11111111d0a84f6e8a3b5c7d9e0f1a2c",
        version="0.1.0",
        screen={"name": "rating", "frames": 55},
    )
    well(store, REFUSING, config="1-0badc0de")
    change(store, "UPDATE configuration SET answer='refused', detail='no font' WHERE kiosk=? AND valid_to IS NULL", REFUSING)
    arrived(store, batch(rating(1)), batch(rating(2)), kiosk="stranger-7")


@contextmanager
def fleet_world(installed: Path, folder: Path) -> Iterator[World]:
    with world(installed, folder) as made:
        store = made.store()
        fill(store)
        store.close()
        yield made
