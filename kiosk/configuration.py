"""The kiosk's configuration: checked before it is used, and the last good ones kept on disk, the newest and the one before."""

import contextlib
import json
import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from broker_config import durable
from broker_config.messages import KioskConfig, config_id


class Refused(ValueError):
    """Why a configuration is not applied, in one sentence."""


def check(payload: bytes, kiosk: str) -> KioskConfig:
    """The configuration in a payload, or Refused: unreadable, another kiosk's, or not what its hash says."""
    config = _parsed(payload)
    if config.kiosk != kiosk:
        raise Refused(f"it is for kiosk {config.kiosk}, this is {kiosk}")
    if not config.hash_is_right:
        raise Refused(f"the hash in {config.config} is not that of the payload")
    return config


def read(path: Path) -> KioskConfig:
    """A configuration that somebody wrote into a file, to be tried. Raises Refused."""
    try:
        written = json.loads(path.read_bytes())
    except OSError as error:
        raise Refused(error.strerror or str(error)) from None
    except (ValueError, RecursionError) as error:
        raise Refused(f"it is no JSON: {error}") from None
    if not isinstance(written, dict):
        raise Refused("it is no JSON object")
    return made(written)


def made(written: dict[str, Any]) -> KioskConfig:
    """A configuration to be tried or shown: its `config` is made here, whatever is written. Raises Refused."""
    whole = _parsed(json.dumps(written | {"config": "1-00000000"}).encode()).model_dump(mode="json")
    return KioskConfig.model_validate(whole | {"config": config_id(1, whole)})


def _parsed(payload: bytes) -> KioskConfig:
    try:
        return KioskConfig.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors()[0]
        raise Refused(f"{'.'.join(map(str, first['loc'])) or 'payload'}: {first['msg']}") from error


def named(payload: bytes) -> str:
    """The id that a payload gives itself, for the reply that refuses it; `unreadable` where it has none."""
    try:
        name = json.loads(payload)["config"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return "unreadable"
    return name if isinstance(name, str) and re.fullmatch(r"[0-9A-Za-z_.-]{1,64}", name) else "unreadable"


def load(path: Path, kiosk: str) -> KioskConfig | None:
    """The last good configuration, or the one before where that is damaged; None where there is none that can be used."""
    for one in (path, previous(path)):
        try:
            return check(one.read_bytes(), kiosk)
        except (OSError, Refused):
            continue
    return None


def fault(path: Path, kiosk: str) -> tuple[bytes, str] | None:
    """What the file holds and why it is not used, or None where there is nothing to complain of. Raises nothing."""
    payload = b""
    try:
        payload = path.read_bytes()
        check(payload, kiosk)
    except FileNotFoundError:
        return None
    except OSError as error:
        return payload, f"{path.name} cannot be read: {error.strerror}"
    except Refused as reason:
        return payload, f"{path.name} on the disk is not used: {reason}"
    return None


def previous(path: Path) -> Path:
    """Where the good configuration before the one in `path` is kept."""
    return path.with_suffix(".old.json")


def save(path: Path, config: KioskConfig) -> None:
    """Make this the last good configuration; the one before is kept beside it."""
    with contextlib.suppress(OSError, Refused):
        before = path.read_bytes()
        if check(before, config.kiosk) == config:
            return
        durable.replace(previous(path), before)
    durable.replace(path, config.wire())
