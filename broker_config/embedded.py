"""The broker for trying the system where no Mosquitto is installed: amqtt, MQTT 3.1.1, in a process of its own.

Same identities and the same rules as on Mosquitto. Known and harmless to both sides: shared subscriptions are granted
and deliver nothing, retained messages live as long as the process, and a client that speaks MQTT 5 gets no answer.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from broker_config import durable
from broker_config.acl import Identity, identities_json, unique
from broker_config.process import BrokerProcess


class Embedded(BrokerProcess):
    """`with Embedded(folder, identities, port) as broker:`; only on 127.0.0.1."""

    name = "The embedded broker"
    protocol: Literal["5", "3.1.1"] = "3.1.1"

    def __init__(self, folder: Path, identities: Iterable[Identity], port: int = 1883) -> None:
        super().__init__()
        self.folder, self.host, self.port = folder, "127.0.0.1", port
        self.identities = unique(identities)

    def prepare(self) -> list[str]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.folder / "identities.json"
        durable.replace(file, identities_json(self.identities), durable.OWNER_ONLY)
        arguments = ["embedded", "--port", str(self.port), "--identities", str(file)]
        return [sys.executable, "-m", "broker_config", *arguments]
