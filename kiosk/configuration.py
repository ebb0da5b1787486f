"""The kiosk's configuration: checked before it is used, and the last good one kept on disk."""

import json
import os
import re
from pathlib import Path

from pydantic import ValidationError

from broker_config.messages import KioskConfig


class Refused(ValueError):
    """Why a configuration is not applied, in one sentence."""


def check(payload: bytes, kiosk: str) -> KioskConfig:
    """The configuration in a payload, or Refused: unreadable, another kiosk's, or not what its hash says."""
    try:
        config = KioskConfig.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors()[0]
        raise Refused(f"{'.'.join(map(str, first['loc'])) or 'payload'}: {first['msg']}") from error
    if config.kiosk != kiosk:
        raise Refused(f"it is for kiosk {config.kiosk}, this is {kiosk}")
    if not config.hash_is_right:
        raise Refused(f"the hash in {config.config} is not that of the payload")
    return config


def named(payload: bytes) -> str:
    """The id that a payload gives itself, for the reply that refuses it; `unreadable` where it has none."""
    try:
        name = json.loads(payload)["config"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return "unreadable"
    return name if isinstance(name, str) and re.fullmatch(r"[0-9A-Za-z_.-]{1,64}", name) else "unreadable"


def load(path: Path, kiosk: str) -> KioskConfig | None:
    """The last good configuration, or None where there is none that can be used."""
    try:
        return check(path.read_bytes(), kiosk)
    except (OSError, Refused):
        return None


def save(path: Path, config: KioskConfig) -> None:
    """Replace the file in one step, on the disk before the name changes."""
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(config.wire())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
