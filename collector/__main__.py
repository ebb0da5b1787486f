"""`nuomone-collector`: everything concrete is built here."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Annotated

import structlog
import typer

from broker_config import topics
from broker_config.process import wait_or_kill
from broker_config.tied import tied
from collector import passwords
from collector.access import ROLES, Role, User
from collector.catalogue import CatalogueFaults, read
from collector.ingest import Ingest, IngestSettings
from collector.store.base import StoreError
from collector.store.sqlite import SqliteStore

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
catalogue_app = typer.Typer(no_args_is_help=True, help="Institutions, offices, services, counters, kiosks.")
user_app = typer.Typer(no_args_is_help=True, help="Who may sign in.")
quarantine_app = typer.Typer(no_args_is_help=True, help="What could not be accepted.")
app.add_typer(catalogue_app, name="catalogue")
app.add_typer(user_app, name="user")
app.add_typer(quarantine_app, name="quarantine")

Data = Annotated[Path, typer.Option(envvar="NUOMONE_DATA", help="The collector's folder.")]
Host = Annotated[str, typer.Option(envvar="NUOMONE_BROKER_HOST")]
BrokerPort = Annotated[int, typer.Option(envvar="NUOMONE_BROKER_PORT")]
Name = Annotated[str, typer.Option(envvar="NUOMONE_COLLECTOR", help="This collector's id, also its user name at the broker.")]
Password = Annotated[str, typer.Option(envvar="NUOMONE_BROKER_PASSWORD", help="Better given in the environment.")]
Protocol = Annotated[str, typer.Option(envvar="NUOMONE_BROKER_PROTOCOL", help="5 or 3.1.1")]
Shared = Annotated[bool, typer.Option(help="Share the load with other collectors.")]
Port = Annotated[int, typer.Option(envvar="NUOMONE_PORT", help="The web's port.")]


@app.command()
def migrate(data: Data = Path("data")) -> None:
    """Make the store, or bring it up to this version."""
    _store(data).close()


@app.command()
def ingest(
    data: Data = Path("data"),
    host: Host = "127.0.0.1",
    port: BrokerPort = 1883,
    name: Name = "collector",
    password: Password = "",
    protocol: Protocol = "5",
    shared: Shared = False,
) -> None:
    """Take events from the broker into the store until told to stop."""
    _check_name(name)
    store = _store(data)
    process = Ingest(IngestSettings(name, host, port, name, password, protocol, shared), store, _now)
    stopping = _stop_signals()
    while not stopping():
        process.run_once()
    process.stop()
    store.close()


@app.command()
def web(
    data: Data = Path("data"),
    host: Host = "127.0.0.1",
    broker_port: BrokerPort = 1883,
    name: Name = "collector",
    password: Password = "",
    protocol: Protocol = "5",
    port: Port = 8000,
) -> None:
    """Serve pages and API until told to stop."""
    import uvicorn  # noqa: PLC0415 - ingest needs no web server

    from collector.web.app import WebSettings, create_app  # noqa: PLC0415

    _store(data).close()
    _allow_connections()
    settings = WebSettings(data, host, broker_port, name, password, protocol)
    uvicorn.run(create_app(settings, _now), host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)


@app.command()
def serve(
    data: Data = Path("data"),
    host: Host = "127.0.0.1",
    broker_port: BrokerPort = 1883,
    name: Name = "collector",
    password: Password = "",
    protocol: Protocol = "5",
    port: Port = 8000,
) -> None:
    """Ingest and web, each in a process of its own; both end when one does, and when this process has gone."""
    _check_name(name)
    _store(data).close()
    environment = os.environ | {
        "NUOMONE_DATA": str(data),
        "NUOMONE_BROKER_HOST": host,
        "NUOMONE_BROKER_PORT": str(broker_port),
        "NUOMONE_COLLECTOR": name,
        "NUOMONE_BROKER_PASSWORD": password,
        "NUOMONE_BROKER_PROTOCOL": protocol,
        "NUOMONE_PORT": str(port),
    }
    command = [sys.executable, "-m", "collector"]
    stopping = _stop_signals()
    children = [subprocess.Popen(tied([*command, part]), env=environment) for part in ("ingest", "web")]
    while not stopping() and all(child.poll() is None for child in children):
        time.sleep(0.2)
    for child in children:
        child.terminate()
    codes = [wait_or_kill(child, 15) for child in children]
    raise typer.Exit(0 if stopping() else max(1, *codes))


@app.command()
def rebuild(data: Data = Path("data")) -> None:
    """Derive every tally from the events again; says how many cells differed."""
    typer.echo(f"{_store(data).rebuild()} cells differed and were mended.")


@catalogue_app.command("import")
def catalogue_import(file: Path, data: Data = Path("data")) -> None:
    """Install a catalogue file; with a fault in any row, nothing is changed."""
    try:
        changed = _store(data).install(read(file.read_bytes()), _now())
    except OSError as error:
        raise _fail(f"{file} cannot be read: {error.strerror}.") from None
    except CatalogueFaults as error:
        raise _fail("Nothing was imported:\n" + "\n".join(error.faults)) from None
    typer.echo(f"Imported; {changed} kiosks get a new configuration.")


@user_app.command("add")
def user_add(
    login: str,
    role: str = "head",
    office: Annotated[list[str] | None, typer.Option(help="For a head: an office of his; may be repeated.")] = None,
    data: Data = Path("data"),
) -> None:
    """Add a user, or change one; asks for the password, or reads it from standard input."""
    if role not in ROLES:
        raise _fail(f"There is no role {role}; use one of {', '.join(ROLES)}.")
    chosen: Role = role
    password = typer.prompt("Password", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(password) < 8:
        raise _fail("A password needs at least 8 characters.")
    _store(data).put_user(User(login, chosen, frozenset(office or ())), passwords.hashed(password))


@user_app.command("token")
def user_token(login: str, days: Annotated[int, typer.Option(min=1, max=3650)] = 365, data: Data = Path("data")) -> None:
    """Print a new API token of a user; it is shown only now."""
    store = _store(data)
    if store.password_hash(login) is None:
        raise _fail(f"There is no user {login}; add one with `nuomone-collector user add {login}`.")
    typer.echo(store.grant(login, "api", timedelta(days=days), _now()))


@quarantine_app.command("replay")
def quarantine_replay(kiosk: str = "", data: Data = Path("data")) -> None:
    """Try quarantined events again, of one kiosk or of all, after their cause is mended."""
    typer.echo(f"{_store(data).replay(_now(), kiosk).accepted} accepted.")


def _store(data: Path) -> SqliteStore:
    try:
        data.mkdir(parents=True, exist_ok=True)
        store = SqliteStore(data / "collector.sqlite")
        store.migrate()
    except OSError as error:
        raise _fail(f"The folder {data} cannot be used: {error.strerror}.") from None
    except StoreError as error:
        raise _fail(str(error)) from None
    return store


def _allow_connections() -> None:
    """Every live listener holds a socket; the usual limit of 1,024 files is for programs that have few."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _check_name(name: str) -> None:
    if not topics.is_identifier(name):
        raise _fail(f"{name!r} is no collector's id: use a-z, 0-9 and '-', at most 40.")


def _now() -> datetime:
    return datetime.now(UTC)


def _fail(sentence: str) -> typer.Exit:
    typer.echo(sentence, err=True)
    return typer.Exit(1)


def _stop_signals() -> Callable[[], bool]:
    """After SIGTERM or SIGINT the returned function says True."""
    seen: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        seen.append(number)

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
    return lambda: bool(seen)


def main() -> None:
    """The command line's entry."""
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
    )
    try:
        app()
    except StoreError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
