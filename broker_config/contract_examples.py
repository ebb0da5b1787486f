"""One example of every payload, shown in CONTRACT.md and asyncapi.yaml, and read by the models in a test."""

from typing import Any

from broker_config.messages import config_id

_STREAM = "9f2c4be1d0a84f6e8a3b5c7d9e0f1a2b"
_ANSWER: dict[str, Any] = {
    "at": "2026-11-21T09:15:02.123Z",
    "clock": "synced",
    "visit": "5b1e77c2a90d4f33",
    "service": "residence-declaration",
    "question": "overall",
    "value": 4,
    "language": "lt",
}

_CONFIG: dict[str, Any] = {
    "kiosk": "hall-1",
    "office": {"id": "vilnius", "name": {"lt": "Vilniaus skyrius", "en": "Vilnius office"}, "timezone": "Europe/Vilnius"},
    "counter": "counter-3",
    "services": [
        {"id": "residence-declaration", "name": {"lt": "Gyvenamosios vietos deklaravimas", "en": "Declaring residence"}}
    ],
    "languages": ["lt", "en"],
    "questionnaire": {
        "id": "service-2026",
        "interval_s": 5,
        "questions": [
            {
                "id": "overall",
                "scale": "smiley5",
                "text": {"lt": "Kaip jus aptarnavome?", "en": "How did we serve you?"},
                "words": {
                    "lt": ["Labai blogai", "Blogai", "Vidutiniškai", "Gerai", "Labai gerai"],
                    "en": ["Very bad", "Bad", "So-so", "Good", "Very good"],
                },
                "reasons": {
                    "good": [{"id": "staff", "text": {"lt": "Darbuotojai", "en": "The staff"}}],
                    "bad": [{"id": "waiting-time", "text": {"lt": "Laukimo laikas", "en": "The waiting time"}}],
                    "ask_good": {"lt": "Kas patiko?", "en": "What was good?"},
                    "ask_bad": {"lt": "Kas nepatiko?", "en": "What was wrong?"},
                },
            }
        ],
    },
    "display": {},
    "hours": {},
}
CONFIG: dict[str, Any] = {"config": config_id(17, _CONFIG), **_CONFIG}
_RATING: dict[str, Any] = {"seq": 41, "type": "rating", **_ANSWER, "gap_ms": 412000, "trigger": "tap"}

EXAMPLES: dict[str, dict[str, Any]] = {
    "Batch": {
        "stream": _STREAM,
        "oldest": 12,
        "config": CONFIG["config"],
        "events": [
            _RATING,
            {"seq": 42, "type": "reasons", **_ANSWER, "at": "2026-11-21T09:15:04.900Z", "reasons": ["staff"]},
            {"seq": 43, "type": "comment", **_ANSWER, "at": "2026-11-21T09:15:31.004Z", "text": "Labai ačiū"},
            {"seq": 44, "type": "void"},
        ],
    },
    "Rating": _RATING
    | {
        "clock": "unsure",
        "at": "2026-11-21T09:15:02.123Z",
        "at_earliest": "2026-11-20T16:58:00.000Z",
        "at_latest": "2026-11-21T09:40:00.000Z",
        "gap_ms": None,
    },
    "Reasons": {"seq": 42, "type": "reasons", **_ANSWER, "at": "2026-11-21T09:15:04.900Z", "reasons": ["staff"]},
    "Comment": {"seq": 43, "type": "comment", **_ANSWER, "at": "2026-11-21T09:15:31.004Z", "text": "Labai ačiū"},
    "Void": {"seq": 44, "type": "void"},
    "Receipt": {"stream": _STREAM, "through": 44, "now": "2026-11-21T09:15:31.300Z"},
    "State": {"state": "online", "session": "c0ffee5eed", "version": "0.1.0"},
    "CollectorState": {"state": "online"},
    "Health": {
        "stream": _STREAM,
        "last_seq": 44,
        "through": 44,
        "pending": 0,
        "oldest": 12,
        "uptime_s": 86400,
        "version": "0.1.0",
        "config": CONFIG["config"],
        "clock": {"synced": True, "offset_ms": 12},
        "disk_free_mb": 21000,
        "screen": {"name": "rating", "frames": 5120},
    },
    "KioskConfig": CONFIG,
    "Reply": {"id": CONFIG["config"], "ok": False, "detail": "the scale smiley7 is not known", "data": None},
    "Command": {"id": "cmd-20261121-1", "name": "identify", "args": {"seconds": 10}, "ttl_s": 30},
    "Prompt": {"visit": "8c1d2e3f4a5b6c7d", "service": "residence-declaration", "ttl_s": 45},
    "QueueVisit": {
        "office": "vilnius",
        "counter": "counter-3",
        "service": "residence-declaration",
        "ended": "2026-11-21T09:14:50.000Z",
        "waited_s": 540,
        "served_s": 310,
    },
    "Score": {"office": "vilnius", "day": "2026-11-21", "n": 64, "csat": 0.89, "low": 0.79, "high": 0.95, "index": 83.6},
}
