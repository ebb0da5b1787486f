"""How a kiosk's process gives up and begins again: on a damaged outbox, and on a disk that takes no writes."""

import os
import signal
import sys
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


def begin_again() -> None:
    """This process anew, with the same words: a window cannot be prepared twice."""
    log.warning("beginning again")
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - our own command line
