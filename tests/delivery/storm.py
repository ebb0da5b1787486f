"""Kills of a headless kiosk at seeded moments, and what must hold afterwards."""

import random

from tests.brokers import wait_for
from tests.delivery.kiosk_process import KioskProcess
from tests.delivery.scenes import assert_counted_once, rows_of, stored
from tests.system import System


def storm(system: System, *, kills: int, seed: int, kiosk: str = "hall-1") -> list[tuple[int, int]]:
    """Kill the kiosk `kills` times while it is tapped; the confirmations that citizens saw, as (seq, value)."""
    draw = random.Random(seed)
    confirmed: list[tuple[int, int]] = []
    for _ in range(kills):
        with KioskProcess(system.folder / kiosk, kiosk, system.settings.port) as process:
            process.wait_until_ready()
            last = draw.randint(1, 12)
            for _ in range(last + draw.randint(0, 6)):
                process.ask(draw.randint(1, 5))
            wait_for(lambda last=last, process=process: len(process.confirmed) >= last, 10)
            process.kill()
            confirmed += process.confirmed
    return confirmed


def assert_nothing_is_missing(system: System, confirmed: list[tuple[int, int]], kiosk: str = "hall-1") -> None:
    """The outbox holds 1 … n without a gap, every confirmation among them, and the store holds exactly the same."""
    path = system.folder / kiosk / "outbox.sqlite"
    assert [n for (n,) in rows_of(path, "SELECT count(*) FROM stream")] == [1]
    held = rows_of(path, "SELECT seq, json_extract(body, '$.value') FROM event ORDER BY seq")
    visits = rows_of(path, "SELECT count(DISTINCT json_extract(body, '$.visit')) FROM event")[0][0]
    assert [seq for seq, _ in held] == list(range(1, len(held) + 1))
    assert len({seq for seq, _ in confirmed}) == len(confirmed) > 0
    assert set(confirmed) <= set(held)
    with KioskProcess(system.folder / kiosk, kiosk, system.settings.port) as again:
        assert_counted_once(system, visits, again)
    assert stored(system, "SELECT seq, value FROM event ORDER BY seq") == held
