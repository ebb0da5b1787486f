"""What a reader's words find: with and without marks, by prefix, in quotes, and in no case an error."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.search import LONGEST_QUERY, fold, indexed, pieces, terms
from collector.store.comments import expression


def found(text: str, query: str) -> list[str]:
    return [piece for piece, hit in pieces(text, terms(query)) if hit]


@pytest.mark.parametrize(("marked", "plain"), list(zip("ąčęėįšųūžĄČĘĖĮŠŲŪŽ", "aceeisuuzaceeisuuz", strict=True)))
def test_every_lithuanian_letter_is_found_both_ways(marked: str, plain: str) -> None:
    for kept, asked in ((marked, plain), (plain, marked), (marked, marked.swapcase()), (plain.upper(), marked)):
        assert found(f"be{kept}da", f"be{asked}da") == [f"be{kept}da"]


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ("ačiū", "aciu"),
        ("aciu", "Ačiū"),
        ("AČIŪ", "ačiū"),
        ("a\u010diu\u0304", "aciu"),  # a mark that stands behind its letter
        ("laba\u0303s", "labas"),
        ("łatwo źle", "latwo zle"),
        ("LODZ", "łódź"),
        ("ещё мой", "еще мои"),
        ("її", "іі"),
        ("п'ять", "п'ять"),
        ("Straße", "strasse"),
    ],
)
def test_other_alphabets_and_letters_taken_apart(kept: str, asked: str) -> None:
    assert pieces(kept, terms(f'"{asked}"')) == [(kept, True)]


def test_a_word_is_found_by_its_beginning_and_not_by_its_middle() -> None:
    text = "Laukimo laikas: ilgo laiko gaila."
    assert found(text, "laik") == ["laikas", "laiko"]
    assert found(text, "aik") == []
    assert found(text, "l") == [], "one letter is a word by itself"
    assert found("l raidė", "L") == ["l"]


def test_quotes_ask_for_exactly_these_words_side_by_side() -> None:
    assert found("Labai ilgas laikas", '"labai ilgas"') == ["Labai ilgas"]
    assert found("Labai labai ilgas", '"labai ilgas"') == ["labai ilgas"]
    assert found("Labai, ilgas", '"labai ilga"') == [], "a phrase is exact"
    assert found("ilgas labai", '"labai ilgas"') == []
    assert found("8:30 ryto", "8:30") == ["8:30"]


def test_an_open_quote_and_empty_ones_are_only_signs() -> None:
    assert terms('"labai') == terms("labai")
    assert terms('"" " " !? " - "') == []


def test_a_longer_hit_goes_before_a_shorter_one() -> None:
    assert pieces("oi labai ilgai oi", terms('lab "labai ilgai"')) == [("oi ", False), ("labai ilgai", True), (" oi", False)]


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_pieces_are_the_text_whatever_is_asked(text: str, query: str) -> None:
    cut = pieces(text, terms(query))
    assert "".join(piece for piece, _ in cut) == text
    assert all(piece for piece, _ in cut)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert indexed(indexed(text)) == indexed(text)


# Letters and signs that mean something to a query language, beside any text at all.
QUERIES = st.text() | st.text(alphabet="ačū\"*^:+-(){}'\\ ANDORTNE\x00", max_size=40)


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:")
    tokens = "unicode61 remove_diacritics 2 tokenchars ''-''"
    conn.execute(f"CREATE VIRTUAL TABLE comment_text USING fts5(office, words, tokenize='{tokens}', prefix='2 3 4')")
    return conn


@given(text=st.text(max_size=60), query=QUERIES)
def test_no_query_is_an_error_and_the_index_finds_what_is_marked(index: sqlite3.Connection, text: str, query: str) -> None:
    wanted = terms(query)
    index.execute("DELETE FROM comment_text")
    index.execute("INSERT INTO comment_text VALUES ('hall', ?)", (indexed(text),))
    if wanted:
        hits = index.execute(
            "SELECT rowid FROM comment_text WHERE comment_text MATCH ?", (expression("hall", wanted),)
        ).fetchall()
        marked = all(any(hit for _, hit in pieces(text, [term])) for term in wanted)
        assert bool(hits) <= marked, "what is found can be marked"
        if all(word.isascii() for word in indexed(text).split()):
            assert bool(hits) == marked
        assert not index.execute(
            "SELECT rowid FROM comment_text WHERE comment_text MATCH ?", (expression("north", wanted),)
        ).fetchall()


def test_a_query_without_end_is_cut() -> None:
    assert len(terms("ab " * 10_000)) <= LONGEST_QUERY // 2
    assert fold("Ž" * 10) == "z" * 10
