"""`nuomone-broker serve`: Mosquitto as a child, and the signer beside it; both end when one does."""

import asyncio
import grp
import os
import resource
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from broker_config import initialise, mosquitto, pki, process
from broker_config.acl import BrokerError
from broker_config.authority import Authority
from broker_config.gate import MosquittoGate
from broker_config.installation import Installation
from broker_config.pki import Issuer
from broker_config.registry import Registry
from broker_config.signer import Desk, SignerServer
from broker_config.tied import tied

log = structlog.get_logger()

_STOP_S = 5.0
_DAY_S = 86_400.0
_AUTHORITY_ENDS = timedelta(days=400)


def serve(installation: Installation, socket: Path, group: str) -> int:
    """Until SIGTERM, SIGINT or the end of Mosquitto; the exit code. Raises BrokerError."""
    return asyncio.run(_serve(installation, socket, _group(group)))


def issuer(installation: Installation) -> Issuer:
    """The authority with its key. Raises BrokerError when this account may not read it."""
    try:
        return Issuer(installation.ca.read_text(), installation.ca_key.read_text())
    except OSError as error:
        raise BrokerError(f"The authority's key cannot be read from {error.filename}: {error.strerror}.") from error


async def _serve(installation: Installation, socket: Path, group: int) -> int:
    own = issuer(installation)
    process.check_port_is_free(installation.listen, installation.port)  # before anything is written beside one that runs
    registry = Registry(installation.book)
    running: list[asyncio.subprocess.Process] = []
    gate = MosquittoGate(installation, own, lambda: _hang_up(running))
    reserved = installation.reserved()
    authority = Authority(own, registry, gate, reserved, lambda: datetime.now(UTC))
    authority.open()
    _renew(installation, own)
    _allow_connections(installation)
    command = mosquitto.command(installation.broker)
    child = await asyncio.create_subprocess_exec(*tied(command), stdin=asyncio.subprocess.DEVNULL)
    desk = Desk(authority, installation.hosts[0], installation.port)
    try:
        await _opened(child, installation)
        running.append(child)  # not before: a hang-up ends a Mosquitto that is still starting
        housekeeping = asyncio.create_task(_renew_daily(installation, own, lambda: _hang_up(running)))
        async with SignerServer(desk.answer, socket, group):
            log.info("the signer listens", socket=str(socket), host=installation.hosts[0], port=installation.port)
            return await _until_the_end(child, housekeeping)
    finally:
        await _end(child)
        registry.close()


async def _opened(child: asyncio.subprocess.Process, installation: Installation) -> None:
    end = time.monotonic() + process.START_SECONDS
    while not process.is_open(installation.local_host, installation.port):
        if child.returncode is not None or time.monotonic() > end:
            raise BrokerError(f"Mosquitto did not open port {installation.port}; what it said is above.")
        await asyncio.sleep(0.02)


async def _renew_daily(installation: Installation, own: Issuer, hang_up: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(_DAY_S)
        await asyncio.to_thread(_renew, installation, own)
        hang_up()


def _renew(installation: Installation, own: Issuer) -> None:
    """The certificates of broker, pages and servers, well before they end. Who uses them reads them at the next connection."""
    now = datetime.now(UTC)
    try:
        for path in initialise.renew(installation, own, now, initialise.DUE):
            log.info("renewed; its user takes it at the next start or connection", certificate=str(path))
    except (OSError, BrokerError) as error:
        log.error("certificates were not renewed; in a day again", error=str(error))
    if pki.expires(own.ca) - now < _AUTHORITY_ENDS:
        log.warning("the authority itself ends soon: see docs/broker.md", expires=str(pki.expires(own.ca)))


async def _until_the_end(child: asyncio.subprocess.Process, housekeeping: asyncio.Task[None]) -> int:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    gone, stopped = asyncio.create_task(child.wait()), asyncio.create_task(told.wait())
    await asyncio.wait({gone, stopped}, return_when=asyncio.FIRST_COMPLETED)
    housekeeping.cancel()
    if not stopped.done():
        stopped.cancel()
        log.error("Mosquitto ended", code=gone.result())
        return max(1, gone.result())
    gone.cancel()
    return 0


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    child.terminate()
    try:
        await asyncio.wait_for(child.wait(), _STOP_S)
    except TimeoutError:
        child.kill()
        await child.wait()


def _allow_connections(installation: Installation) -> None:
    """A connection is an open file; the usual limit of 1,024 is for programs that have few. Mosquitto inherits ours."""
    wanted = installation.settings(()).max_connections + 200
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    if most < wanted:
        log.warning("few connections are possible here: raise the limit of open files", possible=most)


def _hang_up(running: list[asyncio.subprocess.Process]) -> None:
    for child in running:
        if child.returncode is None:
            os.kill(child.pid, signal.SIGHUP)


def _group(name: str) -> int:
    if not name:
        return -1
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError as error:
        raise BrokerError(f"There is no group {name} on this machine.") from error
