"""What must hold of every visit in an outbox, whatever was touched to bring it about."""

import sqlite3
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Any

from broker_config.messages import EVENT, SCALES, Comment, KioskConfig, Rating, Reasons
from broker_config.redaction import redact
from kiosk import visit

Given = Rating | Reasons | Comment


def read(outbox: Path) -> list[Given]:
    """All events of the one stream in their order; each is what the contract says, and none stands for an unreadable one."""
    db = sqlite3.connect(outbox)
    rows = db.execute("SELECT seq, body FROM event ORDER BY stream, seq").fetchall()
    streams = db.execute("SELECT last_seq FROM stream").fetchall()
    db.close()
    assert streams == [(len(rows),)]
    assert [seq for seq, _ in rows] == list(range(1, len(rows) + 1)), "a number is missing or doubled"
    events = [EVENT.validate_json(f'{{"seq":{seq},{body[1:]}') for seq, body in rows]
    return [event for event in events if isinstance(event, Given)]


def assert_well_formed(outbox: Path, config: KioskConfig) -> Counter[str]:
    """Every visit follows the questionnaire; gives how many events of each type there are."""
    events = read(outbox)
    visits = [list(group) for _, group in groupby(events, key=lambda event: event.visit)]
    assert len(visits) == len({event.visit for event in events}), "two visits are entangled"
    for several in visits:
        _assert_one(several, config)
    assert [several[0].at for several in visits] == sorted(several[0].at for several in visits)
    return Counter(event.type for event in events) + Counter(visits=len(visits))


def _assert_one(events: list[Given], config: KioskConfig) -> None:
    first, questions = events[0], {one.id: one for one in config.questionnaire.questions}
    assert isinstance(first, Rating)
    assert first.question == config.questionnaire.questions[0].id, first
    assert {event.service for event in events} <= {"", *(one.id for one in config.services)}
    assert len({event.service for event in events}) == 1
    assert sum(isinstance(event, Comment) for event in events) <= 1
    answered: dict[str, Any] = {}
    for event in events:
        assert event.language in config.languages
        asked = questions[event.question]
        if isinstance(event, Rating):
            assert SCALES[asked.scale].low <= event.value <= SCALES[asked.scale].high
            assert event.gap_ms is None or event.gap_ms >= 0
            assert event.gap_ms == first.gap_ms
            assert event.trigger == first.trigger
            answered[event.question] = event
            continue
        about = answered[event.question]  # an answer comes before its reasons
        assert (event.value, event.language) == (about.value, about.language), event
        if isinstance(event, Reasons):
            offered = [one.id for one in visit.reasons(asked, event.value)]
            assert set(event.reasons) <= set(offered), event
            assert len(set(event.reasons)) == len(event.reasons) <= visit.MOST_REASONS
        else:
            assert event.question == first.question
            assert 0 < len(event.text) <= visit.MOST_LETTERS
            assert redact(event.text).text == event.text
