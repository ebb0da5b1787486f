"""What the documentation says is true: its commands exist, its links lead somewhere, its figures are those that were measured."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.bench import report

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])


def _code(page: Path) -> str:
    """What stands in code spans and fenced blocks."""
    text = page.read_text()
    return "\n".join(re.findall(r"```\n?(.*?)```", text, re.DOTALL) + re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text))


def _commands(page: Path) -> set[str]:
    return set(re.findall(r"nuomone-(?:kiosk|collector|broker)(?: [a-z]+)*", _code(page)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_exist(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_commands_exist(page: Path) -> None:
    for target, settings in re.findall(r"make ([a-z]+)((?: [A-Z_]+=[^\s`]*)*)", _code(page)):
        planned = subprocess.run(["make", "-n", target, *settings.split()], cwd=ROOT, capture_output=True, text=True, timeout=20)
        assert planned.returncode == 0, planned.stderr
        for name in re.findall(r"([A-Z_]+)=", settings):
            assert re.search(rf"^{name} \?=|\$\({name}\)", (ROOT / "Makefile").read_text(), re.MULTILINE), name


@pytest.mark.parametrize("command", sorted({command for page in PAGES for command in _commands(page)}))
def test_our_own_commands_exist(command: str) -> None:
    done = subprocess.run(
        [str(ROOT / ".venv/bin" / command.split(maxsplit=1)[0]), *command.split()[1:], "--help"], timeout=20, capture_output=True
    )
    assert done.returncode == 0


def test_pictures_are_small() -> None:
    for picture in (ROOT / "docs").rglob("*.png"):
        assert picture.stat().st_size < 300_000, picture.name


def test_the_table_of_figures_is_what_was_measured() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text()
    shown = page.split(report.BEGIN)[1].split(report.END)[0].strip()
    assert shown == report.table(json.loads((ROOT / "docs" / "benchmarks.json").read_text()))


def test_the_folders_of_the_readme_exist() -> None:
    for folder in re.findall(r"^\| `([a-z_]+)/` \|", (ROOT / "README.md").read_text(), re.MULTILINE):
        assert (ROOT / folder).is_dir()


def test_the_licence_is_the_same_everywhere() -> None:
    assert 'license = "EUPL-1.2"' in (ROOT / "pyproject.toml").read_text()
    assert "EUPL-1.2" in (ROOT / "README.md").read_text()


def test_the_lock_names_no_address_and_every_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "http://" not in lock
    assert "https://" not in lock
    pins = re.split(r"\n(?=[a-z0-9])", lock.strip())
    assert all("==" in pin and "--hash=sha256:" in pin for pin in pins)
