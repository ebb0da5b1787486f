"""One-time codes: whatever people make of them when they type, they stay the same."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_config import enrolment_code as codes

FINGERPRINTS = st.binary().map(lambda some: hashlib.sha256(some).hexdigest())
LOOKS_LIKE = {"0": "0oO", "1": "1iIlL"}
BETWEEN = st.sampled_from(["", " ", "-", " - ", "–", "\t", "\u00a0"])


@st.composite
def typed(draw: st.DrawFn) -> tuple[str, str]:
    """(a code, the same as somebody may type it)."""
    code = draw(st.text(codes.ALPHABET, min_size=codes.LENGTH, max_size=codes.LENGTH))
    if draw(st.booleans()):
        code = codes.with_proof(code, draw(FINGERPRINTS))
    letters = [draw(st.sampled_from(LOOKS_LIKE.get(one, one + one.lower()))) + draw(BETWEEN) for one in code]
    return code, "".join(letters)


@given(typed())
def test_case_hyphens_spaces_and_look_alikes_do_not_matter(pair: tuple[str, str]) -> None:
    code, as_typed = pair
    assert codes.normalised(as_typed) == codes.normalised(codes.grouped(code)) == code


@given(st.text(max_size=40))
def test_whatever_is_typed_it_is_a_code_or_none(text: str) -> None:
    found = codes.normalised(text)
    assert found is None or (len(found) in (12, 32) and set(found) <= set(codes.ALPHABET))


@given(FINGERPRINTS)
def test_the_proof_is_the_first_hundred_bits(fingerprint: str) -> None:
    number = 0
    for letter in codes.proof(fingerprint):
        number = number * 32 + codes.ALPHABET.index(letter)
    assert f"{number:025x}" == fingerprint[:25]


def test_a_code_has_sixty_random_bits_and_no_letter_that_looks_like_another() -> None:
    made = {codes.new() for _ in range(500)}
    assert len(made) == 500
    assert set("".join(made)) == set(codes.ALPHABET)
    assert not set("ILOU") & set(codes.ALPHABET)
    assert 32**codes.LENGTH == 2**60


@pytest.mark.parametrize(("code", "shown"), [("0123456789AB", "0123-4567-89AB"), ("", "")])
def test_groups_of_four(code: str, shown: str) -> None:
    assert codes.grouped(code) == shown


@pytest.mark.parametrize("text", ["", "0123-4567-89A", "0123-4567-89AU", "0123-4567-89AB-0", "é" * 12])
def test_what_is_no_code(text: str) -> None:
    assert codes.normalised(text) is None
