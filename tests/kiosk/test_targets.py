"""Every screen at every size, in every language and look: what can be pressed is large, apart and within reach, no text is cut.

One process a size: an offscreen surface cannot grow.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

WALK = Path(__file__).with_name("walk.py")
ROOT = Path(__file__).parents[2]
SIZES = ("1280x800", "1920x1080", "1080x1920", "800x480")
# `make test`: the smallest; `make proof`: everything.
SAMPLED = {"800x480": ["lt:plain"]}
EVERYTHING = [
    f"{language}:{look}" for language in ("lt", "en", "pl", "ru", "uk") for look in ("plain", "contrast", "larger", "low")
]


def faults(size: str, seen_as: list[str], folder: Path) -> list[str]:
    """What a walk through all screens found."""
    command = [sys.executable, str(WALK), size, str(folder), *seen_as]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "offscreen", "SDL_AUDIODRIVER": "dummy"}
    walked = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert walked.returncode == 0, walked.stderr
    told = json.loads(walked.stdout)
    assert told["targets"] > 200, "it walked past everything"
    found: list[str] = told["faults"]
    return found


@pytest.mark.parametrize("size", SAMPLED)
@pytest.mark.timeout(60)
def test_targets_and_texts_on_a_sample_of_all_screens(size: str, tmp_path: Path) -> None:
    assert faults(size, SAMPLED[size], tmp_path) == []


@pytest.mark.proof
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.timeout(300)
def test_targets_and_texts_on_all_screens(size: str, tmp_path: Path) -> None:
    assert faults(size, EVERYTHING, tmp_path) == []
