"""The pictures in docs/, taken from the running system: a real window on a real X server, a real page in a real browser."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image, ImageGrab

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.browsers import chromium, signed_in  # noqa: E402 - the tests' tools live in the repository, not in the package
from tests.displays import Screen, xvfb  # noqa: E402

DOCS = ROOT / "docs"


@dataclass(frozen=True)
class Shot:
    """A page as one of the demo's users sees it; the picture is the window's size."""

    name: str
    login: str
    path: str
    width: int
    scheme: str = "light"
    language: str = "lt"
    height: int = 900


_HALL = "/offices/aptarnavimas"
# The README's three pictures, and every page once or twice: widths, colours and languages take turns.
SHOTS = (
    Shot("office.png", "vadovas", _HALL, 1200, height=1000),
    Shot("office-dark.png", "vadovas", _HALL, 1200, "dark", height=1000),
    Shot("office-phone.png", "vadovas", _HALL, 390, height=844),
    Shot("pages/morning.png", "vadovas", _HALL, 1440, height=2300),
    Shot("pages/morning-phone.png", "vadovas", _HALL, 390, "dark", "en", 1800),
    Shot("pages/period.png", "vadovas", f"{_HALL}/period?kind=quarter", 1440, height=2300),
    Shot("pages/period-tablet.png", "vadovas", f"{_HALL}/period?kind=month", 768, "dark", "en", 1800),
    Shot("pages/period-phone.png", "vadovas", f"{_HALL}/period?kind=quarter", 390, "light", "lt", 1800),
    Shot("pages/comments.png", "vadovas", f"{_HALL}/comments?q=darbuotoja", 1440, "light", "en", 1000),
    Shot("pages/comments-phone.png", "vadovas", f"{_HALL}/comments", 390, "dark", "lt", 1200),
    Shot("pages/misuse.png", "vadovas", f"{_HALL}/misuse?kind=quarter", 768, "light", "lt", 1200),
    Shot("pages/offices.png", "analitikas", "/", 1440, "light", "en", 1100),
    Shot("pages/offices-phone.png", "parama", "/", 390, "light", "lt", 844),
    Shot("pages/side-by-side.png", "analitikas", "/offices?kind=quarter", 1440, "dark", "lt", 1400),
    Shot("pages/side-by-side-tablet.png", "analitikas", "/offices?kind=quarter", 768, "light", "en", 1200),
    Shot("pages/service.png", "analitikas", "/services/social-benefits?kind=quarter", 1440, "light", "lt", 1000),
    Shot("pages/account.png", "vadovas", "/account", 768, "light", "lt", 1000),
    Shot("pages/audit.png", "auditorius", "/audit", 1440, "light", "en", 800),
    Shot("pages/api.png", "analitikas", "/api/v1/docs", 1440, "light", "en", 1400),
    Shot("pages/fleet.png", "admin", "/fleet", 1440, "light", "lt", 1200),
    Shot("pages/fleet-phone.png", "admin", "/fleet", 390, "dark", "lt", 1500),
    Shot("pages/kiosk.png", "admin", "/fleet/aptarnavimas-2", 1440, "light", "en", 1300),
    Shot("pages/new-kiosk.png", "admin", "/fleet/new", 768, "light", "lt", 1350),
    Shot("pages/configurations.png", "admin", "/configurations/kiosks", 1440, "dark", "lt", 1000),
    Shot("pages/catalogue.png", "admin", "/catalogue", 1440, "light", "en", 1200),
    Shot("pages/office-form.png", "admin", "/catalogue/offices/archyvas", 768, "light", "lt", 1500),
    Shot("pages/questionnaire.png", "admin", "/questionnaires/core5/1", 1440, "light", "lt", 1200),
    Shot("pages/questionnaire-phone.png", "admin", "/questionnaires/core5/1", 390, "dark", "en", 1500),
    Shot("pages/users.png", "admin", "/users", 1440, "dark", "en", 1300),
    Shot("pages/retention.png", "admin", "/retention/marijampole?comments_days=30&events_months=24", 1440, "light", "lt", 1000),
    Shot("pages/accounting.png", "admin", "/accounting", 1440, "light", "en", 1000),
    Shot("pages/quarantine.png", "auditorius", "/quarantine", 768, "dark", "lt", 700),
)


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


def _pages(demo: dict[str, Any]) -> None:
    """Each of SHOTS, by who it is for."""
    (DOCS / "pages").mkdir(exist_ok=True)
    passwords = {user["login"]: user["password"] for user in demo["users"]}
    with chromium() as browser:
        for shot in SHOTS:
            view = {"viewport": {"width": shot.width, "height": shot.height}, "color_scheme": shot.scheme, "locale": "lt-LT"}
            page = signed_in(browser, str(demo["url"]), shot.login, passwords[shot.login], **view)
            answer = page.goto(f"{demo['url']}/language/{shot.language}?next={quote(shot.path)}")
            if answer is None or answer.status != 200:
                raise SystemExit(f"{shot.path} cannot be shown to {shot.login}: {answer and answer.status}")
            page.wait_for_load_state("networkidle" if "period" in shot.path else "load")
            page.screenshot(path=DOCS / shot.name)
            page.context.close()
            _save(Image.open(DOCS / shot.name), shot.name)


def _save(picture: Image.Image, name: str) -> None:
    """Few colours are enough, and small files."""
    picture.convert("RGB").quantize(128).save(DOCS / name, optimize=True)


if __name__ == "__main__":
    main()
