"""Live numbers: MQTT score topics in, server-sent events out.

paho runs in its own thread and only hands office ids to the event loop; each listener
re-reads the score itself, through its Viewer.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion

from broker_config import topics

log = structlog.get_logger()


@dataclass(frozen=True)
class LiveBroker:
    host: str
    port: int
    username: str
    password: str
    protocol: str


class Live:
    """Wakes the listeners of an office when its score was published."""

    def __init__(self, broker: LiveBroker) -> None:
        self._broker = broker
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._client = self._new_client()
        self.stopping = asyncio.Event()

    @property
    def is_connected(self) -> bool:
        return self._client.is_connected()

    def start(self) -> None:
        """Connect in the background; a broker that is away is tried again and again."""
        self._loop = asyncio.get_running_loop()
        self._client.connect_async(self._broker.host, self._broker.port, keepalive=30)
        self._client.loop_start()

    async def stop(self) -> None:
        self.stopping.set()
        for listeners in self._listeners.values():
            for event in listeners:
                event.set()
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    @asynccontextmanager
    async def listening(self, office: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever the office's score may have changed."""
        event = asyncio.Event()
        self._listeners[office].add(event)
        try:
            yield event
        finally:
            self._listeners[office].discard(event)

    def _new_client(self) -> mqtt.Client:
        version5 = self._broker.protocol == "5"
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            protocol=mqtt.MQTTv5 if version5 else mqtt.MQTTv311,
            clean_session=None if version5 else True,
        )
        client.username_pw_set(self._broker.username, self._broker.password)
        client.reconnect_delay_set(1, 10)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        return client

    def _on_connect(self, client: mqtt.Client, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
        if reason.is_failure:
            log.error("the broker refuses the web process", reason=str(reason))
            return
        client.subscribe(topics.ALL_SCORES, 1)

    def _on_message(self, _c: mqtt.Client, _u: Any, message: mqtt.MQTTMessage) -> None:
        topic = topics.parse(message.topic)
        if topic and topic.kind == "score" and self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake, topic.id)

    def _wake(self, office: str) -> None:
        for event in self._listeners.get(office, ()):
            event.set()
