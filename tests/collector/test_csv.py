"""A table for a spreadsheet: what is written can be read again, and nothing in it is run."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.web.csv import csv_response


def text_of(*rows: tuple[object, ...]) -> str:
    return bytes(csv_response("a.csv", ("x",), rows).body).decode("utf-8-sig")


def test_a_file_as_a_spreadsheet_takes_it() -> None:
    answer = csv_response("2026-11 Šiauliai.csv", ("diena", "žodžiai"), [("2026-11-21", 'Sakė: "gerai", ir išėjo'), (None, -1.5)])
    assert answer.body == (
        b'\xef\xbb\xbfdiena,\xc5\xbeod\xc5\xbeiai\r\n2026-11-21,"Sak\xc4\x97: ""gerai"", ir i\xc5\xa1\xc4\x97jo"\r\n,-1.5\r\n'
    )
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    expected = "attachment; filename=\"2026-11__iauliai.csv\"; filename*=UTF-8''2026-11%20%C5%A0iauliai.csv"
    assert answer.headers["content-disposition"] == expected


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_formula_is_text(start: str) -> None:
    assert next(csv.reader(io.StringIO(text_of((f"{start}SUM(A1)",)).split("\r\n", 1)[1], newline=""))) == [f"'{start}SUM(A1)"]


def test_columns_too_are_text() -> None:
    assert csv_response("a.csv", ("=x",), []).body == b"\xef\xbb\xbf'=x\r\n"


@pytest.mark.parametrize("name", ['a".csv', "a\r\nSet-Cookie: x.csv", "../a.csv"])
def test_a_name_stays_within_its_header(name: str) -> None:
    disposition = csv_response(name, (), []).headers["content-disposition"]
    assert "\n" not in disposition
    assert disposition.count('"') == 2
    assert "/" not in disposition


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=5))
def test_what_is_written_can_be_read(table: list[list[str]]) -> None:
    body = bytes(csv_response("a.csv", ("a", "b"), table).body).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(body, newline="")))[1:]
    guarded = [[f"'{cell}" if cell[:1] in set("=+-@\t\r") - {""} else cell for cell in row] for row in table]
    assert read == guarded
