"""A citizen before a real kiosk window: every screen of the sample configuration, with real touches or real keys."""

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk.poses import sample
from tests.brokers import wait_for
from tests.delivery.scenes import rows_of
from tests.displays import Screen, windowed, xvfb
from tests.system import Process

DPI = {(1280, 800): 125, (1920, 1080): 92, (1080, 1920): 92, (800, 480): 133}
LANGUAGES = ("lt", "en", "pl", "ru", "uk")
OWN_LETTERS = {"lt": "ąčęė", "en": "well", "pl": "żółć", "ru": "ъёжы", "uk": "їґєі"}


class Visitor:
    """Touches and keys on a display, and what the kiosk has kept."""

    def __init__(self, display: str, folder: Path) -> None:
        self.screen, self._display, self._outbox = Screen(display, folder), display, folder / "outbox.sqlite"

    def key(self, *names: str) -> None:
        subprocess.run(["xdotool", "key", *names], env=os.environ | {"DISPLAY": self._display}, check=True, timeout=10)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for (body,) in rows_of(self._outbox, "SELECT body FROM event ORDER BY seq")]

    def visit(self, language: str, value: int) -> None:
        """Everything there is: language, service, face, reasons, a further question, a comment letter by letter, thanks."""
        screen = self.screen
        seen = screen.wait_for("services")
        if seen["language"] != language:
            screen.touch(seen["languages"][language])
            wait_for(lambda: screen.map()["language"] == language, 15)
        screen.touch(screen.map()["services"]["requests"])
        screen.touch(screen.wait_for("rating")["faces"][str(value)])
        seen = screen.wait_for("reasons")
        for chip in ("waiting-time", "staff"):
            screen.touch(seen["chips"][chip])
        screen.touch(seen["done"])
        screen.touch(screen.wait_for("rating")["faces"]["1"])
        screen.wait_for("comment")
        for letter in OWN_LETTERS[language]:
            keys = screen.map()["keys"]
            screen.touch(keys.get(letter) or keys[letter.upper()])
            self._wait_for_still_keys()
        screen.touch(screen.map()["send"])
        screen.wait_for("thanks")
        assert screen.wait_for("services")["language"] == "lt", "the default is back for the next citizen"

    def _wait_for_still_keys(self) -> None:
        """After the first letter the keys change from capitals to small ones, and stay."""
        wait_for(
            lambda: not self.screen.map()["keys"] or "q" in _lower(self.screen.map()) or "й" in _lower(self.screen.map()), 15
        )


def _lower(seen: dict[str, Any]) -> set[str]:
    return {name for name in seen["keys"] if len(name) == 1 and name.islower()}


@contextlib.contextmanager
def visitor(folder: Path, size: tuple[int, int], **display: Any) -> Iterator[Visitor]:
    """A kiosk with the sample configuration in a window of a size, as somebody who tries it would start it."""
    file, data = folder / "sample.json", folder / "data"
    file.write_text(json.dumps(sample() | {"display": {"dpi": DPI[size], **display}}))
    with xvfb(*size) as shown:
        command = ["-m", "kiosk", "run", "--config", str(file), "--data", str(data), "--size", f"{size[0]}x{size[1]}"]
        kiosk = Process(command, folder / "kiosk.log", windowed(shown, data))
        try:
            yield Visitor(shown, data)
        finally:
            assert kiosk.stop() == 0, kiosk.text()
        assert "Traceback" not in kiosk.text()


def assert_whole(events: list[dict[str, Any]], language: str, value: int, trigger: str = "tap") -> None:
    """The five events of one visit, in order."""
    rating, reasons, further, comment = events
    assert [one["type"] for one in events] == ["rating", "reasons", "rating", "comment"]
    assert len({one["visit"] for one in events}) == 1
    assert {one["language"] for one in events} == {language}
    assert (rating["question"], rating["value"], rating["trigger"]) == ("overall", value, trigger)
    assert (further["question"], further["value"]) == ("trust", 1)
    assert reasons["reasons"] == ["waiting-time", "staff"]
    assert (comment["question"], comment["value"]) == ("overall", value)
