"""The JSON API: scores by every dimension, lists, errors as problem details, health and metrics."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.collector.web_world import World, world


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(installed, tmp_path_factory.mktemp("web")) as made:
        yield made


def by(rows: list[dict[str, Any]], *dimensions: str) -> dict[Any, int]:
    """n by the values of some dimensions."""
    keys = [tuple(row[name] for name in dimensions) for row in rows]
    assert len(set(keys)) == len(keys), "one row a combination"
    return {key if len(key) > 1 else key[0]: row["n"] for key, row in zip(keys, rows, strict=True)}


# ── scores ──────────────────────────────────────────────────────────────────────────────


def test_the_answer_has_the_contracts_fields(web: World) -> None:
    answer = web.api("/scores", **{"from": "2026-11-01", "to": "2026-11-21", "by": "office", "office": "hall"}).json()
    assert {key: answer[key] for key in ("metric", "from", "to")} == {"metric": 1, "from": "2026-11-01", "to": "2026-11-21"}
    (row,) = answer["rows"]
    assert row["office"] == "hall"
    assert (row["question"], row["scale"], row["n"], row["flagged"]) == ("overall", "smiley5", 13, 2)
    assert row["distribution"] == {"1": 0, "2": 1, "3": 1, "4": 3, "5": 8}
    assert row["csat"]["value"] == pytest.approx(11 / 13)
    assert 0 < row["csat"]["low"] < row["csat"]["value"] < row["csat"]["high"] < 1
    assert row["index"] == pytest.approx((25 + 50 + 3 * 75 + 8 * 100) / 13)
    assert (row["nps"], row["suppressed"]) == (None, False)
    assert set(row) == {"office", "question", "scale", "n", "flagged", "distribution", "csat", "index", "nps", "suppressed"}


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        ("office", {"hall": 13, "north": 4}),
        ("service", {"residence-declaration": 10, "social-benefits": 7}),
        ("day", {"2026-11-20": 10, "2026-11-21": 7}),
        ("week", {"2026-W47": 17}),
        ("month", {"2026-11": 17}),
        ("hour", {9: 3, 10: 3, 11: 11}),
        ("question", {"advise": 3, "overall": 17}),
    ],
)
def test_by_every_dimension(web: World, dimension: str, expected: dict[Any, int]) -> None:
    assert by(web.scores(by=dimension), dimension) == expected


def test_by_several_dimensions(web: World) -> None:
    rows = web.scores(by=["office", "day", "question"])
    assert by(rows, "office", "day", "question") == {
        ("hall", "2026-11-20", "overall"): 10,
        ("hall", "2026-11-21", "overall"): 3,
        ("hall", "2026-11-21", "advise"): 3,
        ("north", "2026-11-21", "overall"): 4,
    }
    assert by(web.scores(by=["day", "day"]), "day") == {"2026-11-20": 10, "2026-11-21": 7}


def test_without_a_dimension_there_is_one_row_of_the_main_question(web: World) -> None:
    assert by(web.scores(), "question") == {"overall": 17}


def test_a_question_named_is_scored_on_its_own_scale(web: World) -> None:
    (row,) = web.scores("head-hall", question="advise")
    assert (row["scale"], row["n"], row["csat"]) == ("nps11", 3, None)
    assert set(row["distribution"]) == {str(value) for value in range(11)}


def test_from_and_to_are_both_included_and_may_be_left_out(web: World) -> None:
    def n(**span: str) -> int:
        return sum(row["n"] for row in web.scores(**{key.rstrip("_"): day for key, day in span.items()}))

    assert n(from_="2026-11-20", to="2026-11-20") == 10
    assert n(from_="2026-11-20", to="2026-11-21") == 17
    assert n(from_="2026-11-21") == 7
    assert n(to="2026-11-20") == 10
    assert n(from_="2026-11-22") == n(to="2026-11-19") == 0


def test_a_day_without_ratings_is_absent(web: World) -> None:
    span = {"from": "2026-11-01", "to": "2026-11-30"}
    assert [row["day"] for row in web.scores(by="day", **span)] == ["2026-11-20", "2026-11-21"]
    assert web.scores(office="hall", service="archive") == []


def test_filters_by_office_and_service_may_be_repeated(web: World) -> None:
    assert by(web.scores(office=["hall", "north"], by="office"), "office") == {"hall": 13, "north": 4}
    assert by(web.scores(office="north", by="office"), "office") == {"north": 4}
    assert by(web.scores(service="social-benefits", by="office"), "office") == {"hall": 3, "north": 4}
    assert web.scores(office="", service="", question="") == web.scores(), "a parameter without a value asks for all"
    assert web.scores(office="nowhere") == []


def test_raw_counts_the_flagged_too(web: World) -> None:
    (raw,) = web.scores(office="hall", raw=1)
    assert (raw["n"], raw["flagged"], raw["distribution"]["1"]) == (15, 2, 1)
    assert web.scores(office="hall", raw=0) == web.scores(office="hall")


def test_below_ten_whoever_stands_outside_sees_only_n(web: World) -> None:
    for login in ("admin", "analyst", "auditor"):
        (row,) = web.scores(login, office="north")
        assert (row["n"], row["suppressed"]) == (4, True)
        assert (row["distribution"], row["csat"], row["index"], row["nps"]) == (None,) * 4


def test_below_ten_the_offices_own_head_sees_the_distribution_and_no_percentage(web: World) -> None:
    (row,) = web.scores("head-north")
    assert (row["n"], row["suppressed"], row["distribution"]["1"]) == (4, False, 4)
    assert (row["csat"], row["index"], row["nps"]) == (None,) * 3


def test_a_head_sees_his_offices_and_no_other(web: World) -> None:
    assert by(web.scores("head-hall", by="office"), "office") == {"hall": 13}
    assert by(web.scores("head-north", by="office"), "office") == {"north": 4}
    assert by(web.scores("head-both", by="office"), "office") == {"hall": 13, "north": 4}
    assert web.scores("head-none", by="office") == []
    assert web.scores("head-north", office="hall") == []
    assert by(web.scores("head-north", office=["hall", "north"], by="office"), "office") == {"north": 4}
    assert by(web.scores("head-north", by=["day", "service"]), "day", "service") == {("2026-11-21", "social-benefits"): 4}


# ── problems ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "params",
    [
        {"by": "counter"},
        {"by": "kiosk"},
        {"from": "yesterday"},
        {"from": "2026-02-30"},
        {"from": "2026-11-21", "to": "2026-11-20"},
        {"raw": "2"},
        {"raw": "yes"},
        {"offce": "hall"},
        {"form": "2026-11-20"},
    ],
    ids=str,
)
def test_a_parameter_that_makes_no_sense_is_a_problem_and_not_ignored(web: World, params: dict[str, str]) -> None:
    answer = web.api("/scores", **params)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["type"]) == (422, "about:blank")
    assert set(problem) == {"type", "title", "status", "detail"}
    assert problem["detail"].endswith(".")


def test_an_unknown_path_is_a_problem(web: World) -> None:
    answer = web.api("/nothing")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["status"] == 404


def test_a_fault_of_ours_is_a_problem_without_its_inside(web: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("collector.store.sqlite.SqliteStore.offices", fail)
    answer = web.api("/offices")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text


# ── lists ───────────────────────────────────────────────────────────────────────────────


def test_offices(web: World) -> None:
    rows = web.api("/offices").json()["rows"]
    assert [row["id"] for row in rows] == ["hall", "north"]
    assert rows[0]["timezone"] == "Europe/Vilnius"
    assert rows[0]["name"]["en"] == "Citizens' hall"
    assert rows[0]["institution"]["id"] == "city"
    assert set(rows[0]) == {"id", "name", "timezone", "hours", "institution"}
    assert [row["id"] for row in web.api("/offices", "head-north").json()["rows"]] == ["north"]
    assert web.api("/offices", "head-none").json() == {"rows": []}


def test_services_are_public_and_their_offices_are_not(web: World) -> None:
    where = {row["id"]: row["offices"] for row in web.api("/services").json()["rows"]}
    assert where == {"residence-declaration": ["hall"], "social-benefits": ["hall", "north"], "archive": []}
    where = {row["id"]: row["offices"] for row in web.api("/services", "head-north").json()["rows"]}
    assert where == {"residence-declaration": [], "social-benefits": ["north"], "archive": []}


def test_kiosks_and_the_counter_for_admins_only(web: World) -> None:
    rows = {row["id"]: row for row in web.api("/kiosks").json()["rows"]}
    assert sorted(rows) == ["hall-1", "hall-2", "hall-3", "hall-4", "north-1"]
    one = rows["hall-1"]
    assert (one["office"], one["counter"], one["status"], one["state"], one["health"]) == (
        "hall",
        "hall-window",
        "active",
        "unknown",
        None,
    )
    assert one["wanted_config"].startswith("1-")
    for login in ("head-north", "analyst", "auditor"):
        assert all("counter" not in row for row in web.api("/kiosks", login).json()["rows"])
    assert [row["id"] for row in web.api("/kiosks", "head-north").json()["rows"]] == ["north-1"]


@pytest.mark.parametrize("login", ["admin", "auditor"])
def test_quarantine_and_accounting(web: World, login: str) -> None:
    event, message = sorted(web.api("/quarantine", login).json()["rows"], key=lambda row: row["kiosk"])
    assert (event["kiosk"], event["seq"], event["times"]) == ("hall-1", 21, 1)
    assert event["reason"] == "value 9 is off the scale 1–5"
    assert (message["kiosk"], message["seq"], message["payload"]) == ("north-1", 0, "junk")
    assert set(event) == {"id", "kiosk", "stream", "seq", "reason", "payload", "times", "first_at", "last_at"}
    rows = {row["kiosk"]: row for row in web.api("/accounting", login).json()["rows"]}
    names = ["kiosk", "stream", "claimed", "stored", "quarantined", "late", "pending", "lost", "at_risk", "unexplained"]
    assert list(rows["hall-1"]) == names
    assert list(rows["hall-1"].values())[2:] == [21, 20, 1, 0, 0, 0, 0, 0]
    assert list(rows["north-1"].values())[2:] == [6, 6, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("path", ["/quarantine", "/accounting"])
@pytest.mark.parametrize("login", ["analyst", "head-hall", "head-both"])
def test_the_fleets_lists_are_for_admins_and_auditors(web: World, path: str, login: str) -> None:
    answer = web.api(path, login)
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    assert answer.json() == {
        "type": "about:blank",
        "title": "Forbidden",
        "status": 403,
        "detail": "Only admins and auditors may see this.",
    }


# ── operation ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_health_and_metrics_need_no_token(web: World, prefix: str) -> None:
    assert (web.client.get(f"{prefix}/healthz").status_code, web.client.get(f"{prefix}/healthz").json()) == (
        200,
        {"status": "ok"},
    )
    ready = web.client.get(f"{prefix}/readyz")
    assert (ready.status_code, ready.json()["detail"]) == (503, "The broker is not connected.")
    metrics = web.client.get(f"{prefix}/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    lines = dict(line.rsplit(" ", 1) for line in metrics.text.splitlines() if not line.startswith("#"))
    assert float(lines["nuomone_events_stored"]) == 26
    assert float(lines["nuomone_events_quarantined"]) == 1
    assert float(lines["nuomone_events_unexplained"]) == 0
    assert float(lines["nuomone_broker_connected"]) == 0


def test_a_store_that_cannot_be_used_is_not_ready(web: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.store.sqlite.SqliteStore.is_ready", lambda _: False)
    answer = web.client.get("/readyz")
    assert (answer.status_code, answer.json()["detail"]) == (503, "The store cannot be written.")


def test_the_api_describes_itself(web: World) -> None:
    described = web.client.get("/api/v1/openapi.json").json()
    paths = {
        "/api/v1/" + name
        for name in ("scores", "offices", "services", "kiosks", "quarantine", "accounting", "healthz", "readyz", "metrics")
    }
    assert paths <= set(described["paths"])


def test_every_answer_forbids_foreign_scripts_and_frames(web: World) -> None:
    for answer in (web.api("/offices"), web.page("/sign-in"), web.api("/nothing"), web.client.get("/healthz")):
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
