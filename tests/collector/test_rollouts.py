"""A roll-out's next step: in whatever order kiosks answer, fall silent and come back."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.rollouts import KioskFacts, Pace, Progress, Step, Why, decide, judge, stages_of

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PACE = Pace(observe_s=90)
STAGES = (("a-1", 1), ("a-2", 2), ("a-3", 2), ("b-1", 3), ("b-2", 3), ("b-3", 3))


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def kiosk(**changes: object) -> KioskFacts:
    """One that was published at START and is connected."""
    whole = KioskFacts("a-1", 1, "published", START, was_online=True, online=True, presence_at=at(-3600), heard=START)
    return replace(whole, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "seconds", "verdict"),
    [
        (kiosk(), 10, "pending"),
        (kiosk(state="applied", at=at(5)), 10, "pending"),
        (kiosk(state="applied", at=at(5), heard=at(60), seen_at=at(60)), 100, "pending"),
        (kiosk(state="applied", at=at(5), heard=at(95), seen_at=at(95)), 96, "confirmed"),
        (kiosk(state="refused", detail="no"), 10, "bad"),
        (kiosk(state="refused", detail="no", accepted=True), 10, "accepted"),
        (kiosk(online=False), 1, "bad"),
        (kiosk(online=False, was_online=False), 1000, "away"),
        (kiosk(state="applied", at=at(5), online=False, was_online=False), 10, "bad"),
        (kiosk(heard=at(0)), 180, "bad"),
        (kiosk(heard=at(170)), 179, "pending"),
        (kiosk(heard=at(170)), 180, "bad"),
        (kiosk(heard=at(900), presence_at=at(800), was_online=False), 901, "pending"),
        (kiosk(was_online=False, heard=at(-9000)), 10_000, "away"),
        (kiosk(state="applied", at=at(5), heard=at(60), still=True), 61, "bad"),
        (kiosk(gone="retired", online=False), 10, "left"),
        (kiosk(state="waiting"), 10, "waiting"),
        (kiosk(state="silent", detail="lost"), 10, "bad"),
        (kiosk(state="silent", detail="lost", accepted=True), 10, "accepted"),
    ],
)
def test_what_a_kiosk_means_for_the_roll_out(facts: KioskFacts, seconds: float, verdict: str) -> None:
    assert judge(facts, at(seconds), PACE) == verdict


def test_a_refusal_is_told_before_other_reasons() -> None:
    facts = [kiosk(kiosk="a-0", online=False), kiosk(kiosk="a-9", state="refused", detail="too many faces")]
    step = decide(Progress("running", 1, 1, START), facts, at(5), PACE)
    assert (step.state, step.why) == ("stopped", Why("refused", "a-9", "too many faces"))
    assert step.marks == (("a-0", "silent", "lost"),)


def test_the_first_stage_needs_a_kiosk_that_is_well() -> None:
    away = kiosk(was_online=False, online=False)
    assert decide(Progress("running", 1, 3, START), [away], at(9999), PACE).stage == 1
    assert decide(Progress("running", 2, 3, START), [replace(away, stage=2)], at(9999), PACE).stage == 3
    gone = decide(Progress("running", 1, 3, START), [replace(away, gone="retired")], at(1), PACE)
    assert (gone.state, gone.why) == ("stopped", Why("nobody"))


def test_what_begins_later_waits() -> None:
    assert decide(Progress("waiting", 0, 3, at(60)), [], START, PACE) == Step("waiting", 0)
    assert decide(Progress("waiting", 0, 3, at(60)), [], at(60), PACE) == Step("running", 1)


def test_stages_are_one_kiosk_its_office_and_all_and_none_is_empty() -> None:
    kiosks = [("a-1", "a"), ("a-2", "a"), ("b-1", "b")]
    assert stages_of(kiosks, "a-2") == {"a-2": 1, "a-1": 2, "b-1": 3}
    assert stages_of(kiosks, "b-1") == {"b-1": 1, "a-1": 2, "a-2": 2}
    assert stages_of([("a-1", "a")], "a-1") == {"a-1": 1}


@dataclass
class World:
    """A roll-out and its kiosks as the store would keep them; what happens to them is drawn."""

    progress: Progress = field(default_factory=lambda: Progress("waiting", 0, 3, START))
    kiosks: dict[str, KioskFacts] = field(
        default_factory=lambda: {name: KioskFacts(name, stage, "waiting", START, presence_at=START) for name, stage in STAGES}
    )
    well: set[str] = field(default_factory=set)
    published: list[str] = field(default_factory=list)
    refused: bool = False
    now: datetime = START

    def step(self) -> Step:
        here = [one for one in self.kiosks.values() if one.stage <= self.progress.stage and one.kiosk not in self.well]
        confirmed = sum(self.kiosks[name].stage == self.progress.stage for name in self.well)
        step = decide(replace(self.progress, confirmed=confirmed), [k for k in here if k.state != "left"], self.now, PACE)
        for name, state, detail in step.marks:
            self.put(name, state=state, detail=detail, at=self.now)
        self.well |= set(step.confirm)
        for name in step.publish:
            self.put(name, state="published", at=self.now, was_online=self.kiosks[name].online)
        self.published += step.publish
        self.progress = replace(self.progress, state=step.state, stage=step.stage)
        return step

    def put(self, name: str, **changes: object) -> None:
        self.kiosks[name] = replace(self.kiosks[name], **changes)  # type: ignore[arg-type]

    def happens(self, name: str, what: str) -> None:
        one = self.kiosks[name]
        sent = one.state == "published" and one.online
        if what == "tick":
            self.now += timedelta(seconds=60)
        elif what == "comes":
            self.put(name, online=True, presence_at=self.now, heard=self.now)
        elif what == "goes":
            self.put(name, online=False, presence_at=self.now)
        elif what == "health" and one.online:
            self.put(name, heard=self.now, seen_at=self.now if one.state == "applied" else None)
        elif what == "applies" and sent:
            self.put(name, state="applied", at=self.now)
        elif what == "refuses" and sent:
            self.put(name, state="refused", at=self.now, detail="no")
            self.refused = True
        elif what == "retires":
            self.put(name, gone="retired")


WHAT = st.sampled_from(("tick", "comes", "goes", "health", "applies", "refuses", "retires", "applies", "comes", "health"))


@given(st.lists(st.tuples(st.sampled_from([name for name, _ in STAGES]), WHAT), max_size=120))
def test_in_any_order_no_stage_goes_out_before_the_one_before_is_well(story: list[tuple[str, str]]) -> None:
    world = World()
    world.step()
    for name, what in story:
        world.happens(name, what)
        before, was = list(world.published), world.progress
        step = world.step()
        if was.state == "stopped":
            assert world.published == before, "nothing is published after it stopped"
            assert world.progress == was
        if step.publish:
            assert {world.kiosks[one].stage for one in step.publish} == {was.stage}, "one stage at a time"
            assert was.state == "running"
            assert not world.refused, "a refusal stops it before anything more goes out"
        if step.stage > was.stage and was.stage == 1:
            assert "a-1" in world.well, "the first kiosk is well before a second gets it"
        if step.stage > was.stage > 0:
            here = [k for k in world.kiosks.values() if k.stage == was.stage and k.kiosk not in world.well]
            assert all(not k.online or k.gone or world.now - (k.heard or START) > timedelta(seconds=180) for k in here)
        if world.refused and was.state == "running" and not any(k.gone and k.state == "refused" for k in world.kiosks.values()):
            assert world.progress.state == "stopped", "a refusal always stops"
            assert step.why
    assert len(set(world.published)) == len(world.published), "nobody gets it twice"
