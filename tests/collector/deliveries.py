"""Events messages as a kiosk makes them, and the way of the ingest process from their bytes into a store."""

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any

from broker_config import topics
from collector.events import Placed, ReasonIds, ReceiptDue
from collector.inbox import Inbox
from collector.store.base import Recorded
from collector.store.sqlite import SqliteStore

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
STREAM = "9f2c4be1d0a84f6e8a3b5c7d9e0f1a2b"
OTHER_STREAM = "11111111d0a84f6e8a3b5c7d9e0f1a2b"
UNKNOWN_CONFIG = "7-00000000"
PLACED = Placed(
    kiosk="hall-1",
    config="1-3f9a1c2e",
    office="hall",
    timezone="Europe/Vilnius",
    counter="hall-window",
    services=frozenset({"residence-declaration", "social-benefits"}),
    scales={"overall": "smiley5", "advise": "nps11"},
    reasons={
        "overall": ReasonIds(good=frozenset({"staff", "waiting-time", "premises"}), bad=frozenset({"staff", "waiting-time"})),
        "advise": ReasonIds(),
    },
    main="overall",
    interval_ms=5000,
)


def rating(seq: int = 1, **changes: Any) -> dict[str, Any]:
    """A good rating; `changes` replace or add fields."""
    return _answer(seq) | {"type": "rating", "gap_ms": 412_000, "trigger": "tap"} | changes


def reasons(seq: int = 1, **changes: Any) -> dict[str, Any]:
    return _answer(seq) | {"type": "reasons", "reasons": ["waiting-time", "staff"]} | changes


def comment(seq: int = 1, **changes: Any) -> dict[str, Any]:
    return _answer(seq) | {"type": "comment", "text": "Labai ačiū"} | changes


def void(seq: int = 1) -> dict[str, Any]:
    return {"seq": seq, "type": "void"}


def batch(*events: Any, **changes: Any) -> bytes:
    """An events message. By default the kiosk holds everything and asks under PLACED's configuration."""
    whole = {"stream": STREAM, "oldest": 1, "config": PLACED.config, "events": list(events)} | changes
    return json.dumps(whole, ensure_ascii=False).encode()


def wanted_configs(store: SqliteStore) -> dict[str, str]:
    """What every kiosk in use should have, as it goes out."""
    return {kiosk: store.config_payload(kiosk, config) for kiosk, config in store.wanted_ids().items()}


def config_of(store: SqliteStore, kiosk: str = "hall-1") -> str:
    """The id of the configuration that a kiosk should show."""
    return store.wanted_ids()[kiosk]


def sent(store: SqliteStore, *events: Any, kiosk: str = "hall-1", now: datetime = NOW, **changes: Any) -> Recorded:
    """A batch of a kiosk, stored as the ingest process stores it."""
    whole = {"config": config_of(store, kiosk)} | changes if kiosk in store.wanted_ids() else changes
    return arrived(store, batch(*events, **whole), kiosk=kiosk, now=now)


def arrived(store: SqliteStore, *payloads: bytes, kiosk: str = "hall-1", now: datetime = NOW) -> Recorded:
    """Events messages as bytes, in one transaction."""
    inbox = Inbox(store, lambda: now)
    for payload in payloads:
        inbox.append(topics.events(kiosk), payload)
    recorded = store.record(inbox.decided(), now)
    inbox.taken()
    return recorded


def through(recorded: Recorded) -> int:
    """How far the only receipt goes."""
    (receipt,) = recorded.receipts
    return receipt.through


def receipt(recorded: Recorded) -> ReceiptDue:
    (only,) = recorded.receipts
    return only


def rows(store: SqliteStore, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a store's file holds, read by another connection."""
    conn = sqlite3.connect(store._path)
    try:
        return conn.execute(sql, values).fetchall()
    finally:
        conn.close()


def change(store: SqliteStore, sql: str, *values: Any) -> None:
    """Spoil a store's file behind its back."""
    conn = sqlite3.connect(store._path)
    try:
        with conn:
            conn.execute(sql, values)
    finally:
        conn.close()


def _answer(seq: int) -> dict[str, Any]:
    return {
        "seq": seq,
        "at": f"2026-11-21T09:{(14 + seq) % 60:02}:02.123Z",  # a minute each: eight visits in one would be a burst
        "clock": "synced",
        "visit": f"5b1e77c2a90d{seq:04x}",
        "service": "residence-declaration",
        "question": "overall",
        "value": 4,
        "language": "lt",
    }
