"""How the demo ends before its time."""

import signal
from collections.abc import Callable
from types import FrameType


class DemoError(RuntimeError):
    """One sentence for the person at the keyboard."""


class Stopped(BaseException):
    """Ctrl-C or a signal. No mistake, so that nothing takes it for one on its way out."""


def on_signals(handler: Callable[[int, FrameType | None], object]) -> None:
    """From now on SIGINT, SIGTERM and SIGHUP go to `handler`; the last one not under nohup."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)
