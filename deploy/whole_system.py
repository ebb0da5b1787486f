"""The whole system on one machine, for looking at: broker, collector, a fleet of simulated kiosks, and a real one.

Everything is started as a ministry would start it, through the three commands; this file
only puts them together, and ends what it started.
"""

import argparse
import contextlib
import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import secured
from endings import DemoError, Stopped, on_signals
from people import USERS, Secrets, identities, in_use, install, known_secrets
from processes import Children
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from secured import Secured

from broker_config import durable
from broker_config.acl import BrokerError, Identity, identities_json
from broker_config.embedded import Embedded
from broker_config.mosquitto import find_mosquitto
from collector.catalogue import read
from collector.store.base import StoreError

CATALOGUE = Path(__file__).with_name("catalogue.json")
SPARE = "spare-1"
WORSE = "social-benefits"

say = Console(highlight=False, markup=False, soft_wrap=True).print


def run(options: argparse.Namespace) -> int:
    """The demo until somebody or something ends it; its exit code."""
    children = Children(say)
    try:
        on_signals(children.interrupt)
        with _claimed(options.data) as data, children:
            _run(options, data, children)
    except Stopped:
        pass
    except (DemoError, BrokerError, StoreError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        where = error.filename or options.data
        print(f"{where} cannot be used: {error.strerror}. Remove it, or give another folder with DATA=.", file=sys.stderr)
        return 1
    return 0


def _run(options: argparse.Namespace, data: Path, children: Children) -> None:
    catalogue = read(CATALOGUE.read_bytes())
    known = known_secrets(data, catalogue)
    everybody = identities(catalogue, known)
    port = _port(options.port, "PORT")
    url = f"http://127.0.0.1:{port}"
    broker = _broker(options.broker, data, everybody, _port(options.broker_port, "BROKER_PORT"))
    children.add_broker(broker)
    broker.start()
    say(f"Broker: {broker.name} on {broker.host}:{broker.port} (MQTT {broker.protocol})")
    token = install(data, catalogue, known)
    environment = {
        "NUOMONE_BROKER_HOST": broker.host,
        "NUOMONE_BROKER_PORT": str(broker.port),
        "NUOMONE_BROKER_PROTOCOL": broker.protocol,
        "NUOMONE_CLOCK": "system",  # one machine, one clock: nobody waits for another's
    }
    who = (
        secured.environment(broker.installation, url)
        if isinstance(broker, Secured)
        else {"NUOMONE_BROKER_PASSWORD": known.passwords["collector"]}
    )
    collector = ["collector", "serve", "--data", str(data / "collector"), "--port", str(port)]
    children.start("collector", collector, data, environment | who)
    _wait_until_ready(url, children)
    if isinstance(broker, Secured):
        say("Enrolling the kiosks …")
        fleet_identities = secured.enrolled(in_use(data, catalogue), data, url, broker.port)
        everybody = broker.installation.servers() + fleet_identities
    window = _has_display() and not options.headless
    kiosks = [one for one in everybody if one.role == "kiosk" and one.id in set(in_use(data, catalogue)) - {SPARE}]
    fleet = _start_fleet(kiosks[1:] if window else kiosks, options.days, data, environment, children)
    _show_history(fleet, children)
    if window:
        _open_window(kiosks[0], data, environment, children)
    else:
        say("No display: the simulated fleet alone feeds the system." if not options.headless else "Headless: no kiosk window.")
    described = _described(url, token, broker, everybody, known)
    durable.replace(data / "demo.json", json.dumps(described, indent=1, ensure_ascii=False) + "\n", durable.OWNER_ONLY)
    _introduce(described, data)
    children.watch(options.run_for)


# ── what it needs ───────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def _claimed(folder: Path) -> Iterator[Path]:
    """The data folder, for this demo alone as long as it runs. Raises DemoError where it cannot be had."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        data = folder.resolve()
        lock = (data / "lock").open("w")
    except OSError as error:
        raise DemoError(f"The folder {folder} cannot be used: {error.strerror}. Give another with DATA=.") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError(f"A demo is running in the folder {folder}: end that one, or give another with DATA=.") from None
        yield data


def _broker(wanted: str, data: Path, everybody: tuple[Identity, ...], port: int) -> Secured | Embedded:
    if wanted == "mosquitto" or (wanted == "auto" and find_mosquitto()):
        return Secured(data / "broker", port)
    if wanted == "auto":
        say("Mosquitto is not installed (sudo apt install mosquitto); the embedded broker takes its place.")
    return Embedded(data / "broker", everybody, port)


def _port(wanted: int, name: str) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as error:
            raise DemoError(f"Port {wanted} cannot be used: {error.strerror}. Give another with {name}=, or none.") from None
        return int(probe.getsockname()[1])


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY"))


# ── processes ───────────────────────────────────────────────────────────────────────────


def _wait_until_ready(url: str, children: Children) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        children.check()
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=1):  # noqa: S310 - our own loopback address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise DemoError("The collector did not become ready within 30 seconds; its log is in the folder's collector.log.")


def _start_fleet(
    kiosks: list[Identity], days: int, data: Path, environment: dict[str, str], children: Children
) -> subprocess.Popen[str]:
    durable.replace(data / "fleet.json", identities_json(kiosks), durable.OWNER_ONLY)
    command = ["kiosk", "simulate", "--identities", str(data / "fleet.json"), "--data", str(data / "kiosks")]
    command += ["--kiosks", str(len(kiosks)), "--history", str(days), "--rate", "1", "--worse", WORSE]
    return children.start("fleet", command, data, environment, read=True)


def _show_history(fleet: subprocess.Popen[str], children: Children) -> None:
    """A bar until every event of the history has its receipt."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as bar:
        task = bar.add_task("History", total=None)
        for line in fleet.stdout or ():
            children.check()
            if line.startswith("ready"):
                break
            _, done, total = line.split()
            if int(total):
                bar.update(task, completed=int(done), total=int(total))
    children.check()
    # What it says later is of no interest, but nobody must wait for a reader.
    threading.Thread(target=lambda: [None for _ in fleet.stdout or ()], daemon=True).start()


def _open_window(kiosk: Identity, data: Path, environment: dict[str, str], children: Children) -> None:
    folder = data / "window"
    command = ["kiosk", "run", "--data", str(folder), "--size", "1280x800"]
    if kiosk.certificate:
        secured.share(data / "kiosks" / kiosk.id, folder)
    else:
        command += ["--kiosk", kiosk.id]
    children.start("window", command, data, environment | {"NUOMONE_KIOSK_PASSWORD": kiosk.password}, needed=False)
    say(f"The kiosk {kiosk.id} is in its window: touch a face.")


# ── telling ─────────────────────────────────────────────────────────────────────────────


def _described(
    url: str, token: str, broker: Secured | Embedded, everybody: tuple[Identity, ...], known: Secrets
) -> dict[str, Any]:
    shown = [one for one in everybody if one.id in ("observer", "queue", SPARE)]
    return {
        "url": url,
        "token": token,
        "broker": {"host": broker.host, "port": broker.port, "protocol": broker.protocol, "ca": _path(shown[0].ca)},
        "identities": [
            {
                "role": one.role,
                "id": one.id,
                "username": one.id,
                "password": one.password or None,
                "cert": _path(one.certificate),
                "key": _path(one.key),
            }
            for one in shown
        ],
        "users": [
            {"login": u.login, "password": known.passwords[u.login], "role": u.role, "offices": sorted(u.offices)} for u in USERS
        ],
    }


def _path(file: Path | None) -> str | None:
    return str(file.absolute()) if file else None


def _introduce(described: dict[str, Any], data: Path) -> None:
    say("\nPages:", style="bold", end=" ")
    say(described["url"])
    for user in described["users"][:3]:
        offices = f" of {', '.join(user['offices'])}" if user["offices"] else ""
        say(f"  sign in as {user['login']:10} password {user['password']}   {user['role']}{offices}")
    say(f"Everything else (token, broker, a spare kiosk's identity): {data / 'demo.json'}")
    say("Ctrl-C ends it.\n")
