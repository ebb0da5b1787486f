"""The fleet's pages as people use them: what stands out, what is found, what a button does, what a file holds."""

import base64
import csv
import io
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from broker_config.messages import Reply
from collector.web.pages.kiosk import COMMANDS, is_jpeg
from tests.collector.deliveries import NOW, change, rating, rows, sent
from tests.collector.fleet_world import ILL, NEVER, REFUSING, SILENT, WELL, fleet_world, health
from tests.collector.web_world import World

JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 500 + b"\xff\xd9"


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with fleet_world(installed, tmp_path_factory.mktemp("fleet")) as made:
        yield made


def text(web: World, path: str, login: str = "admin", **params: Any) -> str:
    answer = web.page(f"{path}&lang=en", login) if "?" in path else web.page(path, login, lang="en", **params)
    assert answer.status_code == 200, answer.text
    found: str = answer.text
    return found


def table(web: World, path: str, login: str = "admin", **params: Any) -> list[dict[str, str]]:
    answer = web.page(path, login, format="csv", **params)
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def kiosks(web: World, **params: Any) -> list[str]:
    return [row["kiosk"] for row in table(web, "/fleet", **params)]


# ── the fleet ───────────────────────────────────────────────────────────────────────────


def test_the_head_says_how_many_need_somebody(web: World) -> None:
    page = text(web, "/fleet")
    assert "4 kiosks of 5 need somebody." in page
    assert "2 of them are silent although their offices are open" in page
    lithuanian = web.page("/fleet", "admin", lang="lt").text
    assert "4 kioskams iš 5 reikia dėmesio." in lithuanian


def test_those_that_need_somebody_come_first_with_the_reason(web: World) -> None:
    found = table(web, "/fleet")
    assert [(row["kiosk"], row["state"], row["needs"], row["silent"]) for row in found] == [
        (SILENT, "lost", "lost", "1"),
        (NEVER, "never", "never", "1"),
        (ILL, "online", "screen waiting disk clock", "0"),
        (REFUSING, "online", "refused", "0"),
        (WELL, "online", "", "0"),
    ]
    page = text(web, "/fleet")
    for words in ("Its screen stands still", "Many ratings wait to be sent", "Its disk is nearly full", "Its clock is not right"):
        assert words in page


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"need": "silent"}, {SILENT, NEVER}),
        ({"need": "any"}, {SILENT, NEVER, ILL, REFUSING}),
        ({"need": "screen"}, {ILL}),
        ({"state": "online"}, {WELL, ILL, REFUSING}),
        ({"state": "retired"}, set()),
        ({"office": "north"}, {NEVER}),
        ({"institution": "city", "state": "lost"}, {SILENT}),
        ({"version": "0.1.0"}, {ILL}),
        ({"config": "differs"}, {REFUSING}),
        ({"q": "HALL-2"}, {SILENT}),
        ({"q": "siaures"}, {NEVER}),
        ({"q": "north-window"}, {NEVER}),
        ({"q": "nowhere"}, set()),
        ({"need": "nonsense"}, set()),
    ],
)
def test_filters(web: World, asked: dict[str, str], expected: set[str]) -> None:
    assert set(kiosks(web, **asked)) == expected
    assert ("No kiosk is like that." in text(web, "/fleet", **asked)) == (not expected)


@pytest.mark.parametrize(
    ("sort", "first"), [("id", WELL), ("-id", NEVER), ("disk", ILL), ("-waiting", ILL), ("config", REFUSING), ("-tap", WELL)]
)
def test_sorting(web: World, sort: str, first: str) -> None:
    found = kiosks(web, sort=sort)
    if sort == "-waiting":
        found = [kiosk for kiosk in found if kiosk not in (SILENT, NEVER)]
    assert found[0] == first
    page = text(web, "/fleet", sort=sort)
    assert f'aria-sort="{"descending" if sort.startswith("-") else "ascending"}"' in page


def test_the_counter_is_the_admins(web: World) -> None:
    assert {row["counter"] for row in table(web, "/fleet")} == {"hall-window", "north-window"}
    assert {row["counter"] for row in table(web, "/fleet", "auditor")} == {""}
    assert "hall-window" not in text(web, "/fleet", "auditor")
    assert kiosks(web, q="north-window") == [NEVER]
    assert [row["kiosk"] for row in table(web, "/fleet", "auditor", q="north-window")] == []


def test_what_is_shown_is_of_now(web: World) -> None:
    """What was read is remembered for two seconds and no longer."""
    store = web.store()
    before = web.clock.now
    try:
        assert set(kiosks(web, need="silent")) == {SILENT, NEVER}
        store.keep_state(SILENT, "online", "5e57", NOW)
        web.clock.now = before + timedelta(seconds=2)
        assert set(kiosks(web, need="silent")) == {NEVER}
    finally:
        store.keep_state(SILENT, "lost", "5e57", NOW)
        store.close()
        web.clock.now = before + timedelta(seconds=5)


# ── a kiosk ─────────────────────────────────────────────────────────────────────────────


def test_a_kiosk_tells_what_is_wrong_and_what_to_do(web: World) -> None:
    page = text(web, f"/fleet/{ILL}")
    for words in ("Its screen stands still", "Citizens may see a frozen picture.", "120 MB", "not set", "73", "0.1.0"):
        assert words in page
    assert "Nothing is wrong that could be seen from here." in text(web, f"/fleet/{WELL}")
    assert web.page("/fleet/nowhere-1", "admin").status_code == 404


def test_a_retired_kiosk_is_listed_apart_and_takes_no_commands(installed: Path, tmp_path: Path) -> None:
    with fleet_world(installed, tmp_path) as web:
        change(web.store(), "UPDATE kiosk SET status='retired' WHERE id=?", ILL)
        assert ILL not in kiosks(web)
        assert kiosks(web, state="retired") == [ILL]
        page = text(web, f"/fleet/{ILL}")
        assert "/commands" not in page
        assert f"/fleet/{ILL}/use" in page
        answer = web.post(f"/fleet/{ILL}/commands", "admin", name="restart")
        assert answer.status_code == 422
        assert _commands(web) == []


def test_auditors_read_and_have_no_buttons(web: World) -> None:
    page = text(web, f"/fleet/{WELL}", "auditor")
    assert "<form" not in page.partition("<main")[2]
    assert web.post(f"/fleet/{WELL}/commands", "auditor", name="restart").status_code == 403
    assert web.post("/quarantine/replay", "auditor").status_code == 403
    assert web.post("/quarantine/discard", "auditor", kiosk="stranger-7").status_code == 403


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_waits_goes_out_and_is_audited(web: World, name: str) -> None:
    answer = web.post(f"/fleet/{WELL}/commands", "admin", name=name)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/fleet/{WELL}#commands")
    page = text(web, f"/fleet/{WELL}")
    assert "waits to be sent" in page
    assert '<meta http-equiv="refresh" content="2">' in page, "without scripts too"
    with _store(web) as store:
        ((kiosk, command),) = store.waiting_commands(web.clock.now)
        assert (kiosk, command.name, command.args) == (WELL, name, COMMANDS[name])
        store.mark_sent(command.id, web.clock.now)
        assert "sent, no answer yet" in text(web, f"/fleet/{WELL}")
        store.keep_answer(WELL, Reply(id=command.id, ok=False, detail="<b>not now</b>"), web.clock.now)
    page = text(web, f"/fleet/{WELL}")
    assert "&lt;b&gt;not now&lt;/b&gt;" in page
    assert "http-equiv" not in page


def test_what_is_no_command_is_refused_with_a_sentence(web: World) -> None:
    before = _commands(web)
    answer = web.post(f"/fleet/{WELL}/commands", "admin", name="format-disk")
    assert answer.status_code == 422
    assert _commands(web) == before


def test_an_unanswered_command_says_so(web: World) -> None:
    web.post(f"/fleet/{SILENT}/commands", "admin", name="identify")
    assert "It is not connected: a command sent now will hardly arrive" in text(web, f"/fleet/{SILENT}")
    web.clock.now += timedelta(seconds=36)
    page = text(web, f"/fleet/{SILENT}")
    assert "no answer" in page
    assert "(never sent: the collector was not connected)" in page


def test_a_picture_leaves_as_a_jpeg_or_not_at_all(web: World) -> None:
    good = _answered(web, "screenshot", {"jpeg": base64.b64encode(JPEG).decode()})
    answer = web.page(f"/fleet/{WELL}/commands/{good}/picture.jpg", "admin")
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "image/jpeg", JPEG)
    assert f"/fleet/{WELL}/commands/{good}/picture.jpg" in text(web, f"/fleet/{WELL}")
    assert web.page(f"/fleet/{ILL}/commands/{good}/picture.jpg", "admin").status_code == 404, "of another kiosk"
    html = base64.b64encode(b"<script>alert(1)</script>").decode()
    for data in ({"jpeg": html}, {"jpeg": "no base64 %"}, {"jpeg": 7}, [], None, {"text": "x"}):
        ident = _answered(web, "screenshot", data)
        assert web.page(f"/fleet/{WELL}/commands/{ident}/picture.jpg", "admin").status_code == 404, data
        assert web.page(f"/fleet/{WELL}", "admin").status_code == 200, data
    assert not is_jpeg(JPEG[:-2] + b"\0" * 60_000 + JPEG[-2:])


def test_a_log_is_shown_escaped_and_given_as_a_file(web: World) -> None:
    ident = _answered(web, "log", {"text": "<script>alert(1)</script>\nžodžiai"})
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text(web, f"/fleet/{WELL}")
    answer = web.page(f"/fleet/{WELL}/commands/{ident}/log.txt", "admin")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == "<script>alert(1)</script>\nžodžiai"
    assert "script&gt;alert" not in text(web, f"/fleet/{WELL}", "auditor"), "what came back is the admins'"
    wrong = _answered(web, "log", {"text": 7})
    assert web.page(f"/fleet/{WELL}/commands/{wrong}/log.txt", "admin").status_code == 404
    assert web.page(f"/fleet/{WELL}", "admin").status_code == 200


def test_the_timeline_has_what_happened_and_what_people_did(web: World) -> None:
    web.post(f"/fleet/{ILL}/commands", "admin", name="restart")
    page = text(web, f"/fleet/{ILL}").partition('id="timeline-title"')[2]
    for words in (
        "the screen stands still",
        "connected",
        "not set",
        "command sent to a kiosk",
        "(admin)",
        "configuration published",
    ):
        assert words in page, words


# ── every vote ──────────────────────────────────────────────────────────────────────────


def test_every_vote_is_accounted_for_or_said_why_not(web: World) -> None:
    page = text(web, "/accounting")
    assert "400 votes are lost" in page, "the kiosk began at 401"
    found = table(web, "/accounting")
    assert found[0]["lost"] == "400"
    assert {row["office"] for row in found} == {"hall", "north"}
    for row in found:
        parts = ("stored", "quarantined", "pending", "lost", "at_risk", "unexplained")
        late = int(row.get("late") or 0)
        assert int(row["claimed"]) == sum(int(row[part]) for part in parts) + late
    assert [row["lost"] for row in table(web, "/accounting", only="1")] == ["400"]
    assert {row["kiosk"] for row in table(web, "/accounting", kiosk=ILL)} == {ILL}
    assert {row["office"] for row in table(web, "/accounting", office="north")} == {"north"}


def test_unexplained_and_at_risk_are_explained(installed: Path, tmp_path: Path) -> None:
    with fleet_world(installed, tmp_path) as web:
        change(web.store(), "DELETE FROM lost")
        change(
            web.store(),
            "UPDATE stream SET claimed=5, claimed_pending=2, claimed_through=3, last_seen='2026-11-20' WHERE kiosk=?",
            ILL,
        )
        with _store(web) as store:
            store.keep_health(ILL, health(stream="deadbeef", last_seq=1, pending=1), NOW)
        page = text(web, "/accounting")
        assert "2 votes are at risk" in page
        assert "nuomone-kiosk rescue" in page
        assert "are unexplained" in page
        assert "nuomone-collector rebuild" in page
        change(web.store(), "DELETE FROM stream")
        assert "Nothing has been given yet." in text(web, "/accounting")


# ── quarantine ──────────────────────────────────────────────────────────────────────────


def test_quarantine_groups_shows_and_escapes(web: World) -> None:
    with _store(web) as store:
        sent(store, rating(31, value=9), oldest=31, stream="0badcafe")
    page = text(web, "/quarantine")
    for words in (
        "A value that is not on the scale",
        "Not as the contract says",
        "The kiosk is not registered, or is retired",
        "junk",
    ):
        assert words in page
    of_kind = text(web, "/quarantine", kind="value")
    assert "value 9 is off the scale" in of_kind
    assert "<pre" in of_kind
    assert "&#34;value&#34;: 9" in of_kind, "JSON with its lines, escaped"
    assert web.page("/quarantine", "admin", kind="nonsense", before=0).status_code == 200


def test_a_stranger_is_registered_or_discarded(web: World) -> None:
    page = text(web, "/quarantine")
    assert "/fleet/new?id=stranger-7" in page
    assert "stranger-7" in page
    answer = web.post("/quarantine/discard", "admin", kiosk="stranger-7")
    assert answer.headers["location"] == "/quarantine?done=discard&n=2"
    after = text(web, answer.headers["location"])
    assert "2 messages were discarded." in after
    assert "/fleet/new?id=stranger-7" not in after
    assert rows(web.store(), "SELECT count(*) FROM audit WHERE action='quarantine.discard' AND subject='stranger-7'") == [(1,)]


def test_replay_tells_how_many_were_accepted(web: World) -> None:
    with _store(web) as store:
        sent(store, rating(1, at="2026-11-21T12:30:00Z"), stream="0badcaff")
    assert (
        web.post("/quarantine/replay", "admin", kiosk="north-1").headers["location"]
        == "/quarantine?done=replay&n=0&kiosk=north-1"
    )
    web.clock.now += timedelta(hours=1)
    answer = web.post("/quarantine/replay", "admin")
    assert answer.headers["location"] == "/quarantine?done=replay&n=1"
    assert "Tried again: 1 was accepted." in text(web, answer.headers["location"])


# ── ways ────────────────────────────────────────────────────────────────────────────────


def _store(web: World) -> Any:
    return closing(web.store())


def _commands(web: World) -> list[Any]:
    return rows(web.store(), "SELECT id FROM command")


def _answered(web: World, name: str, data: Any) -> str:
    with _store(web) as store:
        ident: str = store.send_command("admin", WELL, name, {}, 30, web.clock.now)
        store.mark_sent(ident, web.clock.now)
        store.keep_answer(WELL, Reply(id=ident, ok=True, detail="", data=data), web.clock.now)
    web.clock.now += timedelta(seconds=1)
    return ident
