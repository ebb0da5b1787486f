"""How long the server takes for an office's page over 90 days of data."""

import json
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from broker_config.messages import KioskConfig
from collector.access import User
from collector.catalogue import read
from collector.intake import deliver
from collector.store.sqlite import SqliteStore
from kiosk.crowd import Crowd
from tests.bench.report import Figure, at_most, quantile
from tests.collector.deliveries import wanted_configs
from tests.system import System

_CATALOGUE = Path(__file__).parents[2] / "deploy" / "catalogue.json"


def run(days: int = 90, views: int = 300) -> dict[str, Figure]:
    with tempfile.TemporaryDirectory() as folder, System(Path(folder), read(_CATALOGUE.read_bytes())) as system:
        with system.store() as store:
            _fill(store, days)
        system.add_user(User("head", "head", frozenset({"aptarnavimas"})))
        times = _times(system, views)
    print(f"  office page: median {quantile(times, 0.5):.1f} ms, p99 {quantile(times, 0.99):.1f} ms (n = {views})")
    return {"office_page_p99": at_most(quantile(times, 0.99), "ms", 50, "Jinja and Babel in one Python process")}


def _fill(store: SqliteStore, days: int) -> None:
    """The demo's history, straight into the store."""
    now = datetime.now(UTC)
    store.refresh()
    for kiosk, payload in wanted_configs(store).items():
        config = KioskConfig.model_validate_json(payload)
        crowd = Crowd(config, 1, now.astimezone(ZoneInfo(config.office.timezone)).date())
        store.record(
            [deliver(kiosk, m, lambda c, k=kiosk: store.placed(k, c), now) for m in _messages(crowd, config, days, now)], now
        )


def _messages(crowd: Crowd, config: KioskConfig, days: int, now: datetime) -> Iterator[bytes]:
    stream = config.kiosk.encode().hex().ljust(32, "0")[:32]
    numbered = ({"seq": seq, **body} for seq, body in enumerate(crowd.history(days, now), 1))
    while events := list(islice(numbered, 200)):
        yield json.dumps({"stream": stream, "oldest": 1, "config": config.config, "events": events}).encode()


def _times(system: System, views: int) -> list[float]:
    """Milliseconds of a whole request over a local connection, after ten that warm up."""
    url = system.web()
    with system.store() as store:
        session = store.grant("head", "session", timedelta(hours=1), datetime.now(UTC))
    request = urllib.request.Request(f"{url}/offices/aptarnavimas", headers={"Cookie": f"nuomone_session={session}"})
    times = []
    for view in range(views + 10):
        began = time.perf_counter()
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert b"data-live" in answer.read()
        if view >= 10:
            times.append(1000 * (time.perf_counter() - began))
    return times
