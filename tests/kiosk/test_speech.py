"""What espeak-ng is given to say, and that what comes back is speech."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from loudness import spoken
from structlog.testing import capture_logs

from kiosk import speech
from kiosk.speech import Voice, option, options, sayable, speech_folder

SCREENS = {
    "lt": ("Kaip vertinate šiandienos aptarnavimą?", ["Labai blogai", "Blogai", "Vidutiniškai", "Gerai", "Labai gerai"]),
    "en": ("How was the service today?", ["Very bad", "Bad", "So-so", "Good", "Very good"]),
    "pl": ("Jak ocenia Pan/Pani dzisiejszą obsługę?", ["Bardzo źle", "Źle", "Średnio", "Dobrze", "Bardzo dobrze"]),
    "ru": ("Как вы оцениваете сегодняшнее обслуживание?", ["Очень плохо", "Плохо", "Средне", "Хорошо", "Отлично"]),
    "uk": ("Як ви оцінюєте сьогоднішнє обслуговування?", ["Дуже погано", "Погано", "Посередньо", "Добре", "Чудово"]),
}
FIVE = {"lt": "p;enk", "en": "faI", "pl": "p;En", "ru": "p;jat", "uk": "pjat"}  # in the program's own phoneme codes


@dataclass
class Program:
    """A program called espeak-ng, first in PATH, that notes what it is given and then does what its script says."""

    path: Path

    def does(self, script: str) -> None:
        self.path.write_text(f'#!/bin/sh\ncase "$*" in *--voices*) exec {REAL} --voices;; esac\n{script}\n')
        self.path.chmod(0o755)

    def records(self) -> None:
        calls = self.path.parent / "calls"
        calls.mkdir()
        self.does(f'n=$(ls {calls} | wc -l)\nprintf "%s\\n" "$@" >{calls}/$n.given\ntee {calls}/$n.said | {REAL} "$@"')

    def given(self) -> list[tuple[list[str], str]]:
        """Each call's options, and its stdin."""
        calls = sorted((self.path.parent / "calls").glob("*.given"), key=lambda call: int(call.stem))
        return [(call.read_text().splitlines(), call.with_suffix(".said").read_text()) for call in calls]


REAL = shutil.which("espeak-ng") or "/usr/bin/espeak-ng"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    folder = tmp_path / "programs"
    folder.mkdir()
    program = Program(folder / "espeak-ng")
    program.records()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return program


@pytest.fixture
def voice(tmp_path: Path) -> Voice:
    return Voice(tmp_path / "sounds")


def phonemes(text: str, language: str) -> str:
    said = subprocess.run([REAL, "-v", language, "-q", "-x", "--stdin"], input=text, capture_output=True, text=True, check=True)
    return said.stdout.strip()


# ── what is said ────────────────────────────────────────────────────────────────────────


def test_a_question_is_read_with_its_answers_behind_their_keys() -> None:
    assert options(*SCREENS["lt"], "Atsakykite klavišais.") == [
        "Kaip vertinate šiandienos aptarnavimą?",
        "1: Labai blogai.",
        "2: Blogai.",
        "3: Vidutiniškai.",
        "4: Gerai.",
        "5: Labai gerai.",
        "Atsakykite klavišais.",
    ]


def test_what_has_no_words_is_passed_over_and_keeps_its_key() -> None:
    assert options("NPS?", ["Tikrai ne", "", " ", "Tikrai taip."], first=0) == ["NPS?", "0: Tikrai ne.", "3: Tikrai taip."]
    assert options("", []) == []


def test_a_chosen_reason_is_said_to_be_chosen() -> None:
    said = options("Kas pavyko?", ["Laukimas", "Personalas"], chosen={2}, state="pasirinkta")
    assert said == ["Kas pavyko?", "1: Laukimas.", "2: Personalas, pasirinkta."]
    assert option(2, "Personalas", "pasirinkta") == said[2]


def test_nothing_in_a_text_commands_the_program() -> None:
    assert sayable("a\x01100Pb\n\tc [[hel]] [[[x") == "a 100Pb c [ [hel]] [ [ [x"
    assert sayable("patenkin\N{SOFT HYPHEN}tas \ud800") == "patenkintas"
    assert "hello" not in phonemes(sayable("[[h@l'oU]]"), "en")
    assert phonemes("[[h@l'oU]]", "en") == "h@l'oU", "else there is nothing to guard against"


# ── what the program is given, and what comes back ──────────────────────────────────────


@pytest.mark.parametrize("language", SCREENS)
def test_each_language_hands_over_its_words_and_speech_comes_back(program: Program, voice: Voice, language: str) -> None:
    said = options(*SCREENS[language])
    sounds = [voice.utterance(text, language) for text in said]

    given = program.given()
    assert [text for _, text in given] == said
    assert {words[words.index("-v") + 1] for words, _ in given} == {language}
    for text, sound in zip(said, sounds, strict=True):
        assert sound is not None
        length, heard = spoken(sound)
        assert 0.03 * len(text) < length < 0.3 * len(text) + 1
        assert heard > 0.4 * length


@pytest.mark.parametrize("language", SCREENS)
def test_a_number_is_said_in_the_language(language: str) -> None:
    assert phonemes("5", language).translate({ord(stress): None for stress in "',"}).startswith(FIVE[language])


def test_a_longer_text_is_heard_for_longer(voice: Voice) -> None:
    title, words = SCREENS["lt"]
    sounds = [voice.utterance(text, "lt") for text in (words[0], title, f"{title} {title}")]
    heard = [spoken(sound)[1] for sound in sounds if sound]
    assert heard == sorted(heard)
    assert heard[2] > 1.8 * heard[1] > 1.8 * heard[0]


@pytest.mark.parametrize("text", ["-w /etc/passwd", "--help", "--punct", "-", "$(touch x); `id` | cat"])
def test_a_text_that_looks_like_an_option_is_spoken(program: Program, voice: Voice, text: str) -> None:
    sound = voice.utterance(text, "en")
    ((options, said),) = program.given()
    assert said == text
    assert text not in options
    assert sound is not None
    assert spoken(sound)[1] > 0.2


def test_a_lone_character_is_said_by_its_name(voice: Voice) -> None:
    sounds = [voice.utterance(text, "lt", keep=False) for text in "a!ž7"]
    assert all(sound and spoken(sound)[1] > 0.1 for sound in sounds)


def test_an_unknown_language_is_spoken_by_the_english_voice(program: Program, voice: Voice) -> None:
    assert voice.utterance("Hello", "xx")
    assert program.given()[0][0][:2] == ["-v", "en"]
    assert [voice.available(language) for language in ("lt", "en", "xx")] == [True, True, False]


# ── what is kept ────────────────────────────────────────────────────────────────────────


def test_a_text_is_made_once_in_each_language(program: Program, voice: Voice) -> None:
    first = voice.utterance("Gerai", "lt")
    assert voice.utterance(" Gerai\n", "lt") == first
    assert len(program.given()) == 1
    assert voice.utterance("Gerai", "pl") not in (None, first)
    assert len(program.given()) == 2


def test_the_longest_unused_make_room(tmp_path: Path) -> None:
    most = 200_000
    voice = Voice(tmp_path, most)
    kept = [voice.utterance("the one that is used", "en") or voice.utterance(f"text {n}", "en") for n in range(30)]
    kept += [voice.utterance(f"text {n}", "en") for n in range(12) if voice.utterance("the one that is used", "en")]
    assert kept[0] in tmp_path.iterdir()
    assert kept[-1] in tmp_path.iterdir()
    assert 0.5 * most < sum(file.stat().st_size for file in tmp_path.iterdir()) <= most


def test_what_is_not_kept_is_the_callers_to_delete_and_never_outlives_a_start(tmp_path: Path) -> None:
    one, two = (Voice(tmp_path).utterance("a", "lt", keep=False) for _ in "12")
    assert one != two
    assert one is not None
    assert not one.exists(), "left by the voice before"
    assert [file.name for file in tmp_path.iterdir()] == [two.name if two else ""]


def test_a_kept_sound_that_was_cut_short_is_made_again(voice: Voice) -> None:
    sound = voice.utterance("Gerai", "lt")
    assert sound is not None
    whole = sound.read_bytes()
    sound.write_bytes(whole[: len(whole) // 2])
    assert voice.utterance("Gerai", "lt") == sound
    assert sound.read_bytes() == whole


def test_sounds_are_kept_in_memory_where_the_system_offers_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")
    assert speech_folder(tmp_path / "a").parent == Path("/run/user/7")
    assert speech_folder(tmp_path / "a") != speech_folder(tmp_path / "b"), "each kiosk its own"
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert speech_folder(tmp_path) == tmp_path / "speech"


# ── when it cannot speak ────────────────────────────────────────────────────────────────

BROKEN = {
    "ends badly": "echo 'no data' >&2; exit 1",
    "writes nothing": "exit 0",
    "hangs": "exec sleep 60",
    "is no program": None,
    "is not there": None,
}


@pytest.mark.parametrize("way", BROKEN)
def test_a_program_that(way: str, program: Program, voice: Voice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "TIME_LIMIT_S", 0.3)
    monkeypatch.setenv("PATH", f"{program.path.parent}:/bin" if way == "hangs" else str(program.path.parent))
    if script := BROKEN[way]:
        program.does(script)
    elif way == "is no program":
        program.path.write_bytes(b"\x7fELF")
    else:
        program.path.unlink()
    with capture_logs() as logs:
        assert [voice.utterance(text, "lt") for text in ("Gerai", "Blogai")] == [None, None]
    assert [line["event"] for line in logs] == ["no speech"]
    assert list((tmp_path).glob("sounds/*")) == []
    assert voice.available("lt") == bool(script)


def test_a_voice_comes_back_when_the_program_does(program: Program, voice: Voice) -> None:
    program.does("exit 1")
    assert voice.utterance("Gerai", "lt") is None
    program.does(f'exec {REAL} "$@"')
    with capture_logs() as logs:
        assert voice.utterance("Gerai", "lt")
        program.does("exit 1")
        assert voice.utterance("Blogai", "lt") is None
    assert len(logs) == 1, "what broke again is said again"


def test_without_a_folder_there_is_no_sound(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with capture_logs() as logs:
        assert Voice(tmp_path / "file" / "sounds").utterance("Gerai", "lt") is None
    assert len(logs) == 1


@pytest.mark.parametrize("text", ["", " ", "\n\x01"])
def test_nothing_is_not_spoken(program: Program, voice: Voice, text: str) -> None:
    assert voice.utterance(text, "lt") is None
    assert program.given() == []
