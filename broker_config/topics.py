"""Every topic of the contract: built here, parsed here, written nowhere else."""

import re
from dataclasses import dataclass
from functools import lru_cache

ROOT = "nuomone/v1"
IDENTIFIER = r"[a-z0-9][a-z0-9-]{0,39}"

_IDENTIFIER = re.compile(IDENTIFIER)
_KINDS = {
    "kiosk": {"events", "receipt", "state", "health", "config", "reply", "command", "prompt"},
    "queue": {"visits"},
    "office": {"score"},
    "collector": {"state"},
}

ALL_EVENTS = f"{ROOT}/kiosk/+/events"
ALL_KIOSK_STATES = f"{ROOT}/kiosk/+/state"
ALL_HEALTH = f"{ROOT}/kiosk/+/health"
ALL_REPLIES = f"{ROOT}/kiosk/+/reply"
ALL_VISITS = f"{ROOT}/queue/+/visits"
ALL_SCORES = f"{ROOT}/office/+/score"
ALL_COLLECTOR_STATES = f"{ROOT}/collector/+/state"
SHARED_GROUP = "collector"
SHARED_EVENTS = f"$share/{SHARED_GROUP}/{ALL_EVENTS}"
SHARED_VISITS = f"$share/{SHARED_GROUP}/{ALL_VISITS}"


@dataclass(frozen=True, slots=True)
class Topic:
    """A parsed topic: whose it is (`kiosk`, `queue`, `office`, `collector`), the id, and what it carries."""

    owner: str
    id: str
    kind: str


def events(kiosk: str) -> str:
    return _topic("kiosk", kiosk, "events")


def receipt(kiosk: str) -> str:
    return _topic("kiosk", kiosk, "receipt")


def state(kiosk: str) -> str:
    return _topic("kiosk", kiosk, "state")


def health(kiosk: str) -> str:
    return _topic("kiosk", kiosk, "health")


def config(kiosk: str) -> str:
    return _topic("kiosk", kiosk, "config")


def reply(kiosk: str) -> str:
    return _topic("kiosk", kiosk, "reply")


def command(kiosk: str) -> str:
    return _topic("kiosk", kiosk, "command")


def prompt(kiosk: str) -> str:
    return _topic("kiosk", kiosk, "prompt")


def visits(source: str) -> str:
    return _topic("queue", source, "visits")


def score(office: str) -> str:
    return _topic("office", office, "score")


def collector_state(collector: str) -> str:
    return _topic("collector", collector, "state")


def shared(group: str, wanted: str) -> str:
    """A filter whose messages each go to one of the group. Raises ValueError for a group that is no topic level."""
    if not is_identifier(group):
        raise ValueError(f"{group!r} is no name of a group: use a-z, 0-9 and '-', at most 40")
    return f"$share/{group}/{wanted}"


def is_identifier(text: str) -> bool:
    """True when `text` may stand as an id, a topic level and a broker identity."""
    return _IDENTIFIER.fullmatch(text) is not None


@lru_cache(maxsize=50_000)
def parse(topic: str) -> Topic | None:
    """The parts of a topic of this contract, or None for any other topic."""
    parts = topic.split("/")
    if len(parts) != 5 or "/".join(parts[:2]) != ROOT:
        return None
    owner, ident, kind = parts[2:]
    if kind not in _KINDS.get(owner, ()) or not is_identifier(ident):
        return None
    return Topic(owner, ident, kind)


def _topic(owner: str, ident: str, kind: str) -> str:
    if not is_identifier(ident):
        raise ValueError(f"{ident!r} is not an identifier: use a-z, 0-9 and '-', at most 40, starting with a letter or digit")
    return f"{ROOT}/{owner}/{ident}/{kind}"
