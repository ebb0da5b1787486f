"""Topics are built and parsed in one place; an id is exactly one topic level."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_config import topics
from broker_config.acl import PLACEHOLDER, RULES
from broker_config.contract_channels import CHANNELS
from broker_config.topics import Topic

BUILDERS: list[tuple[Callable[[str], str], str, str]] = [
    (topics.events, "kiosk", "events"),
    (topics.receipt, "kiosk", "receipt"),
    (topics.state, "kiosk", "state"),
    (topics.health, "kiosk", "health"),
    (topics.config, "kiosk", "config"),
    (topics.reply, "kiosk", "reply"),
    (topics.command, "kiosk", "command"),
    (topics.prompt, "kiosk", "prompt"),
    (topics.visits, "queue", "visits"),
    (topics.score, "office", "score"),
    (topics.collector_state, "collector", "state"),
]
IDS = st.from_regex(topics.IDENTIFIER, fullmatch=True)


@pytest.mark.parametrize(("build", "owner", "kind"), BUILDERS)
@given(ident=IDS)
def test_a_built_topic_parses_to_its_parts(build: Callable[[str], str], owner: str, kind: str, ident: str) -> None:
    assert build(ident) == f"nuomone/v1/{owner}/{ident}/{kind}"
    assert topics.parse(build(ident)) == Topic(owner, ident, kind)


@pytest.mark.parametrize("ident", ["", "-a", "A", "a/b", "+", "#", "a b", "ą", "a_b", "a\n", "a\0", "a" * 41, "$share"])
def test_a_bad_id_builds_and_parses_nothing(ident: str) -> None:
    assert not topics.is_identifier(ident)
    assert topics.parse(f"nuomone/v1/kiosk/{ident}/events") is None
    for build, _, _ in BUILDERS:
        with pytest.raises(ValueError, match="is not an identifier"):
            build(ident)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "nuomone/v1",
        "nuomone/v1/kiosk/a",
        "nuomone/v1/kiosk/a/events/b",
        "nuomone/v2/kiosk/a/events",
        "/nuomone/v1/kiosk/a/events",
        "nuomone/v1/kiosk/a/score",
        "nuomone/v1/office/a/events",
        "nuomone/v1/clerk/a/state",
        topics.ALL_EVENTS,
        topics.SHARED_EVENTS,
    ],
)
def test_any_other_topic_is_none_of_ours(topic: str) -> None:
    assert topics.parse(topic) is None


@given(st.text())
def test_parsing_never_fails(topic: str) -> None:
    parsed = topics.parse(topic)
    assert parsed is None or topics.is_identifier(parsed.id)


def test_the_table_of_rights_names_real_topics_only() -> None:
    for rules in RULES.values():
        for pattern in (*rules.publish, *rules.subscribe):
            assert topics.parse(pattern.replace(PLACEHOLDER, "a").replace("+", "a")), pattern


def test_the_described_channels_are_the_topics() -> None:
    assert [(channel.owner, channel.kind) for channel in CHANNELS] == [(owner, kind) for _, owner, kind in BUILDERS]
