"""What the link does for the clock: asks, hears, remembers, and holds nothing for ever."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_outbox import CONFIG, rating

from kiosk.outbox import Outbox
from kiosk.timekeeping import ASK_S, HOLD_S, NOTE_S, Timekeeper
from tests.machines import Machine

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def machine() -> Machine:
    return Machine(NOON, wrong=-NOON.timestamp())


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    opened = Outbox(tmp_path / "outbox.sqlite", "hall-1", "m")
    yield opened
    opened.close()


def tap(outbox: Outbox, machine: Machine) -> None:
    body = rating()
    del body["at"], body["clock"]
    outbox.append(body, CONFIG, waits=machine.clock().now())


def keeper(outbox: Outbox, machine: Machine) -> Timekeeper:
    """As a started process has it."""
    made = Timekeeper(outbox, machine.clock())
    made.step(listening=False)
    return made


def pass_time(keeper: Timekeeper, machine: Machine, seconds: float, *, listening: bool) -> None:
    for _ in range(round(seconds / 10)):
        machine.later(10)
        keeper.step(listening=listening)


def clocks(outbox: Outbox) -> list[Any]:
    return [row[0] for row in outbox.db.execute("SELECT json_extract(body, '$.clock') FROM event ORDER BY seq")]


# ── waiting ─────────────────────────────────────────────────────────────────────────────


def test_nothing_is_held_for_more_than_ten_minutes_while_a_collector_listens(outbox: Outbox, machine: Machine) -> None:
    link = keeper(outbox, machine)
    tap(outbox, machine)
    pass_time(link, machine, HOLD_S - 10, listening=True)
    tap(outbox, machine)
    assert outbox.waits()
    pass_time(link, machine, 10, listening=True)
    assert not outbox.waits()
    assert clocks(outbox) == ["unsure", "unsure"]
    tap(outbox, machine)
    pass_time(link, machine, HOLD_S - 10, listening=True)
    assert outbox.waits(), "the next one may wait as long"


def test_minutes_without_a_listener_do_not_count_and_those_with_one_add_up(outbox: Outbox, machine: Machine) -> None:
    link = keeper(outbox, machine)
    tap(outbox, machine)
    for listening, waits in ((False, True), (True, True), (False, True), (True, False)):
        pass_time(link, machine, HOLD_S / 2, listening=listening)
        assert outbox.waits() == waits


def test_a_suspended_machine_did_not_wait(outbox: Outbox, machine: Machine) -> None:
    link = keeper(outbox, machine)
    tap(outbox, machine)
    machine.later(8 * HOLD_S)
    link.step(listening=True)
    assert outbox.waits()


def test_ntp_dates_what_waits_without_any_network(outbox: Outbox, machine: Machine) -> None:
    link = keeper(outbox, machine)
    tap(outbox, machine)
    machine.ntp, machine.wrong = True, 0.0
    link.step(listening=False)
    assert clocks(outbox) == ["estimated"]


@pytest.mark.parametrize(("retained", "asleep", "known"), [(False, 0.0, True), (True, 0.0, False), (False, 3600.0, False)])
def test_a_receipt_dates_only_if_it_is_fresh(
    outbox: Outbox, machine: Machine, retained: bool, asleep: float, known: bool
) -> None:
    link = keeper(outbox, machine)
    tap(outbox, machine)
    machine.later(asleep)
    link.heard(machine.at(), retained=retained)
    link.step(listening=True)
    assert outbox.waits() == (not known)
    assert link.clock.not_before >= NOON.timestamp() - 0.001 or known


# ── asking ──────────────────────────────────────────────────────────────────────────────


def test_it_asks_once_a_minute_until_it_knows(outbox: Outbox, machine: Machine) -> None:
    link = keeper(outbox, machine)
    assert [link.asks(), link.asks()] == [True, False]
    pass_time(link, machine, ASK_S - 10, listening=True)
    assert not link.asks()
    pass_time(link, machine, 10, listening=True)
    assert link.asks()
    link.heard(machine.at(), retained=False)
    machine.later(ASK_S)
    assert not link.asks()


# ── remembering ─────────────────────────────────────────────────────────────────────────


def test_another_process_of_this_boot_knows_the_time_without_a_network(outbox: Outbox, machine: Machine) -> None:
    link = keeper(outbox, machine)
    link.heard(machine.at(), retained=False)
    link.step(listening=True)
    machine.later(900)
    again = keeper(outbox, machine).clock.now()
    assert again.at
    assert (abs(again.at - machine.at()) < timedelta(milliseconds=1), again.quality) == (True, "estimated")


def test_another_boot_knows_only_that_it_is_later(outbox: Outbox, machine: Machine) -> None:
    link = keeper(outbox, machine)
    link.heard(machine.at(), retained=False)
    pass_time(link, machine, NOTE_S, listening=True)
    noted = machine.true
    machine.later(30)
    machine.reboot(off=3600)
    clock = keeper(outbox, machine).clock
    assert clock.now().at is None
    assert clock.not_before == pytest.approx(noted)


def test_an_orderly_end_is_noted(outbox: Outbox, machine: Machine) -> None:
    machine.ntp, machine.wrong = True, 0.0
    link = keeper(outbox, machine)
    machine.later(42)
    link.stop()
    ended = machine.true
    machine.reboot(off=60)
    assert keeper(outbox, machine).clock.not_before == pytest.approx(ended)


def test_a_clock_that_ntp_corrects_is_noted_again(outbox: Outbox, machine: Machine) -> None:
    link = keeper(outbox, machine)
    link.heard(machine.at(ago=100), retained=False)
    link.step(listening=True)
    machine.ntp, machine.wrong = True, 0.0
    link.step(listening=True)
    assert outbox.boots.known("boot-1")[0] == pytest.approx(NOON.timestamp())


def test_a_full_disk_does_not_keep_the_link_from_its_work(outbox: Outbox, machine: Machine) -> None:
    link = keeper(outbox, machine)
    outbox.db.execute("PRAGMA query_only=ON")
    pass_time(link, machine, NOTE_S, listening=True)
    link.stop()
    outbox.db.execute("PRAGMA query_only=OFF")
    assert outbox.db.execute("SELECT ran FROM boot").fetchone() == (0.0,)


# ── by a known time ─────────────────────────────────────────────────────────────────────


def test_a_clock_that_jumped_ahead_prunes_nothing(outbox: Outbox, machine: Machine) -> None:
    outbox.append(rating(at=NOON), CONFIG)
    outbox.receipted(outbox.stream().id, 1)
    machine.wrong = 365 * 86400.0
    link = keeper(outbox, machine)
    link.prune()
    assert len(outbox) == 1
    machine.later(31 * 86400)
    machine.ntp, machine.wrong = True, 0.0
    link.prune()
    assert len(outbox) == 0


def test_health_tells_the_system_clock_as_it_is(outbox: Outbox, machine: Machine) -> None:
    link = keeper(outbox, machine)
    assert (link.health().synced, link.health().offset_ms) == (False, None)
    link.heard(machine.at(), retained=False)
    assert (link.health().synced, link.health().offset_ms) == (False, pytest.approx(-NOON.timestamp() * 1000, abs=1))
    machine.ntp, machine.wrong = True, 0.0
    assert link.health().synced
    assert link.health().offset_ms == pytest.approx(0, abs=1)
