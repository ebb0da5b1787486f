"""One's own account: password, other sessions, tokens; nothing of anybody else's."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collector import passwords
from tests.collector.deliveries import NOW
from tests.collector.web_world import PASSWORD, World, world

NEW = "keli ilgi žodžiai"


@pytest.fixture
def web(installed: Path, tmp_path: Path) -> Iterator[World]:
    with world(installed, tmp_path) as made:
        yield made


def change(web: World, password: str = PASSWORD, new: str = NEW, again: str = "") -> Any:
    return web.post("/account/password?lang=en", "head-hall", password=password, new=new, again=again or new)


def opens(web: World, session: str) -> bool:
    web.client.cookies.clear()
    headers = {"Cookie": f"nuomone_session={session}", "Accept": "text/html"}
    return web.client.get("/account", headers=headers, follow_redirects=False).status_code == 200


def made_token(web: World, login: str = "head-hall", label: str = "vakaro ataskaita") -> str:
    answer = web.post("/account/tokens", login, label=label, days=30)
    assert answer.status_code == 200
    (token,) = re.findall(r'<code id="token" class="token">([\w-]{43})</code>', answer.text)
    return str(token)


def test_a_new_password_ends_all_other_sessions_and_renews_this_one(web: World) -> None:
    store = web.store()
    other = store.grant("head-hall", "session", timedelta(hours=12), NOW)
    answer = change(web)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?done=password")
    fresh = answer.headers["set-cookie"].partition(";")[0].removeprefix("nuomone_session=")
    assert [opens(web, session) for session in (fresh, other, web.sessions["head-hall"])] == [True, False, False]
    kept = store.password_hash("head-hall")
    store.close()
    assert passwords.matches(NEW, kept)
    assert opens(web, web.sessions["head-north"])


@pytest.mark.parametrize(
    ("form", "status", "sentence"),
    [
        ({"password": "wrong"}, 401, "The password of now is not right."),
        ({"new": "short"}, 422, "A password needs at least 8 characters."),
        ({"new": "x" * 1001}, 422, "A password may have at most 1,000 characters."),
        ({"new": "Head-Hall"}, 422, "The user name cannot be the password."),
        ({"again": "another one"}, 422, "The two new passwords differ."),
    ],
    ids=str,
)
def test_a_password_is_not_changed(web: World, form: dict[str, str], status: int, sentence: str) -> None:
    answer = change(web, **form)
    assert answer.status_code == status
    assert sentence in answer.text
    store = web.store()
    assert passwords.matches(PASSWORD, store.password_hash("head-hall"))
    store.close()
    assert opens(web, web.sessions["head-hall"])


def test_the_old_password_cannot_be_tried_out_here(web: World) -> None:
    assert [change(web, "wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    locked = change(web)
    assert (locked.status_code, locked.headers["retry-after"]) == (429, "60")
    assert "Please try again in 1 minute." in locked.text


def test_a_token_is_shown_once_and_opens_the_api(web: World) -> None:
    token = made_token(web)
    headers = {"Authorization": f"Bearer {token}"}
    web.client.cookies.clear()
    assert web.client.get("/api/v1/offices", headers=headers).json()["rows"][0]["id"] == "hall"
    page = web.page("/account", "head-hall").text
    assert token not in page
    assert "vakaro ataskaita" in page
    row = page.partition("vakaro ataskaita")[2].partition("</tr>")[0]
    assert row.count("2026-11-21 14:00") == 2, "made and used, in the offices' time"
    assert "2026-12-21 14:00" in row


def test_a_token_that_is_revoked_opens_nothing(web: World) -> None:
    token = made_token(web)
    page = web.page("/account", "head-hall").text
    (first, *_) = re.findall(r'action="(/account/tokens/\w+/revoke)"', page)
    assert web.post(first, "head-north").status_code == 404, "nobody else's"
    assert web.post(first, "admin").status_code == 404
    assert web.post(first, "head-hall").headers["location"] == "/account?done=revoked"
    assert web.post(first, "head-hall").status_code == 404
    web.client.cookies.clear()
    assert web.client.get("/api/v1/offices", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert web.api("/offices", "head-hall").status_code == 200, "the others stay"


def test_use_of_a_token_is_noted_once_an_hour(web: World) -> None:
    token = made_token(web)
    headers = {"Authorization": f"Bearer {token}"}
    seen = []
    for minutes in (0, 59, 60):
        web.clock.now = NOW + timedelta(minutes=minutes)
        web.client.cookies.clear()
        assert web.client.get("/api/v1/offices", headers=headers).status_code == 200
        store = web.store()
        seen.append(store.api_tokens("head-hall", web.clock.now)[0].used[11:16])
        store.close()
    assert seen == ["12:00", "12:00", "13:00"]


def test_twenty_tokens_are_enough(web: World) -> None:
    answers = [web.post("/account/tokens", "head-hall", label="x", days=30).status_code for _ in range(20)]
    assert answers == [200] * 19 + [409]


@pytest.mark.parametrize(
    "form", [{"label": " "}, {"label": "x" * 101}, {"label": "x", "days": 31}, {"label": "x", "days": "no"}], ids=str
)
def test_a_token_that_cannot_be(web: World, form: dict[str, Any]) -> None:
    assert web.post("/account/tokens", "head-hall", **form).status_code == 422
    store = web.store()
    assert len(store.api_tokens("head-hall", NOW)) == 1
    store.close()


def test_the_other_sessions_end(web: World) -> None:
    store = web.store()
    others = [store.grant("head-hall", "session", timedelta(hours=12), NOW) for _ in range(2)]
    store.close()
    assert "In this browser and in 2 others." in web.page("/account", "head-hall", lang="en").text
    assert web.post("/account/sessions/end", "head-hall").headers["location"] == "/account?done=sessions"
    assert [opens(web, session) for session in others] == [False, False]
    assert opens(web, web.sessions["head-hall"])
    assert "Only in this browser." in web.page("/account", "head-hall", lang="en").text


def test_what_is_written_is_shown_as_text(web: World) -> None:
    made_token(web, label='<b>"x"</b>')
    assert "<b>" not in web.page("/account", "head-hall").text
    assert "<script" not in web.page("/account", "head-hall", done="<script>").text
