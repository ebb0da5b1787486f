"""Users and roles: a link instead of a password, guard rails, and everything in the audit log."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collector import passwords
from collector.access import Role, User, Viewer
from collector.store.audit import AuditQuery
from tests.browsers import chromium, signed_in
from tests.collector.deliveries import NOW
from tests.collector.web_world import PASSWORD, World, world

CHOSEN = "keli nauji žodžiai"
ADMIN = Viewer("admin", "admin", None)


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for all: each test has users of its own."""
    with world(installed, tmp_path_factory.mktemp("web")) as made:
        yield made


@pytest.fixture(scope="module")
def kept() -> str:
    return passwords.hashed(PASSWORD)


def member(web: World, kept: str, login: str, role: Role = "head") -> None:
    """A user of the hall who is signed in and has a token."""
    store = web.store()
    store.put_user(User(login, role, frozenset({"hall"} if role == "head" else ())), kept)
    web.sessions[login] = store.grant(login, "session", timedelta(days=1), NOW)
    web.tokens[login] = store.grant(login, "api", timedelta(days=1), NOW)
    store.close()


def invited(web: World, user: str, **form: Any) -> str:
    """The path of a new user's link."""
    answer = web.post("/users?lang=en", "admin", **({"user": user, "role": "head", "offices": ["hall"]} | form))
    assert answer.status_code == 200, answer.text
    return link_in(answer)


def link_in(answer: Any) -> str:
    (path,) = re.findall(r'<code id="link" class="token">http://[\w.:]+(/invitation/[\w-]{43})</code>', answer.text)
    return str(path)


def accept(web: World, path: str, new: str = CHOSEN, again: str = "") -> Any:
    return web.post(f"{path}?lang=en", csrf=False, new=new, again=again or new)


def opens(web: World, session: str, path: str = "/account") -> int:
    web.client.cookies.clear()
    cookie = {"Cookie": f"nuomone_session={session}", "Accept": "text/html"}
    return int(web.client.get(path, headers=cookie, follow_redirects=False).status_code)


def audited(web: World, action: str, subject: str) -> list[tuple[str, Any, Any]]:
    store = web.store()
    rows = store.audit_rows(ADMIN, AuditQuery(action=action))
    store.close()
    return [(row.login, row.before, row.after) for row in rows if row.subject == subject]


def signs_in(web: World, login: str, password: str) -> bool:
    """Over the form; wrong tries of other tests are none of this one's."""
    web.client.cookies.clear()
    answer = web.client.post("/sign-in", data={"login": login, "password": password}, follow_redirects=False)
    return bool(answer.status_code == 303)


# ── inviting ────────────────────────────────────────────────────────────────────────────


def test_the_invited_chooses_his_own_password_and_is_in(web: World) -> None:
    path = invited(web, "ona")
    assert not signs_in(web, "ona", CHOSEN), "not before it was chosen"
    answer = accept(web, path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    session = answer.headers["set-cookie"].partition(";")[0].removeprefix("nuomone_session=")
    assert [opens(web, session, place) for place in ("/offices/hall", "/offices/north", "/users")] == [200, 404, 403]
    assert signs_in(web, "ona", CHOSEN)
    assert audited(web, "user.invite", "ona") == [("admin", None, {"role": "head", "offices": ["hall"]})]
    assert audited(web, "user.accept", "ona") == [("ona", None, None)]


def test_a_link_opens_once_and_for_seven_days(web: World) -> None:
    path = invited(web, "petras")
    page = web.page(f"{path}?lang=en")
    assert (page.status_code, page.headers["referrer-policy"], page.headers["cache-control"]) == (200, "no-referrer", "no-store")
    assert web.page("/sign-in").headers["referrer-policy"] == "same-origin"
    web.clock.now = NOW + timedelta(days=7)
    for answer in (web.page(f"{path}?lang=en"), accept(web, path)):
        assert (answer.status_code, "The link was good for 7 days" in answer.text) == (410, True)
    web.clock.now = NOW
    assert accept(web, path).status_code == 303
    for answer in (web.page(f"{path}?lang=en"), accept(web, path, "anderes Passwort")):
        assert (answer.status_code, "The link was used already" in answer.text) == (410, True)
    store = web.store()
    assert passwords.matches(CHOSEN, store.password_hash("petras"))
    store.close()


def test_a_link_is_kept_as_a_hash_and_a_wrong_one_says_nothing(web: World) -> None:
    token = invited(web, "rapolas").removeprefix("/invitation/")
    for file in web.path.parent.iterdir():
        assert token.encode() not in file.read_bytes()
    wrong, never = web.page(f"/invitation/{token[:-1]}?lang=en"), web.page("/invitation/x?lang=en")
    assert (wrong.status_code, never.status_code) == (404, 404)
    assert "rapolas" not in wrong.text
    assert wrong.text.replace(token[:-1], "x") == never.text


def test_a_password_that_cannot_be_uses_nothing_up(web: World) -> None:
    path = invited(web, "jonas.jonaitis")
    for new, again, sentence in (
        ("short", "", "A password needs at least 8 characters."),
        (CHOSEN, "another one", "The two new passwords differ."),
        ("JONAS.JONAITIS", "", "The user name cannot be the password."),
    ):
        answer = accept(web, path, new, again)
        assert (answer.status_code, sentence in answer.text) == (422, True)
    assert accept(web, path).status_code == 303


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"user": "a b"}, "Use letters, digits and"),
        ({"user": ""}, "Use letters, digits and"),
        ({"user": ".."}, "Use letters, digits and"),
        ({"user": "cli"}, "Use letters, digits and"),
        ({"user": "head-north"}, "There is a user of this name already."),
        ({"role": "boss"}, "Choose one of the roles."),
    ],
    ids=str,
)
def test_who_cannot_be_invited_stays_typed(web: World, form: dict[str, str], sentence: str) -> None:
    answer = web.post("/users?lang=en", "admin", **({"user": "nobody.yet", "role": "head", "offices": ["north"]} | form))
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert 'id="office-north" name="offices" value="north" checked' in answer.text
    assert f'value="{form.get("user", "nobody.yet")}" maxlength' in answer.text
    assert audited(web, "user.invite", form.get("user", "nobody.yet")) == []


def test_offices_are_for_heads_and_such_as_there_are(web: World) -> None:
    invited(web, "jurgis", role="analyst")
    invited(web, "rita", offices=["hall", "nowhere"])
    store = web.store()
    found = [store.account(login, NOW) for login in ("jurgis", "rita")]
    store.close()
    assert [account and account.user.offices for account in found] == [frozenset(), {"hall"}]


# ── changing ────────────────────────────────────────────────────────────────────────────


def test_a_reset_ends_everything_at_once_and_gives_a_new_link(web: World, kept: str) -> None:
    member(web, kept, "forgetful")
    first = link_in(web.post("/users/forgetful/reset", "admin"))
    assert opens(web, web.sessions["forgetful"]) == 303
    assert web.api("/offices", "forgetful").status_code == 401
    assert not signs_in(web, "forgetful", PASSWORD)
    second = link_in(web.post("/users/forgetful/reset", "admin"))
    assert accept(web, first).status_code == 404, "the newer link has replaced it"
    assert accept(web, second).status_code == 303
    assert audited(web, "user.reset", "forgetful") == [("admin", None, None)] * 2


def test_a_disabled_users_link_is_void_for_ever(web: World) -> None:
    path = invited(web, "left")
    assert web.post("/users/left/disable", "admin").status_code == 303
    assert accept(web, path).status_code == 404
    assert web.post("/users/left/reset", "admin").status_code == 404
    assert web.post("/users/left/enable", "admin").status_code == 303
    assert accept(web, path).status_code == 404


def test_a_change_is_audited_with_before_and_after_and_holds_at_once(web: World, kept: str) -> None:
    member(web, kept, "moved")
    answer = web.post("/users/moved", "admin", role="head", offices=["north"])
    assert answer.headers["location"] == "/users/moved?done=changed"
    assert [opens(web, web.sessions["moved"], f"/offices/{office}") for office in ("hall", "north")] == [404, 200]
    before, after = {"role": "head", "offices": ["hall"]}, {"role": "head", "offices": ["north"]}
    assert audited(web, "user.change", "moved") == [("admin", before, after)]
    assert web.post("/users/moved", "admin", role="boss").status_code == 422
    assert web.post("/users/nobody", "admin", role="head").status_code == 404


def test_nobody_locks_himself_or_the_last_administrator_out(web: World, kept: str) -> None:
    for path, form in (("/users/admin", {"role": "head"}), ("/users/admin/disable", {}), ("/users/admin/reset", {})):
        answer = web.post(f"{path}?lang=en", "admin", **form)
        assert (answer.status_code, "You cannot take your own rights" in answer.text) == (422, True), path
    assert web.post("/users/admin", "admin", role="admin").status_code == 303, "what changes nothing is fine"
    store = web.store()
    assert store.disable_user("admin", "somebody", NOW) == "last"
    assert store.reassign_user(User("admin", "head", frozenset()), "somebody", NOW) == "last"
    store.invite_user(User("rasa", "admin", frozenset()), "admin", NOW)
    assert store.disable_user("admin", "rasa", NOW) == "last", "the other has not chosen a password yet"
    store.close()
    member(web, kept, "rasa", "admin")
    member(web, kept, "second", "admin")
    assert web.post("/users/second/disable", "rasa").status_code == 303
    assert opens(web, web.sessions["second"]) == 303
    assert audited(web, "user.disable", "second") == [("rasa", None, None)]


def test_a_users_token_is_seen_and_revoked(web: World, kept: str) -> None:
    member(web, kept, "programmer")
    page = web.page("/users/programmer", "admin", lang="en")
    (token_id,) = re.findall(r"/users/programmer/tokens/(\w+)/revoke", page.text)
    assert web.api("/offices", "programmer").status_code == 200
    assert web.post(f"/users/head-hall/tokens/{token_id}/revoke", "admin").status_code == 404, "not another's"
    assert web.post(f"/users/programmer/tokens/{token_id}/revoke", "admin").status_code == 303
    assert web.api("/offices", "programmer").status_code == 401


@pytest.mark.parametrize("login", ["head-hall", "analyst", "auditor"])
def test_only_administrators_do_any_of_this(web: World, login: str) -> None:
    for path in ("/users", "/users/analyst", "/users/analyst/disable", "/users/analyst/enable", "/users/analyst/reset"):
        assert web.post(path, login, user="x", role="head").status_code == 403


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"role": "head", "office": "north", "user": "head-"}, {"head-north", "head-both"}),
        ({"user": "HEAD-NO"}, {"head-none", "head-north"}),
        ({"state": "disabled", "user": "gone"}, {"gone"}),
        ({"state": "invited", "user": "wait"}, {"waiting"}),
        ({"state": "locked"}, set()),
    ],
    ids=lambda value: str(sorted(value)) if isinstance(value, set) else str(value),
)
def test_the_list_is_filtered_by_its_address(web: World, kept: str, asked: dict[str, str], found: set[str]) -> None:
    member(web, kept, "gone")
    store = web.store()
    store.invite_user(User("waiting", "head", frozenset({"hall"})), "admin", NOW)
    store.disable_user("gone", "admin", NOW)
    store.close()
    page = web.page("/users", "admin", lang="en", **asked)
    assert set(re.findall(r'<a href="/users/([^"]+)">', page.text)) == found
    assert ("Nobody was found." in page.text) == (not found)


# ── in the browser ──────────────────────────────────────────────────────────────────────


def test_an_administrator_invites_a_head_who_signs_in_and_sees_his_office(web: World) -> None:
    url = str(web.client.base_url).rstrip("/")
    with chromium() as browser:
        page = signed_in(browser, url, "admin", PASSWORD)
        page.goto(f"{url}/users?lang=en")
        page.fill("#login", "ona.kazlauskienė")
        page.check("#office-north")
        page.click("form.form button")
        link = page.text_content("#link")
        assert link
        fresh = browser.new_context(viewport={"width": 390, "height": 800}).new_page()
        fresh.goto(link)
        fresh.fill("#new", CHOSEN)
        fresh.fill("#again", CHOSEN)
        fresh.click("main button")
        fresh.wait_for_url("**/offices/north")
        page.goto(f"{url}/users/ona.kazlauskienė?lang=en")
        assert "in 1 browser" in (page.text_content("main") or "")
