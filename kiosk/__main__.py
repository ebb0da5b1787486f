"""`nuomone-kiosk`: everything concrete is built here."""

import contextlib
import errno
import signal
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from broker_config import topics
from broker_config.acl import BrokerError, read_identities
from broker_config.messages import HealthScreen, KioskConfig, Reply
from kiosk import configuration, operator_commands, recovery, restart
from kiosk.clock import Clock, Keeper, machine_clock
from kiosk.link import BrokerAddress, Link, Timing
from kiosk.outbox import Outbox
from kiosk.station import Station
from kiosk.window import Frames, NoDisplay, Wires
from kiosk.window import run as show

if TYPE_CHECKING:
    from kiosk.app import KioskApp

log = structlog.get_logger()

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command()(operator_commands.check)
app.command()(operator_commands.pin)

_DISK_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)

Host = Annotated[str, typer.Option(envvar="NUOMONE_BROKER_HOST")]
BrokerPort = Annotated[int, typer.Option(envvar="NUOMONE_BROKER_PORT")]
Protocol = Annotated[str, typer.Option(envvar="NUOMONE_BROKER_PROTOCOL", help="5 or 3.1.1")]


@app.command()
def run(
    kiosk: Annotated[str, typer.Option(help="This kiosk's id, also its user name at the broker.")],
    data: Annotated[Path, typer.Option(help="The kiosk's folder: outbox and last good configuration.")],
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
    health_s: Annotated[float, typer.Option(hidden=True)] = 60.0,
) -> None:
    """Show the rating screen and send what citizens say."""
    _check_id(kiosk)
    folder, window, machine = _folder(data), _size(size), machine or _machine_id()
    try:
        outbox, damaged = recovery.open_outbox(folder, kiosk, machine, lambda error: restart.give_up(folder, error))
    except recovery.DiskTrouble as trouble:
        log.error("out of service", reason=str(trouble))
        try:
            restart.wait_for_disk(folder, kiosk, machine, window)
        except NoDisplay as error:
            raise _fail(f"{trouble} {error}") from None
        return
    machine_time = machine_clock(clock)
    station = Station(folder, outbox, machine_time)
    address = BrokerAddress(host, port, kiosk, password, protocol)
    network = Network(folder, kiosk, machine, address, Timing(health_s=health_s), machine_time)
    network.report(damaged)
    wires = Wires(on_answer=network.wake, on_config=network.applied, on_refused=network.refused, started=network.start)
    try:
        show(station, folder, size=window, fullscreen=not size, wires=wires, frames=network.frames)
    except NoDisplay as error:
        raise _fail(str(error)) from None
    finally:
        network.stop()
        outbox.close()
    if recovery.is_suspect(folder):
        restart.begin_again()


class Network:
    """The link in a thread of its own, with an outbox connection of its own."""

    def __init__(self, folder: Path, kiosk: str, machine: str, address: BrokerAddress, timing: Timing, clock: Clock) -> None:
        self._folder, self._kiosk, self._machine, self._address = folder, kiosk, machine, address
        self._timing, self._clock, self.frames = timing, clock, Frames()
        self._config = ""
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_out.setblocking(False)
        self._stopping = threading.Event()
        self._replies: list[Reply] = []
        self._reports: list[Reply] = []
        self._thread: threading.Thread | None = None

    def start(self, app: "KioskApp") -> None:
        """Begin to send; configurations that come go to the app."""
        if app.station.config:
            self.applied(app.station.config)
        if fault := configuration.fault(self._folder / "config.json", self._kiosk):
            self.refused(*fault)
        self._replies += self._reports
        self._thread = threading.Thread(target=self._run, args=(app,), name="link")
        self._thread.start()

    def wake(self) -> None:
        """Something is due: do not wait for the next turn."""
        with contextlib.suppress(BlockingIOError):  # it has been woken often enough
            self._wake_out.send(b".")

    def applied(self, config: KioskConfig) -> None:
        self._config = config.config
        self._replies.append(Reply(id=config.config, ok=True, detail="applied", data=config.model_dump(mode="json")))
        self.wake()

    def refused(self, payload: bytes, reason: str) -> None:
        self._replies.append(Reply(id=configuration.named(payload), ok=False, detail=reason))
        self.wake()

    def report(self, damaged: list[str]) -> None:
        """Sentences for the collector, about the outbox."""
        for sentence in damaged:
            log.warning(sentence)
            self._reports.append(Reply(id="outbox", ok=False, detail=sentence))

    def stop(self) -> None:
        self._stopping.set()
        self.wake()
        if self._thread:
            self._thread.join(timeout=10)

    def _run(self, app: "KioskApp") -> None:
        outbox = self._open()
        if outbox is None:
            return
        link = Link(
            outbox,
            self._address,
            clock=self._clock,
            config_id=lambda: self._config,
            on_config=app.propose_config,
            on_prompt=app.propose_prompt,
            screen=lambda: HealthScreen(name=app.shown or "starting", frames=self.frames.proven),
            timing=self._timing,
        )
        while not self._stopping.is_set():
            while self._replies:
                link.reply(self._replies.pop(0))
            try:
                link.run_once(time.monotonic, 1.0, self._wake_in)
            except (sqlite3.Error, OSError) as error:
                self._fails(error)
        link.stop()
        outbox.close()

    def _open(self) -> Outbox | None:
        while not self._stopping.is_set():
            try:
                return Outbox(self._folder / recovery.NAME, self._kiosk, self._machine)
            except sqlite3.Error as error:
                self._fails(error)
        return None

    def _fails(self, error: Exception) -> None:
        """A full or locked disk: nothing is lost, it is tried again until it works. A damaged file never works again."""
        if recovery.is_damage(error):
            restart.give_up(self._folder, error)
        else:
            log.error("the outbox does not answer; trying again", error=str(error))
        self._stopping.wait(2.0)


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
    fleet = simulation.SimulatedFleet(
        [
            simulation.SimulatedKiosk(data / one.id, one.id, BrokerAddress(host, port, one.id, one.password, protocol), plan)
            for one in known
        ],
        plan,
    )
    stopping = _stop_signals()
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
    app()


if __name__ == "__main__":
    main()
