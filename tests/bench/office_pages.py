"""What pages take of the server over ten years of data and over one, side by side in one run; how many it gives in a second."""

import http.client
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from collector.access import User
from tests.bench import history
from tests.bench.history import Size, office, service
from tests.bench.report import Figure, at_least, at_most, quantile
from tests.system import System

TEN, ONE = Size(), Size(days=365, hour_days=365)
WARM = 5

# `{office}`, `{service}` and `{day}` change from view to view. A page that is not there, or not for a role, is left out.
PAGES = {
    "start": "/",
    "office": "/offices/{office}",
    "office day": "/offices/{office}/period?kind=day&day={day}",
    "office week": "/offices/{office}/period?kind=week&day={day}",
    "office month": "/offices/{office}/period?kind=month&day={day}",
    "office quarter": "/offices/{office}/period?kind=quarter&day={day}",
    "office year": "/offices/{office}/period?kind=year&day={day}",
    "office service": "/offices/{office}/period?kind=month&day={day}&service={service}",
    "office trend": "/offices/{office}/trend.json?kind=year&day={day}",
    "office rhythm": "/offices/{office}/rhythm.json?kind=year&day={day}",
    "misuse": "/offices/{office}/misuse?kind=month&day={day}",
    "comments": "/offices/{office}/comments",
    "comments search": "/offices/{office}/comments?q=laukiau",
    "offices": "/offices?kind=month&day={day}",
    "offices year": "/offices?kind=year&day={day}",
    "services": "/services",
    "service": "/services/{service}?kind=month&day={day}",
    "service year": "/services/{service}?kind=year&day={day}",
    "account": "/account",
    "scores": "/api/v1/scores?office={office}&from={day}&by=service",
}
ROLES = {
    "head": User("head", "head", frozenset({office(n) for n in range(5)})),
    "analyst": User("analyst", "analyst", frozenset()),
}


@dataclass(frozen=True)
class Served:
    """A web process over one history, and a session of each role."""

    netloc: str
    sessions: dict[str, str]


def run(views: int = 100, pages: dict[str, str] | None = None) -> dict[str, Figure]:
    """Takes about ten minutes, most of them to fill the two stores, and 12 GB of disk while it runs."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        ten, one = (_served(stack, Path(folder) / f"{size.days}", size) for size in (TEN, ONE))
        figures: dict[str, Figure] = {}
        for name, path in (pages or PAGES).items():
            figures |= _page(name, path, ten, one, views)
        return figures | {
            "page_views": at_least(_throughput(ten), "views/s", 50, "Jinja, Babel and SQLite in one Python process")
        }


def _served(stack: ExitStack, folder: Path, size: Size) -> Served:
    system = stack.enter_context(System(folder, history.catalogue_of(size), kiosks=()))
    filled = history.fill(system.data / "collector.sqlite", size, datetime.now(ZoneInfo("Europe/Vilnius")).date())
    bytes_ = (system.data / "collector.sqlite").stat().st_size
    print(f"  {size.days} days: {sum(filled.rows.values()):,} rows, {bytes_ / 1e9:.1f} GB, filled in {filled.seconds:.0f} s")
    with system.store() as store:
        for user in ROLES.values():
            store.put_user(user, "-")
        sessions = {role: store.grant(role, "session", timedelta(hours=2), datetime.now(UTC)) for role in ROLES}
    return Served(urlsplit(system.web()).netloc, sessions)


def _page(name: str, path: str, ten: Served, one: Served, views: int) -> dict[str, Figure]:
    """Of the role that waits longest."""
    found = [times for role in ROLES if (times := _times(name, path, role, ten, one, views))]
    if not found:
        return {}
    p99 = max(quantile(long, 0.99) for long, _ in found)
    ratio = max(quantile(long, 0.5) / quantile(short, 0.5) for long, short in found)
    key = f"ten_years_{name.replace(' ', '_')}"
    return {
        f"{key}_p99": at_most(p99, "ms", 100, "SQLite, Jinja and Babel in one Python process"),
        f"{key}_ratio": at_most(ratio, "of the same over one year", 1.5, "the rows of the days that the page shows"),
    }


def _times(name: str, path: str, role: str, ten: Served, one: Served, views: int) -> tuple[list[float], list[float]] | None:
    """Milliseconds over ten years and over one, in turn: what disturbs the machine disturbs both. None without such a page."""
    connections = [(served, http.client.HTTPConnection(served.netloc, timeout=30)) for served in (ten, one)]
    times: list[list[float]] = [[], []]
    for view in range(views + WARM):
        for mine, (served, connection) in zip(times, connections, strict=True):
            status, took = _viewed(connection, _address(path, view), served.sessions[role])
            if status != 200:
                print(f"  {name} as {role}: {status}, left out")
                return None
            mine.append(took)
    long, short = (mine[WARM:] for mine in times)
    print(
        f"  {name} as {role}: p50 {quantile(long, 0.5):.1f} ms, p99 {quantile(long, 0.99):.1f} ms; "
        f"over one year {quantile(short, 0.5):.1f} and {quantile(short, 0.99):.1f} ms (n = {views})"
    )
    return long, short


def _address(path: str, view: int) -> str:
    """Another office in every view: of the head's own five, which the analyst sees too."""
    day = datetime.now(UTC).date() - timedelta(days=20 + view % 10)
    return path.format(office=office(view % 5), service=service(view % TEN.services), day=day)


def _viewed(connection: http.client.HTTPConnection, path: str, session: str) -> tuple[int, float]:
    """Status, and milliseconds of the whole request over a connection that is kept."""
    began = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": f"nuomone_session={session}", "Accept": "text/html"})
    answer = connection.getresponse()
    answer.read()
    return answer.status, 1000 * (time.perf_counter() - began)


def _throughput(served: Served, clients: int = 8, seconds: float = 10) -> float:
    """Views of offices' pages in a second, by as many clients as ask one after the other, in a process of their own."""
    command = [sys.executable, "-m", "tests.bench.viewers", served.netloc, served.sessions["head"], str(clients), str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60)
    print(f"  {clients} clients: {float(done.stdout):.0f} views/s of offices' pages on one web process")
    return float(done.stdout)
