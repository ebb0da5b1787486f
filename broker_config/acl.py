"""Who may publish and who may read what: one table for every broker.

The table is written with the placeholder `%id` for the client's own identity. Every
registered identity gets its own explicit lines, made from its role; nothing is granted to
"whoever is logged in". Mosquitto's `pattern … %u` would be shorter, but a pattern holds for
every user: an observer called `hall-2` could then publish as the kiosk `hall-2`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from broker_config import topics

Role = Literal["kiosk", "collector", "observer", "queue"]
PLACEHOLDER = "%id"


class BrokerError(RuntimeError):
    """Something a person can mend; the message is one sentence for that person."""


class RefusedError(BrokerError):
    """What was asked for is not to be had: the same question will get the same answer."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Topics a role may publish to, and topic filters it may subscribe to and receive."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]


def _own(owner: str, *kinds: str) -> tuple[str, ...]:
    return tuple(f"{topics.ROOT}/{owner}/{PLACEHOLDER}/{kind}" for kind in kinds)


def _every(owner: str, *kinds: str) -> tuple[str, ...]:
    return tuple(f"{topics.ROOT}/{owner}/+/{kind}" for kind in kinds)


RULES: dict[Role, Rules] = {
    "kiosk": Rules(
        publish=_own("kiosk", "events", "state", "health", "reply"),
        subscribe=(*_own("kiosk", "receipt", "config", "command", "prompt", "state"), topics.ALL_COLLECTOR_STATES),
    ),
    # A collector may write a kiosk's state, so that the retained one of a retired kiosk can be cleared.
    "collector": Rules(
        publish=(
            *_every("kiosk", "receipt", "config", "command", "prompt", "state"),
            *_every("office", "score"),
            *_own("collector", "state"),
        ),
        subscribe=(
            topics.ALL_EVENTS,
            topics.ALL_KIOSK_STATES,
            topics.ALL_HEALTH,
            topics.ALL_REPLIES,
            topics.ALL_VISITS,
            topics.ALL_COLLECTOR_STATES,
            topics.ALL_SCORES,
        ),
    ),
    "observer": Rules(publish=(), subscribe=(topics.ALL_SCORES, topics.ALL_COLLECTOR_STATES, topics.ALL_KIOSK_STATES)),
    "queue": Rules(publish=_own("queue", "visits"), subscribe=(topics.ALL_COLLECTOR_STATES,)),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who may connect. The user name is `id`: a kiosk's is its kiosk id, a collector's its collector id.

    By password, or by certificate: `ca`, `certificate` and `key` are files. The broker itself needs neither to know what
    somebody with a certificate may do.
    """

    role: Role
    id: str
    password: str = field(default="", repr=False)
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def __post_init__(self) -> None:
        if not topics.is_identifier(self.id):
            raise ValueError(f"{self.id!r} is not an identifier: use a-z, 0-9 and '-', at most 40")

    @property
    def publish(self) -> tuple[str, ...]:
        return tuple(pattern.replace(PLACEHOLDER, self.id) for pattern in RULES[self.role].publish)

    @property
    def subscribe(self) -> tuple[str, ...]:
        return tuple(pattern.replace(PLACEHOLDER, self.id) for pattern in RULES[self.role].subscribe)

    def may_publish(self, topic: str) -> bool:
        return any(_covers(pattern, topic) for pattern in self.publish)

    def may_subscribe(self, wanted: str) -> bool:
        """True when everything that the filter `wanted` could match may be read; `$share/{group}/` is looked through."""
        if wanted.startswith("$share/"):
            wanted = wanted.split("/", 2)[-1]
        return any(_covers(pattern, wanted) for pattern in self.subscribe)


def _covers(pattern: str, wanted: str) -> bool:
    """Level by level; the table never uses `#`, and a `#` that is asked for is never covered."""
    allowed, asked = pattern.split("/"), wanted.split("/")
    return len(allowed) == len(asked) and all(a == b or (a == "+" and b != "#") for a, b in zip(allowed, asked, strict=True))


_IDENTITIES = TypeAdapter(tuple[Identity, ...])


def read_identities(path: Path) -> tuple[Identity, ...]:
    """`[{"role": "kiosk", "id": "hall-1", "password": "…"}]`, or with `ca`, `certificate` and `key` in place of the password.

    Files are looked for beside `path`. Raises BrokerError when it is missing or wrong.
    """
    try:
        return unique(_complete(identity, path) for identity in _IDENTITIES.validate_json(path.read_bytes()))
    except OSError as error:
        raise BrokerError(f"The identities cannot be read from {path}: {error.strerror}.") from error
    except ValidationError as error:
        # Never the input itself: it holds passwords.
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BrokerError(f"{path} is not a list of identities: {where}: {first['msg']}.") from error


def _complete(identity: Identity, path: Path) -> Identity:
    files = (identity.ca, identity.certificate, identity.key)
    if all(files):
        ca, certificate, key = (path.parent / file for file in files if file)
        return replace(identity, ca=ca, certificate=certificate, key=key)
    if any(files):
        raise BrokerError(f"{identity.id} in {path} needs all three of ca, certificate and key.")
    if not identity.password:
        raise BrokerError(f"{identity.id} in {path} has no password, and no certificate.")
    return identity


def identities_json(identities: Iterable[Identity]) -> str:
    """What `read_identities` reads. It holds passwords: write it where only its owner can read."""
    return json.dumps([_described(identity) for identity in identities], indent=1) + "\n"


def _described(identity: Identity) -> dict[str, str]:
    files = {"ca": identity.ca, "certificate": identity.certificate, "key": identity.key}
    how = {"password": identity.password} if identity.password else {name: str(file) for name, file in files.items() if file}
    return {"role": identity.role, "id": identity.id, **how}


def unique(identities: Iterable[Identity]) -> tuple[Identity, ...]:
    """The same identities; raises BrokerError when two share a user name, whatever their roles."""
    known: dict[str, Identity] = {}
    for identity in identities:
        if known.setdefault(identity.id, identity) is not identity:
            raise BrokerError(f"Two identities are called {identity.id}: a user name belongs to one of them only.")
    return tuple(known.values())
