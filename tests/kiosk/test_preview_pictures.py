"""Pictures of every screen of a configuration, drawn by the command as an editor's server would call it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from configs import config, question
from PIL import Image

from kiosk import preview

ROOT = Path(__file__).parents[2]
WHY = [{"id": name, "text": {"lt": name, "en": name}} for name in ("staff", "time")]
REASONS = {"good": WHY, "bad": WHY}
WHOLE: dict[str, Any] = {
    "services": [{"id": name, "name": {"lt": name, "en": name}} for name in ("one", "two")],
    "questionnaire": {
        "id": "q",
        "questions": [
            question(reasons=REASONS),
            question(id="worse", text={"lt": "Kas nutiko?"}, scale="thumbs", words={}, after="bad"),
            question(id="better", text={"lt": "Kas patiko?"}, scale="thumbs", words={}, after="good", reasons=REASONS),
        ],
        "comment": True,
    },
}
NAMES = [
    "services", "question", "reasons-good", "further-2", "further-2-reasons-good", "further-2-reasons-bad", "comment", "thanks",
    "reasons-bad", "further-1",
]  # fmt: skip


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kiosk", "preview", *words]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KIVY", "SDL", "DISPLAY"))}
    return subprocess.run(
        command, env=environment | {"PYTHONPATH": str(ROOT)}, cwd=ROOT, capture_output=True, text=True, timeout=60
    )


def test_every_screen_that_a_citizen_can_meet_has_a_name_once() -> None:
    assert [name for name, _ in preview.screens(config(**WHOLE), "lt", 1000.0)] == NAMES
    plain = [name for name, state in preview.screens(config(), "en", 1000.0) if state.language == "en"]
    assert plain == ["question", "thanks"]


@pytest.mark.timeout(60)
def test_each_screen_is_a_picture_of_that_size_in_the_language(tmp_path: Path) -> None:
    file, out = tmp_path / "config.json", tmp_path / "new" / "pictures"
    given = config(**WHOLE).model_dump(mode="json")
    del given["config"]
    file.write_text(json.dumps(given))
    ran = run(str(file), str(out), "--size", "800x480", "--language", "lt")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert {path.name for path in out.iterdir()} == {f"{name}-lt.png" for name in NAMES}
    pictures = {path.stem: Image.open(path).convert("RGB") for path in out.iterdir()}
    assert {picture.size for picture in pictures.values()} == {(800, 480)}
    assert len({picture.tobytes() for picture in pictures.values()}) == 7, "only reasons look alike"
    colours = pictures["question-lt"].getcolors(800 * 480)
    assert colours
    assert len(colours) > 50


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.json", "out"], "nowhere.json cannot be shown: No such file or directory."),
        (["README.md", "out"], "README.md cannot be shown: it is no JSON"),
        (["pyproject.toml", "out"], "pyproject.toml cannot be shown: it is no JSON"),
        (["kiosk/sample.json", "out", "--language", "de"], "The configuration does not offer de, but lt, en"),
        (["kiosk/sample.json", "out", "--size", "20x20"], "The size 20x20 is none"),
        (["kiosk/sample.json", "out", "--size", "1280"], "The size 1280 is none"),
        (["kiosk/sample.json", "/proc/nowhere"], "The pictures cannot be written to /proc/nowhere"),
    ],
)
def test_what_cannot_be_drawn_is_told_in_a_sentence(words: list[str], said: str, capsys: Any, monkeypatch: Any) -> None:
    from typer.testing import CliRunner

    from kiosk.__main__ import app

    monkeypatch.chdir(ROOT)
    ran = CliRunner().invoke(app, ["preview", *words])
    assert ran.exit_code == 1
    assert said in ran.output
    assert not (ROOT / "out").exists()
