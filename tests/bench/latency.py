"""How long a citizen and an office head wait: tap → durable, tap → frame, tap → number in the browser."""

import itertools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import expect

from collector.access import User
from kiosk import configuration
from kiosk.outbox import Outbox
from kiosk.station import Station
from tests.bench.pointer import Pointer
from tests.bench.report import Figure, at_most, quantile
from tests.brokers import wait_for
from tests.browsers import chromium, signed_in
from tests.delivery.scenes import unhurried
from tests.displays import Screen, xvfb
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
        "tap_to_frame_p99": at_most(_frame(40), "ms", 50, "software rendering at 1280×800, 30 frames/s"),
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
        payload = store.wanted_configs()["hall-1"].encode()
    configuration.save(folder / "config.json", configuration.check(payload, "hall-1"))
    ticks = itertools.count(0, 10)
    return Station(folder, Outbox(folder / "outbox.sqlite", "hall-1", "test"), monotonic=lambda: float(next(ticks)))


def _frame(taps: int) -> float:
    """Milliseconds from the pointer's press to the next frame on the screen, in the kiosk's own process."""
    times = []
    with tempfile.TemporaryDirectory() as folder, xvfb() as display:
        _station(Path(folder)).outbox.close()
        environment = os.environ | {"DISPLAY": display, "NUOMONE_SCREEN_MAP": "1"}
        command = [sys.executable, "-m", "tests.bench.screen", folder]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as kiosk, Pointer(display) as pointer:
            screen = Screen(display, Path(folder))
            for _ in range(taps):
                screen.touch(next(iter(screen.wait_for("services")["services"].values())))
                pointer.move(*screen.wait_for("rating")["faces"]["4"])
                began = time.monotonic()
                pointer.press()
                times.append(1000 * (_next_flip(kiosk, began) - began))
                pointer.release()
                screen.wait_for("reasons")
                screen.skip_to_thanks()
            kiosk.terminate()
            kiosk.communicate()
    print(f"  press → frame: median {quantile(times, 0.5):.1f} ms, p99 {quantile(times, 0.99):.1f} ms (n = {taps})")
    return quantile(times, 0.99)


def _next_flip(kiosk: "subprocess.Popen[str]", after: float) -> float:
    for line in kiosk.stdout or ():
        word, _, moment = line.partition(" ")
        if word == "flip" and float(moment) > after:
            return float(moment)
    raise RuntimeError("the kiosk ended")


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
