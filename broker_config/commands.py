"""What the commands of a broker with certificates do, and what they tell."""

import pwd
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer

from broker_config import initialise, installation, mosquitto, pki, serving
from broker_config.acl import BrokerError, Role, read_identities
from broker_config.check import report
from broker_config.installation import Installation
from broker_config.running import log_to

_ALL = timedelta(days=10_000)


def init(folder: Path, hosts: tuple[str, ...], port: int, listen: str, user: str) -> None:
    wanted = Installation(folder, hosts, port, listen, user or _account())
    if (folder / "broker.json").exists() and (there := installation.read(folder)) != wanted:
        where = f"{' and '.join(there.hosts)}, port {there.port} on {there.listen}, account {there.user}"
        raise BrokerError(
            f"{folder} holds a broker for {where}. Nothing was changed. "
            f"Other names: nuomone-broker renew {folder} --host NAME; the rest is in broker.json."
        )
    made = initialise.initialise(wanted, datetime.now(UTC))
    if not made:
        typer.echo(f"{folder} holds all of this already; nothing was changed.")
    for path in made:
        typer.echo(f"made {path}")
    typer.echo(
        f"\nThe authority's fingerprint, to compare with what a kiosk shows:\n{spaced(pki.fingerprint(wanted.ca.read_text()))}"
    )
    typer.echo(f"\nKeep {wanted.authority} secret, and a copy of it elsewhere. Next: nuomone-broker serve {folder}")


def identity(folder: Path, role: Role, name: str) -> None:
    if role == "kiosk":
        raise BrokerError("A kiosk makes its own key and is enrolled with a code: see docs/broker.md.")
    there = installation.read(folder)
    for path in initialise.add_identity(there, serving.issuer(there), role, name, datetime.now(UTC)):
        typer.echo(f"made {path}")
    typer.echo("The broker knows it when nuomone-broker serve is started again.")


def renew(folder: Path, hosts: tuple[str, ...]) -> None:
    there = installation.read(folder)
    if hosts:
        there = Installation(folder, hosts, there.port, there.listen, there.user)
        there.save()
    for path in initialise.renew(there, serving.issuer(there), datetime.now(UTC), _ALL):
        typer.echo(f"renewed {path}")
    typer.echo("Start nuomone-broker serve and the collector again, so that they read them.")


def serve(folder: Path, socket: Path | None, group: str) -> None:
    log_to(sys.stderr)
    there = installation.read(folder)
    raise typer.Exit(serving.serve(there, socket or there.socket, group))


def check(folder: Path | None, host: str, port: int | None, ca: Path | None, identities: Path | None) -> None:
    if folder:
        rows = report.of_installation(installation.read(folder), host, port)
    elif host and port:
        rows = report.of_broker(host, port, ca, read_identities(identities) if identities else ())
    else:
        raise BrokerError("Which broker? Give --folder FOLDER, or --host and --port.")
    typer.echo(report.told(rows))
    found = sum(row.state in report.WRONG for row in rows)
    typer.echo(f"\n{found} to mend: see docs/broker.md." if found else "\nNothing is open that should not be.")
    raise typer.Exit(min(found, 1))


def spaced(fingerprint: str) -> str:
    """Two lines of eight groups of four."""
    groups = [fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4)]
    return "\n".join("  " + " ".join(groups[at : at + 8]) for at in (0, 8))


def _account() -> str:
    """Mosquitto's own where root runs this and it exists."""
    here = mosquitto.current_account()
    if here != "root":
        return here
    try:
        return pwd.getpwnam("mosquitto").pw_name
    except KeyError:
        return here
