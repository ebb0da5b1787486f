"""Pictures of the operator's screens, without a display: `python -m kiosk.operator_gallery OUTDIR`."""
# mypy: disable-error-code="import-untyped"

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kiosk.gallery import DPI
from kiosk.offscreen import offscreen, picture
from kiosk.service_facts import LinkFacts, ServiceFacts
from kiosk.theme import theme

NOW = datetime(2026, 11, 21, 9, 15, 2, tzinfo=UTC)
FACTS = ServiceFacts(
    kiosk="marijampole-hall-1",
    office="Marijampolės savivaldybės administracija",
    counter="4-langelis",
    config="17-3f9a1c2e",
    link=LinkFacts("nuomone.marijampole.lt:8883", True, NOW - timedelta(days=3), True, 1204, NOW - timedelta(minutes=4)),
    pending=0,
    stream="9f2c4be1",
    through=1204,
    now=NOW,
    clock="synced",
    disk_free_mb=23811,
    width=1280,
    height=800,
    dpi=125.0,
    frames=180211,
    lockouts=2,
)


def main(arguments: list[str]) -> None:
    """Draw all sizes into a folder, one process each."""
    if not arguments:
        sys.exit("Where to? python -m kiosk.operator_gallery OUTDIR")
    out = Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
    if len(arguments) == 2:
        width, height = map(int, arguments[1].split("x"))
        draw(out, width, height)
        return
    for width, height in DPI:
        subprocess.run([sys.executable, "-m", "kiosk.operator_gallery", str(out), f"{width}x{height}"], check=True)


def draw(out: Path, width: int, height: int) -> None:
    """All screens of one size, in both languages."""
    with tempfile.TemporaryDirectory() as folder:
        app = offscreen(Path(folder), (width, height))
        for language, colours in (("lt", "light"), ("en", "dark")):
            panel = theme(width, height, {"theme": colours, "dpi": DPI[width, height]})
            app.stage.paint(panel.palette)
            for name, screen in screens(language, panel):
                app.stage.bring(screen)
                picture(out / f"{name}-{width}x{height}-{language}.png")


def screens(language: str, panel: Any) -> Iterator[tuple[str, Any]]:
    """Each screen as it should look, one after the other."""
    from kiosk.screens import load
    from kiosk.screens.pinpad import PinPad
    from kiosk.screens.screen_test import ScreenTest
    from kiosk.screens.service import Service

    load("pinpad")
    load("service")
    pad, service, test = PinPad(), Service(), ScreenTest()
    pad.show(language, panel)
    for _ in range(6):
        pad.press("1")
    yield "pinpad", pad
    pad.wrong(58)
    yield "pinpad-locked", pad
    service.show(replace(FACTS, width=panel.width, height=panel.height, dpi=panel.dpi), language, panel)
    yield "service", service
    service.ask("shut_down")
    yield "service-ask", service
    service.ask("")
    service.tell("The command “systemctl poweroff” failed with code 1: Access denied.")
    yield "service-told", service
    test.size = panel.width, panel.height
    test.show(language, panel)
    test._touch((panel.width * 0.2, panel.height * 0.7))
    yield "test", test


if __name__ == "__main__":
    main(sys.argv[1:])
