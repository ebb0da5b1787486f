"""`nuomone-broker check` on real brokers: one as `init` makes it, and others with a door left open each."""

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from broker_config import mosquitto
from broker_config.__main__ import app
from broker_config.acl import Identity, identities_json
from broker_config.check import report
from broker_config.check.row import Row
from broker_config.installation import Installation
from tests.broker_config.tls_brokers import Served, made, served, tls_client
from tests.brokers import free_port, wait_for


@contextlib.contextmanager
def running(folder: Path, conf: str) -> Iterator[None]:
    """Mosquitto on a configuration of this test's own."""
    (folder / "own.conf").write_text(conf)
    program = mosquitto.find_mosquitto()
    with (folder / "own.log").open("wb") as log:
        process = subprocess.Popen([str(program), "-c", str(folder / "own.conf")], stderr=log)
    try:
        port = int(conf.split("listener ")[1].split(maxsplit=1)[0])
        wait_for(lambda: process.poll() is not None or mosquitto_listens(port))
        assert process.poll() is None, (folder / "own.log").read_text()
        yield
    finally:
        process.terminate()
        process.wait(10)


def mosquitto_listens(port: int) -> bool:
    from broker_config.process import is_open

    return is_open("127.0.0.1", port)


def changed(there: Installation, old: str, new: str) -> str:
    """The configuration that `init` has made, with one thing otherwise."""
    mosquitto.write(there.settings([]))
    conf = (there.broker / "mosquitto.conf").read_text()
    assert old in conf
    return conf.replace(old, new)


def wrong(rows: list[Row]) -> dict[str, str]:
    return {row.who: row.means for row in rows if row.state in report.WRONG}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("checked")) as one:
        yield one


def test_a_broker_as_init_makes_it(good: Served) -> None:
    with tls_client(good.port, good.server("collector")) as collector, tls_client(good.port, good.server("web")) as web:
        rows = report.of_broker("127.0.0.1", good.port, good.installation.ca, checkers(good.installation))
        assert wrong(rows) == {}
        assert not collector.disconnected.is_set()
        assert not web.disconnected.is_set()
    assert {"kiosk check-kiosk", "collector check-collector", "observer check-observer", "queue check-queue"} <= {
        row.who for row in rows
    }
    assert sum(row.state == "note" for row in rows) <= 1


def checkers(there: Installation) -> list[Identity]:
    return [identity for identity in there.servers() if identity.id.startswith("check-")]


def test_a_broker_without_an_acl(tmp_path: Path) -> None:
    there = made(tmp_path / "b")
    conf = changed(there, f"acl_file {there.broker}/acl\n", "")
    with running(tmp_path, conf):
        found = wrong(report.of_broker("127.0.0.1", there.port, there.ca, checkers(there)))
    assert "kiosk/check-invented/events" in found["kiosk check-kiosk"] or "may read" in found["kiosk check-kiosk"]
    assert {"observer check-observer", "queue check-queue", "collector check-collector"} <= found.keys()


def test_an_acl_with_one_line_too_many(tmp_path: Path) -> None:
    there = made(tmp_path / "b")
    mosquitto.write(there.settings([]))
    acl = there.broker / "acl"
    acl.write_text(acl.read_text().replace("user check-kiosk\n", "user check-kiosk\ntopic write nuomone/v1/kiosk/+/receipt\n"))
    with running(tmp_path, (there.broker / "mosquitto.conf").read_text()):
        rows = report.of_broker("127.0.0.1", there.port, there.ca, checkers(there))
    assert wrong(rows) == {"kiosk check-kiosk": "It may publish what is not its own: kiosk/check-invented/receipt."}


def test_a_broker_that_wants_no_certificate(tmp_path: Path) -> None:
    there = made(tmp_path / "b")
    conf = changed(there, "require_certificate true", "require_certificate false").replace(
        "allow_anonymous false", "allow_anonymous true"
    )
    conf = "\n".join(line for line in conf.splitlines() if not line.startswith(("use_", "acl_file"))) + "\n"
    with running(tmp_path, conf):
        found = wrong(report.of_broker("127.0.0.1", there.port, there.ca, ()))
    assert "lets anybody in" in found["nobody, without a certificate"]
    assert "may read everything, and write as any kiosk" in found["nobody, without a certificate"]


def test_a_broker_of_another_authority(tmp_path: Path) -> None:
    """As it is when somebody puts another authority's certificate where ours belongs: our own are out."""
    there, other = made(tmp_path / "b"), made(tmp_path / "other")
    (there.broker / "ca.crt").write_text(other.ca.read_text())
    with running(tmp_path, changed(there, f"crlfile {there.broker}/crl.pem\n", "")):
        rows = report.of_broker("127.0.0.1", there.port, there.ca, checkers(there))
    assert {(row.state, "certificate" in row.means) for row in rows if row.who.endswith(("-kiosk", "-observer"))} == {
        ("closed", True)
    }


@pytest.mark.parametrize(
    ("conf", "means"),
    [
        ("allow_anonymous true\n", "lets anybody in, without TLS or password"),
        ("allow_anonymous false\n", "speaks MQTT without TLS"),
    ],
    ids=["anonymous", "passwords in the open"],
)
def test_plain_tcp(tmp_path: Path, conf: str, means: str) -> None:
    port = free_port()
    with running(tmp_path, f"listener {port} 127.0.0.1\n{conf}"):
        done = CliRunner().invoke(app, ["check", "--host", "127.0.0.1", "--port", str(port)])
    assert done.exit_code == 1
    assert means in done.output
    assert "1 to mend" in done.output


def test_a_plain_broker_with_rules_is_tried_as_each_role(tmp_path: Path) -> None:
    everybody = (
        Identity("kiosk", "hall-1", "a"),
        Identity("collector", "main", "b"),
        Identity("observer", "head", "c"),
        Identity("queue", "tickets", "d"),
    )
    (tmp_path / "identities.json").write_text(identities_json(everybody))
    settings = mosquitto.Settings(tmp_path / "plain", everybody, free_port())
    with mosquitto.Mosquitto(settings) as broker:
        rows = report.of_broker("127.0.0.1", broker.port, None, everybody)
        assert list(wrong(rows)) == ["nobody, without TLS"]
        without = tuple(replace(one, password="wrong") if one.role == "queue" else one for one in everybody)
        assert "queue tickets" in wrong(report.of_broker("127.0.0.1", broker.port, None, without))


def test_where_there_is_no_broker() -> None:
    done = CliRunner().invoke(app, ["check", "--host", "127.0.0.1", "--port", str(free_port())])
    assert done.exit_code == 1
    assert "No broker is reached" in str(done.exception)
