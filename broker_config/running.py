"""What every program of ours does when it runs: it logs lines for operators, and ends when it is told to."""

import signal
from collections.abc import Callable
from types import FrameType
from typing import TextIO

import structlog


def log_to(stream: TextIO) -> None:
    """From now on a line an event, `timestamp=… level=… event=…`, with the traceback where one is logged."""
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
    )


def stop_signals() -> Callable[[], bool]:
    """After SIGTERM or SIGINT the returned function says True."""
    seen: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        seen.append(number)

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
    return lambda: bool(seen)
