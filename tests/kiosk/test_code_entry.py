"""A one-time code and an address while they are typed: grouped by fours, cursor kept, letters meant as digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_config.enrolment_code import ALPHABET, grouped, normalised
from kiosk import code_entry


def keyed(keys: str) -> tuple[str, int]:
    """What stands in the field after these keys; `<` deletes, `[` goes to the start."""
    text, at = "", 0
    for key in keys:
        if key == "[":
            at = 0
        elif key == "<":
            at -= text[:at].endswith("-")
            text, at = text[: max(0, at - 1)] + text[at:], max(0, at - 1)
        else:
            text, at = text[:at] + key + text[at:], at + 1
        text, at = code_entry.typed(text, at)
    return text, at


@pytest.mark.parametrize(
    ("keys", "shown", "at"),
    [
        ("7g4m", "7G4M", 4),
        ("7g4mq", "7G4M-Q", 6),
        ("7G4M-Q2ZK-X9TP", "7G4M-Q2ZK-X9TP", 14),
        ("oil", "011", 3),
        ("ab cu.d", "ABCD", 4),
        ("7g4mq<", "7G4M", 4),
        ("7g4mq<<", "7G4", 3),
        ("7g4mq2[9", "97G4-MQ2", 1),
        ("<", "", 0),
    ],
)
def test_what_is_shown_while_it_is_typed(keys: str, shown: str, at: int) -> None:
    assert keyed(keys) == (shown, at)


@given(st.text(alphabet=ALPHABET, min_size=12, max_size=12) | st.text(alphabet=ALPHABET, min_size=32, max_size=32))
def test_every_code_that_there_is_can_be_typed_as_it_is_printed(code: str) -> None:
    for keys in (code, grouped(code), grouped(code).lower()):
        shown, at = keyed(keys)
        assert (shown, at) == (grouped(code), len(shown))
        assert code_entry.is_whole(shown)
        assert normalised(shown) == code


@given(st.text(alphabet="ab0OiLu-–z .9", max_size=60), st.integers(0, 60))
def test_whatever_is_pasted_the_field_holds_a_code_or_its_beginning(text: str, at: int) -> None:
    shown, cursor = code_entry.typed(text, min(at, len(text)))
    assert 0 <= cursor <= len(shown) <= code_entry.LONGEST_GROUPED
    assert code_entry.typed(shown, cursor) == (shown, cursor)
    assert set(shown) <= {*ALPHABET, "-"}


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("nuomone.lt", "https://nuomone.lt"),
        (" nuomone.lt:8443 ", "https://nuomone.lt:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("  ", ""),
    ],
)
def test_nobody_need_type_https(typed: str, address: str) -> None:
    assert code_entry.address(typed) == address


def test_what_a_scanner_reads_off_the_sheet() -> None:
    code = "7G4MQ2ZKX9TP" + "0123456789ABCDEFGHJK"
    plain = f"nuomone:enrol?server=https://nuomone.lt:8443&code={code}"
    assert code_entry.scanned(plain) == ("https://nuomone.lt:8443", grouped(code))
    assert code_entry.scanned(f"rest of before{plain.replace('://', '%3A%2F%2F')}\n") == (
        "https://nuomone.lt:8443",
        grouped(code),
    )
    assert code_entry.scanned(plain[:-1]) is None
    assert code_entry.scanned("nuomone.lt") is None
