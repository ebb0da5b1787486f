"""The catalogue's pages: what an admin types is kept, judged and said."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collector.setting_up import actions, form_of, seen, thing, upload
from tests.collector.web_world import World, world


@pytest.fixture
def web(installed: Path, tmp_path: Path) -> Iterator[World]:
    with world(installed, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def still(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for all tests that change nothing in it."""
    with world(installed, tmp_path_factory.mktemp("web")) as made:
        yield made


def test_an_id_is_made_of_the_name_and_numbered_where_it_is_taken(web: World) -> None:
    for ident in ("pietu-seniunija", "pietu-seniunija-2"):
        answer = web.post("/catalogue/new/offices", "admin", **{"name:lt": " Pietų  seniūnija ", "institution": "city"})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/catalogue/offices/{ident}?done=added")
        found = thing(web, "office", ident)
        assert found
        assert (found["name"], found["timezone"]) == ({"lt": "Pietų seniūnija"}, "Europe/Vilnius")
    taken = web.post("/catalogue/new/offices", "admin", **{"name:lt": "X", "id": "hall", "institution": "city"})
    assert taken.status_code == 422
    assert "Identifikatorius hall jau užimtas" in taken.text
    assert 'value="X"' in taken.text, "what was typed is kept"


def test_a_new_institution_and_its_first_service(web: World) -> None:
    assert web.post("/catalogue/new/institutions", "admin", **{"name:lt": "Rajonas"}).status_code == 303
    found = thing(web, "institution", "rajonas")
    assert found
    assert found["retention"] == {"comments_days": 90, "events_months": 24}
    fields = {"name:lt": "Leidimai", "institution": "rajonas", "owner": "Skyrius", "purpose:lt": "Kam?", "yearly": "1 200"}
    assert web.post("/catalogue/new/services", "admin", **fields).status_code == 303
    found = thing(web, "service", "leidimai")
    assert found
    assert (found["owner"], found["purpose"], found["yearly"]) == ("Skyrius", {"lt": "Kam?"}, 1200)


def test_an_offices_hours_and_holidays(web: World) -> None:
    path = "/catalogue/offices/hall"
    typed = form_of(web, path) | {
        "hours:mon:from": "8",
        "hours:mon:to": "17.00",
        "hours:sun:from": "0930",
        "hours:sun:to": "24:00",
    }
    assert web.post(path, "admin", **typed, holidays="2026-12-25, 2026-12-24\r\n2026-12-24").status_code == 303
    found = thing(web, "office", "hall")
    assert found
    assert found["hours"] == {"mon": ["08:00", "17:00"], "sun": ["09:30", "24:00"]}
    assert found["holidays"] == ["2026-12-24", "2026-12-25"]
    wrong = web.post(path, "admin", **form_of(web, path) | {"hours:tue:from": "9", "hours:wed:from": "late", "timezone": "Mars"})
    assert wrong.status_code == 422
    assert 'value="late"' in wrong.text
    assert wrong.text.count('aria-invalid="true"') + wrong.text.count("aria-invalid=true") == 5, (
        "two ends of two days, and the zone"
    )
    assert thing(web, "office", "hall") == found


def test_the_years_public_holidays_are_put_in_and_nothing_is_saved(web: World) -> None:
    path = "/catalogue/offices/hall"
    answer = web.post(
        path, "admin", **form_of(web, path) | {"do": "holidays", "year": "2027", "holidays": "2027-07-07", "address": "N 1"}
    )
    assert answer.status_code == 200
    days = re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.text, re.S)
    assert days
    assert days[1].split() == sorted(days[1].split())
    assert {"2027-07-07", "2027-03-28", "2027-03-29", "2027-12-24"} <= set(days[1].split())
    assert 'value="N 1"' in answer.text
    assert actions(web) == []
    wrong = web.post(path, "admin", **form_of(web, path) | {"do": "holidays", "year": "soon"})
    assert wrong.status_code == 422
    assert "Nurodykite metus" in wrong.text


def test_the_second_admin_is_told_and_sees_both_values(web: World) -> None:
    path = "/catalogue/offices/hall"
    first, second = form_of(web, path), form_of(web, path)
    assert web.post(path, "admin", **first | {"address": "Pirmoji 1"}).status_code == 303
    early = web.post(path, "admin", **second | {"address": "Antroji 2", "timezone": "Mars"})
    assert early.status_code == 422
    assert seen(early) == second["seen"], "a form that comes back still knows what was seen"
    late = web.post(path, "admin", **second | {"address": "Antroji 2"})
    assert late.status_code == 409
    assert "Pirmoji 1" in late.text
    assert "Antroji 2" in late.text
    found = thing(web, "office", "hall")
    assert found
    assert found["address"] == "Pirmoji 1"
    assert web.post(path, "admin", **second | {"address": "Antroji 2", "seen": seen(late)}).status_code == 303
    assert len(actions(web)) == 2


def test_a_counter_with_its_services_and_clerks(web: World) -> None:
    fields = {"name:lt": "Trečias langelis", "office": "hall", "clerks": "3", "services": ["archive", "social-benefits"]}
    assert web.post("/catalogue/new/counters", "admin", **fields).status_code == 303
    found = thing(web, "counter", "trecias-langelis")
    assert found
    assert (found["services"], found["clerks"], found["office"]) == (["archive", "social-benefits"], 3, "hall")
    page = web.page("/catalogue/counters/trecias-langelis", "admin").text
    assert page.count("checked") == 2
    wrong = web.post("/catalogue/new/counters", "admin", **fields | {"clerks": "many", "services": ["nothing"]})
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.text


def test_an_institutions_weights_and_what_the_form_does_not_show(web: World) -> None:
    path = "/catalogue/institutions/city"
    assert web.post(path, "admin", **form_of(web, path) | {"weights:overall": "2,5", "weights:advise": ""}).status_code == 303
    found = thing(web, "institution", "city")
    assert found
    assert (found["weights"], found["retention"]) == ({"overall": 2.5}, {"comments_days": 90, "events_months": 24})
    assert web.post(path, "admin", **form_of(web, path) | {"weights:overall": "heavy"}).status_code == 422


def test_out_of_use_and_back_and_away(web: World) -> None:
    refused = web.post("/catalogue/counters/hall-window/retire", "admin")
    assert refused.status_code == 409
    assert "Kioskas hall-1 dar naudojamas." in refused.text
    path = "/catalogue/services/archive"
    assert web.post(f"{path}/retire", "admin").headers["location"] == f"{path}?done=retired"
    assert "/catalogue/services/archive" not in web.page("/catalogue/services", "admin").text
    assert "/catalogue/services/archive" in web.page("/catalogue/services", "admin", retired="true").text
    assert "archive" not in {row["id"] for row in web.api("/services").json()["rows"]}, "it is on offer nowhere"
    page = web.page(path, "admin").text
    assert 'name="name:lt"' not in page, "what is out of use is not changed"
    assert web.post(f"{path}/restore", "admin").status_code == 303
    assert web.post(f"{path}/delete", "admin").headers["location"] == "/catalogue/services?done=deleted"
    assert web.page(path, "admin").status_code == 404
    used = web.post("/catalogue/services/social-benefits/delete", "admin")
    assert used.status_code == 409
    assert thing(web, "service", "social-benefits")
    assert [action for _, action, _ in actions(web)] == ["catalogue.delete", "catalogue.restore", "catalogue.retire"]


def test_a_retired_offices_figures_are_still_seen(web: World) -> None:
    store = web.store()
    with store._writing():
        store._conn.execute("UPDATE kiosk SET status='retired' WHERE counter='hall-window'")
    store.close()
    for path in ("/catalogue/counters/hall-window", "/catalogue/offices/hall"):
        assert web.post(f"{path}/retire", "admin").status_code == 303
    page = web.page("/offices/hall/period", "head-hall", day="2026-11-20")
    assert page.status_code == 200
    assert "Gyventojų aptarnavimo skyrius" in page.text
    rows = web.api("/offices", "analyst").json()["rows"]
    assert "hall" in {row["id"] for row in rows}


def test_lists_are_searched_without_marks(still: World) -> None:
    assert "/catalogue/offices/north" in still.page("/catalogue", "admin", q="siaures").text
    assert "/catalogue/offices/hall" not in still.page("/catalogue", "admin", q="siaures").text
    assert "/catalogue/services/archive" in still.page("/catalogue/services", "admin", q="ARCHYVO").text
    assert "/catalogue/services/archive" not in still.page("/catalogue/services", "admin", institution="moon").text


@pytest.mark.parametrize(
    "path",
    [
        "/catalogue/moons/x",
        "/catalogue/new/kiosks",
        "/catalogue/offices/nowhere",
        "/catalogue/files/x.csv",
        "/catalogue/files/offices",
    ],
)
def test_there_is_no_other_page(still: World, path: str) -> None:
    assert still.page(path, "admin").status_code == 404
    for verb in ("", "/retire", "/delete"):
        assert still.post(path + verb, "admin").status_code in (404, 405, 409, 422)


@pytest.mark.parametrize("login", ["head-hall", "analyst", "auditor", "head-none"])
def test_only_admins_change_anything(still: World, login: str) -> None:
    assert still.post("/catalogue/new/offices", login, **{"name:lt": "X", "institution": "city"}).status_code == 403
    assert still.post("/catalogue/services/archive/retire", login).status_code == 403
    assert upload(still, "office", b"id,institution,name:lt\nx,city,y\n", login=login).status_code == 403
    assert actions(still) == []
