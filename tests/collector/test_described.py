"""The API's description is right: every answer fits its schema, refusals too, and everybody can read it as a page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from axe_playwright_python.sync_playwright import Axe
from jsonschema import Draft202012Validator
from playwright.sync_api import Browser

from broker_config.messages import Health
from collector.web.api.described import by_tag
from tests.browsers import chromium
from tests.collector.deliveries import NOW
from tests.collector.web_world import World, world

GUARDED = ("/scores", "/offices", "/services", "/kiosks", "/quarantine", "/accounting")
OPEN = ("/healthz", "/readyz", "/metrics", "/authority")
PROGRAMS = ("/enrolment", "/renewal")

HEALTH = {
    "stream": "9f2c4be1d0a84f6e8a3b5c7d9e0f1a2b",
    "last_seq": 43,
    "through": 41,
    "pending": 2,
    "oldest": 1,
    "uptime_s": 3600,
    "version": "0.1.0",
    "config": "17-3f9a1c2e",
    "clock": {"synced": True, "offset_ms": None},
    "disk_free_mb": 5120,
    "screen": {"name": "rating", "frames": 900},
}


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(installed, tmp_path_factory.mktemp("described")) as made:
        store = made.store()
        store.keep_state("hall-1", "online", "5e55", NOW)
        store.close()
        yield made


@pytest.fixture(scope="module")
def described(web: World) -> dict[str, Any]:
    found: dict[str, Any] = web.client.get("/api/v1/openapi.json").json()
    return found


def closed(schema: Any) -> Any:
    """The same, with no field allowed that it does not name."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    return inner | {"additionalProperties": False} if "properties" in schema else inner


def check(described: dict[str, Any], answer: Any, path: str) -> None:
    """The answer's status, media type and body are those of the description."""
    said = described["paths"][f"/api/v1{path}"]["get"]["responses"][str(answer.status_code)]
    media = answer.headers["content-type"].split(";")[0]
    schema = closed(said["content"][media]["schema"]) | {"components": closed(described["components"])}
    Draft202012Validator(schema).validate(answer.json() if "json" in media else answer.text)


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize("login", ["admin", "auditor", "analyst", "head-hall", "head-none", ""])
def test_every_answer_fits_its_schema(web: World, described: dict[str, Any], path: str, login: str) -> None:
    answer = web.api(path, login)
    assert answer.status_code == (401 if not login else 200 if path not in GUARDED[4:] or login in ("admin", "auditor") else 403)
    check(described, answer, path)


@pytest.mark.parametrize("by", ["office", "service", "question", "day", "week", "month", "hour"])
def test_scores_by_every_dimension_fit_the_schema(web: World, described: dict[str, Any], by: str) -> None:
    check(described, web.api("/scores", by=by, raw=1), "/scores")
    check(described, web.api("/scores", question="advise", by=by), "/scores")


@pytest.mark.parametrize("path", OPEN)
def test_what_needs_no_token_says_so_and_fits_its_schema(web: World, described: dict[str, Any], path: str) -> None:
    assert "security" not in described["paths"][f"/api/v1{path}"]["get"]
    check(described, web.client.get(f"/api/v1{path}"), path)


def test_a_kiosks_health_fits_the_schema(web: World, described: dict[str, Any]) -> None:
    store = web.store()
    store.keep_health("hall-2", Health.model_validate(HEALTH), NOW)
    store.close()
    answer = web.api("/kiosks")
    check(described, answer, "/kiosks")
    (kiosk,) = [row for row in answer.json()["rows"] if row["id"] == "hall-2"]
    assert kiosk["health"] == HEALTH


@pytest.mark.parametrize("day", ["yesterday", "0", "20261121", "2026-11-31", "2026-11-21T00:00"])
def test_what_is_no_day_fits_the_described_problem(web: World, described: dict[str, Any], day: str) -> None:
    answer = web.api("/scores", **{"from": day})
    assert answer.status_code == 422
    check(described, answer, "/scores")


def test_an_answer_that_does_not_fit_would_be_noticed(web: World, described: dict[str, Any]) -> None:
    wrong = web.api("/offices")
    wrong._content = wrong.content.replace(b'"timezone"', b'"time_zone"')
    with pytest.raises(jsonschema.ValidationError):
        check(described, wrong, "/offices")


def test_a_token_or_a_session_opens_what_is_guarded(described: dict[str, Any]) -> None:
    schemes = described["components"]["securitySchemes"]
    assert (schemes["token"]["type"], schemes["token"]["scheme"]) == ("http", "bearer")
    assert (schemes["session"]["in"], schemes["session"]["name"]) == ("cookie", "nuomone_session")
    for path in GUARDED:
        assert described["paths"][f"/api/v1{path}"]["get"]["security"] == [{"token": []}, {"session": []}]


def test_no_list_is_without_a_shape(described: dict[str, Any]) -> None:
    """Every operation names the fields of its answer."""
    operations = [operation for some in by_tag(described).values() for operation in some]
    assert {operation.path for operation in operations} == {f"/api/v1{path}" for path in (*GUARDED, *OPEN, *PROGRAMS)}
    for operation in operations:
        names = [field.name for answer in operation.answers if answer.status == "200" for field in answer.fields]
        assert names or operation.path.endswith("/metrics")
        assert operation.text
    (scores,) = by_tag(described)["scores"]
    assert {"rows", "rows[].csat", "rows[].csat.low"} <= {field.name for field in scores.answers[0].fields}
    assert scores.query == "?from=2026-11-01&to=2026-11-21&by=office&by=day"
    assert [answer.status for answer in scores.answers] == ["200", "401", "422"]
    types = {field.name: field.type for field in scores.parameters}
    assert (types["raw"], types["from"], types["office"]) == ("integer, 0–1", "date or null", "array of string")


# ── the page ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("login", ["", "head-hall", "auditor"])
def test_everybody_may_read_the_page(web: World, login: str) -> None:
    page = web.page("/api/v1/docs", login)
    assert page.status_code == 200
    for path in (*GUARDED, *OPEN):
        assert f"GET /api/v1{path}" in page.text
    assert ("Atsijungti" in page.text) == bool(login)


def test_the_pages_example_is_an_answerable_request(web: World) -> None:
    page = web.page("/api/v1/docs", lang="en").text
    address = page.split("curl ")[1].split("&#34;")[3]
    assert address.endswith("/api/v1/scores?from=2026-11-01&amp;to=2026-11-21&amp;by=office&amp;by=day")
    path = address.partition("/api/v1")[2].replace("&amp;", "&")
    headers = {"Authorization": f"Bearer {web.tokens['head-hall']}"}
    assert web.client.get(f"/api/v1{path}", headers=headers).json()["rows"][0]["n"] == 10


def test_the_frame_of_the_page_is_in_both_languages(web: World) -> None:
    assert "Kaip gauti prieigos raktą" in web.page("/api/v1/docs", lang="lt").text
    assert "How to get a token" in web.page("/api/v1/docs", lang="en").text


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
def test_the_page_fits_the_screen_and_axe_finds_nothing(web: World, browser: Browser, width: int, scheme: Any) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    complaints = list[str]()
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(f"{web.client.base_url}/api/v1/docs?lang=lt")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page).response["violations"] == []
    assert complaints == []
