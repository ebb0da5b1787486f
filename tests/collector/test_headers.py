"""What every answer says to the browser, faults, files and streams too."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from collector.store.sqlite import SqliteStore
from tests.collector.web_world import World, world

ALWAYS = {
    "content-security-policy": (
        "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
ASKED = {
    "/account": 200,
    "/offices/hall": 200,
    "/offices/hall/trend.svg": 200,
    "/offices/hall/live": 200,
    "/nothing": 404,
    "/sign-out": 405,
    "/audit": 403,
    "/sign-in": 200,
    "/language/en": 303,
    "/static/style.css": 200,
    "/static/nothing.css": 404,
    "/api/v1/scores": 200,
    "/api/v1/scores?from=no": 422,
    "/api/v1/openapi.json": 200,
    "/healthz": 200,
    "/metrics": 200,
}


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(installed, tmp_path_factory.mktemp("web")) as made:
        yield made


def ask(web: World, path: str, **headers: str) -> httpx.Response:
    """The answer's head; the body of a stream is not waited for."""
    web.client.cookies.clear()
    sent = {"Accept": "text/html", "Cookie": f"nuomone_session={web.sessions['head-hall']}"} | headers
    with web.client.stream("GET", path, headers=sent, follow_redirects=False) as answer:
        return answer


@pytest.mark.parametrize(("path", "status"), ASKED.items(), ids=str)
def test_every_answer_has_the_headers(web: World, path: str, status: int) -> None:
    answer = ask(web, path)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    features = dict(part.split("=") for part in answer.headers["permissions-policy"].split(", "))
    assert {"camera", "microphone", "geolocation"} <= set(features)
    assert set(features.values()) == {"()"}, "none is on"
    assert "strict-transport-security" not in answer.headers, "a browser must not hold the demo to HTTPS"
    kept = {"/static/style.css": "public, max-age=300", "/offices/hall/trend.svg": "private, max-age=60"}
    assert answer.headers["cache-control"] == kept.get(path, "no-store")


def test_a_fault_has_them_too(web: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(SqliteStore, "service_names", broken)
    answer = ask(web, "/offices/hall")
    assert answer.status_code == 500
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    assert answer.headers["cache-control"] == "no-store"


def test_https_once_is_https_for_a_year(web: World) -> None:
    assert ask(web, "/sign-in", **{"X-Forwarded-Proto": "https"}).headers["strict-transport-security"] == "max-age=31536000"


def test_a_static_file_is_not_sent_twice(web: World) -> None:
    tag = ask(web, "/static/style.css").headers["etag"]
    again = ask(web, "/static/style.css", **{"If-None-Match": tag})
    assert (again.status_code, again.headers["cache-control"]) == (304, "public, max-age=300")


def test_a_body_beyond_all_forms_is_not_read(web: World) -> None:
    web.client.cookies.clear()
    answer = web.client.post("/sign-in", data={"login": "admin", "password": "x" * 70_000})
    assert answer.status_code == 413


@pytest.mark.parametrize("host", ["[", "a b", "evil.example:port", "", "evil.example"])
def test_a_strange_host_is_no_fault(web: World, host: str) -> None:
    assert ask(web, "/sign-in", Host=host).status_code < 500
