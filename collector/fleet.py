"""Configurations out; presence, health and replies in. Runs in the ingest process."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from pydantic import ValidationError

from broker_config import topics
from broker_config.messages import Health, KioskConfig, Reply, State
from collector.commanding import Commanding
from collector.rollouts import Pace
from collector.store.base import Recorded, Store, StoreError

log = structlog.get_logger()

LOOK_EVERY_S = 1.0

Publish = Callable[..., Any]


class Fleet:
    """Publishes what the catalogue wants and the broker does not hold yet."""

    def __init__(
        self,
        publish: Publish,
        store: Store,
        now: Callable[[], datetime],
        on_receipted_stream: Callable[[str, str], None] = lambda _kiosk, _stream: None,
        on_recorded: Callable[[Recorded], None] = lambda _recorded: None,
        on_replayed: Callable[[], None] = lambda: None,
        pace: Pace | None = None,
    ) -> None:
        self._publish, self._store, self._now = publish, store, now
        self._on_receipted_stream, self._on_recorded, self._on_replayed = on_receipted_stream, on_recorded, on_replayed
        self._commanding = Commanding(publish, store, now)
        self._replays = store.replays()
        self._pace, self._listening = pace or Pace(), now()
        self._published: dict[str, str] = {}
        self._cleared: set[str] = set()
        self._version = ""
        self._looked_at = 0.0

    def connected(self) -> None:
        """The broker may have lost what it retained: publish everything again."""
        self._published.clear()
        self._cleared.clear()
        self._listening = self._now()
        self._publish_configs()

    def tick(self, now: float) -> None:
        """See to roll-outs, and look for what the web wrote into the store, at most once a second. `now`: monotonic seconds."""
        if now - self._looked_at >= LOOK_EVERY_S:
            self._looked_at = now
            self._step_rollouts()
            if self._store.publishing_version() != self._version:
                self._publish_configs()
            self._commanding.tick()
            self._look_for_replays()

    def _look_for_replays(self) -> None:
        """Another process brought events out of quarantine: kiosks and offices hear where they stand now."""
        replays = self._store.replays()
        if replays != self._replays:
            self._replays = replays
            self._on_replayed()

    def receive(self, topic: topics.Topic, payload: bytes) -> None:
        """A kiosk's state, health or reply. What cannot be read changes nothing."""
        self._store.refresh()
        if topic.owner != "kiosk" or not payload or not self._store.is_active(topic.id):
            if topic.kind == "state" and payload and topic.id in self._cleared:
                self._clear(topic.id)  # the last will of a kiosk that was retired while it was connected
            return
        try:
            self._take(topic, payload)
        except ValidationError as error:
            log.warning("unreadable message", kiosk=topic.id, kind=topic.kind, error=error.errors()[0]["msg"])

    def _take(self, topic: topics.Topic, payload: bytes) -> None:
        if topic.kind == "health":
            health = Health.model_validate_json(payload)
            self._store.keep_health(topic.id, health, self._now())
            if health.through:
                self._on_receipted_stream(topic.id, health.stream)
        elif topic.kind == "state":
            state = State.model_validate_json(payload)
            self._store.keep_state(topic.id, state.state, state.session, self._now())
        elif topic.kind == "reply":
            self._reply(topic.id, Reply.model_validate_json(payload))

    def _reply(self, kiosk: str, reply: Reply) -> None:
        """A configuration applied teaches a restored collector what it lost; its votes come out of quarantine."""
        self._store.keep_reply(kiosk, reply.model_dump_json(exclude={"data"}), self._now())
        self._commanding.answered(kiosk, reply)
        if not reply.ok or not isinstance(reply.data, dict) or "questionnaire" not in reply.data:
            return
        config = KioskConfig.model_validate_json(json.dumps(reply.data))
        if config.kiosk == kiosk and self._store.relearn(config, self._now()):
            recorded = self._store.replay(self._now(), kiosk)
            self._on_recorded(recorded)
            log.info("configuration relearned from its kiosk", kiosk=kiosk, config=config.config, accepted=recorded.accepted)

    def _step_rollouts(self) -> None:
        try:
            self._store.step_rollouts(self._now(), self._listening, self._pace)
        except StoreError as error:
            log.warning("the roll-outs wait; trying again", error=str(error))

    def _publish_configs(self) -> None:
        """What is new only: of thousands of kiosks no payload is read twice."""
        self._version = self._store.publishing_version()
        wanted = self._store.wanted_ids()
        for kiosk, config in wanted.items():
            if self._published.get(kiosk) != config:
                self._publish(topics.config(kiosk), self._store.config_payload(kiosk, config).encode(), retain=True)
        for kiosk in self._published.keys() - wanted.keys():
            self._publish(topics.config(kiosk), b"", retain=True)
        self._published = wanted
        retired = self._store.retired_kiosks()
        for kiosk in retired - self._cleared:
            self._clear(kiosk)
        self._cleared = retired

    def _clear(self, kiosk: str) -> None:
        """The broker keeps nothing of a retired kiosk."""
        for topic in (topics.config(kiosk), topics.receipt(kiosk), topics.state(kiosk)):
            self._publish(topic, b"", retain=True)
