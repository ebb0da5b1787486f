"""How a process gives up and begins again: on a damaged outbox, on a disk that takes no writes, and once it is registered."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import structlog

from kiosk import configuration, recovery
from kiosk.watchdog import Watchdog
from kiosk.window import prepare

log = structlog.get_logger()


def give_up(folder: Path, error: Exception) -> None:
    """The outbox is damaged: end as if told to, so that the next start sets it aside. Safe from any thread."""
    try:
        recovery.suspect(folder, error)
    except OSError as trouble:
        log.error("the damage could not be noted", error=str(trouble))
    os.kill(os.getpid(), signal.SIGTERM)


def wait_for_disk(folder: Path, kiosk: str, machine: str, size: tuple[int, int] | None, watchdog: Watchdog) -> None:
    """Own up to it on the screen until the outbox can be opened, then begin again. Returns if told to stop. Raises NoDisplay."""

    def works() -> bool:
        try:
            outbox, _ = recovery.open_outbox(folder, kiosk, machine)
        except recovery.DiskTrouble:
            return False
        outbox.close()
        return True

    prepare(folder, size, fullscreen=size is None)
    from kiosk.out_of_service import OutOfService

    notice = OutOfService(kiosk, configuration.load(folder / "config.json", kiosk), works, watchdog)
    notice.run()
    if notice.works:
        begin_again()


def first_start(
    folder: Path, server: str, enrol: Callable[[str, str], str], size: tuple[int, int] | None, watchdog: Watchdog
) -> None:
    """Let whoever installs the device register it on its own screen, then begin again. Returns if told to stop. Raises NoDisplay.

    `enrol(code, server)` gives the kiosk's id, or raises RuntimeError with a sentence. `server`: what is typed already; by
    default what stands in the folder's file `server`.
    """
    prepare(folder, size, fullscreen=size is None)
    from kiosk.first_start import FirstStartApp

    screen = FirstStartApp(enrol, server or _noted(folder / "server"), watchdog)
    screen.run()
    if screen.enrolled:
        begin_again()


def _noted(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip().splitlines()[0]
    except (OSError, UnicodeDecodeError, IndexError):
        return ""


def begin_again() -> None:
    """This process anew, with the same words: a window cannot be prepared twice."""
    log.warning("beginning again")
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - our own command line
