"""A paho client over TLS: the certificate that is in the files now, and one sentence about what goes wrong before the first word.

With TLS 1.3 a broker refuses a certificate after the client's own part of the handshake is over: paho then only tells
that the connection was lost, and the broker's reason goes to its log. That is listened to until the broker has answered.
"""

from typing import Any

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import LogLevel

from broker_config.tls import ClientTls, meaning

log = structlog.get_logger()


class Handshake:
    """Of one client, connection after connection. `answered` is for its `on_connect`, `lost` for its `on_disconnect`."""

    def __init__(self, client: mqtt.Client, tls: ClientTls | None, host: str) -> None:
        self._client, self._tls, self._host = client, tls, host
        self._said = ""
        self._waiting = False
        if tls:
            self._context = tls.context()
            client.tls_set_context(self._context)
            client.on_pre_connect = self._begins

    def answered(self) -> None:
        """The broker let us in, or said in MQTT why not. From now on every packet would be told to paho's log."""
        self._waiting = False
        self._client.on_log = None

    def lost(self) -> None:
        """Tell why, when the broker has not answered."""
        if self._waiting:
            self._waiting = False
            log.warning(
                "no connection to the broker", host=self._host, why=meaning(self._said or "EOF", self._host) or self._said
            )

    def failed(self, error: BaseException) -> str:
        """Why `connect` raised this."""
        self._waiting = False
        return (self._tls and meaning(error, self._host)) or str(error)

    def _begins(self, _client: mqtt.Client, _userdata: Any) -> None:
        self._said, self._waiting = "", True
        self._client.on_log = self._listen
        try:
            if self._tls:
                self._tls.load_again(self._context)
        except OSError as error:
            log.warning("the renewed certificate cannot be read; going on with the old one", error=str(error))

    def _listen(self, _client: mqtt.Client, _userdata: Any, level: int, text: str) -> None:
        if level == LogLevel.MQTT_LOG_ERR:
            self._said = text


def has_waiting(sock: Any) -> bool:
    """Whether bytes were taken from the network already and wait inside TLS, where no poll of the socket sees them."""
    pending = getattr(sock, "pending", None)
    return bool(pending and pending())
