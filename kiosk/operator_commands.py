"""`nuomone-kiosk check` and `nuomone-kiosk pin`: what an admin runs at the device."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from broker_config import topics
from kiosk.connection import BrokerAddress

Data = Annotated[Path, typer.Option(help="The kiosk's folder.", envvar="NUOMONE_DATA")]
HERE = Path("/var/lib/nuomone")


def check(
    kiosk: Annotated[str, typer.Option(envvar="NUOMONE_KIOSK", help="This kiosk's id, also its user name at the broker.")],
    data: Data = HERE,
    host: Annotated[str, typer.Option(envvar="NUOMONE_BROKER_HOST")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="NUOMONE_BROKER_PORT", min=1, max=65535)] = 1883,
    password: Annotated[str, typer.Option(envvar="NUOMONE_KIOSK_PASSWORD", help="Better given in the environment.")] = "",
    protocol: Annotated[str, typer.Option(envvar="NUOMONE_BROKER_PROTOCOL", help="5 or 3.1.1")] = "5",
) -> None:
    """Look whether everything is there that a kiosk needs; ends with 1 where something essential is missing."""
    from kiosk.check import table

    if not topics.is_identifier(kiosk):
        typer.echo(f"{kiosk!r} is no kiosk id: use a-z, 0-9 and '-', at most 40.", err=True)
        raise typer.Exit(1)
    found = table.rows(data, BrokerAddress(host, port, kiosk, password, protocol))
    table.show(found)
    if table.is_essential_missing(found):
        raise typer.Exit(1)


def pin(data: Data = HERE) -> None:
    """Set the PIN of the service screen: asked twice at a terminal, else one line of standard input."""
    from kiosk import pin as pins

    if sys.stdin.isatty():
        digits = typer.prompt("PIN", hide_input=True, confirmation_prompt="The same again")
    else:
        digits = sys.stdin.readline().strip()
    try:
        data.mkdir(parents=True, exist_ok=True)
        pins.keep(data, digits)
    except pins.BadPin as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        typer.echo(f"The PIN cannot be stored in {data}: {error.strerror}.", err=True)
        raise typer.Exit(1) from None
    typer.echo("The PIN is set. A PIN in the kiosk's configuration comes before it.")
