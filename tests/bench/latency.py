"""How long a citizen and an office head wait: tap → durable, tap → number in the browser."""

import itertools
import tempfile
import time
from pathlib import Path

from playwright.sync_api import expect

from collector.access import User
from kiosk import configuration
from kiosk.outbox import Outbox
from kiosk.station import Station
from tests.bench.report import Figure, at_most, quantile
from tests.brokers import wait_for
from tests.browsers import chromium, signed_in
from tests.collector.deliveries import wanted_configs
from tests.delivery.scenes import unhurried
from tests.system import System

_CHANGES = """() => {
  window.changes = {};
  const shown = document.querySelector("[data-live] [data-show=n]");
  const note = () => { window.changes[shown.textContent.trim()] ??= Date.now(); };
  new MutationObserver(note).observe(shown, {childList: true, characterData: true, subtree: true});
}"""


def run() -> dict[str, Figure]:
    return {
        "tap_to_durable_p99": at_most(_durable(300), "ms", 5, "one fsync of the disk"),
        "tap_to_browser_p99": at_most(_browser(60), "s", 1, "scores are published at most every 0.2 s"),
    }


def _durable(taps: int) -> float:
    """Milliseconds of `Station.answer`: decision, transaction, fsync. Its own clock spares the wait between visits."""
    times = []
    with tempfile.TemporaryDirectory() as folder:
        station = _station(Path(folder))
        for _ in range(taps):
            station.dismiss()
            began = time.perf_counter()
            assert station.answer(4)
            times.append(1000 * (time.perf_counter() - began))
        station.outbox.close()
    print(f"  tap → durable: median {quantile(times, 0.5):.2f} ms, p99 {quantile(times, 0.99):.2f} ms")
    return quantile(times, 0.99)


def _station(folder: Path) -> Station:
    with System(folder, unhurried()).store() as store:
        payload = wanted_configs(store)["hall-1"].encode()
    configuration.save(folder / "config.json", configuration.check(payload, "hall-1"))
    ticks = itertools.count(0, 10)
    return Station(folder, Outbox(folder / "outbox.sqlite", "hall-1", "test"), monotonic=lambda: float(next(ticks)))


def _browser(taps: int) -> float:
    """Seconds from the tap to the changed number on the page of the office head."""
    with tempfile.TemporaryDirectory() as folder, System(Path(folder), unhurried()) as system, chromium() as browser:
        system.ingest()
        url = system.web()
        system.add_user(User("head", "head", frozenset({"hall"})))
        page = signed_in(browser, url, "head", "slaptažodis")
        kiosk = system.kiosk()
        kiosk.wait_for_config()
        kiosk.tap(4)
        expect(page.locator("[data-live] [data-show=n]")).to_have_text("1", timeout=10_000)
        page.evaluate(_CHANGES)
        tapped = {}
        for n in range(2, taps + 2):
            tapped[str(n)] = time.time()
            kiosk.tap(4)
            wait_for(lambda n=n: page.evaluate(f"window.changes['{n}'] !== undefined"), 10)
        seen = page.evaluate("window.changes")
    times = [seen[n] / 1000 - began for n, began in tapped.items()]
    print(f"  tap → browser: median {quantile(times, 0.5):.3f} s, p99 {quantile(times, 0.99):.3f} s (n = {taps})")
    return quantile(times, 0.99)
