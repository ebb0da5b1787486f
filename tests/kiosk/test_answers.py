"""Every scale on every panel in every look: the answers have their room, their size and their distance."""

import itertools
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from configs import WORDS, config, question
from test_screens import SIZES, assert_laid_out

from broker_config.messages import SCALES, KioskConfig
from kiosk import visit
from kiosk.theme import CONTRAST, Looks, Theme, theme

FIVE = {
    **WORDS,
    "pl": ["Bardzo źle", "Źle", "Przeciętnie", "Dobrze", "Bardzo dobrze"],
    "ru": ["Очень плохо", "Плохо", "Нормально", "Хорошо", "Очень хорошо"],
    "uk": ["Дуже погано", "Погано", "Посередньо", "Добре", "Дуже добре"],
}
PICKED = {
    "smiley5": range(5),
    "stars5": range(5),
    "smiley4": (0, 1, 3, 4),
    "smiley3": (0, 2, 4),
    "thumbs": (1, 3),
    "nps11": (0, 4),
}
ASKED = {
    "lt": "Kaip vertinate šiandienos aptarnavimą?",
    "pl": "Jak oceniają Państwo dzisiejszą obsługę?",
    "ru": "Как вы оцениваете сегодняшнее обслуживание?",
    "uk": "Чи більше ви довіряєте установі після цього візиту?",
}
SCALE = pytest.mark.parametrize("scale", PICKED)
LOOKS = [Looks(larger=larger, low=low) for larger, low in itertools.product((False, True), repeat=2)]
Show = Callable[..., Any]


def asked(scale: str, **more: Any) -> KioskConfig:
    words = {language: [five[n] for n in PICKED[scale]] for language, five in FIVE.items()}
    questions = [question(scale=scale, text=ASKED, words=words) | more]
    return config(languages=list(FIVE), questionnaire={"id": "standard", "questions": questions})


@pytest.fixture
def stage(window: Any) -> Any:
    """A stage with a rating screen, laid out and not drawn."""
    import kiosk.app  # noqa: F401 - what the kv files name
    from kiosk.screens import load, rating
    from kiosk.screens.stage import Stage

    for name in ("touch", "rating"):
        load(name)
    made = Stage(size_hint=(None, None))
    made.rating = rating.Rating()
    made.bring(made.rating)

    def show(given: KioskConfig, panel: Theme, height: int, language: str = "lt") -> Any:
        made.size, made.reach = (panel.width, height), panel.height
        made.rating.show(given, visit.choose_language(visit.idle(given, 0.0), given, language, 0.0), False, panel)
        settle()
        return made.rating.ids.answers

    made.show = show
    return made


def settle() -> None:
    """Let every label push the others to their places, without a frame."""
    from kivy.clock import Clock

    for _ in range(6):
        Clock.tick()
        Clock.tick_draw()


def every_look(stage: Any, scale: str, size: tuple[int, int]) -> Iterator[tuple[Any, Theme]]:
    given = asked(scale)
    for looks, language in itertools.product(LOOKS, ("lt", "uk")):
        yield stage.show(given, theme(*size, {}, looks), size[1], language), theme(*size, {}, looks)


@SCALE
@SIZES
def test_answers_have_their_room_in_every_look(stage: Any, scale: str, size: tuple[int, int]) -> None:
    for answers, panel in every_look(stage, scale, size):
        assert_laid_out(SimpleNamespace(app=SimpleNamespace(stage=stage), window=SimpleNamespace(width=size[0], height=size[1])))
        for answer in answers.answers:
            assert min(answer.x - answers.x, answer.y - answers.y) > -0.5
            assert min(answers.right - answer.right, answers.top - answer.top) > -0.5
            assert answer.word.texture_size[0] <= answer.word.width + 0.5
            if answer.word.text:
                assert answer.word.y >= answers.y - 0.5
                assert answer.word.right <= answers.right + 0.5
        for a, b in itertools.combinations(answers.answers, 2):
            apart = max(b.x - a.right, a.x - b.right, b.y - a.top, a.y - b.top)
            assert panel.in_mm(apart) > 4.99, (a.spoken, b.spoken)


@SCALE
@SIZES
def test_pictures_have_twenty_millimetres(stage: Any, scale: str, size: tuple[int, int]) -> None:
    """Letters give way for it; only numbers in less than 135 mm of height are lower than that, though never than a button."""
    for answers, panel in every_look(stage, scale, size):
        pictures = [answer.face for answer in answers.answers]
        least = 12 if scale == "nps11" and panel.in_mm(panel.height) < 135 else 20
        assert len({(round(picture.width), round(picture.height)) for picture in pictures}) == 1
        assert panel.in_mm(pictures[0].width) > 19.99
        assert panel.in_mm(pictures[0].height) > least - 0.01


@SCALE
def test_low_reach_brings_every_target_into_the_lower_part(stage: Any, scale: str) -> None:
    for larger in (False, True):
        panel = theme(1080, 1920, {"dpi": 92}, Looks(low=True, larger=larger))
        answers = stage.show(asked(scale), panel, 1920)
        tops = [target.top for target in [*answers.answers, *stage.rating.ids.foot.buttons]]
        assert max(tops) <= 0.6 * 1920
        assert stage.rating.ids.office.top <= panel.height
        assert stage.rating.y == 0


def test_without_low_reach_the_screen_has_the_whole_window(stage: Any) -> None:
    stage.show(asked("smiley5"), theme(1080, 1920, {}, Looks(low=True)), 1920)
    assert stage.rating.height == 0.6 * 1920
    stage.show(asked("smiley5"), theme(1080, 1920, {}), 1920)
    assert stage.rating.height == 1920
    stage.reach = 0
    assert stage.rating.height == 1920


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (1080, 1920)])
@SCALE
def test_larger_letters_are_larger(stage: Any, scale: str, size: tuple[int, int]) -> None:
    plain = stage.show(asked(scale), theme(*size, {}), size[1]).theme
    larger = stage.show(asked(scale), theme(*size, {}, Looks(larger=True)), size[1]).theme
    assert larger.body >= (1.1 if size == (1280, 800) else 1.25) * plain.body
    assert larger.question == pytest.approx(1.6 * larger.body)
    assert larger.note >= 0.75 * larger.body


@pytest.mark.parametrize("dpi", [125, 149])
def test_larger_letters_are_larger_on_a_ten_inch_panel(stage: Any, dpi: int) -> None:
    """1280 × 800 on 10.1 inches is 149 dpi: little height for much."""
    plain = stage.show(asked("smiley5"), theme(1280, 800, {"dpi": dpi}), 800).theme
    larger = stage.show(asked("smiley5"), theme(1280, 800, {"dpi": dpi}, Looks(larger=True)), 800).theme
    assert larger.body > 1.1 * plain.body


def test_two_rows_are_read_from_the_lowest_on(stage: Any) -> None:
    answers = stage.show(asked("smiley5"), theme(1280, 800, {}, Looks(larger=True)), 800)
    assert answers.shape == "rows"
    first, second = answers.answers[:3], answers.answers[3:]
    assert [answer.x for answer in first] == sorted(answer.x for answer in first)
    assert max(answer.top for answer in second) < min(answer.y for answer in first)


def test_as_a_last_resort_only_the_ends_have_words(stage: Any) -> None:
    long = {code: ["Шшшшшшшшшшшш", "Шшшшшшшшшшшы", "Шшшшшшшшшшшщ", "Шшшшшшшшшшше", "Шшшшшшшшшшшю"] for code in FIVE}
    answers = stage.show(asked("smiley5", words=long), theme(800, 480, {}), 480)
    assert answers.shape == "ends"
    assert [answer.word.text != "" for answer in answers.answers] == [True, False, False, False, True]
    assert [answer.spoken for answer in answers.answers] == long["lt"]


# ── what is said ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "spoken", "shown"),
    [
        ([], [str(n) for n in range(11)], []),
        (["Ne", "Taip"], ["0: Ne", *map(str, range(1, 10)), "10: Taip"], ["0 = Ne", "10 = Taip"]),
        ([f"w{n}" for n in range(11)], [f"{n}: w{n}" for n in range(11)], ["0 = w0", "10 = w10"]),
    ],
)
def test_numbers_show_words_at_their_ends(stage: Any, words: list[str], spoken: list[str], shown: list[str]) -> None:
    answers = stage.show(asked("nps11", words={"lt": words}), theme(1280, 800, {}), 800).answers
    assert [answer.spoken for answer in answers] == spoken
    assert [answer.word.text for answer in answers if answer.word.text] == shown


def test_a_word_is_spoken_and_without_one_the_number(stage: Any) -> None:
    answers = stage.show(asked("stars5"), theme(1280, 800, {}), 800).answers
    assert [answer.spoken for answer in answers] == FIVE["lt"]
    answers = stage.show(asked("thumbs", words={}), theme(1280, 800, {}), 800).answers
    assert [answer.spoken for answer in answers] == ["0", "1"]


# ── drawings ────────────────────────────────────────────────────────────────────────────


@SCALE
def test_answers_differ_by_their_shape_alone_and_so_does_the_chosen_one(window: Any, scale: str) -> None:
    """Drawn in black and white."""
    from kiosk.drawings.picture import Picture

    window.size = 160, 160
    picture = Picture(scale=scale, palette=CONTRAST, size_hint=(None, None), size=(120, 120), pos=(20, 20))
    window.add_widget(picture)
    try:
        seen = {}
        values = range(SCALES[scale].low, SCALES[scale].high + 1)
        for picture.value, picture.look in itertools.product(values, ("plain", "chosen", "faded")):
            seen[picture.value, picture.look] = pixels()
        assert len(set(seen.values())) == len(seen)
        assert all(any(drawn) for drawn in seen.values())
    finally:
        window.remove_widget(picture)


def pixels() -> bytes:
    """The window's brightness, pixel by pixel."""
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glFinish, glReadPixels

    Window.clearcolor = CONTRAST.paper
    EventLoop.idle()
    Window.canvas.ask_update()
    Window.dispatch("on_draw")
    glFinish()
    return bytes(glReadPixels(0, 0, 160, 160, GL_RGBA, GL_UNSIGNED_BYTE)[::4])
