"""Personal data in free text goes; ordinary words and short numbers stay."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broker_config.redaction import redact, redact_values


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Kodas 33309240064.", "Kodas [asmens kodas]."),
        ("59912310001", "[asmens kodas]"),
        ("599 1231 0090 x", "[asmens kodas] x"),
        ("59912310090", "[asmens kodas]"),
        ("8 612 34567", "[telefonas]"),
        ("(8 5) 271 8839", "[telefonas]"),
        ("8-5 271 7071", "[telefonas]"),
        ("+370 612 34567", "[telefonas]"),
        ("+37061234567.", "[telefonas]."),
        ("rašykite jonas.jonaitis@paštas.lt dėl to", "rašykite [el. paštas] dėl to"),
        ("LT121000011101001000", "[sąskaita]"),
        ("LT12 1000 0111 0100 1000", "[sąskaita]"),
        ("automobilis ABC 123 stovi", "automobilis [automobilio numeris] stovi"),
        ("ABC123", "[automobilio numeris]"),
    ],
)
def test_personal_data_is_replaced_by_its_kind(text: str, kept: str) -> None:
    assert redact(text).text == kept


def test_a_wrong_check_digit_is_still_a_long_number() -> None:
    redacted = redact("33309240164")
    assert redacted.text == "[numeris]"
    assert redacted.kinds == ("numeris",)


def test_each_kind_is_told_once() -> None:
    redacted = redact("a@b.lt, c@d.lt,+370 612 34567")
    assert redacted.text == "[el. paštas], [el. paštas],[telefonas]"
    assert redacted.kinds == ("el. paštas", "telefonas")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "271 7071",
        "Laukiau 45 minutes, langelis 12",
        "9:15",
        "Labai ačiū!",
        "kaina 12,50 €",
        "bilietas A 123",
        "abc 123",
        "[telefonas]",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text).text == text
    assert redact(text).kinds == ()


def test_a_phone_number_leaves_the_space_before_it() -> None:
    assert redact("skambinkite 8 612 34567").text == "skambinkite [telefonas]"


def test_a_date_stays() -> None:
    assert redact("Buvau 2026-11-21 rytą").text == "Buvau 2026-11-21 rytą"


FRAGMENTS = st.sampled_from(
    [
        "8 612 34567",
        "33309240064",
        "33309240164",
        "a@b.lt",
        "LT121000011101001000",
        "ABC 123",
        "+370",
        "8",
        "(8 5) 271",
        "-",
        " ",
        ".",
    ]
)


@example("8 612 345678 612 34567ABC 123")
@given(st.lists(FRAGMENTS | st.text(max_size=6), max_size=8).map("".join))
def test_redacting_twice_changes_nothing(text: str) -> None:
    once = redact(text).text
    assert redact(once).text == once


@given(st.text())
def test_any_text_can_be_redacted(text: str) -> None:
    redact(text)


def test_values_are_redacted_at_any_depth() -> None:
    value = {"a": ["8 612 34567", {"b": "x@y.lt", "8 612 34567": True}], "n": 59912310001, "small": 412000, "id": "8 612 34567"}
    assert redact_values(value, lambda name, _: name == "id") == {
        "a": ["[telefonas]", {"b": "[el. paštas]", "[telefonas]": True}],
        "n": "[asmens kodas]",
        "small": 412000,
        "id": "8 612 34567",
    }
