"""A queue system tells that a visit ended: tallied without a trace of it, and the counter's kiosks are woken."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from broker_config import topics
from broker_config.messages import Prompt, QueueVisit
from collector.intake import EARLIEST, latest_moment, unreadable
from collector.localtime import local
from collector.store.base import Store

PROMPT_S = 60.0
DAY_S = 86_400

Publish = Callable[..., Any]


class QueueVisits:
    """Visits are kept as (office, service, day, hour) → how many and how long: no ticket can be joined to a rating."""

    def __init__(self, publish: Publish, store: Store, now: Callable[[], datetime]) -> None:
        self._publish, self._store, self._now = publish, store, now

    def receive(self, source: str, payload: bytes) -> None:
        """One visit of one queue system; what cannot be accepted is quarantined under the source's name."""
        now = self._now()
        try:
            visit = QueueVisit.model_validate_json(payload)
            reason = self._fault(visit, now)
        except ValidationError as error:
            reason = str(error.errors(include_url=False, include_input=False)[0]["msg"])
        if reason:
            self._store.record([unreadable(source, payload, reason)], now)
            return
        zone = self._store.office_timezones()[visit.office]
        when = local(int(visit.ended.timestamp()) // 60, zone)
        self._store.keep_visit(visit, when.day, when.hour)
        if now - visit.ended < timedelta(seconds=PROMPT_S):
            self._prompt(visit)

    def _fault(self, visit: QueueVisit, now: datetime) -> str:
        if visit.office not in self._store.office_timezones():
            return f"unknown office {visit.office}"
        if visit.service and visit.service not in self._store.service_ids():
            return f"unknown service {visit.service}"
        if not EARLIEST <= visit.ended.timestamp() <= latest_moment(now):
            return "the visit ended before 2025, or more than 10 minutes from now"
        return "" if max(visit.waited_s, visit.served_s) <= DAY_S else "nobody waits or is served for more than a day"

    def _prompt(self, visit: QueueVisit) -> None:
        """Ask at the counter while the citizen is still there. The token is fresh: it is not the queue's ticket."""
        for kiosk in self._store.kiosks_at(visit.office, visit.counter):
            prompt = Prompt(visit=secrets.token_hex(8), service=visit.service, ttl_s=PROMPT_S)
            self._publish(topics.prompt(kiosk), prompt.wire(), qos=0)
