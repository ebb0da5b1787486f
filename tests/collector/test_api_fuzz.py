"""Whatever a program asks of the API, and whoever asks: never a fault, and every answer is as the description says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from tests.collector.web_world import World, world

pytestmark = pytest.mark.timeout(90)  # two hundred answers and their schemas: seconds by themselves, not beside other tests

WHO = ("admin", "auditor", "analyst", "head-hall", "head-none", "nobody", "stranger")
OFTEN = settings(max_examples=12, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
FAR_OFTENER = settings(OFTEN, max_examples=400)
LEFT_OUT = [ignored_auth]  # nobody and a stranger ask here themselves
OPEN = {"GET /api/v1/healthz", "GET /api/v1/readyz", "GET /api/v1/metrics", "GET /api/v1/authority"}
NO_SIGNER = {"GET /api/v1/authority", "POST /api/v1/enrolment", "POST /api/v1/renewal"}  # there is none in this world


@pytest.fixture(scope="module")
def web(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(installed, tmp_path_factory.mktemp("api")) as made:
        yield made


def _fuzz(web: World, mode: GenerationMode, how_often: settings) -> dict[str, set[int]]:
    """Ask every operation as everybody, with what fits its description or with what does not; the statuses of the answers."""
    operations = [found.ok() for found in schemathesis.openapi.from_dict(web.app.openapi()).get_all_operations()]
    wrongly = mode is GenerationMode.NEGATIVE  # which is impossible where there is nothing to say
    return {one.label: _asked(web, one, mode, how_often) for one in operations if not wrongly or one.label not in OPEN}


def _asked(web: World, operation: Any, mode: GenerationMode, how_often: settings) -> set[int]:
    tokens = web.tokens | {"stranger": "no-such-token"}
    headers = {who: {"Authorization": f"Bearer {tokens[who]}"} if who in tokens else {} for who in WHO}
    statuses: set[int] = set()

    @how_often
    @given(case=operation.as_strategy(generation_mode=mode), who=st.sampled_from(WHO))
    def ask(case: Any, who: str) -> None:
        answer = case.call(base_url=str(web.client.base_url), headers=headers[who])
        statuses.add(answer.status_code)
        case.validate_response(answer, headers=headers[who], excluded_checks=[*LEFT_OUT, *_right(operation.path, answer)])

    ask()
    return statuses


def _right(path: str, answer: Any) -> list[Any]:
    """Checks that do not know: no broker and no signer is in reach here; that one day is after another no schema can say."""
    if answer.status_code == 503 and (path == "/api/v1/readyz" or any(path in label for label in NO_SIGNER)):
        return [not_a_server_error, positive_data_acceptance]
    if answer.status_code == 413:  # a refusal, too, which the check does not count as one
        return [negative_data_rejection]
    return [positive_data_acceptance] if "is after" in answer.text else []


def test_every_answer_is_as_described(web: World) -> None:
    seen = _fuzz(web, GenerationMode.POSITIVE, OFTEN)
    assert seen.pop("GET /api/v1/readyz") == {503}
    assert {status for label in NO_SIGNER for status in seen.pop(label)} == {503}
    assert {label for label, statuses in seen.items() if 200 not in statuses} == set()
    assert {label for label, statuses in seen.items() if 401 not in statuses} == OPEN - NO_SIGNER - {"GET /api/v1/readyz"}
    assert seen["GET /api/v1/accounting"] == seen["GET /api/v1/quarantine"] == {200, 401, 403}


def test_what_makes_no_sense_is_refused_as_described(web: World) -> None:
    seen = _fuzz(web, GenerationMode.NEGATIVE, OFTEN)
    assert 422 in seen["GET /api/v1/scores"]


@pytest.mark.proof
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_hundreds_of_answers_are_as_described(web: World, mode: GenerationMode) -> None:
    _fuzz(web, mode, FAR_OFTENER)
