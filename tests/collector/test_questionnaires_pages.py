"""The pages of questionnaires over HTTP: what is typed is kept, what is wrong is told where it is mended."""

import html
import itertools
import json
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broker_config.messages import KioskConfig, Reply
from collector.draft import Draft, DraftQuestion, of
from collector.draft_form import fields
from collector.question_sets import question_set
from collector.web import kiosk_pictures
from tests.collector.deliveries import change
from tests.collector.web_world import World, world

PNG = b"\x89PNG\r\n\x1a\n"


NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(installed, tmp_path_factory.mktemp("web")) as made:
        yield made


def started(web: World, template: str = "trust") -> str:
    """The address of a new draft."""
    ident = f"{template}-of-test-{next(NUMBERS)}"
    answer = web.post("/questionnaires", "admin", template=template, ident=ident)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def page(web: World, address: str) -> str:
    there = address.partition("#")[0]
    answer = web.page(f"{there}{'&' if '?' in there else '?'}lang=en", "admin")
    assert answer.status_code == 200, answer.text[:500]
    return html.unescape(answer.text)


def draft_at(web: World, address: str) -> Draft:
    store = web.store()
    _, _, ident, version = address.split("/")
    found = store.questionnaire_version(ident, int(version))
    store.close()
    assert found
    return found.as_draft


def revision(web: World, address: str) -> str:
    (found,) = re.findall(r'name="revision" value="([0-9a-f]{16})"', page(web, address))
    return str(found)


def save(web: World, address: str, draft: Draft, do: str = "save", seen: str = "", **typed: Any) -> Any:
    """The form as a browser sends it, every field of it."""
    form: dict[str, Any] = {name: value for name, value in fields(draft) if name != "languages"} | {"languages": draft.languages}
    return web.post(address, "admin", **(form | {"revision": seen or revision(web, address), "do": do, **typed}))


def test_a_new_one_starts_from_a_set_with_its_id_or_another(web: World) -> None:
    for ident, made in (("", "smiley4"), ("pasitikejimas", "pasitikejimas")):
        answer = web.post("/questionnaires", "admin", template="smiley4", ident=ident)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/questionnaires/{made}/1")
    taken = web.post("/questionnaires?lang=en", "admin", template="core5", ident="")
    assert taken.status_code == 422
    assert "There is a questionnaire core5 already" in taken.text
    bad = web.post("/questionnaires?lang=en", "admin", template="core5", ident="Mano klausimynas")
    assert bad.status_code == 422
    assert 'value="Mano klausimynas"' in bad.text, "what was typed is kept"
    assert web.post("/questionnaires", "admin", template="nothing", ident="x").status_code == 422


def test_what_is_wrong_is_kept_and_told_at_its_field(web: World) -> None:
    address = started(web)
    answer = save(
        web, address, draft_at(web, address), **{"interval": "greitai", "q0-id": "Ar <b>", "q0-word0-lt": "Nepasitikiiiii"}
    )
    assert answer.status_code == 303
    text = page(web, answer.headers["location"])
    assert "The draft is saved." in text
    assert 'value="greitai" inputmode="numeric"' in text
    assert "it is “greitai”" in text
    assert 'aria-invalid="true" aria-describedby="q0-id-wrong1"' in text
    assert "14 letters, at most 12 fit" in text
    assert "3 things are missing or wrong" in text
    listed = page(web, f"{address}/publish")
    assert re.findall(rf'href="{address}#([\w-]+)"', listed) == ["interval", "q0-id", "q0-word0-lt"]
    assert "<b>" not in web.page(f"{address}/publish", "admin").text


def test_the_buttons_of_the_form_work_without_a_script(web: World) -> None:
    address = started(web)
    added = save(web, address, draft_at(web, address), "add-question", added="nps", **{"q0-text-lt": "Ar labiau tikite?"})
    assert added.headers["location"] == f"{address}?done=saved#question-1"
    draft = draft_at(web, address)
    assert [one.id for one in draft.questions] == ["trust", "recommend"]
    assert draft.questions[0].text["lt"] == "Ar labiau tikite?", "what was typed before the button is kept"
    moved = save(web, address, draft, "down-q0-good0", language="pl")
    assert moved.headers["location"] == f"{address}?language=pl&done=saved&open=q0-good#question-0"
    assert [one.id for one in draft_at(web, address).questions[0].good][:2] == ["simplicity", "effectiveness"]
    looked = save(web, address, draft_at(web, address), "look-uk")
    assert looked.headers["location"] == f"{address}?language=uk#questions"
    assert re.search(r'class="look" data-look="uk">', page(web, f"{address}?language=uk"))


def test_a_draft_that_is_too_large_to_be_sent_gets_no_more_questions(web: World) -> None:
    address = started(web)
    large = draft_at(web, address).model_copy(update={"questions": [of(question_set("core5"), ["lt"]).questions[0]] * 6})
    answer = save(web, address, large, "add-question", added="core5")
    assert answer.status_code == 422
    assert len(draft_at(web, address).questions) == 6, "the rest is saved"


def test_the_second_of_two_admins_keeps_what_he_typed(web: World) -> None:
    address = started(web)
    draft, seen = draft_at(web, address), revision(web, address)
    assert save(web, address, draft, seen=seen, interval="7").status_code == 303
    late = save(web, f"{address}?lang=en", draft, seen=seen, interval="8")
    assert late.status_code == 409
    assert "admin has changed this draft while you were writing" in late.text
    assert 'value="8" inputmode="numeric"' in late.text
    assert draft_at(web, address).interval == "7"
    (now,) = re.findall(r'name="revision" value="([0-9a-f]{16})"', late.text)
    assert save(web, address, draft, seen=now, interval="8").status_code == 303, "put over theirs on purpose"


def test_no_post_changes_what_is_published(web: World) -> None:
    address = started(web)
    draft = draft_at(web, address)
    answer = web.post(f"{address}/publish", "admin", **{"from": "", "revision": revision(web, address)})
    ident = address.split("/")[2]
    assert answer.headers["location"] == f"/questionnaires?done=published&of={ident}"
    store = web.store()
    before = [one for one in store.questionnaire_versions() if one.questionnaire == ident]
    posts = {
        address: {"interval": "9", "do": "save", "revision": before[0].revision},
        f"{address}/publish": {"from": "2030-01-01", "revision": before[0].revision},
        f"{address}/delete": {},
        f"{address}/renew": {"what": "question", "ident": "trust"},
    }
    for path, form in posts.items():
        assert web.post(path, "admin", **form).status_code == 409, path
    assert web.post(f"{address}/renew", "admin", what="other", ident="trust").status_code == 422
    assert [one for one in store.questionnaire_versions() if one.questionnaire == ident] == before
    store.close()
    assert before[0].as_draft == draft
    assert 'id="editor"' not in page(web, address)


def test_publication_is_refused_with_the_list_and_a_new_id_is_one_press(web: World) -> None:
    web.post("/questionnaires/core5/draft", "admin")
    address = "/questionnaires/core5/2"
    save(web, address, draft_at(web, address), **{"q0-text-lt": "Kaip jus aptarnavo šiandien?"})
    refused = web.post(f"{address}/publish?lang=en", "admin", **{"from": "", "revision": revision(web, address)})
    assert refused.status_code == 422
    assert "A changed wording is a new question id." in refused.text
    assert "Give it the new id overall-2" in refused.text
    assert web.post(f"{address}/renew", "admin", what="question", ident="overall").status_code == 303
    assert [one.id for one in draft_at(web, address).questions] == ["overall-2", "advise"]
    stale = web.post(f"{address}/publish?lang=en", "admin", **{"from": "", "revision": "0" * 16})
    assert (stale.status_code, "Look at it again" in stale.text) == (409, True)
    past = web.post(f"{address}/publish?lang=en", "admin", **{"from": "2026-11-20", "revision": revision(web, address)})
    assert (past.status_code, "The day is over: today is 2026-11-21" in past.text) == (422, True)


def test_it_is_shown_on_a_kiosk_and_the_answer_is_told(web: World) -> None:
    address = started(web)
    store = web.store()
    change(store, """UPDATE kiosk SET display='{"dpi":90,"service_pin":"scrypt$1"}' WHERE id='hall-1'""")
    sent = web.post(f"{address}/show", "admin", kiosk="hall-1")
    there = sent.headers["location"].partition("#")[0]
    assert "on its way" in page(web, there)
    ((kiosk, command),) = store.waiting_commands(web.clock.now)
    assert (kiosk, command.name, command.args["seconds"]) == ("hall-1", "show", 60)
    config = KioskConfig.model_validate_json(json.dumps(command.args["config"]))
    assert config.hash_is_right
    assert config.display == {"dpi": 90}, "what opens its service screen is not kept with the command"
    assert (config.kiosk, config.languages, config.questionnaire.questions[0].id) == ("hall-1", ["lt", "en"], "trust")
    assert store.mark_sent(command.id, web.clock.now)
    assert store.keep_answer("hall-1", Reply(id=command.id, ok=False, detail="<i>busy"), web.clock.now)
    store.close()
    assert "Kiosk hall-1 did not show it: <i>busy" in page(web, there)
    assert "<i>busy" not in web.page(there, "admin").text
    assert web.post(f"{address}/show", "admin", kiosk="nowhere").status_code == 422
    broken = draft_at(web, address).model_copy(update={"questions": [DraftQuestion(id="x")]})
    save(web, address, broken)
    assert web.post(f"{address}/show", "admin", kiosk="hall-1").status_code == 422


PROGRAM = f"""#!{sys.executable}
import json, pathlib, sys
preview, config, out, size_, size = sys.argv[1:]
said = json.loads(pathlib.Path(config).read_text())
if size == "800x480": sys.exit("no room")
for language in said["languages"]:
    pathlib.Path(out, f"rating-{{language}}.png").write_bytes({PNG!r} + said["questionnaire"]["id"].encode())
"""


def test_pictures_come_from_the_kiosks_own_program(web: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nuomone-kiosk"
    program.write_text(PROGRAM)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(kiosk_pictures.shutil, "which", lambda *_, **__: str(program))
    address = started(web)
    drawn = web.post(f"{address}/pictures", "admin", size="1280x800")
    there = drawn.headers["location"].partition("#")[0]
    pictures = re.findall(r'<img src="([^"]+)"', page(web, there))
    assert [one.rpartition("/")[2] for one in pictures] == [f"rating-{one}.png" for one in ("en", "lt", "pl", "ru", "uk")]
    got = web.page(pictures[0], "admin")
    assert (got.headers["content-type"], got.content) == ("image/png", PNG + address.split("/")[2].encode())
    assert web.page(pictures[0], "auditor").status_code == 403
    failed = web.post(f"{address}/pictures", "admin", size="800x480").headers["location"].partition("#")[0]
    assert "drew nothing" in page(web, failed)
    assert web.post(f"{address}/pictures", "admin", size="9x9").status_code == 422


def test_without_the_kiosks_package_the_page_says_so(web: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kiosk_pictures.shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(kiosk_pictures.importlib.util, "find_spec", lambda _name: None)
    address = started(web)
    assert "here it is not" in page(web, address)
    assert web.post(f"{address}/pictures", "admin").status_code == 409


def test_places_are_assigned_and_listed_with_what_each_asks(web: World) -> None:
    address = started(web)
    ident = address.split("/")[2]
    there = f"/questionnaires/{ident}/assign"
    web.post(f"{address}/publish", "admin", **{"from": "2026-11-21", "revision": revision(web, address)})
    form = {"of": "city", "revision": revision(web, there), "kiosk": ["hall-1", "hall-2"]}
    assert web.post(there, "admin", **form).status_code == 303
    assert "kiosks hall-1, hall-2" in page(web, "/questionnaires")
    text = page(web, there)
    assert (text.count(f"asks {ident}"), text.count("asks core5")) == (2, 3)
    assert web.post(there, "admin", **form).status_code == 409, "the places are not as they were seen"
    emptied = web.post(f"{there}?lang=en", "admin", of="city", revision=revision(web, there))
    assert emptied.status_code == 422
    assert "Kiosk hall-1 would have no questionnaire." in emptied.text
    assert web.post("/questionnaires/nothing/assign", "admin", of="city").status_code == 404


def test_a_questionnaire_that_kiosks_ask_is_not_retired(web: World) -> None:
    answer = web.post("/questionnaires/core5/1/retire?lang=en", "admin")
    assert answer.status_code == 409
    assert "Kiosk hall-3 would ask core5, of which no version is asked yet." in html.unescape(answer.text)
