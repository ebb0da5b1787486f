"""`nuomone-broker init`: everything once, nothing twice, and what was cut short is completed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from broker_config import initialise, installation, mosquitto, pki
from broker_config.__main__ import app
from broker_config.acl import BrokerError
from broker_config.initialise import add_identity, renew
from broker_config.initialise import initialise as make
from broker_config.installation import Installation
from broker_config.pki import Issuer
from tests.broker_config.tls_brokers import made

NOW = datetime.now(UTC)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def command(*words: str) -> tuple[int, str]:
    said = CliRunner().invoke(app, words)
    return said.exit_code, said.output + (f"{said.exception}" if isinstance(said.exception, BrokerError) else "")


def test_the_second_time_nothing_changes_and_it_says_so(tmp_path: Path) -> None:
    wanted = ["init", str(tmp_path / "b"), "--host", "broker.example", "--user", mosquitto.current_account()]
    code, said = command(*wanted)
    assert code == 0
    before = content(tmp_path / "b")
    assert pki.fingerprint((tmp_path / "b" / "ca.crt").read_text())[:4] in said.split()
    code, said = command(*wanted)
    assert (code, "nothing was changed" in said) == (0, True)
    code, said = command(*wanted[:3], "other.example", *wanted[4:])
    assert (code, "Nothing was changed" in said) == (1, True)
    assert content(tmp_path / "b") == before


def test_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    folder = made(tmp_path / "b", 8883).folder
    keys = [path for path in folder.rglob("*") if path.suffix == ".key" or path.name in {"identities.json", "mosquitto.conf"}]
    assert len(keys) >= 10
    assert {path.stat().st_mode & 0o777 for path in keys} == {0o600}
    assert {(folder / name).stat().st_mode & 0o777 for name in ("authority", "broker", "identities", "https")} == {0o700}


def test_what_was_cut_short_is_completed_with_the_same_authority(tmp_path: Path) -> None:
    there = made(tmp_path / "b", 8883)
    before = content(there.folder)
    gone = ("broker.json", "identities/web.crt", "broker/server.key", "broker/mosquitto.conf")
    for name in gone:
        (there.folder / name).unlink()
    make(there, NOW)
    after = content(there.folder)
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} <= {*gone, "broker/server.crt"}
    assert installation.read(there.folder) == there


def test_a_lost_authority_is_never_replaced_by_itself(tmp_path: Path) -> None:
    there = made(tmp_path / "b", 8883)
    there.ca_key.unlink()
    with pytest.raises(BrokerError, match=r"its key .* is not"):
        make(there, NOW)


def test_one_more_collector(tmp_path: Path) -> None:
    there = made(tmp_path / "b", 8883)
    issuer = Issuer(there.ca.read_text(), there.ca_key.read_text())
    add_identity(there, issuer, "collector", "collector-2", NOW)
    assert "user collector-2\n" in mosquitto.render(there.settings(["hall-1"]))["acl"]
    assert pki.common_name(pki.certificate(there.paths("collector-2").certificate.read_text())) == "collector-2"
    for name, why in (("collector", "Two identities are called"), ("No Id", "is not an identifier")):
        with pytest.raises(BrokerError, match=why):
            add_identity(there, issuer, "collector", name, NOW)
    assert command("identity", str(there.folder), "kiosk", "hall-1")[0] == 1


def test_renewal_keeps_keys_and_names(tmp_path: Path) -> None:
    there = made(tmp_path / "b", 8883)
    issuer = Issuer(there.ca.read_text(), there.ca_key.read_text())
    assert renew(there, issuer, NOW, initialise.DUE) == []
    keys = {name: text for name, text in content(there.folder).items() if name.endswith(".key")}
    nearly = NOW + pki.SERVER_LIFE - timedelta(days=30)
    renewed = renew(there, issuer, nearly, initialise.DUE)
    assert {path.name for path in renewed} >= {"server.crt", "web.crt", "collector.crt", "queue.crt"}
    assert all(pki.expires(path.read_text()) > nearly + timedelta(days=700) for path in renewed)
    assert {name: text for name, text in content(there.folder).items() if name.endswith(".key")} == keys


@pytest.mark.parametrize("host", ["a host", "-", "ąžuolas.lt", "a" * 300])
def test_a_host_that_is_none(tmp_path: Path, host: str) -> None:
    wrong = Installation(tmp_path / "b", (host,), 8883, "127.0.0.1", mosquitto.current_account())
    with pytest.raises(BrokerError, match="neither a DNS name nor an IP address"):
        make(wrong, NOW)


def test_an_empty_folder_is_no_broker(tmp_path: Path) -> None:
    code, said = command("serve", str(tmp_path))
    assert (code, "make one with nuomone-broker init" in said) == (1, True)
