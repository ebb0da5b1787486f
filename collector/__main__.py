"""`nuomone-collector`: everything concrete is built here."""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from broker_config import topics
from broker_config.acl import BrokerError
from broker_config.process import wait_or_kill
from broker_config.running import log_to, stop_signals
from broker_config.tied import tied
from broker_config.tls import client_tls
from collector import retention_commands, user_commands
from collector.access import Viewer
from collector.catalogue import CatalogueFaults, read
from collector.commands import Data, fail, now, open_store
from collector.ingest import Ingest, IngestSettings
from collector.rollouts import Pace
from collector.store.base import StoreError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
catalogue_app = typer.Typer(no_args_is_help=True, help="Institutions, offices, services, counters, kiosks.")
quarantine_app = typer.Typer(no_args_is_help=True, help="What could not be accepted.")
app.add_typer(catalogue_app, name="catalogue")
app.add_typer(user_commands.app, name="user")
app.add_typer(retention_commands.app, name="retention")
app.add_typer(quarantine_app, name="quarantine")

EVERYTHING = Viewer("", "admin", None)  # whoever has the folder has the store

Host = Annotated[str, typer.Option(envvar="NUOMONE_BROKER_HOST")]
BrokerPort = Annotated[int, typer.Option(envvar="NUOMONE_BROKER_PORT")]
Name = Annotated[str, typer.Option(envvar="NUOMONE_COLLECTOR", help="This collector's id, also its user name at the broker.")]
Password = Annotated[str, typer.Option(envvar="NUOMONE_BROKER_PASSWORD", help="Better given in the environment.")]
Protocol = Annotated[str, typer.Option(envvar="NUOMONE_BROKER_PROTOCOL", help="5 or 3.1.1")]
Shared = Annotated[bool, typer.Option(help="Share the load with other collectors.")]
Group = Annotated[
    str, typer.Option(envvar="NUOMONE_SHARED_GROUP", help="The name under which they share it: a secret of theirs.")
]
Port = Annotated[int, typer.Option(envvar="NUOMONE_PORT", help="The web's port.")]
Observe = Annotated[
    float, typer.Option(envvar="NUOMONE_OBSERVE_S", min=0.1, help="Seconds that a roll-out watches a kiosk after it applied.")
]
Ca = Annotated[Path | None, typer.Option(envvar="NUOMONE_BROKER_CA", help="The authority whose broker is believed.")]
Certificate = Annotated[
    Path | None, typer.Option(envvar="NUOMONE_BROKER_CERTIFICATE", help="One's own certificate, in place of a password.")
]
Key = Annotated[Path | None, typer.Option(envvar="NUOMONE_BROKER_KEY", help="Its private key.")]
WebCertificate = Annotated[
    Path | None, typer.Option(envvar="NUOMONE_WEB_CERTIFICATE", help="The web's own: a name has one connection at the broker.")
]
WebKey = Annotated[Path | None, typer.Option(envvar="NUOMONE_WEB_KEY", help="Its private key.")]
Signer = Annotated[Path | None, typer.Option(envvar="NUOMONE_SIGNER", help="The socket of nuomone-broker serve.")]
Address = Annotated[str, typer.Option(envvar="NUOMONE_ADDRESS", help="Where people and kiosks find the pages: https://…")]
Listen = Annotated[str, typer.Option(envvar="NUOMONE_LISTEN", help="Address that the web listens on.")]
HttpsCertificate = Annotated[
    Path | None, typer.Option(envvar="NUOMONE_HTTPS_CERTIFICATE", help="Serve the pages over HTTPS, with this certificate.")
]
HttpsKey = Annotated[Path | None, typer.Option(envvar="NUOMONE_HTTPS_KEY", help="Its private key.")]


@app.command()
def migrate(data: Data = Path("data")) -> None:
    """Make the store, or bring it up to this version."""
    open_store(data).close()


@app.command()
def ingest(
    data: Data = Path("data"),
    host: Host = "127.0.0.1",
    port: BrokerPort = 1883,
    name: Name = "collector",
    password: Password = "",
    protocol: Protocol = "5",
    shared: Shared = False,
    observe: Observe = 90.0,
    shared_group: Group = topics.SHARED_GROUP,
    ca: Ca = None,
    certificate: Certificate = None,
    key: Key = None,
) -> None:
    """Take events from the broker into the store until told to stop."""
    _check_name(name)
    if not topics.is_identifier(shared_group):
        raise fail(f"{shared_group!r} is no name of a group: use a-z, 0-9 and '-', at most 40.")
    store = open_store(data)
    tls = client_tls(ca, certificate, key)
    settings = IngestSettings(
        name, host, port, name, password, protocol, shared, tls=tls, shared_group=shared_group, pace=Pace(observe)
    )
    process = Ingest(settings, store, now)
    stopping = stop_signals()
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
    ca: Ca = None,
    certificate: Certificate = None,
    key: Key = None,
    signer: Signer = None,
    address: Address = "",
    listen: Listen = "127.0.0.1",
    https_certificate: HttpsCertificate = None,
    https_key: HttpsKey = None,
) -> None:
    """Serve pages and API until told to stop."""
    from collector.web import serving  # noqa: PLC0415 - ingest needs no web server
    from collector.web.app import WebSettings, create_app  # noqa: PLC0415

    tls = client_tls(ca, certificate, key)
    settings = WebSettings(data, host, broker_port, name, password, protocol, tls=tls, signer=signer, address=address)
    https = serving.https(https_certificate, https_key)
    open_store(data).close()
    _allow_connections()
    serving.serve(create_app(settings, now), listen, port, https)


@app.command()
def serve(
    data: Data = Path("data"),
    host: Host = "127.0.0.1",
    broker_port: BrokerPort = 1883,
    name: Name = "collector",
    password: Password = "",
    protocol: Protocol = "5",
    port: Port = 8000,
    ca: Ca = None,
    certificate: Certificate = None,
    key: Key = None,
    web_certificate: WebCertificate = None,
    web_key: WebKey = None,
    signer: Signer = None,
    address: Address = "",
    listen: Listen = "127.0.0.1",
    https_certificate: HttpsCertificate = None,
    https_key: HttpsKey = None,
) -> None:
    """Ingest and web, each in a process of its own; both end when one does, and when this process has gone."""
    _check_name(name)
    if certificate and not web_certificate:
        typer.echo("Ingest and web share one certificate: a broker of nuomone-broker init lets only one of them in.", err=True)
    open_store(data).close()
    ours: dict[str, object] = {
        "NUOMONE_DATA": data,
        "NUOMONE_BROKER_HOST": host,
        "NUOMONE_BROKER_PORT": broker_port,
        "NUOMONE_COLLECTOR": name,
        "NUOMONE_BROKER_PASSWORD": password,
        "NUOMONE_BROKER_PROTOCOL": protocol,
        "NUOMONE_PORT": port,
        "NUOMONE_BROKER_CA": ca,
        "NUOMONE_BROKER_CERTIFICATE": certificate,
        "NUOMONE_BROKER_KEY": key,
        "NUOMONE_SIGNER": signer,
        "NUOMONE_ADDRESS": address,
        "NUOMONE_LISTEN": listen,
        "NUOMONE_HTTPS_CERTIFICATE": https_certificate,
        "NUOMONE_HTTPS_KEY": https_key,
    }
    webs = ours | {"NUOMONE_BROKER_CERTIFICATE": web_certificate or certificate, "NUOMONE_BROKER_KEY": web_key or key}
    command = [sys.executable, "-m", "collector"]
    stopping = stop_signals()
    parts = (("ingest", ours), ("web", webs))
    children = [subprocess.Popen(tied([*command, part]), env=_environment(told)) for part, told in parts]
    while not stopping() and all(child.poll() is None for child in children):
        time.sleep(0.2)
    for child in children:
        child.terminate()
    codes = [wait_or_kill(child, 15) for child in children]
    raise typer.Exit(0 if stopping() else max(1, *codes))


@app.command()
def rebuild(data: Data = Path("data")) -> None:
    """Derive every tally from the events again; says how many cells differed."""
    typer.echo(f"{open_store(data).rebuild()} cells differed and were mended.")


@app.command()
def remark(data: Data = Path("data")) -> None:
    """Apply the present misuse rules to ratings stored before (interval-v1 needs what is not kept: its marks stay)."""
    typer.echo(f"{open_store(data).remark(now())} ratings are marked otherwise now.")


@catalogue_app.command("import")
def catalogue_import(file: Path, data: Data = Path("data")) -> None:
    """Install a catalogue file; with a fault in any row, nothing is changed.

    What a row leaves out stays as it is. Kiosks that the file does not name are retired.
    """
    try:
        done = open_store(data).install(read(file.read_bytes()), now())
    except OSError as error:
        raise fail(f"{file} cannot be read: {error.strerror}.") from None
    except CatalogueFaults as error:
        raise fail("Nothing was imported:\n" + "\n".join(error.faults)) from None
    typer.echo(f"Imported; {done.published} kiosks get a new configuration.")
    if done.retired:
        typer.echo(f"Retired, since the file does not name them: {', '.join(one.kiosk for one in done.retired)}.")
    let_in = [f"/fleet/{one.kiosk}/revoke" for one in done.retired if one.has_certificate]
    if let_in:
        typer.echo(f"The broker still lets their devices in until you revoke their certificates: {', '.join(let_in)}.")


@quarantine_app.command("replay")
def quarantine_replay(kiosk: str = "", data: Data = Path("data")) -> None:
    """Try quarantined events again, of one kiosk or of all, after their cause is mended."""
    typer.echo(f"{open_store(data).replay_for('', kiosk, now()).accepted} accepted.")


@quarantine_app.command("list")
def quarantine_list(kiosk: str = "", data: Data = Path("data")) -> None:
    """Kiosks that speak and are not registered, and the newest 50 rows with their reasons."""
    store = open_store(data)
    for stranger in store.strangers(EVERYTHING):
        typer.echo(
            f"{stranger.kiosk}\t{stranger.status or 'not registered'}\t{stranger.messages} messages since {stranger.first_at}"
        )
    for row in store.quarantine_rows(EVERYTHING, kiosk):
        typer.echo(f"{row.last_at}\t{row.kiosk}\t{row.seq or 'message'}\t{row.reason}\t{row.payload}")


@quarantine_app.command("discard")
def quarantine_discard(kiosk: str, data: Data = Path("data")) -> None:
    """Forget what a kiosk said while it was not registered."""
    typer.echo(f"{open_store(data).discard('', kiosk, now())} messages discarded.")


def _environment(told: dict[str, object]) -> dict[str, str]:
    """This process's, and what is set of `told`."""
    return os.environ | {name: str(value) for name, value in told.items() if value not in (None, "")}


def _allow_connections() -> None:
    """Every live listener holds a socket; the usual limit of 1,024 files is for programs that have few."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _check_name(name: str) -> None:
    if not topics.is_identifier(name):
        raise fail(f"{name!r} is no collector's id: use a-z, 0-9 and '-', at most 40.")


def main() -> None:
    """The command line's entry."""
    log_to(sys.stderr)
    try:
        app()
    except (StoreError, BrokerError) as error:
        typer.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
