"""The whole flow with real touches at every size, by keys alone, and heard."""

from pathlib import Path

import pytest

from tests.brokers import wait_for
from tests.whole_way.visitor import OWN_LETTERS, assert_whole, visitor

# The other sizes and languages are the proofs': tests/proof/test_every_language_at_every_size.py.
SAMPLED = [((800, 480), "uk")]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("size", "language"), SAMPLED, ids=str)
def test_a_whole_visit_with_real_touches(tmp_path: Path, size: tuple[int, int], language: str) -> None:
    with visitor(tmp_path, size) as citizen:
        citizen.visit(language, 2)
        events = citizen.events()
    assert_whole(events, language, 2)
    assert events[3]["text"].lower() == OWN_LETTERS[language]


@pytest.mark.timeout(60)
def test_a_whole_visit_with_real_keys_on_a_screen_that_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = tmp_path / "heard.raw"
    monkeypatch.setenv("SDL_AUDIODRIVER", "disk")
    monkeypatch.setenv("SDL_DISKAUDIOFILE", str(heard))
    with visitor(tmp_path, (1280, 800)) as citizen:
        screen = citizen.screen
        screen.wait_for("services")
        citizen.key("F2")
        wait_for(lambda: heard.exists() and any(heard.read_bytes()[-200_000:]), 20)
        citizen.key("3")
        screen.wait_for("rating")
        citizen.key("KP_4")
        screen.wait_for("reasons")
        citizen.key("1", "2", "Return")
        screen.wait_for("rating")
        citizen.key("Escape")
        screen.wait_for("reasons")
        citizen.key("Return")
        screen.wait_for("rating")
        citizen.key("2")
        screen.wait_for("comment")
        citizen.key("G", "e", "r", "a", "x", "BackSpace", "1", "Return")
        screen.wait_for("thanks")
        citizen.key("Return")
        screen.wait_for("services")
        events = citizen.events()
    assert events.pop(2)["reasons"] == ["waiting-time", "staff"], "given again after Back"
    assert_whole(events, "lt", 4, trigger="key")
    assert events[3]["text"] == "Gera1"
    assert events[0]["service"] == "requests"
    assert not list(tmp_path.rglob("passing-*.wav")), "what was typed leaves no sound behind"
