"""Display, touch, sound."""

import ctypes
import os
import re
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

from kiosk.check.row import Row, missing, ok, warn
from kiosk.texts import OWN_NAMES
from kiosk.theme import DPI
from kiosk.window import NoDisplay, require_display

INPUT_DEVICES = Path("/proc/bus/input/devices")
CARDS = Path("/proc/asound/cards")
DRM = Path("/sys/class/drm")
_ABS_MT_POSITION_X = 0x35
_LONG_BITS = struct.calcsize("l") * 8


def display(settings: dict[str, Any]) -> Row:
    """Somewhere to draw, its size, and whether its density is configured."""
    driver = os.environ.get("SDL_VIDEODRIVER", "x11").lower()
    if driver == "kmsdrm":
        where = _connectors()
        if not where:
            return missing(
                "display", "No connector of a graphics card has a screen (KMSDRM).", "Plug the screen in; check its cable."
            )
    elif driver == "x11":
        os.environ["SDL_VIDEODRIVER"] = "x11"
        try:
            require_display()
        except NoDisplay as error:
            return missing("display", str(error), "Start nuomone-session.service, or set DISPLAY and XAUTHORITY.")
        where = f"X server {os.environ['DISPLAY']}{_x_size()}"
    else:
        return missing(
            "display", f"SDL_VIDEODRIVER is {driver}: nobody would see what is drawn.", "Unset it, or use x11 or kmsdrm."
        )
    dpi = settings.get("dpi")
    if isinstance(dpi, int | float) and dpi > 0:
        return ok("display", f"{where}; {dpi:g} DPI configured.")
    return warn(
        "display",
        f"{where}; no DPI is configured, {DPI:g} is assumed, so letters and faces may have the wrong size.",
        "Set dpi in the kiosk's display settings: pixels across, divided by inches across.",
    )


def touch() -> Row:
    """A touchscreen among the kernel's input devices."""
    try:
        found = touchscreens(INPUT_DEVICES.read_text(errors="replace"))
    except OSError as error:
        return warn("touch", f"The kernel's input devices cannot be read: {error.strerror}.", f"Look at {INPUT_DEVICES}.")
    if found:
        return ok("touch", f"Touchscreen: {', '.join(found)}.")
    return warn("touch", "No input device reports touches; a mouse or a button box still works.", "Plug the touch cable in.")


def touchscreens(devices: str) -> list[str]:
    """Names of the devices in `/proc/bus/input/devices` that report several touches on a screen; touchpads do not count."""
    found = []
    for device in devices.split("\n\n"):
        name = re.search(r'^N: Name="(.*)"$', device, re.MULTILINE)
        if name and _bit(device, "ABS", _ABS_MT_POSITION_X) and not _bit(device, "PROP", 0):
            found.append(name[1])
    return found


def sound() -> Row:
    """A voice for each language, and a card to hear it from."""
    if not shutil.which("espeak-ng"):
        return warn("sound", "espeak-ng is not installed: questions cannot be read aloud.", "Install the package espeak-ng.")
    try:
        listed = subprocess.run(["espeak-ng", "--voices"], check=False, capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        return warn("sound", f"espeak-ng does not work: {error}.", "Install the package espeak-ng again.")
    spoken = {line.split()[1].split("-")[0] for line in listed.splitlines()[1:] if len(line.split()) > 1}
    silent = [language for language in OWN_NAMES if language not in spoken]
    if silent:
        return warn("sound", f"espeak-ng has no voice for {', '.join(silent)}.", "Install the package espeak-ng-data.")
    try:
        cards = re.findall(r"^ *\d+ \[(\S+) *\]", CARDS.read_text(errors="replace"), re.MULTILINE)
    except OSError:
        cards = []
    if not cards:
        return warn(
            "sound", "All five languages have a voice, but there is no sound card.", "Plug in a loudspeaker, or go without."
        )
    return ok("sound", f"All five languages have a voice; sound card: {', '.join(cards)}.")


def _connectors() -> str:
    """Connectors with a screen, and its preferred size."""
    found = []
    for status in sorted(DRM.glob("card*-*/status")):
        try:
            if status.read_text().strip() == "connected":
                found.append(f"{status.parent.name} {status.with_name('modes').read_text().partition(chr(10))[0]}".strip())
        except OSError:
            continue
    return ", ".join(found)


def _x_size() -> str:
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return ""
    x11.XOpenDisplay.restype, x11.XOpenDisplay.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    for name in ("XDisplayWidth", "XDisplayHeight"):
        getattr(x11, name).argtypes = [ctypes.c_void_p, ctypes.c_int]
    x11.XDefaultScreen.argtypes = x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    opened = x11.XOpenDisplay(None)
    if not opened:
        return ""
    screen = x11.XDefaultScreen(opened)
    size = f", {x11.XDisplayWidth(opened, screen)} × {x11.XDisplayHeight(opened, screen)}"
    x11.XCloseDisplay(opened)
    return size


def _bit(device: str, kind: str, number: int) -> bool:
    """A bit of one of the kernel's bitmaps: words in hexadecimal, the highest first."""
    found = re.search(rf"^B: {kind}=([0-9a-f ]+)$", device, re.MULTILINE)
    words = [int(word, 16) for word in found[1].split()][::-1] if found else []
    word, bit = divmod(number, _LONG_BITS)
    return word < len(words) and bool(words[word] >> bit & 1)
