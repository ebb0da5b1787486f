"""What is seen on a kiosk's screen when an admin asks from afar: a real window, real touches, a clock that passes when told."""

import base64
import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from configs import config, question
from stations import Time, Witness, station

from broker_config.messages import Command, Reply
from kiosk import device
from kiosk.jpeg import MOST_BYTES
from kiosk.window import Wires

OnScreen = Callable[..., Any]
TRIED = config(
    number=9,
    questionnaire={
        "id": "tried",
        "questions": [question(id="tried", scale="thumbs", words={"lt": ["Ne", "Taip"]})],
        "comment": False,
    },
)


class Kiosk:
    """A kiosk on the window that takes commands. `told`: its replies."""

    def __init__(self, on_screen: OnScreen, folder: Path, outbox: Witness, clock: Time) -> None:
        self.clock, self.told, self.outbox, self.woken = clock, list[Reply](), outbox, list[int]()
        wires = Wires(on_reply=self.told.append, recent_log=lambda: "a line\n", on_answer=lambda: self.woken.append(1))
        self.screen = on_screen(station(folder, outbox, clock), wires)
        self.app = self.screen.app
        self.screen.settle()

    def ask(self, name: str, ttl_s: float = 30, **args: Any) -> None:
        command = Command(id=f"c{len(self.told)}-{name}", name=name, args=args, ttl_s=ttl_s)
        self.app.propose_command(command, time.monotonic())
        self.screen.frame()
        self.screen.settle()

    def tick(self, seconds: float = 0.0) -> None:
        self.clock.now += seconds
        self.app.tick()
        self.screen.settle()

    def drawn(self) -> float:
        from kivy.clock import Clock

        return float(Clock.time())


@pytest.fixture
def kiosk(on_screen: OnScreen, tmp_path: Path, outbox: Witness, clock: Time) -> Kiosk:
    return Kiosk(on_screen, tmp_path, outbox, clock)


def words(screen: Any) -> str:
    return " ".join(one.text for one in screen.walk() if getattr(one, "text", "")).replace("\n", "")


# ── which one it is ─────────────────────────────────────────────────────────────────────


def test_it_shows_which_one_it_is_and_goes_back_by_itself(kiosk: Kiosk) -> None:
    kiosk.ask("identify", seconds=2)
    assert kiosk.told[-1].ok
    assert (kiosk.app.shown, "hall-1" in words(kiosk.app.front)) == ("identify", True)
    assert "Marijampolės savivaldybės administracija" in words(kiosk.app.front)
    kiosk.tick()
    assert kiosk.app.shown == "identify", "time and refreshing leave it alone"
    kiosk.screen.until(lambda: kiosk.app.shown == "rating")
    kiosk.screen.settle()
    kiosk.screen.tap(*kiosk.screen.face(4))
    assert len(kiosk.outbox) == 1


def test_it_flashes_less_than_three_times_a_second_and_can_be_read_in_both_colours(kiosk: Kiosk) -> None:
    from kiosk.theme import contrast

    kiosk.ask("identify", seconds=20)
    front, turns = kiosk.app.front, list[float]()
    for _ in range(90):
        before = front.turned
        kiosk.screen.frame()
        turns += [kiosk.drawn()] if front.turned != before else []
        for label in (front._name, front._place):
            assert contrast(label.color, front._colour.rgba) >= 4.5
    assert len(turns) > 6
    flashes = [sum(at <= other < at + 1 for other in turns[::2]) for at in turns[::2]]
    assert max(flashes) <= 3


def test_a_touch_ends_it_and_means_nothing_else(kiosk: Kiosk) -> None:
    at = kiosk.screen.face(3)
    kiosk.ask("identify", seconds=60)
    kiosk.screen.tap(*at)
    assert (kiosk.app.shown, len(kiosk.outbox)) == ("rating", 0)
    kiosk.screen.settle()
    kiosk.screen.tap(*at)
    assert len(kiosk.outbox) == 1


def test_a_key_ends_it_and_means_nothing_else(kiosk: Kiosk) -> None:
    kiosk.ask("identify", seconds=60)
    kiosk.screen.window.dispatch("on_key_down", ord("5"), 0, "5", [])
    assert (kiosk.app.shown, len(kiosk.outbox)) == ("rating", 0)


def test_it_waits_until_the_citizen_has_gone(kiosk: Kiosk) -> None:
    kiosk.screen.tap(*kiosk.screen.face(5))
    kiosk.screen.settle()
    kiosk.ask("identify")
    kiosk.tick()
    assert (kiosk.app.shown, kiosk.told) == ("thanks", [])
    kiosk.tick(30)
    assert (kiosk.app.shown, kiosk.told[-1].ok) == ("identify", True)


# ── on trial ────────────────────────────────────────────────────────────────────────────


def test_another_configuration_is_marked_and_nothing_on_it_is_kept(kiosk: Kiosk) -> None:
    kiosk.ask("show", config=TRIED.model_dump(mode="json"), seconds=60)
    assert kiosk.told[-1].ok
    assert [answer.value for answer in kiosk.app.rating.ids.answers.answers] == [0, 1]
    band = kiosk.app.band
    assert "Peržiūra" in band.text
    assert band.top == kiosk.screen.window.height
    assert kiosk.app.front.top <= band.y, "the screens stand below the mark"
    kiosk.screen.tap(*kiosk.screen.face(1))
    kiosk.screen.settle()
    assert (kiosk.app.shown, len(kiosk.outbox), bool(band.text)) == ("thanks", 0, True)
    kiosk.tick(61)
    assert (kiosk.app.shown, kiosk.app.station.config, band.text, band.height) == ("rating", config(), "", 0)
    assert kiosk.app.front.top == kiosk.screen.window.height
    kiosk.screen.tap(*kiosk.screen.face(4))
    assert len(kiosk.outbox) == 1


def test_the_mark_speaks_the_citizens_language_and_can_be_read(kiosk: Kiosk) -> None:
    from kiosk.theme import contrast

    kiosk.ask("show", config=TRIED.model_dump(mode="json") | {"display": {"theme": "dark"}}, seconds=60)
    assert contrast(kiosk.app.band.color, kiosk.app.band._colour.rgba) >= 4.5
    kiosk.app.do(kiosk.app.station.choose_language, "en")
    kiosk.screen.settle()
    assert kiosk.app.band.text == "Preview: answers are not recorded"
    assert kiosk.app.band.texture_size[0] < kiosk.app.band.width


def test_the_operators_facts_stay_the_kiosks_own(kiosk: Kiosk) -> None:
    kiosk.ask("show", config=TRIED.model_dump(mode="json"), seconds=60)
    kiosk.app.operator._open_service()
    kiosk.screen.settle()
    assert config().config in words(kiosk.app.front)
    assert kiosk.app.band.text == ""
    kiosk.app.operator.inside = True
    kiosk.ask("screenshot")
    assert not kiosk.told[-1].ok
    kiosk.app.operator.close()


# ── picture, tap, log, end ──────────────────────────────────────────────────────────────


def shot(kiosk: Kiosk) -> Any:
    from PIL import Image

    kiosk.ask("screenshot")
    assert kiosk.told[-1].ok
    jpeg = base64.b64decode(kiosk.told[-1].data["jpeg"])
    assert len(jpeg) <= MOST_BYTES
    assert len(kiosk.told[-1].wire()) <= 60_000
    image = Image.open(io.BytesIO(jpeg))
    assert image.format == "JPEG"
    return image.convert("RGB")


@pytest.mark.parametrize("size", [(1280, 800), (799, 480), (1080, 1920)])
def test_a_picture_shows_the_screen_as_it_stands(kiosk: Kiosk, size: tuple[int, int]) -> None:
    kiosk.screen.resize(*size)
    image = shot(kiosk)
    scale = image.size[0] / size[0]
    assert image.size[1] == pytest.approx(size[1] * scale, abs=1)
    assert image.getpixel((3, 3))[0] > 240, "paper at the top"
    palette, faces = kiosk.app.panel.palette, kiosk.app.rating.ids.answers.answers
    for answer, step in zip(faces, palette.steps, strict=True):
        x, y = answer.face.center_x, size[1] - (answer.face.center_y + answer.face.height * 0.4)
        seen = image.getpixel((round(x * scale), round(y * scale)))
        assert all(abs(part - round(255 * wanted)) < 40 for part, wanted in zip(seen, step[:3], strict=True)), answer.value


def test_while_somebody_is_there_no_picture_is_taken(kiosk: Kiosk) -> None:
    kiosk.screen.tap(*kiosk.screen.face(5))
    kiosk.screen.settle()
    kiosk.ask("screenshot")
    assert (kiosk.told[-1].ok, kiosk.told[-1].detail) == (False, "Somebody is at the screen.")


def test_a_test_tap_is_stored_and_sent_and_not_seen(kiosk: Kiosk) -> None:
    kiosk.ask("test-tap")
    assert (kiosk.told[-1].data, len(kiosk.outbox), kiosk.app.shown, kiosk.woken) == ({"seq": 1}, 1, "rating", [1])


def test_the_log_is_sent(kiosk: Kiosk) -> None:
    kiosk.ask("log")
    assert kiosk.told[-1].data == {"text": "a line\n"}


def test_a_restart_is_told_before_it_happens(kiosk: Kiosk) -> None:
    command = Command(id="again", name="restart", ttl_s=30)
    with pytest.raises(SystemExit) as ended:
        kiosk.app.commanded.take(command, time.monotonic())
    assert (ended.value.code, kiosk.told[-1].id, kiosk.told[-1].ok) == (device.RESTART, "again", True)
