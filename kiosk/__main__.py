"""`nuomone-kiosk`: everything concrete is built here."""

import errno
import sqlite3
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import structlog
import typer

from broker_config import topics
from broker_config.acl import BrokerError, read_identities
from broker_config.messages import Clock as Quality
from broker_config.running import stop_signals
from broker_config.tls import client_tls
from kiosk import configuration, identity, operator_commands, preview, recent_log, recovery, restart
from kiosk.clock import Clock, Keeper, machine_clock
from kiosk.connection import BrokerAddress
from kiosk.link import Timing
from kiosk.network import Network
from kiosk.outbox import Outbox
from kiosk.renewal import Renewal
from kiosk.station import Station
from kiosk.watchdog import Watchdog
from kiosk.window import SIZE, NoDisplay, Wires
from kiosk.window import run as show

log = structlog.get_logger()

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command()(operator_commands.check)
app.command()(operator_commands.enrol)
app.command()(operator_commands.pin)
app.command()(preview.preview)

NO_FOLDER = (
    "Where does this kiosk keep its data? Give --data FOLDER; with a password give --kiosk ID too. Or --config FILE to try one."
)
_DISK_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)

Host = Annotated[str, typer.Option(envvar="NUOMONE_BROKER_HOST")]
BrokerPort = Annotated[int, typer.Option(envvar="NUOMONE_BROKER_PORT")]
Protocol = Annotated[str, typer.Option(envvar="NUOMONE_BROKER_PROTOCOL", help="5 or 3.1.1")]


@app.command()
def run(
    kiosk: Annotated[str, typer.Option(help="This kiosk's id, also its user name at the broker.")] = "",
    data: Annotated[Path | None, typer.Option(help="The kiosk's folder: outbox and last good configuration.")] = None,
    config: Annotated[Path | None, typer.Option(help="Try this configuration in a window, without a broker.")] = None,
    host: Host = "127.0.0.1",
    port: BrokerPort = 1883,
    password: Annotated[str, typer.Option(envvar="NUOMONE_KIOSK_PASSWORD", help="Better given in the environment.")] = "",
    protocol: Protocol = "5",
    machine: Annotated[str, typer.Option(help="This machine's id; by default /etc/machine-id.")] = "",
    size: Annotated[str, typer.Option(help="Window size, as 1280x800; by default the whole screen.")] = "",
    clock: Annotated[
        Keeper,
        typer.Option(
            envvar="NUOMONE_CLOCK",
            help="Who keeps the system clock: NTP, or somebody outside the system; auto: NTP where systemd runs.",
        ),
    ] = Keeper.AUTO,
    server: Annotated[str, typer.Option(envvar="NUOMONE_SERVER", help="Where a device that is no kiosk yet registers.")] = "",
    health_s: Annotated[float, typer.Option(hidden=True)] = 60.0,
) -> None:
    """Show the rating screen and send what citizens say; with --config only show it.

    A device with a certificate is whom that names; with neither that nor --kiosk it asks on its screen to be registered.
    """
    if config:
        _try(config, data, _size(size) or SIZE)
        return
    enrolled = identity.load(data) if data else None
    kiosk = enrolled.kiosk if enrolled else kiosk
    if not data:
        raise _fail(NO_FOLDER)
    folder, window, machine, watchdog = _folder(data), _size(size), machine or _machine_id(), Watchdog.from_environment()
    if not kiosk:
        _register(folder, server, window, watchdog)
        return
    _check_id(kiosk)
    try:
        outbox, damaged = recovery.open_outbox(folder, kiosk, machine, lambda error: restart.give_up(folder, error))
    except recovery.DiskTrouble as trouble:
        _out_of_service(trouble, folder, kiosk, machine, window, watchdog)
        return
    machine_time = machine_clock(clock)
    address = enrolled.address if enrolled else BrokerAddress(host, port, kiosk, password, protocol)
    renewal = Renewal(folder) if enrolled else None
    network = Network(folder, kiosk, machine, address, Timing(health_s=health_s), machine_time, renewal)
    network.report(damaged)
    wires = _wires(network, machine_time, watchdog)
    try:
        show(Station(folder, outbox, machine_time), folder, size=window, fullscreen=not size, wires=wires, frames=network.frames)
    except NoDisplay as error:
        raise _fail(str(error)) from None
    finally:
        network.stop()
        outbox.close()
    if recovery.is_suspect(folder):
        restart.begin_again()
    watchdog.stopping()


def _wires(network: Network, machine_time: Clock, watchdog: Watchdog) -> Wires:
    return Wires(
        on_answer=network.wake,
        on_config=network.applied,
        on_refused=network.refused,
        on_reply=network.reply,
        started=network.start,
        link=lambda: network.facts,
        clock=lambda: _told(machine_time),
        recent_log=recent_log.recent().text,
        watchdog=watchdog,
    )


def _out_of_service(
    trouble: recovery.DiskTrouble, folder: Path, kiosk: str, machine: str, window: tuple[int, int] | None, watchdog: Watchdog
) -> None:
    log.error("out of service", reason=str(trouble))
    try:
        restart.wait_for_disk(folder, kiosk, machine, window, watchdog)
    except NoDisplay as error:
        raise _fail(f"{trouble} {error}") from None


def _register(folder: Path, server: str, window: tuple[int, int] | None, watchdog: Watchdog) -> None:
    """This device is no kiosk yet."""

    def enrol(code: str, at: str) -> str:
        from kiosk import enrolment

        return enrolment.enrol(folder, code, at).kiosk

    try:
        restart.first_start(folder, server, enrol, window, watchdog)
    except NoDisplay as error:
        raise _fail(f"This device is not registered: use nuomone-kiosk enrol, or its screen. {error}") from None


def _try(file: Path, data: Path | None, window: tuple[int, int]) -> None:
    """One kiosk without a network; what is tapped goes into a folder that is thrown away, or into `data`."""
    try:
        config = configuration.read(file)
    except configuration.Refused as reason:
        raise _fail(f"{file} cannot be shown: {reason}.") from None
    with tempfile.TemporaryDirectory() as thrown_away:
        folder = _folder(data or Path(thrown_away))
        configuration.save(folder / "config.json", config)
        outbox = Outbox(folder / recovery.NAME, config.kiosk, "trying")
        try:
            show(Station(folder, outbox), folder, size=window, fullscreen=False)
        except NoDisplay as error:
            raise _fail(str(error)) from None
        finally:
            outbox.close()


def _told(machine_time: Clock) -> tuple[datetime, Quality]:
    now = machine_time.now()
    return now.at or datetime.now(UTC), now.quality or "unsure"


@app.command()
def rescue(
    file: Annotated[Path, typer.Argument(help="An outbox that was set aside.")],
    data: Annotated[Path, typer.Option(help="The kiosk's folder; the kiosk may be running.")],
) -> None:
    """Put what can be read of a damaged outbox back into the kiosk's own, which sends it."""
    from kiosk import rescue as rescuing

    try:
        typer.echo(str(rescuing.rescue(file, data)))
    except rescuing.NotRescued as reason:
        raise _fail(str(reason)) from None
    except (sqlite3.Error, OSError) as error:
        raise _fail(f"The rescue was interrupted: {error}. Run it again; what was rescued stays.") from None


@app.command()
def simulate(
    identities: Annotated[Path, typer.Option(help="JSON list of broker identities; its kiosks are simulated.")],
    data: Annotated[Path, typer.Option(help="A folder; each kiosk gets one in it.")],
    kiosks: Annotated[int, typer.Option(help="How many kiosks, the first of the list.")] = 40,
    rate: Annotated[float, typer.Option(help="Taps a second over the whole fleet.")] = 1.0,
    history: Annotated[int, typer.Option(help="Days of past visits to send first.")] = 0,
    worse: Annotated[str, typer.Option(help="A service that went bad three weeks ago.")] = "",
    seed: int = 1,
    host: Host = "127.0.0.1",
    port: BrokerPort = 1883,
    protocol: Protocol = "5",
) -> None:
    """Run a fleet of kiosks without screens; progress goes to standard output as `history DONE ALL`, then `ready`."""
    from kiosk import simulate as simulation

    plan = simulation.Plan(rate, history, seed, worse)
    simulation.allow_many_files(kiosks * 8 + 200)
    try:
        known = [one for one in read_identities(identities) if one.role == "kiosk"][:kiosks]
    except BrokerError as error:
        raise _fail(str(error)) from None
    if not known:
        raise _fail(f"There is no kiosk among the identities in {identities}.")
    addresses = [
        BrokerAddress(host, port, one.id, one.password, protocol, client_tls(one.ca, one.certificate, one.key)) for one in known
    ]
    fleet = simulation.SimulatedFleet(
        [simulation.SimulatedKiosk(data / address.username, address.username, address, plan) for address in addresses], plan
    )
    stopping = stop_signals()
    simulation.send_history(fleet, stopping, lambda done, total: print(f"history {done} {total}", flush=True))
    print("ready", flush=True)
    simulation.tap(fleet, stopping)
    fleet.stop()


def _folder(data: Path) -> Path:
    """A disk that is full or read-only is no reason to end: it is waited for."""
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno not in _DISK_TROUBLE:
            raise _fail(f"The folder {data} cannot be used: {error.strerror}.") from None
    return data


def _machine_id() -> str:
    try:
        return Path("/etc/machine-id").read_text().strip() or "unknown"
    except OSError:
        return "unknown"


def _size(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    width, _, height = text.partition("x")
    if not (width.isascii() and width.isdigit() and height.isascii() and height.isdigit()):
        raise _fail(f"The size {text} is none; write it as 1280x800.")
    return int(width), int(height)


def _check_id(kiosk: str) -> None:
    if not topics.is_identifier(kiosk):
        raise _fail(f"{kiosk!r} is no kiosk id: use a-z, 0-9 and '-', at most 40.")


def _fail(sentence: str) -> typer.Exit:
    typer.echo(sentence, err=True)
    return typer.Exit(1)


def main() -> None:
    """The command line's entry."""
    recent_log.configure()
    app()


if __name__ == "__main__":
    main()
