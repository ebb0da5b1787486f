"""Quarantined events and messages once more through the same path, after their cause is mended."""

import json
from collections.abc import Callable
from datetime import datetime
from sqlite3 import Connection

from broker_config.messages import EVENT
from collector.events import Answer, Placed, Unreadable, Voided
from collector.intake import decide, deliver, latest_moment
from collector.store.recording import Recording

Place = Callable[[str, str], Placed | None]
IsActive = Callable[[str], bool]
_ROWS = (
    "SELECT id, kiosk, stream, seq, payload FROM quarantine "
    "WHERE reason <> 'conflict' AND (kiosk=? OR ?='') AND id > ? ORDER BY id LIMIT 200"
)


def replay(
    conn: Connection, recording: Recording, kiosk: str, above: int, is_active: IsActive, place: Place, now: datetime
) -> tuple[int, int]:
    """Try the next 200 rows above an id. Returns the last id tried (0 at the end) and how many were accepted.

    Messages of unregistered kiosks are tried again when their kiosk is registered now.
    """
    rows = conn.execute(_ROWS, (kiosk, kiosk, above)).fetchall()
    accepted = 0
    for ident, owner, stream, seq, payload in rows:
        one = _event if seq else _message
        if is_active(owner) and one(recording, owner, stream, payload, place, now):
            conn.execute("DELETE FROM quarantine WHERE id=?", (ident,))
            accepted += 1
    return (rows[-1][0] if rows else 0), accepted


def _event(recording: Recording, kiosk: str, stream: str, payload: bytes, place: Place, now: datetime) -> bool:
    kept = json.loads(payload)
    try:
        event = EVENT.validate_json(json.dumps(kept["event"]))
    except ValueError:
        return False
    item = decide(event, kept["config"], place(kiosk, kept["config"]), latest_moment(now))
    if not isinstance(item, Answer | Voided):
        return False
    recording.replay(kiosk, stream, item)
    return True


def _message(recording: Recording, kiosk: str, _stream: str, payload: bytes, place: Place, now: datetime) -> bool:
    result = deliver(kiosk, payload, lambda config: place(kiosk, config), now)
    if isinstance(result, Unreadable):
        return False
    recording.take(result)
    return True
