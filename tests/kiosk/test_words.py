"""The kiosk's own words: every one of them in every language, with the same places to fill in."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from broker_config.redaction import _RULES
from kiosk import texts

FOLDER = Path(texts.__file__).parent
SOURCES = {str(field.default) for field in fields(texts.Texts)}


def test_every_source_text_is_marked_for_gettext() -> None:
    marked = {message for _, message, _, _ in extract_from_file("python", FOLDER / "texts.py", keywords={"N_": None})}
    assert marked == SOURCES


@pytest.mark.parametrize("language", texts.TRANSLATED)
def test_a_catalogue_has_every_text_and_no_other(language: str) -> None:
    with (FOLDER / "translations" / f"{language}.po").open("rb") as file:
        found = {str(message.id): str(message.string) for message in read_po(file) if message.id}
    assert set(found) == SOURCES
    for source, translated in found.items():
        assert translated.strip(), source
        assert translated != source, source
        assert sorted(re.findall(r"{\w+}", source)) == sorted(re.findall(r"{\w+}", translated)), source


@pytest.mark.parametrize("language", texts.TRANSLATED)
def test_a_language_is_written_in_its_own_letters(language: str) -> None:
    letters = {"lt": "ąčęėįšųūž", "pl": "ąćęłńóśźż", "ru": "ыэъё", "uk": "іїєґ"}[language]
    strange = {"lt": "ыіł", "pl": "ėūы", "ru": "іїєґ", "uk": "ыэъё"}[language]
    everything = " ".join(getattr(texts.texts(language), field.name) for field in fields(texts.Texts)).lower()
    assert sum(letter in everything for letter in letters) >= len(letters) - 2
    assert not [letter for letter in strange if letter in everything]


def test_an_untranslated_language_is_english() -> None:
    assert texts.texts("de") == texts.texts("en") == texts.Texts()


def test_every_kind_that_redaction_removes_has_a_word() -> None:
    assert set(texts.KINDS) == {kind for kind, _, _ in _RULES}
    assert texts.removed(("telefonas", "el. paštas"), "en") == (
        "We took personal data out of your comment: phone number, e-mail address."
    )
    assert texts.removed((), "lt") == ""
