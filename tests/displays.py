"""A real X server without a screen, and real touches on it."""

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.brokers import wait_for


@contextlib.contextmanager
def xvfb(width: int = 1280, height: int = 800) -> Iterator[str]:
    """An Xvfb of its own; gives its DISPLAY."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        assert number, "Xvfb did not start"
        try:
            yield f":{number}"
        finally:
            server.terminate()


def windowed(display: str, folder: Path) -> dict[str, str]:
    """The environment of a kiosk with a real window, whatever other tests have set for theirs."""
    return {
        "DISPLAY": display,
        "SDL_VIDEODRIVER": "x11",
        "KIVY_HOME": str(folder / "kivy"),
        "NUOMONE_SCREEN_MAP": "1",
        "NUOMONE_CLOCK": "system",
    }


class Screen:
    """A kiosk's window as its screen map describes it."""

    def __init__(self, display: str, folder: Path) -> None:
        self._display, self._file = display, folder / "screen.json"

    def map(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._file.read_text()) if self._file.exists() else {}
        return found

    def wait_for(self, screen: str, timeout: float = 15) -> dict[str, Any]:
        """Wait until this screen can be touched."""
        wait_for(lambda: self.map().get("screen") == screen, timeout)
        return self.map()

    def targets(self) -> list[tuple[int, int]]:
        """Where something that can be touched is, as far as the map names it."""
        at = self.map()
        groups = [at.get(name, {}).values() for name in ("faces", "languages", "access", "services", "chips")]
        ways_on = (at.get(name) for name in ("back", "skip", "done", "send", "privacy", "earlier", "later", "go_on", "close"))
        return [(x, y) for x, y in [*(one for group in groups for one in group), *(one for one in ways_on if one)]]

    def touch(self, at: tuple[int, int]) -> None:
        """Press and release with the pointer, as a touchscreen does."""
        command = ["xdotool", "mousemove", str(at[0]), str(at[1]), "click", "1"]
        subprocess.run(command, env=os.environ | {"DISPLAY": self._display}, check=True, timeout=10)

    def answer(self, value: int) -> None:
        """Touch a face, once the main question is on the screen; where services come first, the first of them."""
        wait_for(lambda: self.map().get("screen") in ("services", "rating"), 15)
        if self.map()["screen"] == "services":
            self.touch(next(iter(self.map()["services"].values())))
        self.touch(self.wait_for("rating")["faces"][str(value)])

    def wait_until_still(self, seconds: float = 1.5) -> None:
        """Wait until the map has not changed for so long: it comes a little after the screen."""
        seen, since = self.map(), time.monotonic()

        def rests() -> bool:
            nonlocal seen, since
            if (now := self.map()) != seen:
                seen, since = now, time.monotonic()
            return time.monotonic() - since > seconds

        wait_for(rests, 30)

    def leave(self) -> None:
        """From any screen to the services, as a citizen who has had enough. What comes too soon after a change is not heard."""
        for _ in range(40):
            if (at := self.map())["screen"] == "services":
                return
            thanks = (at["size"][0] // 2, at["size"][1] // 3) if at["screen"] == "thanks" else None
            self.touch(thanks or at["close"] or at["skip"] or at["back"] or next(iter(at["faces"].values())))
            with contextlib.suppress(AssertionError):
                wait_for(lambda was=at: self.map() != was, 1.5)  # type: ignore[misc]
        raise AssertionError(f"no way out of {self.map()}")

    def skip_to_thanks(self) -> None:
        """Skip reasons and further questions, however many follow. What comes too soon after a change is not heard."""
        deadline = time.monotonic() + 30
        while (before := self.map())["screen"] != "thanks":
            assert time.monotonic() < deadline, f"no way on from {before}"
            if before["skip"]:
                self.touch(before["skip"])
            with contextlib.suppress(AssertionError):
                wait_for(lambda was=before: self.map() != was, 1.0)  # type: ignore[misc]
