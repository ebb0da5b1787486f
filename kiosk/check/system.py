"""Clock, disk, systemd."""

import ctypes
import os
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from kiosk.check.row import Row, missing, ok, warn

UNIT = "nuomone-kiosk.service"
_EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)
_UNSYNCHRONISED = 5  # TIME_ERROR, what adjtimex(2) returns
_FREE_MB = 500


def clock() -> Row:
    """A plausible time, kept right by somebody."""
    now = datetime.now(UTC)
    said = f"It is {now:%Y-%m-%d %H:%M:%S} UTC"
    if now < _EARLIEST:
        return missing(
            "clock", f"{said}, which is wrong: answers would be put aside.", "Set the clock; see to the battery and to NTP."
        )
    try:
        state = ctypes.CDLL("libc.so.6").adjtimex(ctypes.create_string_buffer(1024))
    except (OSError, AttributeError):
        state = -1
    if state == _UNSYNCHRONISED:
        return warn("clock", f"{said}; nothing keeps it right.", "Let systemd-timesyncd or chrony reach a time server.")
    if state < 0:
        return warn("clock", f"{said}; whether it is kept right cannot be told here.", "Compare it with a watch.")
    return ok("clock", f"{said}, synchronised.")


def disk(folder: Path) -> Row:
    """A folder that takes a write and brings it to the disk, with room."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix="check-") as probe:
            probe.write(bytes(4096))
            probe.flush()
            os.fsync(probe.fileno())
        free = shutil.disk_usage(folder).free // 2**20
    except OSError as error:
        do = "Give the folder to the user nuomone; check the disk. Run this command as that user."
        return missing("disk", f"The folder {folder} cannot be written: {error.strerror}.", do)
    if free < _FREE_MB:
        return warn(
            "disk", f"{folder} takes a write, but only {free} MB are free.", "Make room: answers wait here until they are sent."
        )
    return ok("disk", f"{folder} takes a write and an fsync; {free} MB are free.")


def unit() -> Row:
    """The service that starts the kiosk with the device."""
    shown = _show("LoadState", "UnitFileState", "ActiveState")
    if shown is None:
        return warn(
            "systemd unit", "systemd does not run here: nothing starts the kiosk with the device.", "Start it by other means."
        )
    if shown.get("LoadState") != "loaded":
        return warn("systemd unit", f"{UNIT} is not installed.", "Run deploy/kiosk/install.sh.")
    if shown.get("UnitFileState") != "enabled":
        return warn("systemd unit", f"{UNIT} does not start with the device.", f"systemctl enable {UNIT}")
    if shown.get("ActiveState") != "active":
        return warn("systemd unit", f"{UNIT} starts with the device, but does not run now.", f"journalctl -u {UNIT}")
    return ok("systemd unit", f"{UNIT} runs, and starts with the device.")


def watchdog() -> Row:
    """systemd starts a kiosk again whose screen stands still."""
    shown = _show("WatchdogUSec", "Restart", "LoadState") or {}
    if shown.get("LoadState") != "loaded":
        return warn("watchdog", "Without its unit nobody notices a screen that stands still.", "Run deploy/kiosk/install.sh.")
    if shown.get("WatchdogUSec", "0") in ("0", "infinity") or shown.get("Restart") != "always":
        return warn(
            "watchdog", f"{UNIT} has no WatchdogSec, or no Restart=always.", "Install the unit again; look for overrides."
        )
    return ok("watchdog", f"A screen that stands still for {shown['WatchdogUSec']} is started again.")


def _show(*properties: str) -> dict[str, str] | None:
    """What systemd says of the unit; None without systemd."""
    command = ["systemctl", "show", UNIT, f"--property={','.join(properties)}"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode:
        return None
    return dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
