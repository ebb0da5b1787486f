"""The page of an office's comments: for everybody who may ask for it, with every form, and as a file."""

import csv
import hashlib
import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from collector.store.comments import PAGE
from tests.collector.deliveries import comment, rating, rows, sent
from tests.collector.web_world import World, world

HALL = "/offices/hall/comments"
FORMS = ("state", "hide", "show")
EVERYBODY = ("", "admin", "analyst", "auditor", "head-hall", "head-north", "head-both", "head-none")
TENDING = ("admin", "head-hall", "head-both")
READING = ("analyst", "auditor")
ELSEWHERE = ("head-north", "head-none")
NASTY = '<script>alert(1)</script> & "kabutės"'


@contextmanager
def hall(installed: Path, folder: Path) -> Iterator[World]:
    """The world's votes, and of the 20th in hall: two good words, a low one, one marked as misuse; one of the 19th."""
    with world(installed, folder) as made:
        store = made.store()
        for seq, text, gap, more in (
            (101, "Ačiū už pagalbą", None, {}),
            (103, "Ilgas laikas eilėje", None, {"value": 1, "service": "social-benefits"}),
            (105, "Įtartina", 100, {}),
            (107, NASTY, None, {}),
            (109, "=1+1", None, {"at": "2026-11-19T07:15:00Z"}),
        ):
            body = {"visit": f"6b1e77c2a90d{seq:04x}", "at": "2026-11-20T07:25:00Z"} | more
            sent(store, rating(seq, gap_ms=gap, **body), comment(seq + 1, text=text, **body))
        store.close()
        yield made


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """For tests that leave everything as it was."""
    with hall(installed, tmp_path_factory.mktemp("comments")) as made:
        yield made


@pytest.fixture
def changed(installed: Path, tmp_path: Path) -> Iterator[World]:
    """For tests that change something."""
    with hall(installed, tmp_path) as made:
        yield made


def ident(web: World, text: str) -> int:
    store = web.store()
    ((found,),) = rows(store, "SELECT k.id FROM comment k JOIN event e USING (stream, seq) WHERE e.detail=?", text)
    store.close()
    return int(found)


def shown(answer: Any) -> list[str]:
    """The texts of the comments on a page, as a reader sees them."""
    assert answer.status_code == 200, answer.text[:500]
    quotes = re.findall(r"<blockquote[^>]*><p>(.*?)</p></blockquote>", answer.text, re.S)
    return [html.unescape(re.sub("</?mark>", "", quote)) for quote in quotes]


def post(web: World, path: str, login: str, **fields: Any) -> Any:
    """A form of this person's session."""
    web.client.cookies.clear()
    cookies = {"Cookie": f"nuomone_session={web.sessions[login]}"} if login else {}
    token = {"csrf": csrf(web, login)} if login else {}
    return web.client.post(path, data=token | fields, headers={"Accept": "text/html", **cookies}, follow_redirects=False)


def csrf(web: World, login: str) -> str:
    """The token of this person's forms; who is shown no form can still make it up."""
    return hashlib.sha256(b"csrf:" + web.sessions[login].encode()).hexdigest()


def audited(web: World) -> list[str]:
    store = web.store()
    found = [action for (action,) in rows(store, "SELECT action FROM audit ORDER BY id")]
    store.close()
    return found


def stored(web: World) -> list[tuple[Any, ...]]:
    store = web.store()
    found = rows(store, "SELECT * FROM comment ORDER BY id") + rows(store, "SELECT * FROM audit")
    store.close()
    return found


# ── who ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("login", EVERYBODY)
def test_the_page_is_for_those_who_may_see_the_office(web: World, login: str) -> None:
    answer = web.page(HALL, login)
    if not login:
        assert answer.status_code == 303
        assert parse_qs(urlsplit(answer.headers["location"]).query)["next"] == [HALL]
    elif login in ELSEWHERE:
        nowhere = web.page("/offices/nowhere/comments", login)
        assert answer.status_code == nowhere.status_code == 404
        assert answer.text.replace("hall", "") == nowhere.text.replace("nowhere", "")
        assert web.page(HALL + "?format=csv", login).status_code == 404
        assert web.page(HALL + "?hidden=1", login).status_code == 404
    else:
        assert "Ačiū už pagalbą" in shown(answer)
        assert "Šiaurės" not in answer.text
        assert ("/hide" in answer.text) == (login in TENDING)
        assert ('name="hidden"' in answer.text) == (login in TENDING)


@pytest.mark.parametrize("login", ["", *READING, *ELSEWHERE])
@pytest.mark.parametrize("verb", FORMS)
def test_nobody_else_changes_a_comment(web: World, verb: str, login: str) -> None:
    before = stored(web)
    answer = post(web, f"{HALL}/{ident(web, 'Ačiū už pagalbą')}/{verb}", login, state="done", reason="kartojasi")
    assert answer.status_code == (303 if not login else 404 if login in ELSEWHERE else 403)
    assert login or answer.headers["location"].startswith("/sign-in")
    assert stored(web) == before


def test_those_who_tend_the_office_change_its_comments(changed: World) -> None:
    one = ident(changed, "Ačiū už pagalbą")
    for login in TENDING:
        for verb, state in (("hide", "done"), ("state", "done"), ("show", "new"), ("state", "new")):
            before = stored(changed)
            answer = post(changed, f"{HALL}/{one}/{verb}", login, state=state, reason="kartojasi")
            assert (answer.status_code, answer.headers["location"]) == (303, f"{HALL}#c{one}")
            assert stored(changed) != before
    assert len(audited(changed)) == 4 * len(TENDING)


@pytest.mark.parametrize("login", ["admin", "head-hall", "head-north", "head-both"])
@pytest.mark.parametrize("verb", FORMS)
def test_a_comment_is_not_reached_through_another_office(web: World, verb: str, login: str) -> None:
    hall, north = ident(web, "Ačiū už pagalbą"), ident(web, "Šiaurės paslaptis")
    before = stored(web)
    for path in (f"{HALL}/{north}/{verb}", f"/offices/north/comments/{hall}/{verb}", f"{HALL}/{10**9}/{verb}"):
        assert post(web, path, login, state="done", reason="kartojasi").status_code == 404
    assert stored(web) == before


@pytest.mark.parametrize("verb", FORMS)
def test_a_form_without_its_token_changes_nothing(web: World, verb: str) -> None:
    one = ident(web, "Ačiū už pagalbą")
    before = stored(web)
    for token in ({}, {"csrf": ""}, {"csrf": csrf(web, "admin")}):
        headers = {"Cookie": f"nuomone_session={web.sessions['head-hall']}"}
        answer = web.client.post(f"{HALL}/{one}/{verb}", data={"state": "done", "reason": "x", **token}, headers=headers)
        assert answer.status_code == 403
    assert web.page(f"{HALL}/{one}/{verb}", "head-hall").status_code == 405, "nobody is led to it by a link"
    assert stored(web) == before


@pytest.mark.parametrize("login", ["admin", *READING])
def test_outside_viewers_see_no_comments_of_few_ratings(web: World, login: str) -> None:
    answer = web.page("/offices/north/comments", login)
    assert "mažiau kaip 10 vertinimų" in answer.text
    assert "paslaptis" not in answer.text
    assert web.page("/offices/north/comments?q=paslaptis", login).text.count("paslaptis") <= 2, "what was asked for, in the form"
    table = web.page("/offices/north/comments?format=csv", login)
    assert "paslaptis" not in table.text
    assert shown(web.page("/offices/north/comments", "head-north")) == ["Šiaurės paslaptis"]
    assert shown(web.page(HALL + "?from=2026-11-19&to=2026-11-19", login)) == []


# ── finding ─────────────────────────────────────────────────────────────────────────────


def test_found_words_are_marked_and_nothing_else_is_html(web: World) -> None:
    page = web.page(HALL + "?q=aciu+UZ", "head-hall")
    assert shown(page) == ["Ačiū už pagalbą"]
    assert "<mark>Ačiū</mark> <mark>už</mark> pagalbą" in page.text
    page = web.page(HALL, "head-hall", q='"><script>alert(1)</script>')
    assert shown(page) == [NASTY]
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in re.sub("</?mark>", "", page.text)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("side=bad", ["Ilgas laikas eilėje"]),
        ("service=social-benefits&language=lt", ["Ilgas laikas eilėje"]),
        ("language=uk", []),
        ("state=done", []),
        ("from=2026-11-21", ["Salės žodžiai"]),
        ("to=2026-11-19", ["=1+1"]),
        ("q=&service=&side=&state=&language=&from=&to=&raw=&hidden=&page=1", None),
        ("q=laik&side=good", []),
        ("q=%00%22*AND", []),
        ("page=2", []),
    ],
)
def test_the_address_says_which_comments(web: World, query: str, found: list[str] | None) -> None:
    everything = shown(web.page(HALL, "head-hall"))
    assert len(everything) == 5
    assert shown(web.page(f"{HALL}?{query}", "head-hall")) == (everything if found is None else found)


@pytest.mark.parametrize("query", ["side=up", "from=yesterday", "page=0", "page=x", "state=hidden", "raw=2", "format=pdf"])
def test_a_wrong_address_is_a_page_that_says_so(web: World, query: str) -> None:
    answer = web.page(f"{HALL}?{query}", "head-hall")
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (422, "text/html")


def test_what_is_marked_is_there_with_the_raw_switch_and_says_so(web: World) -> None:
    assert "Įtartina" not in shown(web.page(HALL, "analyst"))
    raw = web.page(HALL + "?raw=1", "analyst")
    assert "Įtartina" in shown(raw)
    assert raw.text.count("Pažymėtas kaip galimas piktnaudžiavimas") == 1
    assert "Pažymėtas kaip" in web.page(HALL + "?raw=1&format=csv", "analyst").text


def test_a_page_has_date_and_half_day_and_no_minute(web: World) -> None:
    page = web.page(HALL, "head-hall").text
    assert "2026-11-20</time> iki pietų" in page
    assert "09:15" not in page
    assert "07:15" not in page


def test_the_form_is_filled_with_what_the_address_asks_for(web: World) -> None:
    page = web.page(HALL + "?q=laik&side=bad&from=2026-11-01&raw=1", "head-hall").text
    assert 'value="laik"' in page
    assert '<option value="bad" selected>' in page
    assert 'id="from" name="from" type="date" value="2026-11-01"' in page
    assert re.search(r'name="raw" type="checkbox" value="1" checked', page)
    assert re.search("<summary>Filtrai.* · prasti · nuo 2026-11-01 · su galimu piktnaudžiavimu<", page)
    assert "/language/en?next=/offices/hall/comments%3Fq%3Dlaik" in page


def test_pages_follow_on(changed: World) -> None:
    store = changed.store()
    for n in range(PAGE):
        body = {"visit": f"7b1e77c2a90d{n:04x}", "at": f"2026-11-18T07:{n:02}:00Z"}
        sent(store, rating(200 + 2 * n, **body), comment(201 + 2 * n, text=f"senas {n}", **body))
    store.close()
    first = changed.page(HALL + "?side=good", "head-hall")
    (older,) = re.findall(r'href="([^"]+)" rel="next"', first.text)
    second = changed.page(html.unescape(older), "head-hall")
    assert len(shown(first)) == PAGE
    assert len(set(shown(first)) | set(shown(second))) == PAGE + 4
    assert 'rel="next"' not in second.text
    (newer,) = re.findall(r'href="([^"]+)" rel="prev"', second.text)
    assert shown(changed.page(html.unescape(newer), "head-hall")) == shown(first)
    assert 'href="/offices/hall/comments?side=good"' in changed.page(HALL + "?side=good&page=9", "head-hall").text


def test_what_is_not_there_is_said_in_words(web: World) -> None:
    assert "Tokių komentarų nėra" in web.page(HALL + "?q=niekas", "head-hall").text
    assert "Paslėptų komentarų nėra" in web.page(HALL + "?hidden=1", "head-hall").text


# ── tending ─────────────────────────────────────────────────────────────────────────────


def test_a_form_leads_back_to_where_it_was(changed: World) -> None:
    one, two = ident(changed, "Ačiū už pagalbą"), ident(changed, NASTY)
    page = changed.page(HALL + "?q=a&side=good&page=1", "head-hall").text
    assert f'action="{HALL}/{one}/state?' not in page, "one letter is no beginning"
    page = changed.page(HALL + "?q=pagalb&side=good", "head-hall").text
    assert f'action="{HALL}/{one}/state?q=pagalb&amp;side=good"' in page
    answer = post(changed, f"{HALL}/{one}/state?q=pagalb&side=good", "head-hall", state="noted")
    assert answer.headers["location"] == f"{HALL}?q=pagalb&side=good#c{one}"
    answer = post(changed, f"{HALL}/{one}/hide?side=good", "head-hall", reason="vardas", anchor=two)
    assert answer.headers["location"] == f"{HALL}?side=good#c{two}", "to its neighbour, since it is gone itself"
    assert (
        post(changed, f"{HALL}/{two}/state?next=//evil.example", "head-hall", state="noted").headers["location"].startswith(HALL)
    )


def test_a_state_is_shown_to_all_and_can_be_filtered(changed: World) -> None:
    one = ident(changed, "Ačiū už pagalbą")
    post(changed, f"{HALL}/{one}/state", "admin", state="noted")
    assert shown(changed.page(HALL + "?state=noted", "analyst")) == ["Ačiū už pagalbą"]
    assert "· Perskaitytas" in changed.page(HALL + "?state=noted", "auditor").text
    page = changed.page(HALL + "?state=noted", "head-hall").text
    assert '<button name="state" value="noted" aria-pressed="true">' in page
    assert post(changed, f"{HALL}/{one}/state", "admin", state="gone").status_code == 422


def test_a_hidden_comment_is_gone_and_can_be_shown_again(changed: World) -> None:
    one = ident(changed, "Ilgas laikas eilėje")
    assert post(changed, f"{HALL}/{one}/hide", "head-hall", reason="   ").status_code == 422
    post(changed, f"{HALL}/{one}/hide", "head-hall", reason="Įvardytas <b>darbuotojas</b>")
    for login in (*TENDING, *READING):
        assert "Ilgas laikas eilėje" not in changed.page(HALL + "?raw=1", login).text
        assert "Ilgas laikas eilėje" not in changed.page("/offices/hall", login).text
    for login in READING:
        assert changed.page(HALL + "?hidden=1", login).status_code == 403
    page = changed.page(HALL + "?hidden=1", "admin")
    assert shown(page) == ["Ilgas laikas eilėje"]
    assert "Įvardytas &lt;b&gt;darbuotojas&lt;/b&gt;" in page.text
    assert "head-hall" in page.text
    post(changed, f"{HALL}/{one}/show?hidden=1", "head-both")
    assert "Ilgas laikas eilėje" in shown(changed.page(HALL, "analyst"))
    assert audited(changed) == ["comment.hide", "comment.show"]


def test_an_office_without_comments_says_so(changed: World) -> None:
    post(changed, f"/offices/north/comments/{ident(changed, 'Šiaurės paslaptis')}/hide", "head-north", reason="vardas")
    assert "Komentarų dar nėra" in changed.page("/offices/north/comments", "head-north").text


# ── the file ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("query", ["", "raw=1", "q=aciu", "side=bad&service=social-benefits", "to=2026-11-19", "q=niekas"])
def test_the_file_is_exactly_what_is_on_the_screen(web: World, query: str) -> None:
    page = web.page(f"{HALL}?{query}", "head-hall")
    answer = web.page(f"{HALL}?{query}&format=csv", "head-hall")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [line[5].removeprefix("'") for line in lines[1:]] == shown(page)
    assert lines[0] == ["Data", "Dienos pusė", "Paslauga", "Įvertinimas", "Kalba", "Komentaras", "Būsena", "Pastaba"]
    for line in lines[1:]:
        assert line[0] in page.text
        assert line[2] in page.text
        assert not line[5].startswith("=")
        assert not re.search(r"\d\d:\d\d", ",".join(line))


def test_the_page_offers_the_file_and_keeps_its_filters(web: World) -> None:
    (link,) = re.findall(r'href="([^"]+)" download', web.page(HALL + "?side=bad", "head-hall").text)
    assert html.unescape(link) == f"{HALL}?side=bad&format=csv"
