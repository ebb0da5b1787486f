"""`nuomone-broker`: write a broker's configuration, run a broker, describe the contract."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from broker_config import acl, commands, mosquitto
from broker_config.acl import BrokerError

app = typer.Typer(
    name="nuomone-broker",
    help="The MQTT broker between kiosks and collectors.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Folder = Annotated[Path, typer.Argument(help="Folder of the broker's files.", file_okay=False)]
Identities = Annotated[Path, typer.Option(help='JSON: [{"role": "kiosk", "id": "hall-1", "password": "…"}, …].')]
Port = Annotated[int, typer.Option(min=1, max=65535, help="TCP port to listen on.")]


@app.command()
def init(
    folder: Folder,
    host: Annotated[list[str], typer.Option(help="Name or address under which kiosks reach the broker; may be repeated.")],
    port: Port = 8883,
    listen: Annotated[str, typer.Option(help="Address to listen on.")] = "0.0.0.0",  # noqa: S104 - kiosks are elsewhere
    user: Annotated[str, typer.Option(help="Account that Mosquitto runs as when root starts it.")] = "",
) -> None:
    """Make a broker where everybody needs a certificate: authority, certificates, identities, configuration."""
    commands.init(folder, tuple(host), port, listen, user)


@app.command()
def identity(folder: Folder, role: Annotated[acl.Role, typer.Argument(help="collector, observer or queue")], name: str) -> None:
    """Make one more server's identity, say of a second collector or a queue system."""
    commands.identity(folder, role, name)


@app.command()
def renew(
    folder: Folder,
    host: Annotated[list[str] | None, typer.Option(help="From now on these names and addresses instead.")] = None,
) -> None:
    """Renew the certificates of the broker, of the pages and of every server that connects; kiosks renew theirs themselves."""
    commands.renew(folder, tuple(host or ()))


@app.command()
def serve(
    folder: Folder,
    socket: Annotated[Path | None, typer.Option(help="Where the web process asks for signatures; by default in FOLDER.")] = None,
    group: Annotated[str, typer.Option(help="Accounts of this group may ask, too.")] = "",
) -> None:
    """Run Mosquitto and the signer on a FOLDER that `init` has made."""
    commands.serve(folder, socket, group)


@app.command()
def check(
    folder: Annotated[Path | None, typer.Option(help="A folder of `init`: its broker, with identities made for this.")] = None,
    host: Annotated[str, typer.Option(help="Where the broker is.")] = "",
    port: Annotated[int | None, typer.Option(min=1, max=65535)] = None,
    ca: Annotated[Path | None, typer.Option(help="The authority whose broker is believed.")] = None,
    identities: Annotated[Path | None, typer.Option(help="One identity of each role to try with; JSON as for `render`.")] = None,
) -> None:
    """Try what a running broker lets whom do; exit code 1 when something is open."""
    commands.check(folder, host, port, ca, identities)


@app.command()
def render(
    folder: Folder,
    identities: Identities,
    port: Port = 1883,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    user: Annotated[str, typer.Option(help="Account that Mosquitto runs as when root starts it.")] = "",
) -> None:
    """Write mosquitto.conf, acl and passwords into FOLDER."""
    known = acl.read_identities(identities)
    settings = mosquitto.Settings(folder, known, port, host, user=user or mosquitto.current_account())
    mosquitto.write(settings)
    typer.echo(f"{folder} is ready for {len(known)} identities: nuomone-broker run {folder}")


@app.command()
def run(folder: Folder) -> None:
    """Run Mosquitto in the foreground on a FOLDER that `render` has written."""
    command = mosquitto.command(folder)
    # This process becomes Mosquitto, so that signals reach it.
    os.execv(command[0], command)  # noqa: S606 - the command line is our own


@app.command()
def embedded(
    identities: Identities,
    port: Port = 1883,
) -> None:
    """Run the broker for demonstrations, where no Mosquitto is installed (MQTT 3.1.1, 127.0.0.1 only)."""
    known = acl.read_identities(identities)
    try:
        from broker_config.embedded_server import serve  # noqa: PLC0415 - amqtt is not everywhere
    except ImportError as error:
        raise BrokerError(f"The package {error.name} is missing: install nuomone[broker].") from error
    serve(port, known)


@app.command()
def docs(check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when a file is out of date.")] = False) -> None:
    """Write CONTRACT.md and asyncapi.yaml again from the code."""
    try:
        from broker_config import contract_docs  # noqa: PLC0415 - needs packages for developers
    except ImportError as error:
        raise BrokerError(f"The package {error.name} is missing: install nuomone[broker,dev].") from error
    stale = contract_docs.stale()
    if check and stale:
        raise BrokerError(f"{' and '.join(stale)} no longer tell what the code does: run nuomone-broker docs.")
    contract_docs.write()
    typer.echo("CONTRACT.md and asyncapi.yaml tell what the code does.")


def main() -> None:
    try:
        app()
    except (BrokerError, OSError) as error:
        sys.exit(f"nuomone-broker: {error}")


if __name__ == "__main__":
    main()
