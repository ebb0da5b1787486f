"""Whether the broker is there, lets us in, and lets us read and write our own topics."""

import secrets
import socket
import time
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from broker_config import topics
from broker_config.messages import Reply
from kiosk.check import secured
from kiosk.check.row import Row, missing, ok, warn
from kiosk.connection import BrokerAddress

PATIENCE_S = 5.0


def broker(address: BrokerAddress) -> Row:
    """Log in beside the running kiosk, subscribe to its receipts, publish a reply that changes nothing.

    With a certificate only the handshake: who bears it has one connection, and the running kiosk's would end.
    """
    if address.tls:
        return secured.broker(address, address.tls, _unreached, PATIENCE_S)
    try:
        return _judged(address, _talk(address))
    except (OSError, ValueError) as error:
        return missing("broker", _unreached(address, error), "Check address, port, network cable, DNS and firewall.")


def _unreached(address: BrokerAddress, error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return f"The name {address.host} is not known."
    if isinstance(error, TimeoutError):
        return f"{address.host}:{address.port} does not answer."
    return f"{address.host}:{address.port} cannot be reached: {getattr(error, 'strerror', None) or error}."


def _judged(address: BrokerAddress, heard: dict[str, str]) -> Row:
    where, who = f"{address.host}:{address.port}", address.username
    login, own = heard.get("login"), heard.get("read", "no answer") or heard.get("write", "no answer")
    if login is None:
        means = f"{where} accepts connections, but does not answer in MQTT {address.protocol}."
        return missing("broker", means, "Check port and protocol.")
    if login:
        return missing("broker", f"{where} refuses {who}: {login}.", "Check the kiosk's id and NUOMONE_KIOSK_PASSWORD.")
    if own:
        means = f"{where} lets {who} in, but not to its own topics: {own}."
        return missing("broker", means, "Write the broker's access list again: nuomone-broker render.")
    if address.protocol != "5":
        means = f"{where} lets {who} in and read receipts; in MQTT {address.protocol} it does not say whether {who} may publish."
        return warn("broker", means, "Touch an answer, and look whether it arrives.")
    return ok("broker", f"{where} lets {who} in; reading receipts and publishing a reply were tried.")


def _talk(address: BrokerAddress) -> dict[str, str]:
    """`login`, `read` and `write`, each with the refusal's reason, '' for yes, or absent for no answer. Raises OSError."""
    version = mqtt.MQTTv5 if address.protocol == "5" else mqtt.MQTTv311
    name = f"{address.username}-check-{secrets.token_hex(4)}"
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=version, reconnect_on_failure=False)
    client.username_pw_set(address.username, address.password)
    client.connect_timeout = PATIENCE_S
    heard: dict[str, str] = {}
    client.on_connect = lambda _c, _u, _f, reason, _p: heard.update(login=_refusal(reason))
    client.on_subscribe = lambda _c, _u, _m, reasons, _p: heard.update(read=_refusal(reasons[0]))
    client.on_publish = lambda _c, _u, _m, reason, _p: heard.update(write=_refusal(reason))
    client.connect(address.host, address.port, keepalive=10)
    _until(client, lambda: "login" in heard)
    if heard.get("login") == "":
        reply = Reply(id="check", ok=True, detail="nuomone-kiosk check was run on the device")
        client.subscribe(topics.receipt(address.username), 1)
        client.publish(topics.reply(address.username), reply.wire(), 1)
        _until(client, lambda: "read" in heard and "write" in heard)
    client.disconnect()
    return heard


def _until(client: mqtt.Client, true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true() and time.monotonic() < end and client.loop(0.1) == mqtt.MQTT_ERR_SUCCESS:
        pass


def _refusal(reason: Any) -> str:
    return str(reason).lower() if reason.is_failure else ""
