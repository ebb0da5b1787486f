"""Forty kiosks with certificates flush a backlog through a broker with certificates: everything arrives, once."""

import contextlib
import json
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker_config import pki
from broker_config.acl import Identity, identities_json
from broker_config.installation import Installation
from broker_config.pki import Issuer
from broker_config.registry import Registry
from collector.store.sqlite import SqliteStore
from tests.broker_config.tls_brokers import Served, made, served
from tests.brokers import wait_for
from tests.catalogues import catalogue
from tests.system import Process

FLEET = tuple(f"hall-{number}" for number in range(1, 41))


@pytest.mark.timeout(60)  # three processes and forty kiosks start for it
def test_a_fleets_backlog_arrives_once_each(tmp_path: Path) -> None:
    there, known = enrolled(tmp_path)
    with served(tmp_path, there) as broker, contextlib.ExitStack() as ends:
        store = SqliteStore(tmp_path / "collector.sqlite")
        store.migrate()
        store.install(
            catalogue(kiosks=[{"id": k, "counter": "hall-window", "questionnaire": "core5"} for k in FLEET]), datetime.now(UTC)
        )
        ends.callback(ingesting(broker, tmp_path).kill)
        fleet = simulated(broker, tmp_path, known)
        try:
            assert fleet.stdout is not None
            last = [line for line in iter(fleet.stdout.readline, "ready\n") if line][-1]
            _, done, total = last.split()
            assert int(done) == int(total) > 40 * 20
            kept = [numbers(tmp_path / "kiosks" / kiosk / "outbox.sqlite") for kiosk in FLEET]
            wait_for(lambda: sum(row["stored"] for row in store.accounting(datetime.now(UTC))) == sum(kept))
            assert all(row["quarantined"] == row["lost"] == 0 for row in store.accounting(datetime.now(UTC)))
        finally:
            fleet.kill()
            fleet.communicate()
            store.close()


def ingesting(broker: Served, folder: Path) -> Process:
    tls = broker.server("collector")
    command = ["-m", "collector", "ingest", "--data", str(folder), "--port", str(broker.port), "--host", "localhost"]
    files = ["--ca", str(tls.ca), "--certificate", str(tls.certificate), "--key", str(tls.key)]
    process = Process(command + files, folder / "ingest.log")
    wait_for(lambda: "event=connected" in process.text(), 15)
    return process


def enrolled(folder: Path) -> tuple[Installation, list[Identity]]:
    """As if the signer had signed for each of the fleet one by one, before the broker starts."""
    there, known = made(folder / "nuomone"), []
    issuer, book, now = Issuer(there.ca.read_text(), there.ca_key.read_text()), Registry(there.book), datetime.now(UTC)
    for kiosk in FLEET:
        key = pki.new_key()
        issued = issuer.client(kiosk, pki.public_key(key), pki.KIOSK_LIFE, now)
        book.add(kiosk, issued, instead=True, now=now)
        (folder / f"{kiosk}.crt").write_text(issued.certificate)
        (folder / f"{kiosk}.key").write_text(key)
        known.append(Identity("kiosk", kiosk, ca=there.ca, certificate=folder / f"{kiosk}.crt", key=folder / f"{kiosk}.key"))
    book.close()
    return there, known


def simulated(broker: Served, folder: Path, known: list[Identity]) -> "subprocess.Popen[str]":
    """`nuomone-kiosk simulate` with a certificate for each kiosk, and two days behind."""
    (folder / "fleet.json").write_text(identities_json(known))
    assert "password" not in json.loads((folder / "fleet.json").read_text())[0]
    command = [
        "-m",
        "kiosk",
        "simulate",
        "--identities",
        str(folder / "fleet.json"),
        "--data",
        str(folder / "kiosks"),
        "--rate",
        "0",
    ]
    where = ["--history", "2", "--port", str(broker.port), "--host", "localhost"]
    with (folder / "fleet.log").open("wb") as log:
        return subprocess.Popen([sys.executable, *command, *where], stdout=subprocess.PIPE, stderr=log, text=True)


def numbers(outbox: Path) -> int:
    with sqlite3.connect(outbox) as database:
        found = int(database.execute("SELECT sum(last_seq) FROM stream").fetchone()[0])
    database.close()
    return found
