"""What the authority does to a running Mosquitto: new lists, a new ACL, and the end of a connection."""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from broker_config import durable, mosquitto, pki
from broker_config.acl import BrokerError
from broker_config.installation import Installation
from broker_config.pki import Issuer
from broker_config.tls import ClientTls

_PATIENCE_S = 5.0
_MOMENT = timedelta(minutes=5)


class MosquittoGate:
    """`hang_up` has Mosquitto read its files again, and does nothing while none runs."""

    def __init__(self, installation: Installation, issuer: Issuer, hang_up: Callable[[], None]) -> None:
        self._installation, self._issuer, self._hang_up = installation, issuer, hang_up

    def revoke(self, crl: str) -> None:
        place = self._installation.broker / "crl.pem"
        try:
            durable.replace(place, crl, durable.OWNER_ONLY)
            mosquitto.hand_over(place, self._installation.user)
        except OSError as error:
            raise BrokerError(f"{place} cannot be written: {error.strerror}.") from error
        self._hang_up()

    def admit(self, kiosks: list[str]) -> None:
        mosquitto.write(self._installation.settings(kiosks))
        self._hang_up()

    def end_connection(self, kiosk: str) -> None:
        """Connect once in the kiosk's name: its name is its client id, so Mosquitto ends the other connection.

        The certificate for it lives for minutes and its key in no place but this call's. When Mosquitto has let us in it
        has also read what was written before the last hang-up: it does both in one thread, in turn. Where nothing
        listens, nobody is connected.
        """
        try:
            with tempfile.TemporaryDirectory(dir=self._installation.authority) as place:
                self._connect(kiosk, self._throw_away(kiosk, Path(place)))
        except ConnectionRefusedError:
            return
        except OSError as error:
            raise BrokerError(f"The open connection of {kiosk} could not be ended: {error.strerror or error}.") from error

    def _throw_away(self, kiosk: str, place: Path) -> ClientTls:
        key = pki.new_key()
        made = self._issuer.client(kiosk, pki.public_key(key), _MOMENT, datetime.now(UTC))
        for name, text in (("ca", self._issuer.ca), ("crt", made.certificate), ("key", key)):
            (place / name).write_text(text)
        return ClientTls(place / "ca", place / "crt", place / "key")

    def _connect(self, kiosk: str, tls: ClientTls) -> None:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=kiosk, protocol=mqtt.MQTTv311, clean_session=True, reconnect_on_failure=False
        )
        client.tls_set_context(tls.context())
        client.tls_insecure_set(True)  # the name is not looked at: this machine's own broker proves itself by the authority
        client.connect_timeout = _PATIENCE_S
        told: list[bool] = []
        client.on_connect = lambda _c, _u, _f, reason, _p: told.append(not reason.is_failure)
        client.connect(self._installation.local_host, self._installation.port, keepalive=10)
        end = time.monotonic() + _PATIENCE_S
        while not told and time.monotonic() < end and client.loop(0.1) == mqtt.MQTT_ERR_SUCCESS:
            pass
        client.disconnect()
        if told != [True]:
            raise OSError("the broker did not answer")
