"""Commands out, answers in. Runs in the ingest process; the web writes what it wants into the store."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from broker_config import topics
from broker_config.messages import Reply
from collector.store.base import Store, StoreError

log = structlog.get_logger()

Publish = Callable[..., Any]
DAMAGED = "outbox"  # the id of a reply that answers nothing: the kiosk found its journal damaged


class Commanding:
    """Each command is published once, at QoS 0: what is not answered in time is over."""

    def __init__(self, publish: Publish, store: Store, now: Callable[[], datetime]) -> None:
        self._publish, self._store, self._now = publish, store, now

    def tick(self) -> None:
        """Publish what waits. It is marked before it goes out: a restart that is sent twice is worse than one that is not."""
        try:
            for kiosk, command in self._store.waiting_commands(self._now()):
                if self._store.mark_sent(command.id, self._now()):
                    self._publish(topics.command(kiosk), command.wire(), qos=0)
        except StoreError as error:
            log.warning("commands wait; trying again", error=str(error))

    def answered(self, kiosk: str, reply: Reply) -> None:
        """A reply may be the answer to a command, or tell of a damaged journal; anything else is not for here."""
        if reply.id == DAMAGED:
            self._store.note_kiosk(kiosk, "outbox", reply.detail[:300], self._now())
        else:
            self._store.keep_answer(kiosk, reply, self._now())
