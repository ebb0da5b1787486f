"""An admin registers kiosks, hands out codes, and ends what has to end."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from broker_config import enrolment_code, pki
from broker_config.initialise import SERVERS
from collector.access import Viewer
from collector.catalogue import RESERVED, Places
from collector.store import kiosk_register
from collector.store.audit import AuditQuery
from collector.web.pages import enrolment
from kiosk.pin import Pin
from tests.collector.deliveries import wanted_configs
from tests.collector.enrolling import Enrolling, enrolling
from tests.collector.routes import paths
from tests.collector.web_world import World, world

ADMIN = Viewer("admin", "admin", None)
CODE = re.compile(r'<p class="code"[^>]*>(.*?)</p>', re.S)


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Enrolling]:
    with enrolling(installed, tmp_path_factory.mktemp("pages"), tls=False) as made:
        store = made.store()
        store._conn.execute("UPDATE counter SET questionnaire='core5'")
        store.close()
        yield made


@pytest.fixture(scope="module")
def plain(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(installed, tmp_path_factory.mktemp("plain")) as made:
        yield made


def codes(page: str) -> list[str]:
    return [re.sub(r"<[^>]*>|\s", "", found) for found in CODE.findall(page)]


def audited(web: Enrolling, action: str) -> list[tuple[str, str]]:
    store = web.store()
    rows = store.audit_rows(ADMIN, AuditQuery(action=action))
    store.close()
    return [(row.login, row.subject) for row in rows]


def test_one_kiosk_is_registered_and_its_code_is_shown_once(web: Enrolling) -> None:
    assert 'value="hall-window-1"' in web.world.page("/fleet/new?counter=hall-window", "admin").text
    sent = {"counter": "hall-window", "first": "en", "languages": ["lt", "en"], "dpi": "149", "theme": "dark", "pin": "2468"}
    answer = web.world.post("/fleet/new", "admin", **sent)
    assert answer.status_code == 200, answer.text
    (code,) = codes(answer.text)
    typed = enrolment_code.normalised(code)
    assert typed is not None
    assert typed[12:] == enrolment_code.proof(pki.fingerprint(web.signer.issuer.ca))
    assert f"nuomone-kiosk enrol {code} --server {web.url}" in answer.text
    assert "<svg" in answer.text
    assert "style=" not in answer.text
    store = web.store()
    (made,) = store.registered(ADMIN, "hall-window-1")
    store.close()
    assert made.kiosk.languages == ["en", "lt"]
    pin = made.kiosk.display.pop("service_pin")
    assert made.kiosk.display == {"dpi": 149, "theme": "dark"}
    assert Pin(pin).matches("2468")
    assert ("admin", "hall-window-1") in audited(web, "kiosk.register")
    assert web.enrol(typed).json()["kiosk"] == "hall-window-1"
    settings = web.world.page("/fleet/hall-window-1/settings?lang=en", "admin").text
    assert code not in settings
    assert "holds until" in settings


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("ident", "Hall 1", "An id has the letters"),
        ("ident", "hall-1", "There is a kiosk with this id already"),
        ("ident", "codes", "This id is kept for a page or a server"),
        ("counter", "nowhere", "Choose a counter that is in use"),
        ("dpi", "9", "DPI is a number from 30 to 400"),
        ("viewing_mm", "far", "The viewing distance is a number"),
        ("qr", "javascript:alert(1)", "An address begins with https://"),
        ("pin", "12", "A PIN has 4 to 12 digits"),
        ("questionnaire", "nothing", "has no version in force"),
        ("languages", "uk", "lacks texts in a chosen language"),
        ("first", "", "Choose at least one language"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(web: Enrolling, field: str, value: str, sentence: str) -> None:
    sent = {"ident": "fresh-1", "counter": "hall-window", "first": "lt", "dpi": "130", "qr": "https://a.example/x"} | {
        field: value
    }
    answer = web.world.post("/fleet/new?lang=en", "admin", **sent)
    assert answer.status_code == 422
    assert re.search(
        f'class="wrong" id="wrong-{"languages" if field == "first" else field}">.*?{re.escape(sentence)}', answer.text, re.S
    )
    for name in ("ident", "dpi", "qr"):
        assert f'value="{sent[name]}"' in answer.text
    store = web.store()
    assert store.registered(ADMIN, "fresh-1") == []
    store.close()


def test_where_the_signer_is_away_nothing_is_registered_and_the_form_stays(web: Enrolling) -> None:
    web.signer.stop()
    one = web.world.post("/fleet/new?lang=en", "admin", ident="away-1", counter="hall-window", first="lt", dpi="131")
    many = web.world.post("/fleet/codes?lang=en", "admin", **{"n-hall-window": "2"})
    web.signer.start()
    for answer in (one, many):
        assert answer.status_code == 503
        assert "Nothing was registered" in answer.text
    assert 'value="131"' in one.text
    store = web.store()
    assert store.registered(ADMIN, "away-1") == []
    store.close()


def test_many_at_once_come_as_a_sheet(web: Enrolling) -> None:
    store = web.store()
    before = len(store.registered(ADMIN))
    sent = {"n-hall-window": "3", "n-north-window": "2", "kiosk": ["hall-2", "north-1"]}
    answer = web.world.post("/fleet/codes", "admin", **sent)
    assert answer.status_code == 200
    assert len(set(codes(answer.text))) == 7
    assert answer.text.count('class="qr"') == 7
    assert len(store.registered(ADMIN)) == before + 5
    store.close()
    assert {web.enrol(code).status_code for code in codes(answer.text)} == {200}


def test_no_kiosk_is_named_like_a_page_or_a_server(web: Enrolling) -> None:
    pages = {path.split("/")[2] for path, _ in paths(web.world.app, "GET") if re.match("/fleet/[a-z]", path)}
    assert pages >= {"new", "codes"}
    assert pages | {name for _role, name in SERVERS} == RESERVED


@pytest.mark.parametrize("number", ["0", "-1", "two", "201", "9999"])
def test_a_number_that_makes_no_sense_registers_nothing(web: Enrolling, number: str) -> None:
    store = web.store()
    before = len(store.registered(ADMIN))
    answer = web.world.post("/fleet/codes?lang=en", "admin", **{"n-hall-window": number})
    assert answer.status_code == 422
    assert "at most 200 in all" in answer.text
    assert len(store.registered(ADMIN)) == before
    store.close()


def seen(page: str) -> str:
    (found,) = re.findall(r'name="seen" value="([0-9a-f]{16})"', page)
    return str(found)


def set_up(web: Enrolling, kiosk: str, **fields: str) -> httpx.Response:
    """The form as it is opened now, with these fields."""
    there = f"/fleet/{kiosk}/settings"
    answer: httpx.Response = web.world.post(there, "admin", seen=seen(web.world.page(there, "admin").text), **fields)
    return answer


def test_of_two_admins_the_second_sees_what_the_first_did(web: Enrolling) -> None:
    there = "/fleet/hall-2/settings?lang=en"
    form = {"counter": "hall-window", "first": "lt", "questionnaire": "core5"}
    opened = seen(web.world.page(there, "admin").text)
    assert web.world.post(there, "admin", seen=opened, **form, dpi="111").status_code == 303
    answer = web.world.post(there, "admin", seen=opened, **form, dpi="222", pin="2468")
    assert answer.status_code == 409
    assert "Somebody else has changed this" in answer.text
    assert re.search(r">dpi: 111</td><td[^>]*>dpi: 222<|111.*222", answer.text)
    assert 'value="222"' in answer.text
    assert "scrypt" not in answer.text
    store = web.store()
    assert store.registered(ADMIN, "hall-2")[0].kiosk.display == {"dpi": 111}
    wrong = web.world.post(there, "admin", seen=opened, **form, dpi="9")
    assert (wrong.status_code, seen(wrong.text)) == (422, opened), "a form that comes back was still made of the same"
    assert web.world.post(there, "admin", seen=seen(answer.text), **form, dpi="222").status_code == 303
    assert store.registered(ADMIN, "hall-2")[0].kiosk.display == {"dpi": 222}
    store.close()


def test_settings_are_kept_and_not_published(web: Enrolling) -> None:
    store = web.store()
    before = wanted_configs(store)["hall-3"]
    answer = set_up(web, "hall-3", counter="north-window", first="lt", dpi="99", pin="1357")
    assert answer.headers["location"] == "/fleet/hall-3/settings?done=changed"
    (made,) = store.registered(ADMIN, "hall-3")
    assert (made.kiosk.counter, made.kiosk.languages, made.kiosk.display["dpi"]) == ("north-window", ["lt"], 99)
    assert wanted_configs(store)["hall-3"] == before
    pin = made.kiosk.display["service_pin"]
    set_up(web, "hall-3", counter="north-window", first="lt", dpi="99")
    (made,) = store.registered(ADMIN, "hall-3")
    assert made.kiosk.display["service_pin"] == pin, "an empty field leaves the PIN as it is"
    rows = store.audit_rows(ADMIN, AuditQuery(action="kiosk.change"))
    assert pin not in str(rows)
    store.close()


def test_a_counter_that_was_retired_while_the_form_was_judged_is_said_at_its_field(
    web: Enrolling, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = web.store()
    opened = seen(web.world.page("/fleet/hall-1/settings", "admin").text)
    judged_by = Places(store.catalogue_in_use(ADMIN, "2026-11-21"))
    judged_by.counters["attic"] = judged_by.counters["hall-window"].model_copy(update={"id": "attic"})
    monkeypatch.setattr(enrolment, "_places", lambda _here: judged_by)
    before = store.registered(ADMIN)
    for path, sent in (
        ("/fleet/new", {"ident": "attic-1", "counter": "attic", "first": "lt"}),
        ("/fleet/codes", {"n-attic": "2", "n-hall-window": "1"}),
        ("/fleet/hall-1/settings", {"counter": "attic", "first": "lt", "seen": opened}),
    ):
        answer = web.world.post(f"{path}?lang=en", "admin", **sent)
        assert answer.status_code == 422
        assert "Choose a counter that is in use" in answer.text
    assert store.registered(ADMIN) == before
    store.close()


def test_a_stolen_device_and_a_retired_kiosk(web: Enrolling) -> None:
    (code,) = codes(web.world.post("/fleet/hall-4/code", "admin").text)
    web.enrol(code)
    assert "hall-4" in web.signer.owners.values()
    assert "Within a minute its connection ends" in web.world.page("/fleet/hall-4/revoke?lang=en", "admin").text
    assert web.world.post("/fleet/hall-4/revoke", "admin").headers["location"] == "/fleet/hall-4/settings?done=revoked"
    assert "hall-4" not in web.signer.owners.values()
    assert audited(web, "kiosk.revoke") == [("admin", "hall-4")]
    (code,) = codes(web.world.post("/fleet/hall-4/replace", "admin").text)
    assert web.world.post("/fleet/hall-4/retire", "admin").status_code == 303
    assert web.enrol(code).status_code == 403
    assert web.world.post("/fleet/hall-4/code", "admin").status_code == 409
    assert web.world.post("/fleet/hall-4/use", "admin").headers["location"] == "/fleet/hall-4/settings?done=used"
    store = web.store()
    (made,) = store.registered(ADMIN, "hall-4")
    store.close()
    assert not made.is_retired
    assert not made.has_certificate


def test_a_kiosk_that_a_file_retired_has_a_way_to_shut_its_door(web: Enrolling) -> None:
    (code,) = codes(web.world.post("/fleet/hall-1/code", "admin").text)
    web.enrol(code)
    store = web.store()
    with store._writing():
        kiosk_register.end(store._conn, ADMIN, "hall-1", web.world.clock.now)
    assert "/fleet/hall-1/revoke" in web.world.page("/fleet/hall-1/settings", "admin").text
    assert web.world.post("/fleet/hall-1/revoke", "admin").status_code == 303
    assert "hall-1" not in web.signer.owners.values()
    assert "/fleet/hall-1/revoke" not in web.world.page("/fleet/hall-1/settings", "admin").text
    assert web.world.post("/fleet/hall-1/use", "admin").status_code == 303
    store.close()


@pytest.mark.parametrize("step", ["revoke", "retire"])
def test_who_comes_in_just_then_gets_no_certificate(web: Enrolling, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code is claimed, then the kiosk is revoked, then the signer signs: the last word is the admin's."""
    code = web.code("hall-2")
    sign = web.signer._do

    def later(question: dict[str, str]) -> dict[str, str]:
        if question["do"] == "sign":
            assert web.world.post(f"/fleet/hall-2/{step}", "admin").status_code == 303
        return sign(question)

    monkeypatch.setattr(web.signer, "_do", later)
    answer = web.enrol(code)
    assert answer.status_code == 403
    assert "hall-2" not in web.signer.owners.values()
    store = web.store()
    assert not any(one.has_certificate for one in store.registered(ADMIN, "hall-2"))
    store._conn.execute("UPDATE kiosk SET status='active'")
    store.close()


@pytest.mark.parametrize("step", ["revoke", "retire", "code"])
def test_what_the_signer_did_not_do_is_not_said_to_be_done(web: Enrolling, step: str) -> None:
    web.signer.stop()
    answer = web.world.post(f"/fleet/north-1/{step}?lang=en", "admin")
    web.signer.start()
    assert answer.status_code == 503
    assert ("Nothing was done" if step == "code" else "The certificate still holds") in answer.text
    store = web.store()
    (made,) = store.registered(ADMIN, "north-1")
    store.close()
    assert not made.is_retired


def test_with_passwords_kiosks_are_registered_without_codes(plain: World) -> None:
    answer = plain.post("/fleet/new?lang=en", "admin", ident="plain-1", counter="hall-window", questionnaire="core5", first="lt")
    assert answer.status_code == 200
    assert "passwords instead of certificates" in answer.text
    assert codes(answer.text) == []
    assert "passwords instead of certificates" in plain.page("/fleet/plain-1/revoke?lang=en", "admin").text
    assert plain.post("/fleet/plain-1/revoke", "admin").status_code == 503
    assert plain.post("/fleet/plain-1/retire", "admin").status_code == 303


def test_there_are_no_pages_of_a_kiosk_that_is_not(web: Enrolling) -> None:
    for path in ("/fleet/nobody/settings", "/fleet/nobody/retire"):
        assert web.world.page(path, "admin").status_code == 404
        assert web.world.post(path, "admin").status_code == 404
