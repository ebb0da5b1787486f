"""All rows, and how they are shown."""

from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from kiosk.check import broker, folder, fonts, hardware, system
from kiosk.check.row import Row, missing
from kiosk.connection import BrokerAddress

_COLOURS = {"ok": "green", "warn": "yellow", "missing": "bold red"}


def rows(data: Path, address: BrokerAddress) -> list[Row]:
    """Every check, in the order in which one mends: the device first, then the way out, then what is kept."""
    configured, config = folder.config(data, address.username)
    checks: list[tuple[str, Callable[[], Row]]] = [
        ("display", lambda: hardware.display(config.display if config else {})),
        ("touch", hardware.touch),
        ("sound", hardware.sound),
        ("fonts", fonts.fonts),
        ("clock", system.clock),
        ("disk", lambda: system.disk(data)),
        ("broker", lambda: broker.broker(address)),
        ("configuration", lambda: configured),
        ("outbox", lambda: folder.outbox(data, address.username)),
        ("service PIN", lambda: folder.service_pin(data, config)),
        ("watchdog", system.watchdog),
        ("systemd unit", system.unit),
    ]
    return [_sentence(name, check) for name, check in checks]


def show(found: list[Row]) -> None:
    """The table on standard output, as wide as the terminal."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("what", no_wrap=True)
    table.add_column("state", no_wrap=True)
    table.add_column("what it means", ratio=3)
    table.add_column("what to do", ratio=2)
    for row in found:
        table.add_row(row.name, f"[{_COLOURS[row.state]}]{row.state}[/]", _plain(row.means), _plain(row.do))
    Console(highlight=False).print(table)


def is_essential_missing(found: list[Row]) -> bool:
    return any(row.state == "missing" for row in found)


def _sentence(name: str, check: Callable[[], Row]) -> Row:
    """Whatever goes wrong in one check is told in its row; the others are made all the same."""
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - an admin at the device is helped by a sentence, not by a traceback
        return missing(name, f"It could not be checked: {type(error).__name__}: {error}.", "Report this sentence.")


def _plain(text: str) -> str:
    return text.replace("[", r"\[")
