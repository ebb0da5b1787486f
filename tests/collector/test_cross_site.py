"""Nobody's browser is made to do here what another site wants."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browsers import chromium
from tests.collector.routes import paths
from tests.collector.web_world import PASSWORD, World, serving, world

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
FILLED = {
    "{office}": "hall",
    "{token_id}": "0123456789",
    "{ident}": "1",
    "{note}": "1",
    "{comment}": "1",
    "{kiosk}": "hall-1",
    "{login}": "head-hall",
    "{token}": "t",
    "{institution}": "city",
    "{rollout}": "1",
    "{questionnaire}": "core5",
    "{version}": "1",
}
# Programs send these, with what proves a kiosk: no session, so no form's token.
FOR_PROGRAMS = {"/api/v1/enrolment", "/api/v1/renewal"}
OF_NO_SESSION = ("/sign-in", "/invitation/{token}")  # nobody is signed in yet


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(installed, tmp_path_factory.mktemp("web")) as made:
        yield made


def unsafe(web: World) -> list[tuple[str, str]]:
    """Every method and path that may change something."""
    found = [(method, path) for method in UNSAFE for path, _ in paths(web.app, method)]
    assert {("POST", "/sign-in"), ("POST", "/sign-out"), ("POST", "/account/password")} <= set(found)
    return found


def address(path: str) -> str:
    for name, value in FILLED.items():
        path = path.replace(name, value)
    assert "{" not in path, f"say in FILLED what stands for the parameter in {path}"
    return path


def ask(web: World, method: str, path: str, **headers: str) -> int:
    web.client.cookies.clear()
    sent = {"Accept": "text/html", "Cookie": f"nuomone_session={web.sessions['admin']}"} | headers
    form = {"login": "admin", "password": PASSWORD}
    return web.client.request(method, address(path), data=form, headers=sent, follow_redirects=False).status_code


def test_every_form_is_refused_without_its_token(web: World) -> None:
    tried = {path: ask(web, method, path) for method, path in unsafe(web) if path not in OF_NO_SESSION}
    assert {tried.pop(path) for path in FOR_PROGRAMS} == {422}, "a form is nothing to them"
    assert set(tried.values()) == {403}, tried


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://["},
        {"Origin": "null", "Host": ""},
    ],
    ids=str,
)
def test_every_form_is_refused_from_another_site(web: World, headers: dict[str, str]) -> None:
    tried = {path: ask(web, method, path, **headers) for method, path in unsafe(web)}
    assert set(tried.values()) == {403}, tried


def test_signing_in_works_from_the_own_page_and_for_programs(web: World) -> None:
    own = str(web.client.base_url).rstrip("/")
    for headers in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": own}):
        assert ask(web, "POST", "/sign-in", Cookie="", **headers) == 303, headers


def test_another_session_token_or_an_api_token_sends_no_form(web: World) -> None:
    for headers in ({"Authorization": f"Bearer {web.tokens['admin']}"}, {"Cookie": f"nuomone_session={web.tokens['admin']}"}):
        answer = web.post("/account/tokens", "", headers=headers, label="x", days=30)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    other = web.post_as(
        "/account/tokens", web.sessions["analyst"], headers={"Cookie": f"nuomone_session={web.sessions['admin']}"}
    )
    assert other.status_code == 403, "a form of another session"


def test_a_page_of_another_site_cannot_sign_anybody_in(web: World) -> None:
    """In the browser itself: the form of a strange page is sent, and refused."""
    from fastapi import FastAPI
    from fastapi.responses import HTMLResponse

    strange = FastAPI()
    own = str(web.client.base_url).rstrip("/")
    fields = f'<input name="login" value="admin"><input name="password" value="{PASSWORD}">'
    form = f'<form method="post" action="{own}/sign-in">{fields}<button>Win</button></form>'
    strange.get("/")(lambda: HTMLResponse(form))
    with serving(strange) as url, chromium() as browser:
        page = browser.new_page()
        page.goto(url.replace("127.0.0.1", "localhost"))
        with page.expect_response("**/sign-in") as answered:
            page.click("button")
        assert answered.value.status == 403
        assert not page.context.cookies()
