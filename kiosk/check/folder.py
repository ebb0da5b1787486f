"""What the kiosk keeps: configuration, outbox, PIN. Nothing is changed: the kiosk may be running."""

import sqlite3
from contextlib import closing
from pathlib import Path

from broker_config.messages import KioskConfig
from kiosk import configuration, pin
from kiosk.check.row import Row, missing, ok, warn


def config(folder: Path, kiosk: str) -> tuple[Row, KioskConfig | None]:
    """The last good configuration, and whose it is."""
    path, comes = folder / "config.json", "It comes from the broker by itself, once the kiosk is registered and connected."
    try:
        found = configuration.check(path.read_bytes(), kiosk)
    except FileNotFoundError:
        return warn("configuration", "There is none yet: the screen says that it is being set up.", comes), None
    except OSError as error:
        return missing("configuration", f"{path} cannot be read: {error.strerror}.", "Run this as the user nuomone."), None
    except configuration.Refused as reason:
        return warn("configuration", f"The one in {path} is not used: {reason}.", comes), None
    where = ", ".join(part for part in (found.office.id, found.counter) if part)
    return ok("configuration", f"{found.config} for {found.kiosk} ({where}), {len(found.services)} services."), found


def outbox(folder: Path, kiosk: str) -> Row:
    """The journal of answers: readable, whole, ours; and what waits in it."""
    path = folder / "outbox.sqlite"
    aside = "Stop the kiosk, move the file away and keep it: its answers can be rescued."
    try:
        if not path.exists():
            return ok("outbox", "There is none yet; the kiosk makes one when it starts.")
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as db:
            broken = db.execute("PRAGMA quick_check(1)").fetchone()[0]
            streams = db.execute("SELECT no, kiosk, through FROM stream ORDER BY no").fetchall()
            count = "SELECT count(*) FROM event WHERE stream=? AND seq>?"
            waiting = sum(db.execute(count, (no, through)).fetchone()[0] for no, owner, through in streams if owner == kiosk)
    except (sqlite3.Error, OSError) as error:
        return missing("outbox", f"{path} cannot be read: {error}.", aside)
    if broken != "ok":
        return missing("outbox", f"{path} is damaged: {broken}.", aside)
    if streams and streams[-1][1] != kiosk:
        return warn(
            "outbox", f"It was last used by kiosk {streams[-1][1]}.", "Check the kiosk's id; as another kiosk it starts anew."
        )
    return ok("outbox", f"It can be read; {waiting} answers wait to be sent.")


def service_pin(folder: Path, found: KioskConfig | None) -> Row:
    """A PIN for the service screen, and where it is from."""
    given = found.display if found else {}
    text, source = pin.stored(folder, given), "configuration" if given.get("service_pin") else "kiosk's folder"
    if not text:
        return warn("service PIN", "There is none, so there is no service screen.", f"nuomone-kiosk pin --data {folder}")
    try:
        pin.Pin(text)
    except pin.BadPin as error:
        return warn("service PIN", f"The one in the {source} cannot be used. {error}", f"nuomone-kiosk pin --data {folder}")
    return ok("service PIN", f"It is set, in the {source}.")
