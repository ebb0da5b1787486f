"""`nuomone-kiosk enrol`, `check` and `pin`: what an admin runs at the device."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from broker_config import topics
from kiosk import identity
from kiosk.connection import BrokerAddress

Data = Annotated[Path, typer.Option(help="The kiosk's folder.", envvar="NUOMONE_DATA")]
HERE = Path("/var/lib/nuomone")


def check(
    kiosk: Annotated[str, typer.Option(envvar="NUOMONE_KIOSK", help="Its id, where it has a password and no certificate.")] = "",
    data: Data = HERE,
    host: Annotated[str, typer.Option(envvar="NUOMONE_BROKER_HOST")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="NUOMONE_BROKER_PORT", min=1, max=65535)] = 1883,
    password: Annotated[str, typer.Option(envvar="NUOMONE_KIOSK_PASSWORD", help="Better given in the environment.")] = "",
    protocol: Annotated[str, typer.Option(envvar="NUOMONE_BROKER_PROTOCOL", help="5 or 3.1.1")] = "5",
) -> None:
    """Look whether everything is there that a kiosk needs; ends with 1 where something essential is missing."""
    from kiosk.check import table

    enrolled = None if kiosk else identity.load(data)
    if not enrolled and not topics.is_identifier(kiosk):
        own = f"{kiosk!r} is no kiosk id: use a-z, 0-9 and '-', at most 40."
        typer.echo(
            own if kiosk else "This device is not enrolled: use nuomone-kiosk enrol, or give its id with --kiosk.", err=True
        )
        raise typer.Exit(1)
    address = enrolled.address if enrolled else BrokerAddress(host, port, kiosk, password, protocol)
    found = table.rows(data, address)
    table.show(found)
    if table.is_essential_missing(found):
        raise typer.Exit(1)


def enrol(
    code: Annotated[str, typer.Argument(help="The one-time code, as on the sheet.")],
    server: Annotated[str, typer.Option(envvar="NUOMONE_SERVER", help="The collector's address: https://…")],
    ca: Annotated[Path | None, typer.Option(help="The authority of the server's own certificate, PEM.")] = None,
    data: Data = HERE,
) -> None:
    """Make this device a kiosk: its key is made here, and its certificate comes for a one-time code."""
    from kiosk import enrolment

    if os.geteuid() == 0 and data.exists() and data.stat().st_uid != 0:
        typer.echo(
            f"{data} belongs to another account, which could not read what root writes there: run this as that one.", err=True
        )
        raise typer.Exit(1)
    try:
        enrolled = enrolment.enrol(data, code, server, ca)
    except enrolment.NotEnrolled as reason:
        typer.echo(str(reason), err=True)
        raise typer.Exit(1) from None
    where = f"{enrolled.address.host}:{enrolled.address.port}"
    typer.echo(f"This device is {enrolled.kiosk} now, with the broker at {where}. Start its program, or start it again.")


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
