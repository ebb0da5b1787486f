"""A kiosk boots offline in 1970 and is tapped; when the time comes, its votes lie on the day on which they were given."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.brokers import client, wait_for
from tests.delivery.clockless import (
    Offline,
    assert_unchanged,
    at_noon,
    days,
    dead_battery,
    equip,
    listen,
    minutes_pass,
    sent,
    shortly,
    synchronise,
    until_now,
)
from tests.delivery.scenes import WATCHER, assert_counted_once, scene, start_ingest, wait_for_health
from tests.system import KioskThread


def test_ntp_comes_a_day_later(tmp_path: Path) -> None:
    with at_noon(tmp_path) as system, client(system.broker, WATCHER) as watcher:
        listen(watcher)
        folder, machine = equip(system), dead_battery(timedelta(hours=26))
        with Offline(folder, machine) as offline:
            made = [offline.tap(value) for value in (1, 2, 3)]
        until_now(machine)
        start_ingest(system)
        kiosk = system.kiosk("hall-1", clock=machine.clock())
        wait_for_health(system, ["hall-1"])
        assert sent(watcher) == [], "it is connected, a collector listens, and nothing goes out undated"
        synchronise(machine)
        kiosk.wait_until_drained()
        kiosk.tap(4)
        assert_counted_once(system, 4, kiosk)
        events = sent(watcher)
        assert [event["clock"] for event in events] == ["estimated"] * 3 + ["synced"]
        assert all(shortly(event["at"], at) for event, at in zip(events, made, strict=False))
        assert days(system) == {system.day(made[0]): 3, system.day(datetime.now(UTC)): 1}


def test_an_old_kiosk_asks_and_a_live_receipt_tells_it(tmp_path: Path) -> None:
    with scene(tmp_path, ["hall-1"]) as system, client(system.broker, WATCHER) as watcher:
        start_ingest(system)
        folder, machine = equip(system), dead_battery()
        synchronise(machine)
        before = system.kiosk("hall-1", clock=machine.clock())
        before.tap(5)
        before.wait_until_drained()
        before.stop()
        machine.reboot()
        with Offline(folder, machine) as offline:
            made = [offline.tap(value) for value in (1, 2)]
        listen(watcher)
        kiosk = system.kiosk("hall-1", clock=machine.clock())
        made.append(_tap(kiosk))
        assert_counted_once(system, 4, kiosk)
        events = sent(watcher)
        assert events[0]["seq"] == 1, "it asked with what was stored already"
        assert [event["clock"] for event in events if event["seq"] > 1] == ["estimated"] * 3
        assert all(shortly(event["at"], at) for event, at in zip(events[1:], made, strict=True))
        assert_unchanged(events)


def test_a_new_kiosk_without_ntp_waits_ten_minutes_and_then_knows(tmp_path: Path) -> None:
    """Its first vote belongs to no day; its receipt dates the others."""
    with at_noon(tmp_path) as system, client(system.broker, WATCHER) as watcher:
        listen(watcher)
        start_ingest(system)
        equip(system)
        machine = dead_battery()
        kiosk = system.kiosk("hall-1", clock=machine.clock())
        kiosk.tap(1)
        began = machine.seconds
        wait_for(lambda: minutes_pass(machine, kiosk), 15)
        assert machine.seconds - began >= 600
        kiosk.tap(5)
        assert_counted_once(system, 2, kiosk)
        first, second = sent(watcher)
        assert (first["clock"], first["at_latest"][:4]) == ("unsure", "9999")
        assert second["clock"] == "estimated"
        assert shortly(second["at"], datetime.now(UTC), 300), "the test's minutes went on meanwhile"
        assert days(system) == {"undated": 1, system.day(datetime.now(UTC)): 1}


@pytest.mark.parametrize(
    ("booted", "taps", "expected"),
    [
        (
            "2025-10-25T20:00Z",
            ["20:59:30", "21:00:30", "00:59:30", "01:00:30"],
            {("2025-10-25", 23): 1, ("2025-10-26", 0): 1, ("2025-10-26", 3): 2},
        ),
        (
            "2025-03-29T21:00Z",
            ["21:59:30", "22:00:30", "00:59:30", "01:00:30"],
            {("2025-03-29", 23): 1, ("2025-03-30", 0): 1, ("2025-03-30", 2): 1, ("2025-03-30", 4): 1},
        ),
    ],
    ids=["autumn", "spring"],
)
def test_summer_time_begins_and_ends_while_nobody_knows_the_time(
    tmp_path: Path, booted: str, taps: list[str], expected: dict[tuple[str, int], int]
) -> None:
    with scene(tmp_path, ["hall-1"]) as system:
        start = datetime.fromisoformat(booted)
        folder, machine = equip(system), dead_battery(datetime.now(UTC) - start)
        with Offline(folder, machine) as offline:
            for text in taps:
                hour, minute, second = map(int, text.split(":"))
                target = start.replace(hour=hour, minute=minute, second=second) + timedelta(days=hour < start.hour)
                machine.later(target.timestamp() - machine.true)
                offline.tap()
        until_now(machine)
        synchronise(machine)
        start_ingest(system)
        kiosk = system.kiosk("hall-1", clock=machine.clock())
        assert_counted_once(system, 4, kiosk)
        assert days(system, "day", "hour") == expected


def _tap(kiosk: KioskThread) -> datetime:
    kiosk.tap(3)
    return datetime.now(UTC)
