"""One Mosquitto and one embedded broker for the whole folder, with one identity of each role and a second kiosk."""

from collections.abc import Iterator

import pytest

from broker_config.acl import Identity
from broker_config.embedded import Embedded
from broker_config.mosquitto import Mosquitto
from tests.brokers import embedded, mosquitto

KIOSK = Identity("kiosk", "hall-1", "kiosk secret")
OTHER_KIOSK = Identity("kiosk", "hall-2", "other secret")
COLLECTOR = Identity("collector", "collector-1", "collector secret")
OBSERVER = Identity("observer", "head", "observer secret")
QUEUE = Identity("queue", "tickets", "queue secret")
IDENTITIES = (KIOSK, OTHER_KIOSK, COLLECTOR, OBSERVER, QUEUE)


@pytest.fixture(scope="package")
def real_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path_factory.mktemp("broker"), IDENTITIES) as broker:
        yield broker


@pytest.fixture(scope="package")
def embedded_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with embedded(tmp_path_factory.mktemp("broker"), IDENTITIES) as broker:
        yield broker
