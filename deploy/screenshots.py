"""The pictures in docs/, taken from the running system: a real window on a real X server, a real page in a real browser."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageGrab

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.browsers import chromium, signed_in  # noqa: E402 - the tests' tools live in the repository, not in the package
from tests.displays import Screen, xvfb  # noqa: E402

DOCS = ROOT / "docs"


def main() -> None:
    """Start the demo with a kiosk window, touch it, take the pictures."""
    with tempfile.TemporaryDirectory() as folder, xvfb() as display:
        data = Path(folder)
        command = [sys.executable, str(ROOT / "deploy" / "demo.py"), "--data", folder, "--days", "90"]
        environment = os.environ | {"DISPLAY": display, "NUOMONE_SCREEN_MAP": "1"}
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as demo:
            try:
                for line in demo.stdout or ():
                    if "Ctrl-C" in line:
                        break
                _kiosk(Screen(display, data / "window"), display)
                _pages(json.loads((data / "demo.json").read_text()))
            finally:
                demo.terminate()


def _kiosk(screen: Screen, display: str) -> None:
    screen.wait_for("rating", 30)
    _save(ImageGrab.grab(xdisplay=display), "kiosk.png")
    screen.answer(4)
    for chip in list(screen.wait_for("reasons")["chips"].values())[:2]:
        screen.touch(chip)
    time.sleep(0.5)  # the map tells where things are, not what is chosen
    _save(ImageGrab.grab(xdisplay=display), "kiosk-reasons.png")
    screen.touch(screen.map()["done"])
    screen.skip_to_thanks()
    _save(ImageGrab.grab(xdisplay=display), "kiosk-thanks.png")


def _pages(demo: dict[str, object]) -> None:
    head = next(user for user in demo["users"] if user["login"] == "vadovas")  # type: ignore[attr-defined]
    sizes = {
        "office.png": (1200, 1000, "light"),
        "office-dark.png": (1200, 1000, "dark"),
        "office-phone.png": (390, 844, "light"),
    }
    with chromium() as browser:
        for name, (width, height, scheme) in sizes.items():
            view = {"viewport": {"width": width, "height": height}, "color_scheme": scheme, "locale": "lt-LT"}
            page = signed_in(browser, str(demo["url"]), head["login"], head["password"], **view)
            page.wait_for_load_state("load")
            page.screenshot(path=DOCS / name)
            _save(Image.open(DOCS / name), name)


def _save(picture: Image.Image, name: str) -> None:
    """Few colours are enough, and small files."""
    picture.convert("RGB").quantize(128).save(DOCS / name, optimize=True)


if __name__ == "__main__":
    main()
