"""The log that can be asked for: newest lines, whole, and never too large to be sent."""

import io
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from broker_config.messages import Reply
from kiosk.commands import MOST_REPLY_BYTES
from kiosk.outbox import EventTooLarge, Outbox
from kiosk.recent_log import MOST_BYTES, RecentLog


def test_lines_go_onwards_and_the_newest_are_remembered() -> None:
    onwards = io.StringIO()
    log = RecentLog(onwards, most_bytes=20)
    for text in ("first\n", "sec", "ond\nthird\n", "fourth\nunfinished"):
        log.write(text)
    log.flush()
    assert onwards.getvalue() == "first\nsecond\nthird\nfourth\nunfinished"
    assert log.text() == "second\nthird\nfourth\n"


@given(st.lists(st.text(alphabet='aąž"\\\n\x00\x1b', max_size=9000), max_size=20))
def test_whatever_is_logged_can_be_sent(texts: list[str]) -> None:
    log = RecentLog(io.StringIO())
    for text in texts:
        log.write(f"{text}\n")
    told = log.text()
    assert len(told.encode()) <= MOST_BYTES
    assert len(Reply(id="c" * 64, ok=True, detail="done", data={"text": told}).wire()) <= MOST_REPLY_BYTES
    assert "".join(texts) == "" or told


def test_a_comment_that_is_not_kept_is_not_in_the_log(window: object, tmp_path: Path) -> None:
    from kiosk.screens.trouble import Trouble

    words = "Antanas iš trečio aukšto"
    outbox = Outbox(tmp_path / "outbox.db", "hall-1", "machine")
    trouble = Trouble(outbox, tmp_path, lambda: None)

    def spoilt() -> bool:
        outbox.append({"type": "comment", "text": words, "value": 99}, "1-00000000")
        return True

    with structlog.testing.capture_logs() as lines:
        assert not trouble.kept(spoilt)
    outbox.close()
    assert lines
    assert "Antanas" not in str(lines)


def test_an_event_that_is_too_large_names_no_words(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.db", "hall-1", "machine")
    body = {"type": "comment", "at": "2026-11-21T09:15:31.004Z", "clock": "synced", "visit": "v", "service": "", "question": "q"}
    with pytest.raises(EventTooLarge) as refused:
        outbox.append({**body, "value": 1, "language": "lt", "text": "Antanas " * 1000}, "1-00000000")
    outbox.close()
    assert "Antanas" not in str(refused.value)
