"""What is heard: SDL's mixer plays into a file, and the file is listened to."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from loudness import energy, heard_s, played, spoken

from kiosk.speech import Voice

SPEAKING = Path(__file__).with_name("speaking.py")
LONG = "Kaip vertinate šiandienos aptarnavimą mūsų gyventojų aptarnavimo skyriuje?"
SHORT = "Gerai"
UNHURRIED = "10"  # ms for each 93 ms of sound; else 3
KIVY = {"SDL_VIDEODRIVER": "offscreen", "KIVY_AUDIO": "sdl2", "KIVY_NO_ARGS": "1", "KIVY_NO_CONFIG": "1", "KIVY_NO_FILELOG": "1"}
EVENTS = ("speech is not heard", "speech failed", "no speech")


def speak(scenario: str, folder: Path, **environment: str) -> tuple[dict[str, Any], np.ndarray, list[str]]:
    """Run a scenario: what it told, the samples that the sound card got, and what was logged as an error."""
    card = folder / "card.raw"
    wanted = KIVY | {
        "KIVY_HOME": str(folder),
        "SDL_AUDIODRIVER": "disk",
        "SDL_DISKAUDIOFILE": str(card),
        "SDL_DISKAUDIODELAY": "3",
    }
    command, environment = [sys.executable, str(SPEAKING), scenario, str(folder)], os.environ | wanted | environment
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=18)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    samples = played(card.read_bytes()) if card.exists() else played(b"")
    *logged, told = done.stdout.splitlines()
    return json.loads(told), samples, [event for line in logged for event in EVENTS if event in line]


def heard(folder: Path, *texts: str) -> float:
    """The seconds for which texts are heard, by their sound files."""
    voice = Voice(folder / "measured")
    return sum(spoken(sound)[1] for text in texts if (sound := voice.utterance(text, "lt")))


def test_texts_are_heard_in_turn_and_then_nothing_runs(tmp_path: Path) -> None:
    told, samples, errors = speak("in_turn", tmp_path)
    assert heard_s(samples) == pytest.approx(heard(tmp_path, SHORT, LONG, "5"), rel=0.15)
    assert told == {"threads": 1, "loaded": False, "scheduled": 0}, (
        "no thread or mixer before the first word, no timer after the last"
    )
    assert errors == []


def test_a_text_that_is_still_being_made_is_never_heard_after_the_next(tmp_path: Path) -> None:
    _, samples, _ = speak("interrupted_while_made", tmp_path)
    assert heard_s(samples) == pytest.approx(heard(tmp_path, SHORT), rel=0.2)


def test_a_text_that_is_heard_gives_way_to_the_next(tmp_path: Path) -> None:
    _, samples, _ = speak("interrupted_while_heard", tmp_path, SDL_DISKAUDIODELAY=UNHURRIED)
    short, most = heard(tmp_path, SHORT), heard(tmp_path, SHORT, LONG, LONG, LONG)
    assert 1.3 * short < heard_s(samples) < most, "of four long texts and a short one"


def test_after_a_stop_there_is_silence(tmp_path: Path) -> None:
    told, samples, _ = speak("stopped", tmp_path, SDL_DISKAUDIODELAY=UNHURRIED)
    until, after = samples[: told["stopped"]], samples[told["stopped"] + 2 * 4096 :]
    assert heard_s(until) > 0.3
    assert len(after) > 2 * 44100
    assert not after.any()


def test_each_step_of_the_volume_is_louder_than_the_one_before(tmp_path: Path) -> None:
    told, samples, _ = speak("volumes", tmp_path)
    loudness = [energy(part) ** 0.5 for part in np.split(samples, told["marks"])[:4]]
    assert [each / loudness[3] for each in loudness] == pytest.approx([0.25, 0.5, 0.75, 1.0], abs=0.03)


def test_the_volume_changes_what_is_being_heard(tmp_path: Path) -> None:
    told, samples, _ = speak("louder_while_heard", tmp_path, SDL_DISKAUDIODELAY=UNHURRIED)
    before, after = samples[: told["louder"]], samples[told["louder"] + 2 * 4096 :]
    assert energy(after) / heard_s(after) > 4 * energy(before) / heard_s(before)


def test_typed_characters_leave_no_sound_file_behind(tmp_path: Path) -> None:
    told, samples, _ = speak("typed", tmp_path)
    assert told == {"waiting": 2, "made": 1, "left": []}
    assert heard_s(samples) > 0.1


def test_hundreds_of_utterances_do_not_grow_memory(tmp_path: Path) -> None:
    told, _, _ = speak("many", tmp_path, SDL_AUDIODRIVER="dummy")
    assert told["memory_mb"][-1] - told["memory_mb"][0] < 3, "three hundred are 40 MB"


@pytest.mark.parametrize(("driver", "errors"), [("dummy", []), ("no-such-card", ["speech is not heard"])])
def test_without_a_sound_card_the_kiosk_goes_on_in_silence(tmp_path: Path, driver: str, errors: list[str]) -> None:
    assert speak("in_a_window", tmp_path, SDL_AUDIODRIVER=driver)[2] == errors


def test_a_sound_card_that_takes_nothing_more_is_given_up(tmp_path: Path) -> None:
    told, _, errors = speak("never_ends", tmp_path, SDL_DISKAUDIODELAY="1000000")
    assert told == {"waiting": 0}
    assert errors == ["speech is not heard"]


def test_a_mistake_in_the_worker_is_seen_and_the_next_text_heard(tmp_path: Path) -> None:
    _, samples, errors = speak("a_mistake", tmp_path)
    assert errors == ["speech failed"]
    assert heard_s(samples) > 0.2
