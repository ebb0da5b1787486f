"""The pages of configurations: what differs, starting a roll-out, what is refused, the table of every kiosk."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collector.store.sqlite import SqliteStore
from tests.collector.deliveries import NOW, rows
from tests.collector.test_rollouts_store import ADMIN, connect, rename, reply, step, touched
from tests.collector.web_world import World, world

TODAY = "2026-11-21"


@pytest.fixture
def web(installed: Path, tmp_path: Path) -> Iterator[World]:
    with world(installed, tmp_path) as made:
        yield made


@pytest.fixture
def store(web: World) -> Iterator[SqliteStore]:
    opened = web.store()
    yield opened
    opened.close()


def seen(web: World, path: str = "/configurations", login: str = "admin", **asked: str) -> str:
    """What a person reads, in English."""
    answer = web.page(path, login, lang="en", **asked)
    assert answer.status_code == 200, answer.text
    return words(answer.text)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)).replace("&#39;", "'")


def shown(web: World, **asked: str) -> str:
    found = re.search(r'name="shown" value="(\w+)"', web.page("/configurations", "admin", **asked).text)
    assert found
    return found[1]


def start(web: World, **fields: Any) -> Any:
    asked = {name: fields[name] for name in ("day", "office", "kiosks") if name in fields}
    whole: dict[str, Any] = {"day": TODAY, "shown": fields.get("shown") or shown(web, **asked)} | fields
    return web.post(
        "/configurations", "admin", headers={"Cookie": f"nuomone_session={web.sessions['admin']}; nuomone_language=en"}, **whole
    )


def test_a_change_is_told_in_words_with_its_kiosks(web: World, store: SqliteStore) -> None:
    assert "5 kiosks, and all are to show just what the catalogue says." in seen(web)
    rename(store)
    page = seen(web)
    assert "4 kiosks show something else than the catalogue says." in page
    assert "Office’s name (lt) Gyventojų aptarnavimo skyrius Naujas vardas 4 kiosks hall-1, hall-2, hall-3, hall-4" in page
    assert "1 kiosk shows something else" in seen(web, kiosks="hall-2; north-1")
    assert "There is no such kiosk: hall-9." in seen(web, kiosks="hall-9")
    assert "is to show just" in seen(web, office="north")
    assert "Roll it out" not in seen(web, login="auditor"), "an auditor looks"
    assert web.post("/configurations", "auditor", day=TODAY).status_code == 403


def test_a_kiosk_for_which_none_can_be_made_is_listed(web: World, store: SqliteStore) -> None:
    touched(store, "UPDATE kiosk SET languages='[\"lt\",\"uk\"]' WHERE id='hall-1'")
    assert "hall-1 The questionnaire core5 has not every text in: uk." in seen(web)
    assert "Roll it out" not in seen(web), "there is nothing to roll out"


def test_it_goes_out_by_stages_and_comes_back(web: World, store: SqliteStore) -> None:
    connect(store, "hall-2")
    rename(store)
    answer = start(web, first="hall-2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/configurations/1")
    step(store, NOW)
    page = seen(web, "/configurations/1")
    assert "Stage 1 of 2. The next one follows" in page
    assert "hall-2 Citizens' hall sent, no answer yet" in page
    assert "hall-1 Citizens' hall not sent yet" in page
    assert "3 further kiosks are in roll-outs that are under way." in seen(web)
    reply(store, "hall-2", NOW, ok=False, detail="<b>too bright</b>")
    step(store, NOW)
    assert "Kiosk hall-2 refused it: “&lt;b&gt;too bright&lt;/b&gt;”" in seen(web, "/configurations/1")
    assert "hall-2 Citizens' hall says the same" in seen(web, "/configurations/kiosks", state="refused")
    answer = web.post("/configurations/1/back", "admin")
    assert (answer.status_code, answer.headers["location"]) == (303, "/configurations/2")
    assert "It brings back what the kiosks showed before Roll-out 1" in seen(web, "/configurations/2")
    assert web.post("/configurations/1/back", "admin").status_code == 409
    assert web.post("/configurations/1/stop", "admin").status_code == 409
    assert web.post("/configurations/9/stop", "admin").status_code == 404
    assert [row[0] for row in rows(store, "SELECT action FROM audit WHERE action LIKE 'configuration%' ORDER BY id")] == [
        "configuration.rollout",
        "configuration.stop",
        "configuration.back",
    ]


def test_only_what_was_shown_goes_out(web: World, store: SqliteStore) -> None:
    rename(store)
    before = shown(web)
    rename(store, "Dar kitas")
    answer = start(web, shown=before)
    assert answer.status_code == 422
    assert "Look again at what will change." in answer.text
    assert "Dar kitas" in answer.text
    assert store.rollouts(ADMIN) == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"at": "25:00"}, "A time is written as 07:30."),
        ({"at": "07:30"}, "That time has passed."),
        ({"first": "north-1"}, "Choose one of the kiosks that get something new."),
    ],
)
def test_bad_input_comes_back_with_a_sentence(web: World, store: SqliteStore, fields: dict[str, str], sentence: str) -> None:
    rename(store)
    answer = start(web, **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert store.rollouts(ADMIN) == []


@pytest.mark.parametrize("day", ["2026-11-20", "tomorrow"])
def test_a_day_that_is_none_is_refused(web: World, day: str) -> None:
    assert web.page("/configurations", "admin", day=day).status_code == 422


def test_one_for_later_waits_and_is_called_off(web: World, store: SqliteStore) -> None:
    rename(store)
    assert start(web, day="2026-12-01", stages="once", at="07:30").status_code == 303
    (found,) = store.rollouts(ADMIN)
    assert (found.state, found.starts, found.stages) == ("waiting", "2026-12-01T05:30:00.000Z", 1)
    assert "It begins by itself: 2026-12-01 07:30" in seen(web, "/configurations/1")
    assert web.post("/configurations/1/cancel", "admin").status_code == 303
    step(store, NOW + timedelta(days=20))
    assert store.rollouts(ADMIN)[0].state == "cancelled"


def test_the_table_of_every_kiosk_and_its_file(web: World, store: SqliteStore) -> None:
    rename(store)
    assert "hall-1 Citizens' hall says something else" in seen(web, "/configurations/kiosks", "auditor")
    text = web.page("/configurations/kiosks", "auditor", format="csv", state="other").text.removeprefix("\ufeff")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [line["kiosk"] for line in lines] == ["hall-1", "hall-2", "hall-3", "hall-4"]
    assert {line["catalogue"] for line in lines} == {"other"}
    assert all(line["published"].startswith("1-") for line in lines)
