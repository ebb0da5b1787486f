"""The operator's way in a kiosk that serves citizens: the held corner, the PIN, and back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from configs import config
from stations import Time, Witness, station

from kiosk import pin

OnScreen = Callable[..., Any]
PIN = "271828"


@pytest.fixture
def kiosk(on_screen: OnScreen, tmp_path: Path, outbox: Witness, clock: Time, monkeypatch: pytest.MonkeyPatch) -> Any:
    made = on_screen(station(tmp_path, outbox, clock, config()))
    monkeypatch.setattr("kiosk.screens.held_corner.HOLD_S", 0.2)
    return made


def hold(kiosk: Any) -> None:
    x, y = kiosk.window.width - 10, kiosk.window.height - 10
    finger = kiosk.press(x, y)
    kiosk.until(lambda: kiosk.app.operator.corner._hold is None)
    kiosk.release(finger, x, y)
    kiosk.settle()


def type_pin(kiosk: Any, digits: str) -> None:
    kiosk.app.operator.pinpad.dispatch("on_pin", digits)
    kiosk.settle()


def test_from_the_corner_to_the_facts_and_back_to_the_citizens(kiosk: Any, tmp_path: Path, outbox: Witness) -> None:
    pin.keep(tmp_path, PIN)
    hold(kiosk)
    assert kiosk.app.front is kiosk.app.operator.pinpad
    type_pin(kiosk, "111111")
    assert kiosk.app.front is kiosk.app.operator.pinpad
    type_pin(kiosk, PIN)
    assert kiosk.app.front is kiosk.app.operator.service
    told = " ".join(label.text for label in kiosk.app.front.walk() if getattr(label, "text", ""))
    assert "hall-1" in told
    assert config().config in told
    kiosk.app.tick()
    kiosk.window.dispatch("on_key_down", ord("5"), 0, "5", [])
    assert (kiosk.app.front, len(outbox)) == (kiosk.app.operator.service, 0)
    kiosk.app.operator.close()
    kiosk.settle()
    assert (kiosk.app.shown, kiosk.app.front) == ("rating", kiosk.app.rating)
    kiosk.tap(*kiosk.face(4))
    assert len(outbox) == 1


def test_without_a_pin_the_corner_does_nothing(kiosk: Any) -> None:
    hold(kiosk)
    assert (kiosk.app.shown, kiosk.app.operator.inside) == ("rating", False)


def test_the_configurations_pin_is_the_one_in_force(
    on_screen: OnScreen, tmp_path: Path, outbox: Witness, clock: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    pin.keep(tmp_path, "999999")
    kiosk = on_screen(station(tmp_path, outbox, clock, config(display={"service_pin": pin.hashed(PIN)})))
    monkeypatch.setattr("kiosk.screens.held_corner.HOLD_S", 0.2)
    hold(kiosk)
    type_pin(kiosk, PIN)
    assert kiosk.app.front is kiosk.app.operator.service
    kiosk.app.operator.close()


def test_a_held_corner_answers_nothing_and_a_touch_there_is_still_the_screens(kiosk: Any, outbox: Witness) -> None:
    x, y = kiosk.window.width - 10, kiosk.window.height - 10
    kiosk.tap(x, y)
    kiosk.settle()
    assert (kiosk.app.shown, len(outbox)) == ("rating", 0)
    assert kiosk.app.stage.children[0] is kiosk.app.operator.corner, "in front of every screen"
    kiosk.tap(*kiosk.face(2))
    kiosk.settle()
    assert kiosk.app.stage.children[0] is kiosk.app.operator.corner
