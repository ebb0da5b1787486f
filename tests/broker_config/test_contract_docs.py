"""CONTRACT.md and asyncapi.yaml say what the code does, and what they show works."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import TypeAdapter

from broker_config import contract_docs, messages, topics
from broker_config.contract_asyncapi import asyncapi
from broker_config.contract_examples import CONFIG, EXAMPLES
from broker_config.contract_meanings import MEANINGS
from broker_config.contract_schemas import REF, schemas
from broker_config.messages import Batch, Receipt
from broker_config.mosquitto import Mosquitto
from tests.broker_config.conftest import COLLECTOR, KIOSK
from tests.brokers import client, wait_for

TESTS = Path(__file__).parents[1]
SPECS = Path(os.environ.get("ASYNCAPI_SPECS", TESTS / "node_modules" / "@asyncapi" / "specs"))


def test_the_generated_files_are_up_to_date() -> None:
    assert contract_docs.stale() == [], "run: nuomone-broker docs"


def test_the_check_fails_with_one_sentence_when_they_drift(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(contract_docs, "FOLDER", tmp_path)
    assert contract_docs.stale() == ["CONTRACT.md", "asyncapi.yaml"]
    contract_docs.write()
    assert contract_docs.stale() == []
    (tmp_path / "CONTRACT.md").write_text("old")
    assert contract_docs.stale() == ["CONTRACT.md"]


def test_asyncapi_is_valid_by_the_official_schema() -> None:
    file = SPECS / "schemas" / "3.0.0-without-$id.json"
    if not file.is_file() and not os.environ.get("CI"):
        pytest.skip("the official schema is not here: npm ci --prefix tests")
    document = yaml.safe_load((contract_docs.FOLDER / "asyncapi.yaml").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(json.loads(file.read_text(encoding="utf-8"))).validate(document)


def test_every_reference_in_asyncapi_leads_somewhere() -> None:
    document = asyncapi()
    references = re.findall(r'"\$ref": "(#/[^"]+)"', json.dumps(document))
    assert references
    for reference in references:
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_read_by_its_model_and_its_schema(name: str) -> None:
    example = json.dumps(EXAMPLES[name])
    model = TypeAdapter(getattr(messages, name)).validate_json(example)
    assert json.loads(model.wire()) == EXAMPLES[name]
    components = {"components": {"schemas": schemas()}}
    jsonschema.Draft7Validator({"$ref": f"{REF}{name}", **components}).validate(EXAMPLES[name])


def test_every_field_has_a_meaning() -> None:
    assert {name: {*schema["properties"]} for name, schema in schemas().items()} == {n: {*m} for n, m in MEANINGS.items()}


def test_every_json_block_of_the_page_is_an_example() -> None:
    blocks = re.findall(r"```json\n(.*?)```", contract_docs.contract(), re.DOTALL)
    assert [json.loads(block) for block in blocks] == [
        EXAMPLES[name] for name in re.findall(r"^### (\w+)$", contract_docs.contract(), re.MULTILINE) if name in EXAMPLES
    ]
    assert len(blocks) == len(EXAMPLES)


def test_links_in_the_page_lead_somewhere() -> None:
    page = contract_docs.contract()
    headings = {heading.lower() for heading in re.findall(r"^#+ (\w+)$", page, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= headings


def test_the_kiosk_in_shell_delivers_its_answer(real_broker: Mosquitto, tmp_path: Path) -> None:
    script = re.findall(r"```sh\n(.*?)```", contract_docs.contract(), re.DOTALL)[0]
    (tmp_path / "kiosk.sh").write_text(script)
    here = {"KIOSK": KIOSK.id, "PASSWORD": KIOSK.password, "PORT": str(real_broker.port)}
    with client(real_broker, COLLECTOR) as collector:
        collector.subscribe(topics.ALL_EVENTS)
        collector.publish(topics.config(KIOSK.id), json.dumps(CONFIG), retain=True)
        collector.publish(topics.collector_state(COLLECTOR.id), '{"state":"online"}', retain=True)
        for number in (1, 2):
            kiosk = subprocess.Popen(["sh", "kiosk.sh", "4"], cwd=tmp_path, env=os.environ | here)
            wait_for(lambda number=number: len(collector.received) >= number, 10)
            batch = Batch.model_validate_json(collector.received[-1].payload)
            assert (batch.config, [event.seq for event in batch.events]) == (CONFIG["config"], [number])
            receipt = Receipt(stream=batch.stream, through=number, now=datetime.now(UTC))
            collector.publish(topics.receipt(KIOSK.id), receipt.wire(), retain=True)
            assert kiosk.wait(10) == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["render", "x", "--identities", "missing.json"],
            "The identities cannot be read from missing.json: No such file or directory.",
        ),
        (["run", "nowhere"], "nowhere holds no mosquitto.conf: write one with nuomone-broker render."),
        (["embedded", "--identities", "bad.json"], "bad.json is not a list of identities: 0.role: Input should be"),
    ],
)
def test_mistakes_are_answered_with_one_sentence(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    (tmp_path / "bad.json").write_text('[{"role": "king", "id": "a", "password": "hidden word"}]')
    command = [sys.executable, "-m", "broker_config", *arguments]
    here = os.environ | {"PYTHONPATH": str(TESTS.parent)}
    ended = subprocess.run(command, cwd=tmp_path, env=here, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"nuomone-broker: {sentence}")
    assert ended.stderr.count("\n") == 1
    assert "hidden word" not in ended.stderr
