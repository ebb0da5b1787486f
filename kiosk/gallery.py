"""Pictures of every screen, without a display: `python -m kiosk.gallery OUTDIR`.

One process draws one size: SDL's offscreen surface cannot grow after its start.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk import operator_poses
from kiosk.offscreen import configure, offscreen, picture
from kiosk.poses import POSES, pose, sample
from kiosk.state import Access
from kiosk.theme import theme

LANGUAGES = ("lt", "en", "pl", "ru", "uk")
DPI = {(1280, 800): 125, (1920, 1080): 92, (1080, 1920): 92, (800, 480): 133}
MOST_USED = ("services", "idle", "reasons", "comment", "removed")
OPERATOR_MOST_USED = ("pinpad", "service", "identify", "first-start")
SCALES = {"smiley4": 4, "smiley3": 3, "stars5": 5, "thumbs": 2, "nps11": 11}
ACCESS = {"contrast": Access(contrast=True), "larger": Access(larger=True), "low": Access(low=True)}

TITLES = {
    "services": "Which service",
    "idle": "The main question",
    "prompt": "After a visit that the queue system told of",
    "privacy": "The notice on anonymity",
    "reasons": "Reasons",
    "chosen": "Reasons, three chosen",
    "further": "A further question",
    "comment": "A comment, empty",
    "written": "A comment",
    "still": "Whether more time is needed",
    "thanks": "Thanks",
    "removed": "Thanks, and what was removed from the comment",
}
LOOKS = {"contrast": "high contrast", "larger": "larger letters", "low": "low reach", "dark": "dark", "qr": "with a code"}


@dataclass(frozen=True)
class Shot:
    """One picture. `display` and `questions` replace those of the sample."""

    pose: str
    language: str = "lt"
    look: str = ""
    display: dict[str, Any] = field(default_factory=dict)
    scale: str = ""

    @property
    def title(self) -> str:
        """`The main question, in high contrast (lt)`."""
        about = [
            (TITLES | operator_poses.TITLES)[self.pose],
            *([f"scale {self.scale}"] if self.scale else []),
            *([LOOKS[self.look]] if self.look else []),
        ]
        return f"{', '.join(about)} ({self.language})"

    @property
    def name(self) -> str:
        return "-".join(part for part in (self.pose, self.scale, self.look, self.language) if part)


def shots(size: tuple[int, int]) -> Iterator[Shot]:
    """All screens at 1280×800, in five languages, every look and every scale; the most used ones at the other sizes."""
    if size != (1280, 800):
        yield from (Shot(name) for name in MOST_USED)
        yield Shot("idle", look="contrast")
        return
    yield from (Shot(name) for name in POSES)
    yield from (Shot(name, language) for language in LANGUAGES[1:] for name in ("idle", "reasons", "written", "thanks"))
    yield from (Shot(name, look=look) for look in ACCESS for name in ("idle", "reasons"))
    yield from (Shot(name, look="dark", display={"theme": "dark"}) for name in ("idle", "reasons", "written", "thanks"))
    yield Shot("thanks", look="qr", display={"qr": "https://www.example.lt/nuomone"})
    yield from (Shot("idle", scale=scale) for scale in SCALES)


def operator_shots(size: tuple[int, int]) -> Iterator[Shot]:
    """All of the operator's screens at 1280×800; the two that an installer meets first in English and at every size."""
    yield from (Shot(name) for name in (operator_poses.TITLES if size == (1280, 800) else OPERATOR_MOST_USED))
    if size == (1280, 800):
        yield from (Shot(name, "en") for name in OPERATOR_MOST_USED)


def main(arguments: list[str]) -> None:
    """Draw all sizes into a folder, one process each."""
    if not arguments:
        sys.exit("Where to? python -m kiosk.gallery OUTDIR")
    out = Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
    if len(arguments) == 2:
        width, height = map(int, arguments[1].split("x"))
        draw(out, (width, height))
        return
    for old in out.glob("*.png"):
        old.unlink()
    for width, height in DPI:
        subprocess.run([sys.executable, "-m", "kiosk.gallery", str(out), f"{width}x{height}"], check=True)
    (out / "README.md").write_text(index(), encoding="utf-8")


def index() -> str:
    """The page that shows the pictures, size by size."""
    page = ["# The kiosk's screens", "", "Drawn by `make screenshots`, without a display, from the sample configuration."]
    for size in DPI:
        page += ["", f"## {size[0]} × {size[1]}"]
        for shot in (*shots(size), *operator_shots(size)):
            page += ["", f"**{shot.title}**", "", f"![{shot.title}]({_file(Path(), size, shot)})"]
    return "\n".join(page) + "\n"


def draw(out: Path, size: tuple[int, int]) -> None:
    """One size's pictures, as `SIZE-POSE-LOOK-LANGUAGE.png`."""
    with tempfile.TemporaryDirectory() as folder:
        app = offscreen(Path(folder), size)
        for shot in shots(size):
            given = sample()
            given["display"] = {"dpi": DPI[size], **shot.display}
            if shot.pose not in ("services", "prompt"):
                given["services"] = given["services"][:1]
            if shot.scale:
                words = {"lt": ["Tikrai ne", "Tikrai taip"]} if shot.scale == "nps11" else _words(given, SCALES[shot.scale])
                given["questionnaire"]["questions"][0] |= {"scale": shot.scale, "words": words}
            config = configure(app, given)
            app.station.state = pose(shot.pose, config, app.station._monotonic(), shot.language, ACCESS.get(shot.look))
            app.refresh()
            picture(_file(out, size, shot))
        _draw_operators(app, out, size)


def _draw_operators(app: Any, out: Path, size: tuple[int, int]) -> None:
    wanted = list(operator_shots(size))
    panel = theme(*size, {"dpi": DPI[size]})
    app.stage.paint(panel.palette)
    app.stage.reach = 0
    for language in dict.fromkeys(shot.language for shot in wanted):
        for name, screen in operator_poses.screens(language, panel):
            if Shot(name, language) in wanted:
                app.stage.bring(screen)
                picture(_file(out, size, Shot(name, language)))


def _file(out: Path, size: tuple[int, int], shot: Shot) -> Path:
    return out / f"{size[0]}x{size[1]}-{shot.name}.png"


def _words(given: dict[str, Any], count: int) -> dict[str, list[str]]:
    """The words of the sample's question that a scale with fewer steps has."""
    first = given["questionnaire"]["questions"]
    if count == 2:
        return dict(first[1]["words"])
    return {code: [*words[: count // 2], *words[-(count - count // 2) :]] for code, words in first[0]["words"].items()}


if __name__ == "__main__":
    main(sys.argv[1:])
