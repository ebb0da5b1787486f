"""The operator's screens as they look at work, for pictures and for tests: PIN, facts, question, answer, screen test."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from kiosk.service_facts import LinkFacts, ServiceFacts

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


TITLES = {
    "pinpad": "For operators: the PIN",
    "pinpad-locked": "For operators: too many wrong PINs",
    "service": "For operators: how the kiosk does",
    "service-ask": "For operators: whether to shut down",
    "service-told": "For operators: what the device answered",
    "test": "For operators: the screen test",
    "identify": "For admins: which device this is",
    "first-start": "For installers: a device that is no kiosk yet",
    "first-start-refused": "For installers: a code that was refused",
}


def screens(language: str, panel: Any) -> Iterator[tuple[str, Any]]:
    """Each screen by its name, one after the other; each is shown before the next is made, since some are the same one again."""
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
    yield from _from_afar(language, panel)


def _from_afar(language: str, panel: Any) -> Iterator[tuple[str, Any]]:
    """What is seen before a kiosk is one, and when an admin looks for it."""
    from kiosk.screens import load
    from kiosk.screens.first_start import FirstStart
    from kiosk.screens.identify import Identify

    for name in ("keyboard", "comment"):
        load(name)
    identify = Identify(size=(panel.width, panel.height))
    identify.show(FACTS.kiosk, f"{FACTS.office} · {FACTS.counter}", panel)
    yield "identify", identify
    identify.hide()
    first = FirstStart(size=(panel.width, panel.height))
    first.show(language, panel)
    yield "first-start", first
    first.prefill("nuomone.marijampole.lt")
    for one in "7G4MQ2ZKX9TP":
        first.type(one)
    reason = "This server is not the one that the code was made by, or the code is mistyped after its third group."
    first.tell(first.said.first_failed.format(reason=reason))
    yield "first-start-refused", first
