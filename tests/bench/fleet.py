"""What the fleet's page takes of the server with 5,000 kiosks in 500 offices, sixty days of taps behind them."""

import http.client
import json
import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from broker_config.messages import utc_text
from collector.access import User
from collector.catalogue import Catalogue
from tests.bench.report import Figure, at_most, quantile
from tests.catalogues import catalogue
from tests.system import System

KIOSKS, OFFICES, DAYS = 5_000, 500, 60
WARM = 5
_WEEK = {day: ["08:00", "17:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}

# As an admin looks at it: what needs somebody, other orders, other pages, searching, narrowing.
VIEWS = (
    "/fleet",
    "/fleet?sort=-tap",
    "/fleet?sort=disk&page=7",
    "/fleet?need=any",
    "/fleet?q=office-12",
    "/fleet?state=lost&sort=-state",
    "/fleet?office=office-017",
    "/fleet?sort=id&page=50",
)


def run(views: int = 200) -> dict[str, Figure]:
    """p50 and p99 of the page; of the accounting's, which lists as many streams; and of what Prometheus asks for."""
    with tempfile.TemporaryDirectory() as folder, System(Path(folder), fleet_of(), kiosks=()) as system:
        fill(system.data / "collector.sqlite", datetime.now(UTC))
        system.add_user(User("admin", "admin", frozenset()))
        with system.store() as store:
            session = store.grant("admin", "session", timedelta(hours=1), datetime.now(UTC))
        netloc = urlsplit(system.web()).netloc
        fleet = _times(netloc, VIEWS, session, views)
        votes = _times(netloc, ("/accounting", "/accounting?only=1"), session, views // 4)
    for name, times in (("fleet", fleet), ("accounting", votes)):
        told = f"p50 {quantile(times, 0.5):.1f} ms, p99 {quantile(times, 0.99):.1f} ms"
        print(f"  {name}: {told} (n = {len(times)}, {KIOSKS:,} kiosks)")
    limit = "reading and judging 5,000 kiosks anew every two seconds in one Python process"
    return {
        "fleet_page_p99": at_most(quantile(fleet, 0.99), "ms", 200, limit),
        "accounting_page_p99": at_most(quantile(votes, 0.99), "ms", 200, "a row in Python for every stream"),
    }


def fleet_of() -> Catalogue:
    """Ten kiosks in every office, all at one counter."""
    offices = [f"office-{n:03}" for n in range(OFFICES)]
    return catalogue(
        offices=[
            {"id": one, "institution": "city", "name": {"lt": f"Skyrius {one}", "en": f"Office {one}"}, "hours": _WEEK}
            for one in offices
        ],
        counters=[{"id": f"{one}-window", "office": one, "name": {"lt": one}, "services": ["archive"]} for one in offices],
        kiosks=[{"id": _kiosk(n), "counter": f"office-{n % OFFICES:03}-window", "questionnaire": "core5"} for n in range(KIOSKS)],
    )


def fill(path: Path, now: datetime) -> None:
    """Presence, health and streams of every kiosk, and its taps by the day; written straight into the migrated store."""
    conn = sqlite3.connect(path)
    configs = dict(conn.execute("SELECT kiosk, config FROM configuration WHERE valid_to IS NULL").fetchall())
    with conn:
        for n in range(KIOSKS):
            kiosk = _kiosk(n)
            state = "lost" if n % 40 == 0 else "online"
            health = json.dumps(_health(n, configs[kiosk]))
            told = (kiosk, state, f"{n:x}", utc_text(now - timedelta(hours=3)), health, utc_text(now + timedelta(hours=1)))
            conn.execute("INSERT INTO presence (kiosk, state, session, state_at, health, health_at) VALUES (?,?,?,?,?,?)", told)
            tap = int(now.timestamp()) // 60 - n % 300
            stream = (kiosk, f"{n:032x}", 1600, 1600, utc_text(now - timedelta(days=DAYS)), utc_text(now), 1600, 1600, 1600, tap)
            columns = "kiosk, stream, through, top, first_seen, last_seen, claimed, claimed_through, stored, last_tap"
            conn.execute(f"INSERT INTO stream ({columns}) VALUES (?,?,?,?,?,?,?,?,?,?)", stream)
        for back in range(DAYS + 1):
            day = f"{now - timedelta(days=back):%Y-%m-%d}"
            taps = ((day, _kiosk(n), 20 + (n * 7 + back) % 15) for n in range(KIOSKS))
            conn.executemany("INSERT INTO tally_kiosk_day VALUES (?, ?, ?)", taps)
    conn.close()


def _kiosk(n: int) -> str:
    return f"kiosk-{n:04}"


def _health(n: int, config: str) -> dict[str, object]:
    return {
        "stream": f"{n:032x}",
        "last_seq": 1600,
        "through": 1600,
        "pending": 60 if n % 97 == 0 else 0,
        "oldest": 800,
        "uptime_s": 100_000 + n,
        "version": "0.2.0" if n % 5 else "0.1.0",
        "config": config if n % 50 else "1-00000000",
        "clock": {"synced": n % 200 != 0, "offset_ms": n % 40},
        "disk_free_mb": 300 if n % 150 == 0 else 20_000 + n,
        "screen": {"name": "rating", "frames": 5000 + n},
    }


def _times(netloc: str, paths: tuple[str, ...], session: str, views: int) -> list[float]:
    """Milliseconds of whole requests over a connection that is kept, after those that warm up."""
    connection = http.client.HTTPConnection(netloc, timeout=30)
    times = []
    for view in range(views + WARM):
        began = time.perf_counter()
        connection.request(
            "GET", paths[view % len(paths)], headers={"Cookie": f"nuomone_session={session}", "Accept": "text/html"}
        )
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
        times.append(1000 * (time.perf_counter() - began))
    return times[WARM:]
