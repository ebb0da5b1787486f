"""A device that is no kiosk yet, registered on its own screen with real touches and keys."""

import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import Screen
from test_answers import settle
from test_screens import SIZES, assert_laid_out

from kiosk import restart
from kiosk.keys import BACKSPACE, ENTER, TAB
from kiosk.theme import for_notices, theme
from kiosk.watchdog import Watchdog

CODE = "7G4M-Q2ZK-X9TP"


class Server:
    """Answers as the collector would: `answer` is the kiosk's id, or what is wrong. Waits until told to go on."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.answer: str | Exception = "hall-1"
        self.go_on = threading.Event()
        self.go_on.set()

    def enrol(self, code: str, server: str) -> str:
        self.asked.append((code, server))
        self.go_on.wait(5)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Device(Screen):
    """The screen of such a device."""

    def __init__(self, window: Any, server: str = "") -> None:
        from kiosk.first_start import FirstStartApp

        self.server = Server()
        super().__init__(FirstStartApp(self.server.enrol, server, Watchdog("")), window)
        self.stopped = False
        window.size = 1280, 800
        window.add_widget(self.app.build())
        self.app.stop = lambda: setattr(self, "stopped", True)
        self.screen = self.app.screen
        for _ in range(6):
            self.frame()

    def touch(self, widget: Any) -> None:
        self.tap(*widget.center)
        self.frame()

    def write(self, text: str) -> None:
        """Key after key on the screen's own keyboard."""
        for one in text:
            self.touch(next(cap for cap in self.screen.keyboard.caps if cap.value == one))

    def press_key(self, key: int) -> None:
        self.window.dispatch("on_key_down", key, 0, "", [])

    def fields(self) -> tuple[str, str]:
        return self.screen.server.text, self.screen.code.text


@pytest.fixture
def device(window: Any) -> Iterator[Callable[..., Device]]:
    made: list[Device] = []

    def make(server: str = "") -> Device:
        made.append(Device(window, server))
        return made[-1]

    yield make
    for one in made:
        one.app.on_stop()
        window.remove_widget(one.app.stage)


def test_address_and_code_are_typed_on_the_screen_and_the_kiosk_begins(device: Callable[..., Device]) -> None:
    kiosk = device()
    kiosk.write("nuomone.lt")
    kiosk.touch(kiosk.screen.register)
    assert kiosk.server.asked == [], "there is no code yet"
    kiosk.touch(kiosk.screen.code)
    kiosk.write("7G4MQ2ZKX9TP")
    assert kiosk.fields() == ("nuomone.lt", CODE)
    kiosk.touch(kiosk.screen.register)
    kiosk.until(lambda: kiosk.app.enrolled)
    assert kiosk.server.asked == [(CODE, "https://nuomone.lt")]
    assert "hall-1" in kiosk.screen.message.text
    kiosk.until(lambda: kiosk.stopped)


def test_what_is_wrong_is_told_in_a_sentence_and_can_be_tried_again(device: Callable[..., Device]) -> None:
    kiosk = device("https://nuomone.lt")
    kiosk.server.answer = RuntimeError("This code has been used.")
    kiosk.write("7G4MQ2ZKX9TP")
    kiosk.touch(kiosk.screen.register)
    kiosk.until(lambda: "This code has been used." in kiosk.screen.message.text)
    assert kiosk.screen.message.text.startswith("Nepavyko įregistruoti")
    assert (kiosk.fields(), kiosk.screen.busy, kiosk.app.enrolled) == (("https://nuomone.lt", CODE), False, False)
    kiosk.server.answer = "hall-1"
    kiosk.touch(kiosk.screen.register)
    kiosk.until(lambda: kiosk.app.enrolled)


def test_while_the_answer_is_awaited_nothing_is_sent_twice_and_nothing_changes(device: Callable[..., Device]) -> None:
    kiosk = device("nuomone.lt")
    kiosk.server.go_on.clear()
    kiosk.write("7G4MQ2ZKX9TP")
    for _ in range(3):
        kiosk.touch(kiosk.screen.register)
    kiosk.write("9")
    kiosk.press_key(BACKSPACE)
    kiosk.press_key(ENTER)
    assert (kiosk.screen.busy, kiosk.fields()[1]) == (True, CODE)
    assert "Registruojama" in kiosk.screen.message.text
    kiosk.server.go_on.set()
    kiosk.until(lambda: kiosk.app.enrolled)
    assert len(kiosk.server.asked) == 1


def test_a_real_keyboard_and_a_scanner_write_too(device: Callable[..., Device]) -> None:
    kiosk = device()
    for one in "nuomonė.lt":
        kiosk.window.dispatch("on_textinput", one)
    kiosk.press_key(BACKSPACE)
    kiosk.press_key(TAB)
    kiosk.window.dispatch("on_textinput", "7g4m")
    assert kiosk.fields() == ("nuomonė.l", "7G4M")
    long = "7G4MQ2ZKX9TP0123456789ABCDEFGHJK"
    for one in f"nuomone:enrol?server=https://other.lt&code={long}":
        kiosk.window.dispatch("on_textinput", one)
    kiosk.press_key(ENTER)
    kiosk.until(lambda: kiosk.app.enrolled)
    assert kiosk.server.asked == [("7G4M-Q2ZK-X9TP-0123-4567-89AB-CDEF-GHJK", "https://other.lt")]


def test_the_delete_key_passes_over_hyphens_and_holds_no_letter_of_the_other_field(device: Callable[..., Device]) -> None:
    kiosk = device("a")
    kiosk.write("7G4MQ")
    delete = next(cap for cap in kiosk.screen.keyboard.caps if cap.kind == "delete")
    for left in ("7G4M", "7G4", "7G"):
        kiosk.touch(delete)
        assert kiosk.fields() == ("a", left)


def test_another_language_keeps_what_was_typed(device: Callable[..., Device]) -> None:
    kiosk = device("nuomone.lt")
    kiosk.write("7G4M")
    assert kiosk.screen.title.text == "Šis ekranas dar neįregistruotas"
    kiosk.touch(next(button for button in kiosk.screen.languages if button.value == "en"))
    assert (kiosk.screen.title.text, kiosk.fields()) == ("This screen is not registered yet", ("nuomone.lt", "7G4M"))


def test_no_key_and_no_wish_to_close_leads_out(device: Callable[..., Device]) -> None:
    kiosk = device()
    assert kiosk.window.dispatch("on_request_close")
    assert kiosk.window.dispatch("on_key_down", 27, 0, "", [])
    assert not kiosk.stopped


@SIZES
def test_it_fits_every_panel_with_the_longest_refusal(window: Any, size: tuple[int, int]) -> None:
    from kiosk.screens import load
    from kiosk.screens.first_start import FirstStart
    from kiosk.screens.stage import Stage

    for name in ("touch", "keyboard", "comment"):
        load(name)
    window.size = size
    stage, screen = Stage(size=size, size_hint=(None, None)), FirstStart()
    stage.bring(screen)
    screen.show("lt", for_notices(theme(*size, {})))
    screen.prefill("https://nuomone.marijampole.lt:8443")
    screen.type("7G4MQ2ZKX9TP0123456789ABCDEFGHJK")
    reason = (
        "This server is not the one that the code was made by, or the code is mistyped after its third group. "
        "Compare it with the sheet; if it is right, somebody stands in between."
    )
    for language, told in itertools.product(("lt", "en"), ("", reason)):
        screen.show(language, for_notices(theme(*size, {})))
        screen.tell(told and screen.said.first_failed.format(reason=told))
        settle()
        assert_laid_out(SimpleNamespace(app=SimpleNamespace(stage=stage), window=SimpleNamespace(width=size[0], height=size[1])))
        assert screen.message.top <= screen.title.y + 1
        assert screen.message.y >= screen.server.top - 1
        assert screen.code.line_height < screen.code.height
        assert screen.code._lines_labels[0].width <= screen.code.width - 2 * screen.code.padding[0], "the whole code is seen"
    stage.clear_widgets()


def test_the_address_may_stand_in_the_kiosks_folder(tmp_path: Path) -> None:
    assert restart._noted(tmp_path / "server") == ""
    (tmp_path / "server").write_text("https://nuomone.lt\n")
    assert restart._noted(tmp_path / "server") == "https://nuomone.lt"
    (tmp_path / "server").write_bytes(b"\xff\xfe")
    assert restart._noted(tmp_path / "server") == ""
