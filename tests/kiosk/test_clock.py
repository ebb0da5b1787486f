"""What the kiosk believes of its time: NTP, receipts, jumps, dead batteries. No screen, no disk, no network."""

import ctypes
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk import clock as clocks
from kiosk.boots import Boot, bounded
from kiosk.clock import PLAUSIBLE, STEP_S, Clock, Keeper, boot_id, machine_clock, since_boot
from tests.machines import Machine

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = 86400.0


def told(clock: Clock) -> tuple[datetime | None, str | None]:
    moment = clock.now()
    at = moment.at.replace(microsecond=round(moment.at.microsecond, -3)) if moment.at else None
    return at, moment.quality


# ── by NTP ──────────────────────────────────────────────────────────────────────────────


def test_nobody_vouches_after_a_boot_without_network() -> None:
    machine = Machine(NOON)
    clock = machine.clock()
    assert told(clock) == (None, None), "however right the system clock looks"
    machine.later(90)
    assert clock.now().seconds == pytest.approx(90)


def test_ntp_dates_this_moment_and_the_boot() -> None:
    machine = Machine(NOON, ntp=True)
    clock = machine.clock()
    machine.later(90)
    assert told(clock) == (NOON + timedelta(seconds=90), "synced")
    assert clock.start == pytest.approx(NOON.timestamp())


def test_ntp_may_step_the_clock_as_it_likes() -> None:
    machine = Machine(NOON, wrong=-DAY)
    clock = machine.clock()
    assert clock.now().at is None
    machine.wrong, machine.ntp = 0, True
    assert told(clock) == (NOON, "synced")


@pytest.mark.parametrize("jump", [-NOON.timestamp(), -DAY, -60, 60, DAY, 40 * 365 * DAY], ids=lambda jump: f"{jump:+.0f} s")
@pytest.mark.parametrize("trust_system", [False, True])
def test_a_jump_without_ntp_is_not_followed(jump: float, trust_system: bool) -> None:
    machine = Machine(NOON, ntp=True)
    clock = machine.clock(trust_system=trust_system)
    clock.now()
    machine.later(30)
    machine.ntp, machine.wrong = False, jump
    assert told(clock) == (NOON + timedelta(seconds=30), "estimated")


def test_a_synchronised_clock_before_2025_is_not_believed() -> None:
    machine = Machine(NOON, ntp=True, wrong=-NOON.timestamp())
    assert machine.clock().now().at is None


# ── kept by somebody else ───────────────────────────────────────────────────────────────


def test_a_plausible_clock_that_somebody_else_keeps_is_right() -> None:
    assert told(Machine(NOON).clock(trust_system=True)) == (NOON, "synced")


def test_in_1970_nobody_kept_it() -> None:
    machine = Machine(NOON, wrong=-NOON.timestamp())
    clock = machine.clock(trust_system=True)
    assert clock.now().at is None
    machine.wrong = 0
    assert told(clock) == (NOON, "synced")


def test_a_clock_that_stands_before_a_moment_already_past_is_not_believed() -> None:
    machine = Machine(NOON, wrong=-DAY)
    clock = machine.clock(trust_system=True)
    clock.recall(None, NOON.timestamp() - 3600)
    assert clock.now().at is None


def test_after_a_jump_a_receipt_says_whether_it_was_right() -> None:
    machine = Machine(NOON, wrong=-DAY)
    clock = machine.clock(trust_system=True)
    assert told(clock) == (NOON - timedelta(days=1), "synced"), "nobody could know better"
    machine.wrong = 0
    assert told(clock) == (NOON - timedelta(days=1), "estimated")
    clock.heard(NOON)
    assert told(clock) == (NOON, "synced")


def test_the_spring_and_autumn_changes_are_no_jumps() -> None:
    for change in (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)):
        machine = Machine(change - timedelta(seconds=2))
        clock = machine.clock(trust_system=True)
        assert told(clock) == (change - timedelta(seconds=2), "synced")
        machine.later(4)
        assert told(clock) == (change + timedelta(seconds=2), "synced")


# ── by receipts ─────────────────────────────────────────────────────────────────────────


def test_a_live_receipt_tells_the_time_and_monotonic_time_carries_it() -> None:
    machine = Machine(NOON, wrong=-NOON.timestamp())
    clock = machine.clock()
    clock.heard(machine.at())
    machine.later(3 * DAY)
    assert told(clock) == (NOON + timedelta(days=3), "estimated")


def test_a_late_receipt_is_only_a_bound() -> None:
    machine = Machine(NOON)
    clock = machine.clock()
    machine.later(100)
    clock.heard_late(machine.at(ago=3600))
    assert clock.now().at is None
    assert clock.not_before == pytest.approx(NOON.timestamp() - 3600)
    clock.heard_late(machine.at(ago=7200))
    assert clock.not_before == pytest.approx(NOON.timestamp() - 3600), "an older one says nothing new"


def test_what_ntp_says_is_not_changed_by_a_receipt() -> None:
    machine = Machine(NOON, ntp=True)
    clock = machine.clock()
    clock.heard(machine.at(ago=300))
    assert told(clock) == (NOON, "synced")
    assert clock.offset() == timedelta(seconds=300)


@pytest.mark.parametrize(
    "now", [datetime(1, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
def test_a_collector_out_of_its_mind_is_not_believed(now: datetime) -> None:
    clock = Machine(NOON).clock()
    clock.heard(now)
    clock.heard_late(now)
    assert (clock.now().at, clock.offset(), clock.not_before) == (None, None, PLAUSIBLE)


def test_the_offset_is_the_system_clocks_whoever_is_believed() -> None:
    machine = Machine(NOON, wrong=7.5)
    clock = machine.clock()
    assert clock.offset() is None
    clock.heard(machine.at())
    assert clock.offset() == timedelta(seconds=7.5)
    machine.later(100)
    machine.wrong = -3600
    assert clock.offset() == timedelta(hours=-1)


def test_an_earlier_process_of_this_boot_knew_the_time() -> None:
    machine = Machine(NOON)
    machine.later(100)
    clock = machine.clock()
    clock.recall(NOON.timestamp(), PLAUSIBLE)
    assert told(clock) == (NOON + timedelta(seconds=100), "estimated")


# ── any sequence of all that ────────────────────────────────────────────────────────────


class AnyLife(RuleBasedStateMachine):
    """Whatever the system clock does: a moment that is not None is right to a few seconds."""

    @initialize(trust_system=st.booleans(), ntp=st.booleans())
    def boot(self, trust_system: bool, ntp: bool) -> None:
        self.machine = Machine(NOON, ntp=ntp)
        self.clock = self.machine.clock(trust_system=trust_system)
        self.clock.now()

    @rule(seconds=st.floats(0, 40 * DAY))
    def later(self, seconds: float) -> None:
        self.machine.later(seconds)

    @rule(by=st.floats(-60 * 365 * DAY, 60 * 365 * DAY) | st.floats(-20, 20))
    def jump(self, by: float) -> None:
        self.machine.ntp = False
        self.machine.wrong += by

    @rule()
    def synchronise(self) -> None:
        self.machine.ntp, self.machine.wrong = True, 0.0

    @rule()
    def receipt(self) -> None:
        self.clock.heard(self.machine.at())

    @rule(ago=st.floats(0, 400 * DAY))
    def late_receipt(self, ago: float) -> None:
        self.clock.heard_late(self.machine.at(ago))

    @invariant()
    def a_known_moment_is_right(self) -> None:
        moment = self.clock.now()
        if moment.at:
            assert abs(moment.at.timestamp() - self.machine.true) <= STEP_S + 0.001
        assert (moment.at is None) == (moment.quality is None)
        assert self.clock.not_before <= self.machine.true - self.machine.seconds + 0.001


AnyLife.TestCase.settings = settings(max_examples=60, stateful_step_count=20)
TestAnyLife = AnyLife.TestCase


# ── boots bound one another ─────────────────────────────────────────────────────────────


def test_a_boot_began_after_the_last_and_ended_before_the_next() -> None:
    first = Boot(1, "a", PLAUSIBLE, NOON.timestamp(), 1000.0)
    unknown = Boot(2, "b", PLAUSIBLE, None, 500.0)
    last = Boot(3, "c", PLAUSIBLE, NOON.timestamp() + DAY, 10.0)
    _, span, _ = bounded([first, unknown, last])
    assert (span.earliest, span.latest) == (NOON.timestamp() + 1000, NOON.timestamp() + DAY - 500)
    assert span.guess == NOON.timestamp() + 1000 + (DAY - 1500) / 2


def test_without_a_later_boot_there_is_no_latest() -> None:
    (span,) = bounded([Boot(1, "a", NOON.timestamp(), None, 500.0)])
    assert (span.earliest, span.latest, span.guess) == (NOON.timestamp(), None, NOON.timestamp())


@given(st.data())
def test_the_truth_always_lies_within_the_bounds(data: st.DataObject) -> None:
    lengths = st.floats(0, 400 * DAY)
    boots, truth, now = [], [], PLAUSIBLE + data.draw(st.floats(0, 3000 * DAY))
    for no in range(data.draw(st.integers(1, 6))):
        now += data.draw(lengths)
        truth.append(now)
        ran = data.draw(lengths)
        late = data.draw(st.floats(0, now - PLAUSIBLE))
        boots.append(Boot(no, str(no), now - late, now if data.draw(st.booleans()) else None, data.draw(st.floats(0, ran))))
        now += ran
    for boot, true, span in zip(boots, truth, bounded(boots), strict=True):
        assert span.earliest <= true + 0.001
        assert span.latest is None or true <= span.latest + 0.001
        assert boot.start is None or span.guess == boot.start


@given(st.lists(st.tuples(st.floats(0, 4e9), st.none() | st.floats(0, 4e9), st.floats(0, 1e9)), max_size=6))
def test_boots_that_contradict_each_other_still_have_bounds_in_order(rows: list[tuple[float, float | None, float]]) -> None:
    """One that was believed in the year 2060 makes the next one impossible."""
    for span in bounded([Boot(no, str(no), *row) for no, row in enumerate(rows)]):
        assert span.latest is None or span.earliest <= span.guess <= span.latest


# ── this machine ────────────────────────────────────────────────────────────────────────


def test_seconds_since_the_boot_are_those_of_every_process() -> None:
    assert boot_id() == boot_id() != ""
    before = since_boot()
    assert 0 < before <= since_boot()


@pytest.mark.parametrize(("answer", "synced"), [(0, True), (1, True), (5, False), (-1, False)])
def test_the_kernel_is_asked(monkeypatch: pytest.MonkeyPatch, answer: int, synced: bool) -> None:
    """0 and the leap seconds' states are fine; 5 is TIME_ERROR; -1 where the call is forbidden."""

    class Libc:
        def adjtimex(self, timex: object) -> int:
            assert not any(bytes(timex)), "it only reads"  # type: ignore[call-overload]
            return answer

    monkeypatch.setattr(clocks, "_libc", Libc)
    assert clocks.kernel_synced() is synced


def test_the_real_kernel_answers_without_rights() -> None:
    libc = ctypes.CDLL(None)
    assert clocks.kernel_synced() is (libc.adjtimex(ctypes.create_string_buffer(512)) in range(5))


@pytest.mark.parametrize("keeper", list(Keeper))
def test_this_machine_has_a_clock(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "_libc", lambda: None)
    known = machine_clock(keeper).now().at
    if keeper is Keeper.SYSTEM:
        assert known
        assert abs((known - datetime.now(UTC)).total_seconds()) < 5
    if keeper is Keeper.NTP:
        assert known is None
