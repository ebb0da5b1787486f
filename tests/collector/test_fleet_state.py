"""From facts to words: what needs somebody, and what only looks so."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_config.messages import utc_text
from collector.fleet_state import NEEDS, Facts, Hours, clock_quality, hours_now, judge, newest_version, screen_stands_still, usual
from tests.collector.fleet_world import OPEN, health

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday, 14:00 in Vilnius
MINUTE = int(NOW.timestamp()) // 60
NOON = Hours(True, 360, 540)
SHUT = Hours(False, 0, 540)


def ago(**how: float) -> str:
    return utc_text(NOW - timedelta(**how))


def told(**changes: Any) -> dict[str, Any]:
    return health(config="1-3f9a1c2e", **changes).model_dump(mode="json")


def facts(**changes: Any) -> Facts:
    """A kiosk that is well."""
    of: dict[str, Any] = {
        "id": "hall-1",
        "status": "active",
        "office": "hall",
        "counter": "",
        "state": "online",
        "since": ago(hours=5),
        "health": told(),
        "health_at": ago(seconds=30),
        "still_since": "",
        "wanted": "1-3f9a1c2e",
        "answer": "",
        "wanted_at": ago(days=30),
        "last_tap": MINUTE - 20,
        "today": 14,
        "usual": 27.0,
    }
    return Facts(**of | changes)


def needs(hours: Hours = NOON, **changes: Any) -> tuple[str, ...]:
    return judge(facts(**changes), hours, NOW).needs


def test_a_kiosk_that_is_well_needs_nobody() -> None:
    assert judge(facts(), NOON, NOW) == ("online", (), False, True, "good", False)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": "lost"}, ("lost",)),
        ({"state": "offline"}, ("offline",)),
        ({"state": "", "health": {}, "health_at": "", "since": ""}, ("never",)),
        ({"health_at": ago(seconds=181)}, ("health",)),
        ({"health_at": ago(seconds=179)}, ()),
        ({"health_at": "", "health": {}, "since": ago(seconds=60)}, ()),
        ({"still_since": ago(minutes=2)}, ("screen",)),
        ({"answer": "refused"}, ("refused",)),
        ({"wanted": "2-00000000", "wanted_at": ago(minutes=11)}, ("config",)),
        ({"wanted": "2-00000000", "wanted_at": ago(minutes=9)}, ()),
        ({"wanted": "2-00000000", "answer": "refused"}, ("refused",)),
        ({"health": told(pending=50)}, ("waiting",)),
        ({"health": told(pending=49)}, ()),
        ({"health": told(disk_free_mb=499)}, ("disk",)),
        ({"health": told(clock={"synced": False, "offset_ms": None})}, ("clock",)),
        ({"health": told(clock={"synced": True, "offset_ms": -5001})}, ("clock",)),
        ({"health": told(clock={"synced": True, "offset_ms": 5000})}, ()),
        ({"health": told(pending=90, disk_free_mb=1), "still_since": ago(hours=1)}, ("screen", "waiting", "disk")),
        ({"health": told(pending=90, disk_free_mb=1), "health_at": ago(hours=1)}, ("health",)),
    ],
)
def test_what_needs_somebody(changes: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert needs(**changes) == expected


def test_at_night_kiosks_may_be_off_and_are_not_silent() -> None:
    for state in ("lost", "offline"):
        assert judge(facts(state=state), SHUT, NOW)[1:3] == ((), False)
        assert judge(facts(state=state), NOON, NOW)[1:3] == ((state,), True)
        assert judge(facts(state=state), Hours(None), NOW)[1:3] == ((state,), False), "nobody knows whether it is open"


def test_a_retired_kiosk_needs_nobody() -> None:
    assert judge(facts(status="retired", state="lost", answer="refused"), NOON, NOW)[:3] == ("retired", (), False)


def test_no_tap_for_as_long_as_ten_would_have_come() -> None:
    """27 in nine hours are ten in 200 minutes of the office's opening."""
    assert needs(last_tap=MINUTE - 199) == ()
    assert needs(last_tap=MINUTE - 200) == ("tap",)
    assert judge(facts(last_tap=MINUTE - 200), NOON, NOW).silent
    assert needs(last_tap=MINUTE - 5000, hours=Hours(True, 199, 540)) == (), "the night before does not count"
    assert needs(last_tap=0, usual=5.0) == (), "where few come, a day without any is no wonder"
    assert needs(last_tap=0, usual=None) == ()
    assert needs(last_tap=0, hours=SHUT) == ()


@given(
    state=st.sampled_from(["online", "offline", "lost", ""]),
    status=st.sampled_from(["active", "retired"]),
    is_open=st.sampled_from([True, False, None]),
    changed=st.dictionaries(st.sampled_from(["pending", "disk_free_mb", "uptime_s"]), st.integers(0, 10**6)),
    age=st.integers(0, 10**6),
    silent_for=st.integers(0, 10**6),
)
def test_silence_is_always_said_why_and_only_while_open(
    state: str, status: str, is_open: bool | None, changed: dict[str, int], age: int, silent_for: int
) -> None:
    judged = judge(
        facts(state=state, status=status, health=told(**changed), health_at=ago(seconds=age), last_tap=MINUTE - silent_for),
        Hours(is_open, 300, 540),
        NOW,
    )
    assert set(judged.needs) <= set(NEEDS)
    assert not judged.silent or (is_open and set(judged.needs) & {"lost", "offline", "never", "health", "tap"})
    assert not judged.needs or status == "active"


def test_hours_are_those_of_the_offices_own_clock() -> None:
    def at(hour: int, day: int = 20, holidays: tuple[str, ...] = ()) -> Hours:
        return hours_now(OPEN, holidays, "Europe/Vilnius", datetime(2026, 11, day, hour, tzinfo=UTC))

    assert at(12) == (True, 360, 540)
    assert at(5) == (False, 0, 540)
    assert at(16) == (False, 540, 540)
    assert at(12, day=22).is_open is False, "Sunday"
    assert at(12, holidays=("2026-11-20",)) == (False, 0, 0)
    assert hours_now({}, (), "Europe/Vilnius", NOW).is_open is None


def test_a_screen_stands_still_when_nothing_was_drawn() -> None:
    before = health(uptime_s=100, screen={"name": "rating", "frames": 5})

    def now(frames: int, uptime: int = 160, name: str = "rating", apart: float = 60) -> bool | None:
        return screen_stands_still(before, health(uptime_s=uptime, screen={"name": name, "frames": frames}), apart)

    assert now(5) is True
    assert now(6) is False
    assert now(5, uptime=3) is False, "started anew"
    assert now(0, name="none") is None, "no screen to judge"
    assert now(5, apart=29) is None, "too soon to tell"


def test_usual_is_the_median_and_counts_empty_days_after_the_first() -> None:
    assert usual([None, None, None, None, None, 20, 30, 40]) == 30
    assert usual([10, 20, None, 30, 40, 50, 60, 70]) == 35
    assert usual([20, None, None, None, None, None, None, None]) == 0
    assert usual([None] * 6 + [20, 30]) is None
    assert usual([]) is None


def test_clocks_and_versions() -> None:
    assert [clock_quality(True, None), clock_quality(True, 6000), clock_quality(False, 0)] == ["good", "off", "unsynced"]
    assert newest_version(["0.9.1", "0.10.0", "0.2", "dev"]) == "0.10.0"
    assert newest_version([]) == ""
