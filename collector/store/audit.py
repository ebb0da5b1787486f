"""The audit log: who changed what, when, from what to what. Rows are only ever added."""

import json
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from broker_config.messages import utc_text


def write(conn: Connection, login: str, action: str, subject: str, before: Any, after: Any, now: datetime) -> None:
    """`action`: a word such as `comment.hide`; `subject`: what it was done to; `before`, `after`: any JSON, None for nothing."""
    row = (utc_text(now), login, action, subject, _text(before), _text(after))
    conn.execute("INSERT INTO audit (at, login, action, subject, before, after) VALUES (?, ?, ?, ?, ?, ?)", row)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
