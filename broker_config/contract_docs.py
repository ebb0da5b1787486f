"""Writes CONTRACT.md and asyncapi.yaml from the code, and tells when they no longer agree with it."""

import json
from pathlib import Path
from typing import Any

import yaml

from broker_config import acl, messages, topics
from broker_config.contract_asyncapi import asyncapi
from broker_config.contract_channels import CHANNELS, Channel
from broker_config.contract_examples import EXAMPLES
from broker_config.contract_schemas import PATTERNS, event_names, fields, schemas
from broker_config.rendering import template

FOLDER = Path(__file__).parent


def render() -> dict[str, str]:
    """File name → text."""
    return {"CONTRACT.md": contract(), "asyncapi.yaml": _yaml(asyncapi())}


def stale() -> list[str]:
    """The files that are missing or differ from what the code says now."""
    return [name for name, text in render().items() if _read(FOLDER / name) != text]


def write() -> None:
    for name, text in render().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def contract() -> str:
    known = schemas()
    return template("CONTRACT.md").render(
        root=topics.ROOT,
        identifier=topics.IDENTIFIER,
        shared=topics.SHARED_EVENTS,
        channels=CHANNELS,
        payloads=[_payload(name, known, told) for channel in CHANNELS for name, told in _around(channel)],
        parts=[_payload(name, known) for name in known if name not in _told()],
        patterns={meaning: pattern for pattern, meaning in PATTERNS.items()},
        scales=messages.SCALES,
        rules=acl.RULES,
        limits=messages,
    )


def _around(channel: Channel) -> list[tuple[str, Channel | None]]:
    """A channel's payload; the events of a batch follow it."""
    name = channel.message.__name__
    events: list[tuple[str, Channel | None]] = [(event, None) for event in event_names()]
    return [(name, channel), *(events if name == "Batch" else [])]


def _told() -> set[str]:
    return {channel.message.__name__ for channel in CHANNELS} | set(event_names())


def _payload(name: str, known: dict[str, dict[str, Any]], channel: Channel | None = None) -> dict[str, Any]:
    example = EXAMPLES.get(name)
    return {
        "name": name,
        "channel": channel,
        "about": " ".join(known[name].get("description", "").split()),
        "fields": fields(name, known[name]),
        "example": json.dumps(example, ensure_ascii=False, indent=2) if example else "",
    }


def _yaml(document: dict[str, Any]) -> str:
    class Plain(yaml.SafeDumper):
        """Without anchors: each schema is written out where it stands."""

        def ignore_aliases(self, _: Any) -> bool:
            return True

    head = "# Written by `nuomone-broker docs` from the code: change the code, then write it again.\n"
    return head + yaml.dump(document, Dumper=Plain, sort_keys=False, allow_unicode=True, width=130)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
