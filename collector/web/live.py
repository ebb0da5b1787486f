"""Live numbers: MQTT score topics in, server-sent events out.

paho runs in its own thread and only hands office ids to the event loop. What a score
message says is not used: the totals are read again, through the listeners' Viewers.
"""

import asyncio
import sys
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion

from broker_config import topics
from broker_config.handshake import Handshake
from broker_config.tls import ClientTls
from collector.web.listeners import Listeners, Pace, Read

log = structlog.get_logger()


@dataclass(frozen=True)
class LiveBroker:
    host: str
    port: int
    username: str
    password: str
    protocol: str
    tls: ClientTls | None = None


class Live:
    """Wakes the listeners of an office when its score was published."""

    def __init__(self, broker: LiveBroker, read: Read, pace: Pace) -> None:
        self._broker = broker
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client = self._new_client()
        self._handshake = Handshake(self._client, broker.tls, broker.host)
        self.listeners = Listeners(read, pace)

    @property
    def is_connected(self) -> bool:
        return self._client.is_connected()

    def start(self) -> None:
        """Connect in the background; a broker that is away is tried again and again."""
        self._loop = asyncio.get_running_loop()
        self.listeners.start()
        self._client.connect_async(self._broker.host, self._broker.port, keepalive=30)
        self._client.loop_start()

    async def stop(self) -> None:
        self.listeners.stop()
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    def _new_client(self) -> mqtt.Client:
        version5 = self._broker.protocol == "5"
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            protocol=mqtt.MQTTv5 if version5 else mqtt.MQTTv311,
            clean_session=None if version5 else True,
        )
        if not self._broker.tls:
            client.username_pw_set(self._broker.username, self._broker.password)
        client.reconnect_delay_set(1, 10)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.on_disconnect = lambda *_: self._handshake.lost()
        client.on_connect_fail = lambda *_: self._say_why()
        return client

    def _say_why(self) -> None:
        """In paho's thread, where the error that it does not hand over is being handled."""
        if error := sys.exc_info()[1]:
            log.warning("the broker is not reached; trying again", host=self._broker.host, error=self._handshake.failed(error))

    def _on_connect(self, client: mqtt.Client, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
        self._handshake.answered()
        if reason.is_failure:
            log.error("the broker refuses the web process", reason=str(reason))
            return
        client.subscribe(topics.ALL_SCORES, 1)

    def _on_message(self, _c: mqtt.Client, _u: Any, message: mqtt.MQTTMessage) -> None:
        topic = topics.parse(message.topic)
        if topic and topic.kind == "score" and self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.listeners.wake, (topic.id,))
