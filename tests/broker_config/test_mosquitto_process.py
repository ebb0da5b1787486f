"""Mosquitto as a child process: what is written, what survives a restart, and what goes wrong in one sentence."""

from dataclasses import replace
from pathlib import Path

import pytest

from broker_config import mosquitto as module
from broker_config import topics
from broker_config.acl import BrokerError, Identity
from broker_config.mosquitto import Mosquitto, Settings, Tls, find_mosquitto, render, write
from tests.broker_config.conftest import COLLECTOR, IDENTITIES, KIOSK, OBSERVER
from tests.brokers import Refused, client, free_port, mosquitto, wait_for


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    write(Settings(tmp_path / "broker", IDENTITIES))
    assert {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "broker").iterdir()} == {
        "kept": 0o700,
        "mosquitto.conf": 0o600,
        "acl": 0o600,
        "passwords": 0o600,
    }
    assert not any(identity.password in (tmp_path / "broker" / "passwords").read_text() for identity in IDENTITIES)


def test_no_rule_is_a_pattern(tmp_path: Path) -> None:
    assert "pattern" not in render(Settings(tmp_path, IDENTITIES))["acl"]


def test_certificates_replace_passwords(tmp_path: Path) -> None:
    tls = Tls(Path("/etc/n/ca.pem"), Path("/etc/n/server.pem"), Path("/etc/n/server.key"), Path("/etc/n/crl.pem"))
    conf = render(Settings(tmp_path, IDENTITIES, tls=tls))["mosquitto.conf"].splitlines()
    assert {"cafile /etc/n/ca.pem", "crlfile /etc/n/crl.pem", "require_certificate true", "use_identity_as_username true"} <= {
        *conf
    }
    assert not [line for line in conf if line.startswith("password_file")]


def test_retained_messages_survive_a_restart(tmp_path: Path) -> None:
    with mosquitto(tmp_path, IDENTITIES) as broker, client(broker, COLLECTOR) as collector:
        collector.publish(topics.score("vilnius"), "kept", retain=True)
    with mosquitto(tmp_path, IDENTITIES) as broker, client(broker, OBSERVER) as observer:
        observer.subscribe(topics.ALL_SCORES)
        wait_for(lambda: [message.payload for message in observer.received] == [b"kept"])


def test_a_reload_stops_a_kiosk_that_was_removed_and_admits_a_new_one(tmp_path: Path) -> None:
    new = Identity("kiosk", "hall-9", "new secret")
    with mosquitto(tmp_path, IDENTITIES) as broker:
        with client(broker, KIOSK) as kiosk:
            assert kiosk.publish(topics.events(KIOSK.id)) != 135
            rest = tuple(identity for identity in IDENTITIES if identity != KIOSK)
            broker.reload(replace(broker.settings, identities=(*rest, new)))
            wait_for(lambda: kiosk.disconnected.is_set() or kiosk.publish(topics.events(KIOSK.id)) == 135)
        with pytest.raises(Refused), client(broker, KIOSK):
            pass
        with client(broker, new) as kiosk:
            assert kiosk.publish(topics.events(new.id)) != 135


def test_five_thousand_kiosks_start_soon(tmp_path: Path) -> None:
    fleet = tuple(Identity("kiosk", f"kiosk-{number:04}", "secret") for number in range(5000))
    with mosquitto(tmp_path, fleet) as broker, client(broker, fleet[-1]) as last:
        assert last.publish(topics.events(fleet[-1].id)) != 135
        assert last.publish(topics.events(fleet[0].id)) == 135


def test_it_is_found_outside_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    found = find_mosquitto()
    assert found is not None
    assert found.name == "mosquitto"


def test_starting_and_stopping_twice_is_harmless(tmp_path: Path) -> None:
    broker = Mosquitto(Settings(tmp_path, IDENTITIES, free_port()))
    broker.start()
    broker.start()
    broker.stop()
    broker.stop()
    assert broker.pid is None


def test_a_taken_port(tmp_path: Path, real_broker: Mosquitto) -> None:
    with pytest.raises(BrokerError, match=f"Nothing can listen on 127.0.0.1:{real_broker.port}"):
        Mosquitto(Settings(tmp_path, IDENTITIES, real_broker.port)).start()


def test_a_missing_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_mosquitto", lambda: None)
    with pytest.raises(BrokerError, match="Mosquitto is not installed"):
        Mosquitto(Settings(tmp_path, IDENTITIES, free_port())).start()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BrokerError, match="cannot be written"):
        Mosquitto(Settings(tmp_path / "file" / "broker", IDENTITIES, free_port())).start()


def test_an_early_end_tells_why(tmp_path: Path) -> None:
    tls = Tls(tmp_path / "no-ca.pem", tmp_path / "no-cert.pem", tmp_path / "no-key.pem")
    with pytest.raises(BrokerError, match=r"Mosquitto ended right after its start: .*Error.*no-"):
        Mosquitto(Settings(tmp_path, IDENTITIES, free_port(), tls=tls)).start()


def test_two_identities_cannot_share_a_name(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match="Two identities are called hall-1"):
        Settings(tmp_path, (KIOSK, Identity("observer", KIOSK.id, "x")))


@pytest.mark.parametrize("name", ["", "Hall", "hall/1", "+", "#", "hall 1", "hall\ntopic readwrite #", "a" * 41])
def test_an_identity_is_one_topic_level(name: str) -> None:
    with pytest.raises(ValueError, match="is not an identifier"):
        Identity("kiosk", name, "x")
