"""Pictures of a kiosk's screens, drawn by the kiosk's own program where it is installed beside the collector.

The collector only runs it, as another process with a time limit and nothing of this one's environment
that it does not need. Pictures are kept in memory for as long as somebody looks at them.
"""

import importlib.util
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from broker_config.messages import KioskConfig

SIZES = ("1280x800", "1920x1080", "1080x1920", "800x480")
LONGEST_S = 60.0
KEPT_S = 900.0
_KEPT_SETS = 4
_MOST_BYTES = 40_000_000
_PASSED_ON = ("PATH", "PYTHONPATH", "LANG")


class NoPicturesError(RuntimeError):
    """Why there are no pictures: the word of a sentence, and what the program said."""


def kiosk_program() -> tuple[str, ...]:
    """How the kiosk's program is started here; empty where it is not installed."""
    command = shutil.which("nuomone-kiosk") or shutil.which("nuomone-kiosk", path=str(Path(sys.executable).parent))
    if command:
        return (command,)
    there = all(importlib.util.find_spec(name) for name in ("kiosk", "kivy"))
    return (sys.executable, "-m", "kiosk") if there else ()


class KioskPictures:
    """Draws one set at a time, and keeps the newest few."""

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._drawing = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, dict[str, bytes]]] = OrderedDict()

    def draw(self, program: Sequence[str], config: KioskConfig, size: str) -> str:
        """Draw every screen in every language of a configuration; returns the key of the set. Raises NoPicturesError."""
        if not self._drawing.acquire(blocking=False):
            raise NoPicturesError("busy")
        try:
            with tempfile.TemporaryDirectory(prefix="nuomone-preview-") as folder:
                pictures = _drawn(program, config, size, Path(folder), self._longest_s)
        finally:
            self._drawing.release()
        key = secrets.token_hex(8)
        self._kept[key] = (time.monotonic(), pictures)
        while len(self._kept) > _KEPT_SETS:
            self._kept.popitem(last=False)
        return key

    def found(self, key: str) -> dict[str, bytes]:
        """PNG files by name, of a set that is still kept; else nothing."""
        since, pictures = self._kept.get(key, (0.0, {}))
        return pictures if pictures and time.monotonic() - since < KEPT_S else {}


def _drawn(program: Sequence[str], config: KioskConfig, size: str, folder: Path, longest_s: float) -> dict[str, bytes]:
    wanted, out = folder / "config.json", folder / "pictures"
    wanted.write_bytes(config.wire())
    out.mkdir()
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"HOME": str(folder)}
    command = [*program, "preview", str(wanted), str(out), "--size", size]
    try:
        ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=longest_s, check=False)
    except subprocess.TimeoutExpired:
        raise NoPicturesError("slow") from None
    except OSError as error:
        raise NoPicturesError("failed", error.strerror or str(error)) from error
    pictures = {file.name: file.read_bytes() for file in sorted(out.glob("*.png")) if file.stat().st_size < _MOST_BYTES}
    if ended.returncode or not pictures:
        said = ended.stderr.decode(errors="replace").strip().splitlines()
        raise NoPicturesError("failed", said[-1][:300] if said else "")
    return pictures
