"""What the catalogue wants against what was published, and roll-outs, in the real store."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from broker_config.messages import Health, KioskConfig, Questionnaire, config_id
from collector.access import Viewer
from collector.rollouts import Pace, Why
from collector.store import configurations, kiosk_events
from collector.store.catalogue import load
from collector.store.configurations import Standing
from collector.store.rollouts import Plan, RolloutRefused
from collector.store.sqlite import SqliteStore
from collector.wanted import Fault
from tests.catalogues import catalogue, document
from tests.collector.deliveries import NOW, STREAM, change, rows, wanted_configs

ADMIN = Viewer("admin", "admin", None)
AUDITOR = Viewer("auditor", "auditor", None)
HEAD = Viewer("head", "head", frozenset({"hall"}))
PACE = Pace(observe_s=90)
EVERY = ("hall-1", "hall-2", "hall-3", "hall-4", "north-1")


def touched(store: SqliteStore, sql: str, *values: Any) -> None:
    """A change of the catalogue as its pages make one."""
    change(store, sql, *values)
    change(store, "UPDATE meta SET value=value+1 WHERE key='catalogue_version'")


def rename(store: SqliteStore, name: str = "Naujas vardas", office: str = "hall") -> None:
    touched(store, "UPDATE office SET name=json_set(name, '$.lt', ?) WHERE id=?", name, office)


def differing(store: SqliteStore, now: datetime = NOW, day: str = "") -> list[Standing]:
    return [one for one in store.standings(ADMIN, now, day) if one.differs]


def start(store: SqliteStore, stages: dict[str, int] | None = None, now: datetime = NOW, starts: datetime | None = None) -> int:
    """Everything that differs; all at once without `stages`."""
    found = differing(store, now)
    plan = Plan(found, stages or {one.kiosk: 1 for one in found}, store.changes(found))
    return store.start_rollout("admin", plan, starts or now, now)


def connect(store: SqliteStore, *kiosks: str, now: datetime = NOW) -> None:
    for kiosk in kiosks:
        store.keep_state(kiosk, "online", "ab", now)
        health(store, kiosk, now, config="")


def health(
    store: SqliteStore, kiosk: str, now: datetime, config: str | None = None, frames: int = 0, screen: str = "none"
) -> None:
    """The kiosk says how it is; with the configuration that it was given last unless another is named."""
    shown = store.wanted_ids()[kiosk] if config is None else config
    said = {
        "stream": STREAM, "last_seq": 0, "through": 0, "pending": 0, "oldest": 1, "uptime_s": 5, "version": "1", "config": shown,
        "clock": {"synced": True, "offset_ms": 0}, "disk_free_mb": 100, "screen": {"name": screen, "frames": frames},
    }  # fmt: skip
    store.keep_health(kiosk, Health.model_validate(said), now)


def reply(store: SqliteStore, kiosk: str, now: datetime, *, ok: bool = True, detail: str = "", config: str = "") -> None:
    said = {"id": config or store.wanted_ids()[kiosk], "ok": ok, "detail": detail}
    store.keep_reply(kiosk, json.dumps(said), now)


def step(store: SqliteStore, now: datetime, listening: datetime = NOW) -> None:
    store.step_rollouts(now, listening, PACE)


def well(store: SqliteStore, kiosks: Iterable[str], now: datetime) -> datetime:
    """They apply what they got and are well for a hundred seconds."""
    for kiosk in kiosks:
        reply(store, kiosk, now)
    later = now + timedelta(seconds=100)
    for kiosk in kiosks:
        health(store, kiosk, later)
    return later


def shown_at(store: SqliteStore, kiosk: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(wanted_configs(store)[kiosk])
    return payload


def state(store: SqliteStore, ident: int) -> tuple[str, int]:
    found = store.rollout(ADMIN, ident)
    assert found
    return found.state, found.stage


# ── wanted and published ────────────────────────────────────────────────────────────────


def test_nothing_differs_after_an_import_and_a_change_is_told_in_fields(store: SqliteStore) -> None:
    assert differing(store) == []
    rename(store)
    found = differing(store)
    assert [one.kiosk for one in found] == ["hall-1", "hall-2", "hall-3", "hall-4"]
    (told,) = store.changes(found)
    (only,) = told.differences
    assert (only.what, only.about, only.after) == ("office.name", "lt", "Naujas vardas")
    assert store.standings(HEAD, NOW) == [], "the fleet is for those who answer for it"
    assert store.configuration_of(AUDITOR, "north-1", NOW).standing.differs is False  # type: ignore[union-attr]
    of_one = store.configuration_of(AUDITOR, "hall-1", NOW)
    assert of_one
    assert of_one.differences == told.differences
    assert [one.origin for one in of_one.answers] == ["catalogue"]


def test_that_a_service_pin_is_new_is_told_and_its_hash_is_not(store: SqliteStore) -> None:
    def pin(kiosk: str, text: str) -> None:
        touched(store, "UPDATE kiosk SET display=json_set(display, '$.service_pin', ?) WHERE id=?", text, kiosk)

    pin("hall-1", "scrypt$1")
    pin("hall-2", "scrypt$2")
    start(store)
    step(store, NOW)
    pin("hall-1", "scrypt$3")
    assert "scrypt" not in str(rows(store, "SELECT changes FROM rollout"))
    (change,) = store.changes(differing(store))
    (told,) = change.differences
    assert (told.about, told.before, told.after) == ("service_pin", "…", "…")
    assert shown_at(store, "hall-1")["display"]["service_pin"] == "scrypt$1", "the kiosk itself gets it"


def test_what_goes_out_is_what_a_kiosk_checks(store: SqliteStore) -> None:
    rename(store)
    start(store)
    step(store, NOW)
    for kiosk in EVERY:
        config = KioskConfig.model_validate_json(wanted_configs(store)[kiosk])
        assert config.hash_is_right
        assert config.kiosk == kiosk
        assert config.wire().decode() == wanted_configs(store)[kiosk]
    assert differing(store) == []


def test_a_version_of_a_questionnaire_is_wanted_from_its_day(store: SqliteStore) -> None:
    asked = Questionnaire.model_validate_json(json.dumps(document()["questionnaires"][0] | {"interval_s": 9}))
    sql = "INSERT INTO questionnaire_version VALUES ('core5', 2, 'published', ?, '[]', '2026-12-01', '', '')"
    touched(store, sql, asked.wire().decode())
    assert differing(store) == []
    assert len(differing(store, day="2026-12-01")) == 5
    evening = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)  # half past midnight in Vilnius
    found = differing(store, evening)
    assert len(found) == 5
    (told,) = store.changes(found)
    assert [(d.what, d.before, d.after) for d in told.differences] == [("interval", "5", "9")]


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("UPDATE kiosk SET questionnaire='' WHERE id='hall-1'", Fault("unassigned")),
        ("UPDATE kiosk SET questionnaire='none' WHERE id='hall-1'", Fault("unpublished", "none")),
        ("UPDATE kiosk SET languages='[\"lt\",\"pl\"]' WHERE id='hall-1'", Fault("languages", "core5", "pl")),
        ("UPDATE counter SET status='retired' WHERE id='hall-window'", Fault("place", "hall-window")),
        ("UPDATE service SET status='retired' WHERE id='social-benefits'", Fault("service", "social-benefits", "hall-window")),
        ("UPDATE question SET scale='smiley4' WHERE id='overall'", Fault("scale", "overall", "smiley4")),
        ("UPDATE kiosk SET display=json_object('note', hex(zeroblob(40000))) WHERE id='hall-1'", Fault("size", "81345", "60000")),
    ],
)
def test_a_kiosk_without_a_configuration_says_why(store: SqliteStore, sql: str, fault: Fault) -> None:
    touched(store, sql)
    one = store.standings(ADMIN, NOW)[0]
    assert one.kiosk == "hall-1"
    assert one.fault
    assert (one.fault.what, one.fault.about if fault.what != "size" else fault.about) == (fault.what, fault.about)
    assert one.fault.more == fault.more
    assert not one.differs, "it keeps what it has"


def first_of(store: SqliteStore, kiosk: str) -> Fault | None:
    with store._writing():
        wanted = configurations.wanted_of(store._conn, load(store._conn, "2026-11-21"))
        return configurations.first(store._conn, wanted.places.kiosks[kiosk], wanted, NOW)


def test_a_new_kiosk_gets_its_first_configuration_once(store: SqliteStore) -> None:
    touched(store, "INSERT INTO kiosk VALUES ('new-1', 'hall-window', '', '[\"lt\"]', '{}', 6, 'active')")
    assert first_of(store, "new-1") == Fault("unassigned")
    touched(store, "UPDATE office SET questionnaire='core5' WHERE id='hall'")
    assert first_of(store, "new-1") is None
    first = store.wanted_ids()["new-1"]
    assert first.startswith("7-")
    rename(store)
    assert first_of(store, "new-1") is None
    assert store.wanted_ids()["new-1"] == first, "a change is rolled out, not slipped in"


# ── stages ──────────────────────────────────────────────────────────────────────────────


def staged(store: SqliteStore) -> int:
    """The hall's name and the north's are new: hall-1, its office, the north; hall-4 is away."""
    connect(store, "hall-1", "hall-2", "hall-3", "north-1")
    rename(store)
    rename(store, "Šiaurė", "north")
    return start(store, {"hall-1": 1, "hall-2": 2, "hall-3": 2, "hall-4": 2, "north-1": 3})


def test_all_goes_well_in_three_stages(store: SqliteStore) -> None:
    before = store.wanted_ids()
    ident = staged(store)
    step(store, NOW)
    assert {kiosk for kiosk, config in store.wanted_ids().items() if config != before[kiosk]} == {"hall-1"}
    reply(store, "hall-1", NOW)
    health(store, "hall-1", NOW + timedelta(seconds=60))
    step(store, NOW + timedelta(seconds=61))
    assert state(store, ident) == ("running", 1), "it is watched for a while"
    later = well(store, ["hall-1"], NOW)
    step(store, later)
    step(store, later)
    assert state(store, ident) == ("running", 2)
    assert store.wanted_ids()["hall-4"] != before["hall-4"], "who is away gets it too"
    assert store.wanted_ids()["north-1"] == before["north-1"]
    later = well(store, ["hall-2", "hall-3"], later)
    step(store, later)
    step(store, later)
    health(store, "north-1", later, config="")
    later = well(store, ["north-1"], later)
    step(store, later)
    assert state(store, ident) == ("done", 3)
    found = store.rollout(ADMIN, ident)
    assert found
    assert found.counts == {1: {"well": 1}, 2: {"well": 2, "away": 1}, 3: {"well": 1}}
    reply(store, "hall-4", later + timedelta(days=1))
    assert store.rollout(ADMIN, ident).in_state("applied", "well") == 5  # type: ignore[union-attr]
    assert [event.kind for event in reversed(store_events(store, "hall-1"))][-2:] == ["config.published", "config.applied"]


def store_events(store: SqliteStore, kiosk: str) -> list[Any]:
    return kiosk_events.newest(store._conn, ADMIN, kiosk)


def planned(store: SqliteStore, ident: int) -> set[str]:
    """The kiosks for which the roll-out still keeps what they are to get."""
    return {kiosk for (kiosk,) in rows(store, f"SELECT kiosk FROM rollout_kiosk WHERE payload<>'' AND rollout={ident}")}


def test_what_went_out_or_never_will_is_not_kept_twice(store: SqliteStore) -> None:
    ident = staged(store)
    assert planned(store, ident) == set(EVERY)
    step(store, NOW)
    assert planned(store, ident) == set(EVERY) - {"hall-1"}
    touched(store, "UPDATE kiosk SET counter='north-window' WHERE id='hall-3'")
    later = well(store, ["hall-1"], NOW)
    step(store, later)
    step(store, later)
    assert planned(store, ident) == {"north-1"}
    back = store.take_back("admin", ident, later)
    for _ in range(3):
        later = well(store, ["hall-1", "hall-2"], later)
        step(store, later)
    assert state(store, back)[0] == "done"
    assert planned(store, ident) == planned(store, back) == set()
    called_off = start(store, starts=later + timedelta(days=1))
    store.cancel_rollout("admin", called_off, later)
    assert planned(store, called_off) == set()


def test_a_refusal_stops_it_and_nothing_more_goes_out(store: SqliteStore) -> None:
    ident = staged(store)
    step(store, NOW)
    reply(store, "hall-1", NOW, ok=False, detail="display: unknown")
    step(store, NOW + timedelta(seconds=1))
    found = store.rollout(ADMIN, ident)
    assert found
    assert (found.state, found.why) == ("stopped", Why("refused", "hall-1", "display: unknown"))
    wanted = store.wanted_ids()
    step(store, NOW + timedelta(days=1))
    assert store.wanted_ids() == wanted
    assert rows(store, "SELECT login, subject FROM audit WHERE action='configuration.stop'") == [("", str(ident))]
    store.resume_rollout("admin", ident, NOW)
    step(store, NOW)
    step(store, NOW)
    assert state(store, ident) == ("running", 2), "a person said to go on in spite of it"


@pytest.mark.parametrize(
    ("what", "why"),
    [("lost", "lost"), ("silence", "quiet"), ("still", "still"), ("unanswered", "unanswered")],
)
def test_a_kiosk_that_is_not_well_stops_it(store: SqliteStore, what: str, why: str) -> None:
    ident = staged(store)
    step(store, NOW)
    now = NOW + timedelta(seconds=30)
    if what != "unanswered":
        reply(store, "hall-1", now)
    if what == "lost":
        store.keep_state("hall-1", "lost", "ab", now)
    for _ in range(4 if what in ("still", "unanswered") else 0):
        now += timedelta(seconds=60)
        health(store, "hall-1", now, None if what == "still" else "", frames=7, screen="rating")
        step(store, now)
    step(store, now + timedelta(seconds=200 if what == "silence" else 1))
    found = store.rollout(ADMIN, ident)
    assert found
    assert (found.state, found.why) == ("stopped", Why(why, "hall-1"))


def test_a_screen_that_goes_on_drawing_is_well(store: SqliteStore) -> None:
    ident = staged(store)
    step(store, NOW)
    reply(store, "hall-1", NOW)
    for n in (1, 2):
        health(store, "hall-1", NOW + timedelta(seconds=60 * n), frames=7 * n, screen="rating")
        step(store, NOW + timedelta(seconds=60 * n))
    assert state(store, ident) == ("running", 2)


def test_a_collector_that_was_away_does_not_take_its_own_silence_for_the_kiosks(store: SqliteStore) -> None:
    ident = staged(store)
    step(store, NOW)
    back = NOW + timedelta(hours=3)
    step(store, back, listening=back)
    assert state(store, ident) == ("running", 1)
    later = well(store, ["hall-1"], back)
    step(store, later, listening=back)
    assert state(store, ident) == ("running", 2)


def test_what_was_shown_is_what_goes_out_at_its_time(store: SqliteStore) -> None:
    connect(store, "hall-1")
    rename(store)
    ident = start(store, starts=NOW + timedelta(days=3))
    rename(store, "Dar kitas")
    step(store, NOW + timedelta(days=2))
    assert state(store, ident) == ("waiting", 0)
    step(store, NOW + timedelta(days=3))
    assert shown_at(store, "hall-1")["office"]["name"]["lt"] == "Naujas vardas"


def test_retired_and_moved_kiosks_are_left_out(store: SqliteStore) -> None:
    ident = staged(store)
    touched(store, "UPDATE kiosk SET status='retired' WHERE id='hall-2'")
    touched(store, "UPDATE kiosk SET counter='north-window' WHERE id='hall-3'")
    step(store, NOW)
    later = well(store, ["hall-1"], NOW)
    for _ in range(4):
        health(store, "north-1", later, config="")
        step(store, later)
    assert state(store, ident) == ("running", 3)
    left = {k.kiosk: (k.state, k.detail) for k in store.rollout_kiosks(ADMIN, ident, 2)}
    assert left == {"hall-2": ("left", "retired"), "hall-3": ("left", "moved"), "hall-4": ("away", "")}
    touched(store, "UPDATE kiosk SET status='active' WHERE id='hall-2'")
    later = well(store, ["north-1"], later)
    step(store, later)
    assert state(store, ident) == ("done", 3)
    assert [one.kiosk for one in differing(store)] == ["hall-2", "hall-3"], "they show up again as differing"


def test_an_import_in_the_middle_takes_its_kiosks_out(store: SqliteStore) -> None:
    ident = staged(store)
    step(store, NOW)
    store.install(catalogue(), NOW)
    step(store, NOW)
    found = store.rollout(ADMIN, ident)
    assert found
    assert (found.state, found.why) == ("stopped", Why("nobody"))
    assert [(k.state, k.detail) for k in store.rollout_kiosks(ADMIN, ident, 1)] == [("left", "replaced")]


def test_a_kiosk_that_waits_keeps_what_it_was_given_meanwhile(store: SqliteStore) -> None:
    older = staged(store)
    step(store, NOW)
    store.stop_rollout("admin", older, NOW)
    rename(store, "Naujausias")
    start(store, now=NOW)
    later = NOW
    for _ in range(3):
        later = well(store, ["hall-1", "hall-2", "hall-3", "north-1"], later)
        step(store, later)
    newest = store.wanted_ids()
    store.resume_rollout("admin", older, later)
    step(store, later)
    assert state(store, older) == ("stopped", 1), "the only one of its first stage has something else"
    store.resume_rollout("admin", older, later)
    for _ in range(4):
        later = well(store, ["north-1"], later)
        step(store, later)
    assert state(store, older) == ("done", 3)
    assert store.wanted_ids() == newest
    assert shown_at(store, "hall-2")["office"]["name"]["lt"] == "Naujausias"
    left = {k.kiosk: (k.state, k.detail) for stage in (2, 3) for k in store.rollout_kiosks(ADMIN, older, stage)}
    assert left["hall-2"] == left["hall-4"] == ("left", "replaced")
    assert left["north-1"][0] == "well", "what it was to get is what it has"


def test_a_restored_collector_numbers_above_what_kiosks_have(store: SqliteStore) -> None:
    """The backup is of before the first stage; the kiosks have seen more."""
    ident = staged(store)
    lost = shown_at(store, "hall-1") | {"display": {"theme": "dark"}}
    again = KioskConfig.model_validate_json(json.dumps(lost))
    again = again.model_copy(update={"config": config_id(9, again.model_dump(mode="json"))})
    reply(store, "hall-1", NOW, config=again.config)
    assert store.relearn(again, NOW)
    step(store, NOW)
    assert store.wanted_ids()["hall-1"].startswith("10-")
    assert state(store, ident) == ("running", 1)


# ── back, and one at a time ─────────────────────────────────────────────────────────────


def test_back_brings_what_was_shown_before_under_new_numbers(store: SqliteStore) -> None:
    before = {kiosk: shown_at(store, kiosk) for kiosk in EVERY}
    ident = staged(store)
    step(store, NOW)
    later = well(store, ["hall-1"], NOW)
    step(store, later)
    step(store, later)
    highest = {kiosk: int(config.split("-")[0]) for kiosk, config in store.wanted_ids().items()}
    made = store.take_back("admin", ident, later)
    assert state(store, ident)[0] == "stopped"
    step(store, later)
    for kiosk in ("hall-1", "hall-2", "hall-3", "hall-4"):
        now = shown_at(store, kiosk)
        assert now | {"config": ""} == before[kiosk] | {"config": ""}
        assert int(now["config"].split("-")[0]) == highest[kiosk] + 1
    assert shown_at(store, "north-1") == before["north-1"], "it never got anything"
    assert store.rollout(ADMIN, made).takes_back == ident  # type: ignore[union-attr]
    with pytest.raises(RolloutRefused, match="taken"):
        store.take_back("admin", ident, later)
    with pytest.raises(RolloutRefused, match="taken"):
        store.resume_rollout("admin", ident, later)
    kept = rows(store, "SELECT subject, before, after FROM audit WHERE action='configuration.back'")
    assert [(row[0], json.loads(row[1]), json.loads(row[2])["rollout"]) for row in kept] == [
        (str(ident), {"state": "running"}, made)
    ]


def test_no_kiosk_is_in_two_roll_outs(store: SqliteStore) -> None:
    ident = staged(store)
    with pytest.raises(RolloutRefused) as refused:
        start(store)
    assert (refused.value.what, refused.value.about, refused.value.rollout) == ("busy", "hall-1", ident)
    store.cancel_rollout("admin", ident, NOW)
    with pytest.raises(RolloutRefused, match="state"):
        store.stop_rollout("admin", ident, NOW)
    assert start(store) == ident + 1


def test_a_stopped_one_is_not_resumed_over_another(store: SqliteStore) -> None:
    ident = staged(store)
    step(store, NOW)
    store.stop_rollout("admin", ident, NOW)
    other = start(store)
    with pytest.raises(RolloutRefused) as refused:
        store.resume_rollout("admin", ident, NOW)
    assert refused.value.rollout == other


def test_a_late_refusal_changes_nothing_where_it_is_on_the_screen(store: SqliteStore) -> None:
    reply(store, "hall-1", NOW)
    reply(store, "hall-1", NOW, ok=False, detail="the copy kept with its events is damaged")
    one = store.standings(ADMIN, NOW)[0]
    assert (one.answer, one.on_screen) == ("applied", one.published)
