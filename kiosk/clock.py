"""The kiosk's time: a UTC moment and how far it may be trusted."""

import time
from datetime import UTC, datetime

from broker_config.messages import Clock

_PLAUSIBLE = datetime(2025, 1, 1, tzinfo=UTC)


def wall() -> tuple[datetime, Clock]:
    """The system's time. Before 2025 (a dead battery) it is `unsure`; else the system keeps it synchronised."""
    now = datetime.now(UTC)
    return now, "synced" if now >= _PLAUSIBLE else "unsure"


def monotonic() -> float:
    """Seconds that never jump."""
    return time.monotonic()
