"""What an operator at the device is told: gathered from the kiosk's parts, set as rows of words.

Nothing here may fail: it is read when something else has.
"""

import platform
import shutil
import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from broker_config import topics
from broker_config.messages import Clock, KioskConfig
from kiosk import __version__
from kiosk.operator_texts import OperatorTexts
from kiosk.outbox import Outbox
from kiosk.texts import said
from kiosk.theme import Theme


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """The network as last seen, and when that changed. `at`: the last receipt's arrival, None before the first."""

    broker: str
    connected: bool = False
    since: datetime | None = None
    collector_online: bool = False
    through: int | None = None
    at: datetime | None = None

    def seen(self, connected: bool, collector_online: bool, through: int, now: datetime) -> "LinkFacts":
        """The facts after another look: what changed since the last one changed now."""
        fresh = replace(self, connected=connected, collector_online=collector_online, through=through)
        if self.since is None or connected != self.connected:
            fresh = replace(fresh, since=now)
        if self.through is not None and through != self.through:
            fresh = replace(fresh, at=now)
        return fresh


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """Plain values. `pending` and `stream` are None where the outbox cannot be read; times are in the office's zone."""

    kiosk: str
    office: str
    counter: str
    config: str
    link: LinkFacts
    pending: int | None
    stream: str | None
    through: int
    now: datetime
    clock: Clock
    disk_free_mb: int | None
    width: int
    height: int
    dpi: float
    frames: int
    lockouts: int


def gather(
    outbox: Outbox,
    config: KioskConfig | None,
    language: str,
    link: LinkFacts,
    clock: tuple[datetime, Clock],
    panel: Theme,
    *,
    frames: int,
    lockouts: int,
) -> ServiceFacts:
    """Everything as it is now; `clock` is what `kiosk.clock.wall` says. To be called where the outbox was opened."""
    pending, stream, through = _outbox(outbox)
    return ServiceFacts(
        kiosk=outbox.kiosk,
        office=said(config.office.name, language) if config else "",
        counter=config.counter if config else "",
        config=config.config if config else "",
        link=link,
        pending=pending,
        stream=stream,
        through=through,
        now=clock[0].astimezone(_zone(config.office.timezone if config else "UTC")),
        clock=clock[1],
        disk_free_mb=_free_mb(outbox.folder),
        width=panel.width,
        height=panel.height,
        dpi=panel.dpi,
        frames=frames,
        lockouts=lockouts,
    )


def rows(facts: ServiceFacts, own: OperatorTexts) -> list[tuple[str, str]]:
    """The table, top to bottom: what it is and how it stands, in the operator's words."""
    link = facts.link
    connection = own.connected if link.connected else own.not_connected
    received = own.receipt_at if link.at else own.receipt_before
    return [
        (own.kiosk, facts.kiosk),
        (own.office, ", ".join(part for part in (facts.office, facts.counter) if part) or own.none),
        (own.version, _versions(own)),
        (own.broker, link.broker),
        (own.connection, connection.format(time=_when(link.since, facts.now))),
        (own.collector, own.online if link.collector_online else own.offline),
        (own.pending, own.unreadable if facts.pending is None else str(facts.pending)),
        (own.receipt, received.format(through=facts.through, time=_when(link.at, facts.now)) if facts.through else own.none),
        (own.stream, own.unreadable if facts.stream is None else facts.stream),
        (own.config, facts.config or own.none),
        (own.clock, f"{facts.now:%Y-%m-%d %H:%M:%S}, {getattr(own, f'clock_{facts.clock}')}"),
        (own.disk, own.unreadable if facts.disk_free_mb is None else f"{facts.disk_free_mb} MB"),
        (own.screen, f"{facts.width} × {facts.height}, {facts.dpi:.0f} DPI"),
        (own.frames, str(facts.frames)),
        (own.lockouts, own.times.format(count=facts.lockouts)),
    ]


def _outbox(outbox: Outbox) -> tuple[int | None, str | None, int]:
    """What waits in all streams; the newest one's short name, and how far its receipt reaches."""
    try:
        streams = outbox.streams()
        return sum(outbox.depth(stream) for stream in streams), streams[-1].id[:8], streams[-1].through
    except (sqlite3.Error, IndexError):
        return None, None, 0


def _free_mb(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free // 2**20
    except OSError:
        return None


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _when(moment: datetime | None, now: datetime) -> str:
    """The time of day, with its date unless that is today's."""
    if moment is None:
        return "–"
    here = moment.astimezone(now.tzinfo)
    return f"{here:%H:%M:%S}" if here.date() == now.date() else f"{here:%Y-%m-%d %H:%M:%S}"


@lru_cache
def _versions(own: OperatorTexts) -> str:
    try:
        kivy = version("kivy")
    except PackageNotFoundError:
        kivy = "?"
    contract = own.contract.format(version=topics.ROOT.rsplit("/", 1)[-1])
    return f"{__version__}, Python {platform.python_version()}, Kivy {kivy}, {contract}"
