"""The whole system on one machine, for looking at: broker, collector, a fleet of simulated kiosks, and a real one.

Everything is started as a ministry would start it, through the three commands; this file
only invents identities and users, and ends what it started.
"""

import argparse
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from processes import Children, DemoError, Stopped
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from broker_config.acl import BrokerError, Identity, identities_json
from broker_config.embedded import Embedded
from broker_config.mosquitto import Mosquitto, Settings, find_mosquitto
from broker_config.process import write_private
from collector import passwords
from collector.access import User
from collector.catalogue import Catalogue, read
from collector.store.base import StoreError
from collector.store.sqlite import SqliteStore

CATALOGUE = Path(__file__).with_name("catalogue.json")
SPARE = "spare-1"
WORSE = "social-benefits"
USERS = (
    User("admin", "admin", frozenset()),
    User("vadovas", "head", frozenset({"aptarnavimas"})),
    User("parama", "head", frozenset({"socialine-parama", "paramos-centras"})),
    User("analitikas", "analyst", frozenset()),
    User("auditorius", "auditor", frozenset()),
)

say = Console(highlight=False, soft_wrap=True).print


@dataclass(frozen=True)
class Secrets:
    """What a second start with the same folder must find again."""

    passwords: dict[str, str]
    token: str


def main() -> int:
    options = _options()
    children = Children()
    signal.signal(signal.SIGTERM, children.interrupt)
    signal.signal(signal.SIGINT, children.interrupt)
    try:
        _run(options, children)
    except Stopped:
        say("Stopping …")
    except (DemoError, BrokerError, StoreError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        where = error.filename or options.data
        print(f"{where} cannot be used: {error.strerror}. Remove it, or give another folder with DATA=.", file=sys.stderr)
        return 1
    finally:
        children.stop_all()
    return 0


def _run(options: argparse.Namespace, children: Children) -> None:
    data = _folder(options.data)
    catalogue = read(CATALOGUE.read_bytes())
    secrets_ = _secrets(data, catalogue)
    identities = _identities(catalogue, secrets_)
    write_private(data / "identities.json", identities_json(identities))
    port = _port(options.port, "PORT")
    broker = _broker(options.broker, data, identities, _port(options.broker_port, "BROKER_PORT"))
    children.add_broker(broker)
    broker.start()
    say(f"Broker: {broker.name} on {broker.host}:{broker.port} (MQTT {broker.protocol})")
    token = _people(data, catalogue, secrets_)
    environment = {
        "NUOMONE_BROKER_PASSWORD": secrets_.passwords["collector"],
        "NUOMONE_BROKER_PORT": str(broker.port),
        "NUOMONE_BROKER_PROTOCOL": broker.protocol,
        "NUOMONE_CLOCK": "system",  # one machine, one clock: nobody waits for another's
    }
    collector = ["collector", "serve", "--data", str(data / "collector"), "--port", str(port)]
    children.start("collector", collector, data, environment)
    url = f"http://127.0.0.1:{port}"
    _wait_until_ready(url, children)
    window = _has_display() and not options.headless
    fleet = _start_fleet(options, data, catalogue, environment, children, window)
    _show_history(fleet, children)
    if window:
        _open_window(catalogue, data, secrets_, environment, children)
    else:
        say("No display: the simulated fleet alone feeds the system." if not options.headless else "Headless: no kiosk window.")
    described = _described(url, token, broker, identities, secrets_)
    write_private(data / "demo.json", json.dumps(described, indent=1, ensure_ascii=False) + "\n")
    _introduce(described, data)
    children.watch(options.run_for)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run Nuomonė with invented citizens.")
    parser.add_argument("--broker", choices=("auto", "mosquitto", "embedded"), default="auto")
    parser.add_argument("--port", type=int, default=0, help="of the pages; 0 takes a free one")
    parser.add_argument("--broker-port", type=int, default=0, help="of the broker; 0 takes a free one")
    parser.add_argument("--days", type=int, default=90, help="of invented history")
    parser.add_argument("--data", type=Path, default=Path("demo-data"))
    parser.add_argument("--run-for", type=float, default=0.0, help="seconds; 0 until Ctrl-C")
    parser.add_argument("--headless", action="store_true", help="no kiosk window")
    return parser.parse_args()


# ── identities and people ───────────────────────────────────────────────────────────────


def _folder(data: Path) -> Path:
    try:
        data.mkdir(parents=True, exist_ok=True)
        probe = data / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise DemoError(f"The folder {data} cannot be used: {error.strerror}. Give another with DATA=.") from None
    return data.resolve()


def _secrets(data: Path, catalogue: Catalogue) -> Secrets:
    file = data / "secrets.json"
    names = ["collector", "observer", "queue", *(k.id for k in catalogue.kiosks), *(user.login for user in USERS)]
    try:
        kept = json.loads(file.read_text())
        return Secrets({name: str(kept["passwords"][name]) for name in names}, str(kept["token"]))
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise DemoError(f"{file} cannot be read: remove the folder {data}, or give another with DATA=.") from None
    made = Secrets({name: secrets.token_urlsafe(9) for name in names}, "")
    write_private(file, json.dumps({"passwords": made.passwords, "token": ""}, indent=1))
    return made


def _identities(catalogue: Catalogue, known: Secrets) -> tuple[Identity, ...]:
    servers = (("collector", "collector"), ("observer", "observer"), ("queue", "queue"))
    fixed = tuple(Identity(role, name, known.passwords[name]) for role, name in servers)  # type: ignore[arg-type]
    return fixed + tuple(Identity("kiosk", kiosk.id, known.passwords[kiosk.id]) for kiosk in catalogue.kiosks)


def _people(data: Path, catalogue: Catalogue, known: Secrets) -> str:
    """Install the catalogue and the users; the admin's token, the same at every start."""
    folder = data / "collector"
    folder.mkdir(exist_ok=True)
    store = SqliteStore(folder / "collector.sqlite")
    store.migrate()
    now = datetime.now(UTC)
    store.install(catalogue, now)
    if known.token and store.user_by_token(known.token, "api", now):
        store.close()
        return known.token
    for user in USERS:
        store.put_user(user, passwords.hashed(known.passwords[user.login]))
    token = store.grant("admin", "api", timedelta(days=365), now)
    store.close()
    write_private(data / "secrets.json", json.dumps({"passwords": known.passwords, "token": token}, indent=1))
    return token


# ── processes ───────────────────────────────────────────────────────────────────────────


def _broker(wanted: str, data: Path, identities: tuple[Identity, ...], port: int) -> Mosquitto | Embedded:
    if wanted == "mosquitto" or (wanted == "auto" and find_mosquitto()):
        return Mosquitto(Settings(data / "broker", identities, port))
    if wanted == "auto":
        say("Mosquitto is not installed (sudo apt install mosquitto); the embedded broker takes its place.")
    return Embedded(data / "broker", identities, port)


def _port(wanted: int, name: str) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or "there is no such port"
            raise DemoError(f"Port {wanted} cannot be used: {reason}. Give another with {name}=, or none.") from None
        return int(probe.getsockname()[1])


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
    options: argparse.Namespace, data: Path, catalogue: Catalogue, environment: dict[str, str], children: Children, window: bool
) -> subprocess.Popen[str]:
    """All kiosks but the spare one; and but the first where that one has a window."""
    known = [i for i in _identities(catalogue, _secrets(data, catalogue)) if i.role == "kiosk" and i.id != SPARE]
    write_private(data / "fleet.json", identities_json(known[1:] if window else known))
    command = ["kiosk", "simulate", "--identities", str(data / "fleet.json"), "--data", str(data / "kiosks")]
    command += ["--kiosks", str(len(known)), "--history", str(options.days), "--rate", "1", "--worse", WORSE]
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


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY"))


def _open_window(catalogue: Catalogue, data: Path, known: Secrets, environment: dict[str, str], children: Children) -> None:
    kiosk = catalogue.kiosks[0].id
    command = ["kiosk", "run", "--kiosk", kiosk, "--data", str(data / "window"), "--size", "1280x800"]
    children.start("window", command, data, environment | {"NUOMONE_KIOSK_PASSWORD": known.passwords[kiosk]}, needed=False)
    say(f"The kiosk {kiosk} is in its window: touch a face.")


# ── telling ─────────────────────────────────────────────────────────────────────────────


def _described(
    url: str, token: str, broker: Mosquitto | Embedded, identities: tuple[Identity, ...], known: Secrets
) -> dict[str, Any]:
    shown = [i for i in identities if i.role in ("observer", "queue") or i.id == SPARE]
    return {
        "url": url,
        "token": token,
        "broker": {"host": broker.host, "port": broker.port, "protocol": broker.protocol, "ca": None},
        "identities": [
            {"role": i.role, "id": i.id, "username": i.id, "password": i.password, "cert": None, "key": None} for i in shown
        ],
        "users": [
            {"login": u.login, "password": known.passwords[u.login], "role": u.role, "offices": sorted(u.offices)} for u in USERS
        ],
    }


def _introduce(described: dict[str, Any], data: Path) -> None:
    say(f"\n[bold]Pages:[/bold] {described['url']}")
    for user in described["users"][:3]:
        offices = f" of {', '.join(user['offices'])}" if user["offices"] else ""
        say(f"  sign in as {user['login']:10} password {user['password']}   {user['role']}{offices}")
    say(f"Everything else (token, broker, a spare kiosk's identity): {data / 'demo.json'}")
    say("Ctrl-C ends it.\n")


if __name__ == "__main__":
    sys.exit(main())
