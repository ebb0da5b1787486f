"""Every page and list, asked for by everybody: owner, colleague of another office, stranger, nobody."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from collector.access import Viewer
from collector.web.charts import bundle
from tests.collector.deliveries import NOW
from tests.collector.routes import paths
from tests.collector.web_world import PASSWORD, USERS, World, world

LISTS = ("/scores", "/offices", "/services", "/kiosks", "/quarantine", "/accounting")
HALL_PAGES = (
    "/offices/hall",
    "/offices/hall/period",
    "/offices/hall/trend.svg",
    "/offices/hall/rhythm.json",
    "/offices/hall/comments",
    "/offices/hall/misuse",
)
OF_NORTH = ("north", "Šiaurės paslaptis", "Šiaurės seniūnija")


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(installed, tmp_path_factory.mktemp("web")) as made:
        yield made


def location(answer: object) -> str:
    return str(answer.headers["location"])  # type: ignore[attr-defined]


# ── the API ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", LISTS)
def test_nobody_and_a_stranger_are_refused_by_the_api(web: World, path: str) -> None:
    session, api = web.sessions["admin"], web.tokens["admin"]
    for headers in (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": f"Basic {api}"},
        {"Authorization": f"Bearer {session}"},
        {"Cookie": f"nuomone_session={api}"},
        {"Cookie": "nuomone_session=wrong"},
        {"Authorization": "Bearer wrong", "Cookie": f"nuomone_session={session}"},
    ):
        web.client.cookies.clear()
        answer = web.client.get(f"/api/v1{path}", headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), headers
        assert answer.headers["content-type"] == "application/problem+json"
        assert "hall" not in answer.text


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.login)
@pytest.mark.parametrize("path", LISTS)
def test_every_role_gets_its_lists_and_no_other_offices_data(web: World, user: object, path: str) -> None:
    login, role = user.login, user.role  # type: ignore[attr-defined]
    answer = web.api(path, login, **({"by": "office"} if path == "/scores" else {}))
    fleet = path in ("/quarantine", "/accounting")
    assert answer.status_code == (200 if role in ("admin", "auditor") or not fleet else 403)
    if role == "head":
        for office in {"hall", "north"} - user.offices:  # type: ignore[attr-defined]
            assert f'"{office}"' not in answer.text
            assert f'"{office}-' not in answer.text


def test_the_browsers_session_opens_the_api_too(web: World) -> None:
    web.client.cookies.clear()
    answer = web.client.get("/api/v1/offices", headers={"Cookie": f"nuomone_session={web.sessions['head-hall']}"})
    assert [row["id"] for row in answer.json()["rows"]] == ["hall"]


# ── pages ───────────────────────────────────────────────────────────────────────────────

# What each path answers to whom. Whoever adds a page adds a line: a path that no line matches fails below.
# `owner` heads the hall, `both` the hall and the north, `colleague` the north, `stranger` no office at all.
WHO = {
    "admin": "admin",
    "analyst": "analyst",
    "auditor": "auditor",
    "owner": "head-hall",
    "both": "head-both",
    "colleague": "head-north",
    "stranger": "head-none",
    "anonymous": "",
}
SIGN_IN = 303
ANYBODY = dict.fromkeys(WHO, 200)
USER = ANYBODY | {"anonymous": SIGN_IN}
OF_THE_HALL = USER | {"colleague": 404, "stranger": 404}
OVERSEER = dict.fromkeys(WHO, 403) | {"admin": 200, "auditor": 200, "anonymous": SIGN_IN}
ONWARD = dict.fromkeys(WHO, 303)
ADMIN = dict.fromkeys(WHO, 403) | {"admin": 200, "anonymous": SIGN_IN}
NOT_THERE = dict.fromkeys(WHO, 404)
NO_BROKER = dict.fromkeys(WHO, 503)


def api(answers: dict[str, int]) -> dict[str, int]:
    """The API sends nobody to sign in."""
    return answers | {"anonymous": 401}


MATRIX: tuple[tuple[str, dict[str, int]], ...] = (
    ("/", USER | {"owner": 303, "colleague": 303}),
    ("/offices/hall", OF_THE_HALL),
    ("/offices/hall?format=csv", OF_THE_HALL),
    ("/offices/hall/period", OF_THE_HALL),
    ("/offices/hall/period?format=csv", OF_THE_HALL),
    ("/offices/hall/trend.svg", OF_THE_HALL),
    ("/offices/hall/trend.json", OF_THE_HALL),
    ("/offices/hall/rhythm.svg", OF_THE_HALL),
    ("/offices/hall/rhythm.json", OF_THE_HALL),
    ("/offices/hall/comments", OF_THE_HALL),
    ("/offices/hall/misuse", OF_THE_HALL),
    ("/offices/hall/live", OF_THE_HALL),
    ("/live?office=hall", OF_THE_HALL),
    ("/offices", USER),
    ("/services", USER),
    ("/services/social-benefits", USER),
    ("/account", USER),
    ("/audit", OVERSEER),
    ("/audit?format=csv", OVERSEER),
    ("/fleet/new", ADMIN),
    ("/fleet/codes", ADMIN),
    ("/fleet/hall-1/settings", ADMIN),
    ("/fleet/hall-1/replace", ADMIN),
    ("/users", ADMIN),
    ("/users/head-hall", ADMIN),
    ("/invitation/never-given", NOT_THERE),
    ("/retention", ADMIN),
    ("/retention/city", ADMIN),
    ("/configurations", OVERSEER),
    ("/configurations/kiosks", OVERSEER),
    ("/configurations/kiosks?format=csv", OVERSEER),
    ("/configurations/1", OVERSEER | {"admin": 404, "auditor": 404}),
    ("/questionnaires", ADMIN),
    ("/questionnaires/core5/assign", ADMIN),
    ("/questionnaires/core5/1", ADMIN),
    ("/questionnaires/core5/1/publish", ADMIN | {"admin": 303}),  # published already: to the version itself
    ("/questionnaires/pictures/0123456789abcdef/rating-lt.png", ADMIN | {"admin": 404}),
    ("/sign-in", ANYBODY),
    ("/language/en", ONWARD),
    ("/fleet", OVERSEER),
    ("/fleet/hall-1", OVERSEER),
    ("/fleet/hall-1/commands/none/picture.jpg", ADMIN | {"admin": 404}),
    ("/fleet/hall-1/commands/none/log.txt", ADMIN | {"admin": 404}),
    ("/accounting", OVERSEER),
    ("/quarantine", OVERSEER),
    ("/static/style.css", ANYBODY),
    ("/healthz", ANYBODY),
    ("/readyz", NO_BROKER),
    ("/metrics", ANYBODY),
    ("/api/v1/openapi.json", ANYBODY),
    ("/api/v1/docs", ANYBODY),
    ("/api/v1/scores", api(USER)),
    ("/api/v1/offices", api(USER)),
    ("/api/v1/services", api(USER)),
    ("/api/v1/kiosks", api(USER)),
    ("/api/v1/quarantine", api(OVERSEER)),
    ("/api/v1/accounting", api(OVERSEER)),
    ("/api/v1/authority", NO_BROKER),
    ("/api/v1/healthz", ANYBODY),
    ("/api/v1/readyz", NO_BROKER),
    ("/api/v1/metrics", ANYBODY),
)
CELLS = [(path, who, status) for path, answers in MATRIX for who, status in answers.items()]


@pytest.mark.parametrize(("path", "who", "status"), CELLS, ids=str)
def test_every_page_answers_everybody_as_the_matrix_says(web: World, path: str, who: str, status: int) -> None:
    web.client.cookies.clear()
    session = web.sessions.get(WHO[who])
    headers = {"Accept": "text/html"} | ({"Cookie": f"nuomone_session={session}"} if session else {})
    with web.client.stream("GET", path, headers=headers, follow_redirects=False) as answer:
        assert answer.status_code == status
        if status == SIGN_IN and who == "anonymous" and "/language/" not in path:
            assert location(answer).startswith("/sign-in?next=")


def test_the_matrix_knows_every_page(web: World) -> None:
    """A page that is in no line of the matrix has not been tried by anybody."""
    tried = [urlsplit(path).path for path, _ in MATRIX]
    elsewhere = {bundle.URL}  # seconds to make, asked for in the tests of charts
    untried = {path for path, route in paths(web.app, "GET") if not any(map(route.match, tried))}
    assert untried == elsewhere


@pytest.mark.parametrize("path", ["/", *HALL_PAGES, "/offices/hall/live", "/account", "/audit"])
def test_nobody_is_sent_to_sign_in_and_back_again(web: World, path: str) -> None:
    for query in ("", "?lang=en&theme=dark"):
        answer = web.page(path + query)
        assert answer.status_code == 303
        there = urlsplit(location(answer))
        assert there.path == "/sign-in"
        assert parse_qs(there.query)["next"] == [path + query], "with the whole address"


@pytest.mark.parametrize("login", ["admin", "analyst", "auditor", "head-hall", "head-both"])
@pytest.mark.parametrize("path", HALL_PAGES)
def test_whoever_may_see_the_office_sees_its_pages(web: World, path: str, login: str) -> None:
    answer = web.page(path, login)
    assert answer.status_code == 200, answer.text[:300]
    assert "Šiaurės paslaptis" not in answer.text


@pytest.mark.parametrize("login", ["head-north", "head-none"])
@pytest.mark.parametrize("path", [*HALL_PAGES, "/offices/hall/live"])
def test_another_offices_head_does_not_even_learn_that_it_exists(web: World, path: str, login: str) -> None:
    there, nowhere = web.page(path, login), web.page(path.replace("hall", "nowhere"), login)
    assert there.status_code == nowhere.status_code == 404
    assert "Gyventojų aptarnavimo" not in there.text
    assert there.text.replace("hall", "") == nowhere.text.replace("nowhere", "")


def test_an_offices_page_has_nothing_of_another(web: World) -> None:
    page = web.page("/offices/hall", "head-hall").text
    assert "Salės žodžiai" in page
    assert not [text for text in OF_NORTH if text in page]


def test_the_start_page_offers_whats_allowed(web: World) -> None:
    assert location(web.page("/", "head-hall")) == "/offices/hall"
    assert location(web.page("/", "head-north")) == "/offices/north"
    for login in ("admin", "analyst", "auditor", "head-both"):
        page = web.page("/", login)
        assert page.status_code == 200
        assert "/offices/hall" in page.text
        assert "/offices/north" in page.text
    none = web.page("/", "head-none")
    assert none.status_code == 200
    assert "/offices/" not in none.text


def test_an_expired_session_is_nobodys(web: World) -> None:
    store = web.store()
    expired = store.grant("admin", "session", timedelta(0), NOW)
    store.close()
    web.client.cookies.clear()
    answer = web.client.get("/offices/hall", headers={"Cookie": f"nuomone_session={expired}"}, follow_redirects=False)
    assert answer.status_code == 303


def test_an_unknown_page_is_a_page_for_people(web: World) -> None:
    answer = web.page("/nothing", "admin")
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (404, "text/html")


def test_heads_and_admins_write_and_the_others_read() -> None:
    may = {user.login: {office for office in ("hall", "north") if Viewer.of(user).may_write(office)} for user in USERS}
    both = {"hall", "north"}
    assert may == {
        "admin": both,
        "analyst": set(),
        "auditor": set(),
        "head-both": both,
        "head-none": set(),
        "head-hall": {"hall"},
        "head-north": {"north"},
    }


# ── signing in and out ──────────────────────────────────────────────────────────────────


def sign_in(web: World, login: str = "head-hall", password: str = PASSWORD, next_: str = "/") -> object:
    web.client.cookies.clear()
    form = {"login": login, "password": password, "next": next_}
    return web.client.post("/sign-in", data=form, headers={"Accept": "text/html"}, follow_redirects=False)


def test_signing_in_gives_a_session_that_scripts_cannot_read(web: World) -> None:
    answer = sign_in(web, next_="/offices/hall?lang=en&theme=dark")
    assert answer.status_code == 303  # type: ignore[attr-defined]
    assert location(answer) == "/offices/hall?lang=en&theme=dark"
    cookie = answer.headers["set-cookie"].lower()  # type: ignore[attr-defined]
    assert cookie.startswith("nuomone_session=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert web.client.get("/offices/hall", follow_redirects=False).status_code == 200


def test_a_wrong_login_and_a_wrong_password_get_the_same_answer(web: World) -> None:
    wrong, unknown = sign_in(web, password="wrong"), sign_in(web, login="nobody")
    assert wrong.status_code == unknown.status_code == 401  # type: ignore[attr-defined]
    assert wrong.text == unknown.text  # type: ignore[attr-defined]
    assert "set-cookie" not in wrong.headers  # type: ignore[attr-defined]
    assert "head-hall" not in wrong.text  # type: ignore[attr-defined]
    assert sign_in(web, password="").status_code in (401, 422)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "away",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
        " //evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "https:evil.example",
    ],
)
def test_signing_in_leads_to_no_other_site(web: World, away: str) -> None:
    for answer in (sign_in(web, next_=away), web.client.get("/language/en", params={"next": away}, follow_redirects=False)):
        there = location(answer)
        assert there.startswith("/")
        assert not there.startswith(("//", "/\\"))
        assert not any(sign in there for sign in "\t\n\r\\")
    form = web.page("/sign-in", next=away).text
    assert 'value="https:' not in form
    assert 'value="//' not in form
    assert "javascript:" not in form


def test_a_form_puts_nothing_of_the_address_into_the_page_unescaped(web: World) -> None:
    page = web.page("/sign-in", next='/"><script>alert(1)</script>').text
    assert "<script>alert" not in page


def test_signing_out_ends_the_session_itself_and_not_only_the_cookie(web: World) -> None:
    sign_in(web)
    session = web.client.cookies["nuomone_session"]
    answer = web.post_as("/sign-out", session)
    assert (answer.status_code, location(answer)) == (303, "/sign-in")
    assert 'nuomone_session=""' in answer.headers["set-cookie"]
    again = web.client.get("/offices/hall", headers={"Cookie": f"nuomone_session={session}"}, follow_redirects=False)
    assert again.status_code == 303, "a kept cookie opens nothing"
    nobody = web.post_as("/sign-out", session)
    assert (nobody.status_code, location(nobody)) == (303, "/sign-in"), "and not back to what only a form may do"


def test_nobody_is_signed_out_by_a_picture(web: World) -> None:
    assert web.page("/sign-out", "head-hall").status_code == 405
