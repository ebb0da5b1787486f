"""The erasure log beside the database: what was erased, so that a backup that is put back does not bring it to life again.

One JSON object a line, only ever added. A line with `cuts` is on the disk before the first row goes; one with `erased`
says afterwards how many went. It holds ids of offices, days and numbers.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from broker_config.messages import utc_text
from collector.retention import Cut
from collector.store.base import StoreError

NAME = "erasures.jsonl"


@dataclass(frozen=True)
class Erased:
    """What one run took away. `restored`: it was done again after a backup had been put back."""

    at: str
    comments: int = 0
    events: int = 0
    quarantine: int = 0
    restored: bool = False


def append_cuts(folder: Path, cuts: dict[str, Cut], now: datetime) -> None:
    """Offices with the same days share an entry."""
    grouped: dict[Cut, list[str]] = {}
    for office, cut in sorted(cuts.items()):
        grouped.setdefault(cut, []).append(office)
    entries = [{"comments": cut.comments, "events": cut.events, "offices": offices} for cut, offices in grouped.items()]
    _append(folder, {"at": utc_text(now), "cuts": entries})


def append_erased(folder: Path, one: Erased) -> None:
    _append(folder, {"at": one.at, "erased": {k: v for k, v in vars(one).items() if k != "at"}})


def cuts(folder: Path) -> dict[str, Cut]:
    """How far each office was ever erased. Raises StoreError where a line cannot be read."""
    found: dict[str, Cut] = {}
    for number, line in enumerate(_lines(folder), 1):
        try:
            for entry in line.get("cuts", ()):
                cut = Cut(entry["comments"], entry["events"])
                found |= {office: found.get(office, Cut()).later(cut) for office in entry["offices"]}
        except (KeyError, TypeError, AttributeError):
            raise _unreadable(folder, number) from None
    return found


def newest(folder: Path, limit: int) -> list[Erased]:
    """The last runs, newest first."""
    runs = [line for line in _lines(folder) if "erased" in line]
    return [Erased(line["at"], **line["erased"]) for line in reversed(runs[-limit:])]


def _lines(folder: Path) -> Iterable[dict[str, Any]]:
    """Every whole line. One without its end was cut off while it was written, before anything was erased."""
    path = folder / NAME
    if not path.exists():
        return
    try:
        whole = path.read_text(errors="replace").split("\n")[:-1]
    except OSError as error:
        raise StoreError(f"The erasure log {path} cannot be read: {error.strerror}.") from error
    for number, text in enumerate(whole, 1):
        try:
            yield json.loads(text)
        except ValueError:
            raise _unreadable(folder, number) from None


def _append(folder: Path, line: dict[str, Any]) -> None:
    """On the disk when this returns, the folder's entry too."""
    path = folder / NAME
    try:
        with path.open("a+b") as file:
            file.truncate(_whole(path))
            file.write(json.dumps(line).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        entry = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(entry)
        finally:
            os.close(entry)
    except OSError as error:
        raise StoreError(f"The erasure log {path} cannot be written: {error.strerror}. Nothing was erased.") from error


def _whole(path: Path) -> int:
    """How many bytes of the file are whole lines."""
    return path.read_bytes().rfind(b"\n") + 1


def _unreadable(folder: Path, number: int) -> StoreError:
    return StoreError(f"Line {number} of the erasure log {folder / NAME} cannot be read: put the file back from a backup.")
