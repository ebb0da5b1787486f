"""What the demo can be told, in the words of the Makefile."""

import argparse
import math
import re
from collections.abc import Callable
from pathlib import Path

from endings import DemoError

BROKERS = ("auto", "mosquitto", "embedded")
LAST_PORT = 65535
MOST_DAYS = 365  # the collector takes nothing from before 2025


def read(words: list[str]) -> argparse.Namespace:
    """The options in a command line. Raises DemoError for a value that makes no sense."""
    parser = argparse.ArgumentParser(description="Run Nuomonė with invented citizens.")
    parser.add_argument("--broker", type=_broker, default="auto", help=", ".join(BROKERS))
    parser.add_argument("--port", type=_whole("PORT", LAST_PORT), default=0, help="of the pages; 0 takes a free one")
    parser.add_argument(
        "--broker-port", type=_whole("BROKER_PORT", LAST_PORT), default=0, help="of the broker; 0 takes a free one"
    )
    parser.add_argument("--days", type=_whole("DAYS", MOST_DAYS), default=90, help="of invented history")
    parser.add_argument("--data", type=_folder, default=Path("demo-data"))
    parser.add_argument("--run-for", type=_seconds, default=0.0, help="seconds; 0 until Ctrl-C")
    parser.add_argument("--headless", action="store_true", help="no kiosk window")
    parser.add_argument("--end-with-parent", action="store_true", help="end when whoever started this has gone")
    options = parser.parse_args(words)
    if options.port and options.port == options.broker_port:
        raise DemoError(f"PORT and BROKER_PORT cannot both be {options.port}: give two different ports, or leave one out.")
    return options


def _whole(name: str, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if re.fullmatch("[0-9]{1,9}", text) and int(text) <= most:
            return int(text)
        raise DemoError(f"{name} must be a whole number from 0 to {most}, not {text!r}.")

    return number


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if math.isfinite(seconds) and seconds >= 0:
        return seconds
    raise DemoError(f"RUN_FOR must be a number of seconds, 0 or more, not {text!r}.")


def _broker(text: str) -> str:
    if text not in BROKERS:
        raise DemoError(f"BROKER must be {', '.join(BROKERS[:-1])} or {BROKERS[-1]}, not {text!r}.")
    return text


def _folder(text: str) -> Path:
    if not text:
        raise DemoError("DATA must name a folder.")
    return Path(text)
