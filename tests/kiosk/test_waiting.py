"""Events made while nobody knew the time: durable at once, sent once they are dated, and never changed after that."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_outbox import CONFIG, Open, comment, due, rating, seqs_held

from broker_config.messages import utc_text
from kiosk.boots import NO_LATEST
from kiosk.clock import PLAUSIBLE
from kiosk.outbox import Outbox
from tests.machines import Machine

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = 3600.0


@pytest.fixture
def open_outbox(tmp_path: Path, request: pytest.FixtureRequest) -> Open:
    """Opens the test's file, again and again if wanted."""

    def opened() -> Outbox:
        outbox = Outbox(tmp_path / "outbox.sqlite", "hall-1", "m")
        request.addfinalizer(outbox.close)
        return outbox

    return opened


@pytest.fixture
def outbox(open_outbox: Open) -> Outbox:
    return open_outbox()


@pytest.fixture
def machine() -> Machine:
    """Just started, without NTP."""
    return Machine(NOON, wrong=-NOON.timestamp())


def undated(visit: str = "v", **changes: Any) -> dict[str, Any]:
    body = rating(visit, **changes)
    del body["at"], body["clock"]
    return body


def tap(outbox: Outbox, machine: Machine, visit: str = "v") -> datetime:
    """A vote without a date; the true time."""
    outbox.append(undated(visit), CONFIG, waits=machine.clock().now())
    return machine.at()


def settle(outbox: Outbox, machine: Machine, *, known: bool = True) -> None:
    """Date what waits; with `known` NTP has just come."""
    machine.ntp, machine.wrong = known, 0.0 if known else machine.wrong
    clock = machine.clock()
    clock.now()
    outbox.note(clock, settle=True)


def sent(outbox: Outbox) -> list[dict[str, Any]]:
    found = outbox.due(outbox.stream(), 0)
    return json.loads(found.payload)["events"] if found else []


def when(event: dict[str, Any]) -> tuple[str, ...]:
    return tuple(event[name] for name in ("clock", "at", "at_earliest", "at_latest") if name in event)


# ── waiting ─────────────────────────────────────────────────────────────────────────────


def test_what_waits_is_durable_and_not_due_and_what_follows_waits_behind_it(
    open_outbox: Open,
    machine: Machine,
) -> None:
    app, link = open_outbox(), open_outbox()
    app.append(rating("first"), CONFIG)
    tap(app, machine, "second")
    app.append(rating("third"), CONFIG)
    stream = link.stream()
    assert (stream.last_seq, stream.ready, link.depth(stream), link.waits()) == (3, 1, 3, True)
    assert [event["visit"] for event in sent(link)] == ["first"]
    assert link.due(stream, 1) is None
    settle(link, machine)
    assert [event["visit"] for event in sent(app)] == ["first", "second", "third"]
    assert (app.stream().ready, app.waits()) == (3, False)


def test_its_body_is_a_true_event_meanwhile(outbox: Outbox, machine: Machine) -> None:
    """Whoever rescues the file without knowing of waiting events sends nothing false."""
    machine.later(60)
    outbox.note(machine.clock())
    machine.later(60)
    tap(outbox, machine)
    (body,) = outbox.db.execute("SELECT body FROM event").fetchone()
    earliest = utc_text(datetime.fromtimestamp(PLAUSIBLE + 120, UTC))
    assert when(json.loads(body)) == ("unsure", earliest, earliest, NO_LATEST)


def test_an_undated_event_that_nobody_can_date_is_refused(outbox: Outbox) -> None:
    with pytest.raises(ValueError, match="at\n  Field required"):
        outbox.append(undated(), CONFIG)


def test_a_restart_takes_what_waits_with_it(outbox: Outbox, machine: Machine) -> None:
    outbox.extend([rating("a"), rating("b")], CONFIG)
    made = [tap(outbox, machine, "c")]
    outbox.append(rating("d"), CONFIG)
    machine.later(HOUR)
    made.append(tap(outbox, machine, "e"))
    outbox.sending(due(outbox))
    outbox.receipted(outbox.stream().id, 1)
    outbox.restart()
    assert [event["visit"] for event in sent(outbox)] == ["b"]
    settle(outbox, machine)
    events = sent(outbox)
    assert [event["visit"] for event in events] == list("bcde")
    assert [when(events[n]) for n in (1, 3)] == [("estimated", utc_text(at)) for at in made]
    assert seqs_held(outbox, outbox.streams()[0]) == [1]


def test_an_unreadable_row_that_waits_keeps_nobody(outbox: Outbox, machine: Machine) -> None:
    for visit in "abc":
        tap(outbox, machine, visit)
    outbox.db.execute("UPDATE event SET body='{\"typ' WHERE seq=2")
    settle(outbox, machine)
    assert [event["type"] for event in sent(outbox)] == ["rating", "void", "rating"]


def test_an_outbox_from_before_goes_on(tmp_path: Path, open_outbox: Open, machine: Machine) -> None:
    first = open_outbox()
    first.append(rating("before"), CONFIG)
    first.close()
    db = sqlite3.connect(tmp_path / "outbox.sqlite")
    db.executescript("DROP TABLE waiting; DROP TABLE boot;")
    db.close()
    again = open_outbox()
    tap(again, machine, "after")
    settle(again, machine)
    assert [event["visit"] for event in sent(again)] == ["before", "after"]


# ── dated ───────────────────────────────────────────────────────────────────────────────


def test_once_the_time_is_known_events_of_this_boot_are_estimated(outbox: Outbox, machine: Machine) -> None:
    made = []
    for _ in range(3):
        machine.later(7.125)
        made.append(tap(outbox, machine))
    machine.later(5 * HOUR)
    settle(outbox, machine)
    assert [when(event) for event in sent(outbox)] == [("estimated", utc_text(at)) for at in made]
    columns = outbox.db.execute("SELECT at FROM event ORDER BY seq").fetchall()
    assert columns == [(utc_text(at),) for at in made], "they are pruned by this"


def test_only_the_time_is_written(outbox: Outbox, machine: Machine) -> None:
    said = comment('„Ačiū" – \\ 😀\n' + "ą" * 900)
    del said["at"], said["clock"]
    outbox.append(said, CONFIG, waits=machine.clock().now())
    settle(outbox, machine)
    (event,) = sent(outbox)
    assert event == said | {"seq": 1, "at": utc_text(NOON), "clock": "estimated"}


@pytest.mark.parametrize("known", [True, False])
def test_what_was_dated_is_never_changed(outbox: Outbox, machine: Machine, known: bool) -> None:
    tap(outbox, machine)
    settle(outbox, machine, known=known)
    before = due(outbox).payload
    machine.later(-9 * HOUR)
    settle(outbox, machine)
    machine.reboot(HOUR)
    settle(outbox, machine)
    assert due(outbox).payload == before


def test_a_boot_that_never_knew_lies_between_its_neighbours(outbox: Outbox, machine: Machine) -> None:
    settle(outbox, machine)
    machine.later(HOUR)
    outbox.note(machine.clock())
    last_known = machine.at()
    machine.reboot(off=2 * HOUR)
    machine.later(600)
    first = tap(outbox, machine)
    machine.later(300)
    second = tap(outbox, machine)
    machine.reboot(off=HOUR)
    began = machine.at()
    machine.later(50)
    settle(outbox, machine)
    events = sent(outbox)
    assert [event["at_earliest"] for event in events] == [utc_text(last_known + timedelta(seconds=s)) for s in (600, 900)]
    assert [event["at_latest"] for event in events] == [utc_text(began - timedelta(seconds=s)) for s in (300, 0)]
    for event, true in zip(events, (first, second), strict=True):
        assert event["clock"] == "unsure"
        assert event["at_earliest"] < event["at"] < event["at_latest"]
        assert event["at_earliest"] < utc_text(true) < event["at_latest"]
    apart = datetime.fromisoformat(events[1]["at"]) - datetime.fromisoformat(events[0]["at"])
    assert apart == timedelta(seconds=300)


def test_several_boots_that_never_knew_keep_their_order(outbox: Outbox, machine: Machine) -> None:
    made = []
    for _ in range(3):
        machine.later(100)
        made.append(tap(outbox, machine))
        machine.reboot(off=50)
    settle(outbox, machine)
    events = sent(outbox)
    assert [event["at_latest"] for event in events] == [utc_text(NOON + timedelta(seconds=s)) for s in (250, 350, 450)]
    for name in ("at_earliest", "at", "at_latest"):
        assert [event[name] for event in events] == sorted(event[name] for event in events)
    assert all(e["at_earliest"] < utc_text(true) <= e["at_latest"] for e, true in zip(events, made, strict=True))


def test_a_boot_whose_time_was_learnt_too_late_is_still_estimated(outbox: Outbox, machine: Machine) -> None:
    """Power went after the time was noted and before the events were dated."""
    machine.later(60)
    made = tap(outbox, machine)
    machine.ntp, machine.wrong = True, 0.0
    clock = machine.clock()
    clock.now()
    outbox.note(clock)
    machine.reboot(off=HOUR)
    settle(outbox, machine)
    assert [when(event) for event in sent(outbox)] == [("estimated", utc_text(made))]


def test_given_up_it_is_unsure_without_a_latest(outbox: Outbox, machine: Machine) -> None:
    """`at` is the earliest, so that no collector finds it ahead of its clock."""
    clock = machine.clock()
    clock.heard_late(machine.at(ago=HOUR))
    outbox.note(clock)
    machine.later(60)
    tap(outbox, machine)
    settle(outbox, machine, known=False)
    earliest = utc_text(NOON - timedelta(hours=1) + timedelta(seconds=60))
    assert [when(event) for event in sent(outbox)] == [("unsure", earliest, earliest, NO_LATEST)]
