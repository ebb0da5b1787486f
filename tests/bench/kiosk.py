"""What the kiosk's screen costs and how soon it answers, and whether a backlog of a million events is felt."""

import statistics
import tempfile
import time
from pathlib import Path

from broker_config.messages import KioskConfig
from kiosk import recovery
from tests import everything
from tests.bench.backlog import LIMIT, draining, fill
from tests.bench.report import Figure, at_most, quantile
from tests.bench.window import Size, Window, window
from tests.brokers import wait_for
from tests.processes import cpu_s, resident_mb

SIZES: tuple[tuple[Size, str, int], ...] = (((1280, 800), "", 50), ((1920, 1080), "_full_hd", 100))
FLOORS = "software rendering"


def run(starts: int = 5, taps: int = 40, idle_s: float = 30.0, events: int = LIMIT) -> dict[str, Figure]:
    """All figures; small arguments for a trial."""
    figures: dict[str, Figure] = {}
    for size, name, most_ms in SIZES:
        figures[f"kiosk_start{name}"] = at_most(_start(size, starts), "s", 2.5, "imports of Kivy and pydantic")
        figures[f"tap_to_frame_p99{name}"] = at_most(_frame(size, taps), "ms", most_ms, f"{FLOORS}, 30 frames/s")
        idle, memory = _rest(size, idle_s)
        figures[f"kiosk_idle_cpu{name}"] = at_most(idle, "% of a core", 3, f"{FLOORS}, a look at the clock four times a second")
        figures[f"kiosk_memory{name}"] = at_most(memory, "MB", 200, f"{FLOORS}: Mesa and LLVM")
    return figures | _backlog(taps, events)


def _start(size: Size, starts: int) -> float:
    """Seconds from exec to `ready`, when everything can be tapped; the median."""
    times = []
    for _ in range(starts):
        with tempfile.TemporaryDirectory() as folder, window(Path(folder), size, everything.config()) as shown:
            times.append(shown.told.ready - shown.began)
    print(f"  start at {size[0]}×{size[1]}: {sorted(round(one, 2) for one in times)} s")
    return statistics.median(times)


def _frame(size: Size, taps: int) -> float:
    """Milliseconds from the pointer's press on a face to the next frame."""
    with tempfile.TemporaryDirectory() as folder, window(Path(folder), size, _short()) as shown:
        times = [_press(shown) for _ in range(taps)]
    _say(f"press → frame at {size[0]}×{size[1]}", times)
    return quantile(times, 0.99)


def _short() -> KioskConfig:
    """One question and nothing after it: the next visit is soon."""
    asked = {"id": "short", "questions": [everything.question("q0", "smiley5", reasons=False)], "comment": False}
    return everything.config(services=1, questionnaire=asked, display={"dpi": 125})


def _press(shown: Window) -> float:
    """One visit: milliseconds from its press to the frame after it."""
    at = shown.screen.wait_for("rating")["faces"]["4"]
    shown.pointer.move(*at)
    shown.pointer.sync()
    began = time.monotonic()
    shown.pointer.press()
    took = 1000 * (shown.next_flip(began) - began)
    shown.pointer.release()
    shown.screen.wait_for("thanks")
    shown.tap((shown.screen.map()["size"][0] // 2, shown.screen.map()["size"][1] // 3))
    return took


def _rest(size: Size, idle_s: float) -> tuple[float, float]:
    """Per cent of a core while nobody is there, and MB of memory, after a visit through every screen."""
    with tempfile.TemporaryDirectory() as folder, window(Path(folder), size, everything.config()) as shown:
        _whole_visit(shown)
        shown.screen.wait_until_still()
        began, used = time.monotonic(), cpu_s(shown.child.pid)
        wait_for(lambda: time.monotonic() - began > idle_s, idle_s + 5)
        share = 100 * (cpu_s(shown.child.pid) - used) / (time.monotonic() - began)
        memory = resident_mb(shown.child.pid)
    print(f"  at rest at {size[0]}×{size[1]}: {share:.2f} % of a core, {memory:.0f} MB")
    return share, memory


def _whole_visit(shown: Window) -> None:
    """Services, privacy, the question, reasons, further questions, the comment, thanks, and home again."""
    screen = shown.screen
    shown.tap(next(iter(screen.wait_for("services")["services"].values())))
    if at := screen.wait_for("rating")["privacy"]:
        shown.tap(at)
        shown.tap(screen.wait_for("privacy")["back"])
    screen.answer(2)
    shown.tap(next(iter(screen.wait_for("reasons")["chips"].values())))
    screen.wait_until_still(1)
    screen.leave()


def _backlog(taps: int, events: int) -> dict[str, Figure]:
    """An outbox with a million events that were never sent: opened, and drained while citizens tap."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = everything.put(folder, _short())
        fill(folder, given, events)
        began = time.perf_counter()
        recovery.open_outbox(folder, everything.KIOSK, "test")[0].close()
        opened = time.perf_counter() - began
        still = _taps(folder, given, taps, port=1)
        with draining(folder / "broker") as broker:
            busy = _taps(folder, given, taps, broker.port)
            print(f"  {broker.events:,} events receipted meanwhile")
            assert broker.events, "nothing was drained"
    frames, durable = (statistics.median(b) / statistics.median(a) for a, b in zip(still, busy, strict=True))
    print(f"  opening an outbox of {events:,}: {opened:.3f} s")
    shared = "the broker and the receipts on the same two cores"
    return {
        "million_events_open": at_most(opened, "s", 1, "a look at the tables, not at the rows"),
        "tap_to_frame_while_draining": at_most(frames, "of the same without", 1.5, shared),
        "tap_to_durable_while_draining": at_most(durable, "of the same without", 2, f"one writer at a time; {shared}"),
    }


def _taps(folder: Path, given: KioskConfig, taps: int, port: int) -> tuple[list[float], list[float]]:
    """Milliseconds to the frame and to the disk."""
    with window(folder, (1280, 800), given, port) as shown:
        frames = [_press(shown) for _ in range(taps)]
        _say("press → frame with a backlog" + ("" if port == 1 else " that drains"), frames)
        _say("tap → durable", shown.told.durable)
        return frames, shown.told.durable


def _say(what: str, times: list[float]) -> None:
    print(f"  {what}: median {quantile(times, 0.5):.1f} ms, p99 {quantile(times, 0.99):.1f} ms (n = {len(times)})")
